// The supervisor: one writer on one file, session after session, until asked to stop.
import type { Database } from "bun:sqlite";

import { connect } from "../chain/connect.ts";
import { openLatency } from "../chain/latency.ts";
import type { Exchange, Link } from "../chain/link.ts";
import { fetchNodeVersion } from "../chain/rpc.ts";
import { traceRequests } from "../chain/traced.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { writeOurs } from "../storage/authorities.ts";
import { writeLabels } from "../storage/labels.ts";
import { readConstants } from "../storage/meta.ts";
import { describe } from "../storage/open.ts";
import { readRange } from "../storage/position.ts";
import type { Limits } from "./choice.ts";
import type { Session, SyncHooks, SyncOptions } from "./context.ts";
import type { Keeper } from "./keeper.ts";
import { openKeeper } from "./keeper.ts";
import { recordKeystores } from "./keystores.ts";
import type { Live } from "./live.ts";
import { openLookout } from "./lookout.ts";
import { openNews } from "./news.ts";
import { Departure, openNodes } from "./nodes.ts";
import { openPatiently } from "./opening.ts";
import { openPatience } from "./patience.ts";
import { openMeter, openPerformance } from "./performance.ts";
import { fetchIdentity, openSession, runSession } from "./session.ts";

/** Where the file does not know its chain's slots yet. */
const USUAL_SLOT_MS = 6000;

/**
 * Syncs a chain into a database, from one of its nodes. Returns when asked to stop or, with `once`, at the tip.
 * Throws what trying again cannot cure: `wrong-chain`, `locked`, `database`, `config`, and `unavailable`
 * when the node was never reached and `daemon` is off.
 */
export async function sync(
  options: SyncOptions,
  given: SyncHooks,
  signal: AbortSignal,
): Promise<void> {
  using file = await openPatiently(options, given.log, signal);
  if (file === null) return;
  const { db } = file;
  const { live, performanceEveryMs } = options;
  using _ours = followOurs(db, live);
  using keeper = openKeeper(db, given.log);
  const hooks = unlocking(given, keeper);
  const meter = openMeter(openLatency());
  const trace = traceRequests(hooks.log, meter.latency);
  const onExchange = (exchange: Exchange): void => {
    trace(exchange);
    if (exchange.replyText !== null) lookout.heard();
    hooks.onExchange?.(exchange);
  };
  // Closed before the file is.
  await using _beside = hooks.onOpened?.({ db, log: keeper.log }) ?? null;
  using _performance =
    performanceEveryMs === null ? null : openPerformance(meter, keeper, performanceEveryMs);

  const patience = openPatience(options, hooks.log);
  const nodes = openNodes(options.nodes, hooks.log, () => limitsOf(db, options));
  using lookout = openLookout(db, nodes, hooks.log, options.failover);
  const side: Session["side"] = new Map();
  const news = openNews();
  let greeted = "";
  while (!signal.aborted) {
    const before = readRange(db).last ?? 0;
    const url = nodes.next();
    try {
      await attempt(url);
      if (options.once) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Departure) {
        tellMove(error, hooks.log);
        continue;
      }
      await meet(url, error, (readRange(db).last ?? 0) - before);
    }
  }

  async function meet(url: string, error: unknown, stored: number): Promise<void> {
    hooks.onRefused?.(error);
    const next = nodes.failed(url, error, stored);
    await pause(
      keeper.lastWords(() => patience.pauseAfter(error, stored, next)),
      signal,
    );
  }

  async function attempt(url: string): Promise<void> {
    const link = await connect(url, { timeoutMs: options.timeoutMs, onExchange }, signal);
    const stop = (): void => link.close();
    signal.addEventListener("abort", stop);
    using use = nodes.use(url, link);
    lookout.watch(url, link);
    try {
      const identity = await fetchIdentity(link);
      await greet(link, identity.name);
      const batchSize = (): number => patience.batchSize;
      const parts = { link, identity, options, hooks, signal, meter, batchSize, side, news };
      const session = await openSession(db, parts);
      patience.reached();
      const onSynced: SyncHooks["onSynced"] = (progress) => {
        nodes.agreed();
        patience.recovered();
        hooks.onSynced(progress);
      };
      await runSession({ ...session, hooks: { ...hooks, onSynced } });
    } catch (error) {
      throw use.departure ?? describe(options.databasePath, error);
    } finally {
      signal.removeEventListener("abort", stop);
      lookout.unwatch();
      meter.lost();
      link.close();
    }
  }

  async function greet(link: Link, name: string): Promise<void> {
    const which = options.nodes.length > 1 ? ` at ${link.url}` : "";
    const text = `connected to ${name}${which}, node ${await fetchNodeVersion(link)}, by ${link.transport}`;
    // Later connections to the same are news only when all is caught up again, and that is said there.
    hooks.log[greeted === link.url ? "debug" : "info"](text, { chain: name, url: link.url });
    greeted = link.url;
  }
}

/** A node that has not got a block within a slot lacks it. Nothing shorter than some looks can be told from chance. */
function limitsOf(db: Database, { failover: { lookMs, returnAfterMs } }: SyncOptions): Limits {
  const slotMs = readConstants(db)?.slotDurationMs ?? USUAL_SLOT_MS;
  return { lagMs: Math.max(slotMs, 3 * lookMs), returnAfterMs };
}

function tellMove({ move }: Departure, log: Log): void {
  const level = move.isReturn ? "info" : "warn";
  log[level](`${move.why}; going ${move.isReturn ? "back to it" : `on with ${move.to}`}`, {
    url: move.to,
  });
}

/** The first step along the node's chain proves that it is this file's: from then on records are written. */
function unlocking(given: SyncHooks, keeper: Keeper): SyncHooks {
  const agreed =
    (tell: SyncHooks["onProgress"]): SyncHooks["onProgress"] =>
    (progress) => {
      keeper.unlock();
      tell(progress);
    };
  const { onProgress, onSynced } = given;
  return {
    ...given,
    log: keeper.log,
    onProgress: agreed(onProgress),
    onSynced: agreed(onSynced),
  };
}

/** Which keys are whose changes in the file as soon as it changes in the settings. */
function followOurs(db: Database, live: Live): Disposable {
  const stop = live.listen(({ ours, keystores, labels }, before) => {
    if (!Bun.deepEquals(ours, before.ours)) writeOurs(db, ours);
    recordKeystores(db, keystores);
    writeLabels(db, labels);
  });
  return { [Symbol.dispose]: stop };
}
