// The supervisor: one writer on one file, session after session, until asked to stop.
import { connect } from "../chain/connect.ts";
import type { Link } from "../chain/link.ts";
import { fetchNodeVersion } from "../chain/rpc.ts";
import { MonitorError } from "../errors.ts";
import { writeOurs } from "../storage/authorities.ts";
import { openWritable } from "../storage/open.ts";
import { readRange } from "../storage/position.ts";
import type { SyncHooks, SyncOptions } from "./context.ts";
import { recordKeystores } from "./keystores.ts";
import { openPatience } from "./patience.ts";
import { fetchIdentity, openSession, runSession } from "./session.ts";

/**
 * Syncs a node's chain into a database. Returns when asked to stop or, with `once`, at the tip.
 * Throws what trying again cannot cure: `wrong-chain`, `locked`, `database`, `config`, and `unavailable`
 * when the node was never reached and `daemon` is off.
 */
export async function sync(
  options: SyncOptions,
  hooks: SyncHooks,
  signal: AbortSignal,
): Promise<void> {
  using file = openWritable(options.databasePath);
  const { db } = file;
  checkStart(readRange(db), options.startBlock);
  if (options.ours.length > 0) writeOurs(db, options.ours);
  recordKeystores(db, options.keystores ?? new Map());

  const patience = openPatience(options, hooks.log);
  let greeted = false;
  while (!signal.aborted) {
    const before = readRange(db).last ?? 0;
    try {
      await attempt();
      if (options.once) return;
    } catch (error) {
      if (signal.aborted) return;
      await pause(patience.pauseAfter(error, (readRange(db).last ?? 0) - before), signal);
    }
  }

  async function attempt(): Promise<void> {
    const link = await connect(options.rpcUrl, { timeoutMs: options.timeoutMs }, signal);
    const stop = (): void => link.close();
    signal.addEventListener("abort", stop);
    try {
      const { batchSize } = patience;
      const identity = await fetchIdentity(link);
      await greet(link, identity.name);
      const wanted = { ...options, batchSize };
      const session = await openSession(db, link, identity, wanted, hooks, signal);
      patience.reached();
      const onSynced: SyncHooks["onSynced"] = (progress) => {
        patience.recovered();
        hooks.onSynced(progress);
      };
      await runSession({ ...session, hooks: { ...hooks, onSynced } });
    } finally {
      signal.removeEventListener("abort", stop);
      link.close();
    }
  }

  async function greet(link: Link, name: string): Promise<void> {
    const text = `connected to ${name}, node ${await fetchNodeVersion(link)}, by ${link.transport}`;
    // Later connections are news only when all is caught up again, and that is said there.
    hooks.log[greeted ? "debug" : "info"](text, { chain: name, url: link.url });
    greeted = true;
  }
}

function checkStart(stored: { first: number | null; last: number | null }, wanted: number): void {
  if (stored.first === null || stored.last === null || wanted === 0) return;
  if (wanted >= stored.first && wanted <= stored.last + 1) return;
  throw new MonitorError(
    "usage",
    `--start-block ${wanted} would leave a hole: the database holds blocks ${stored.first} to ${stored.last}`,
    { hint: "leave the option out to go on, or name a new file with --db-path" },
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
