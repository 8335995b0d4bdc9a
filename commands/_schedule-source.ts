// Where `mvm schedule` gets its knowledge: the node, the file, or both.
import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";

import { readMarkedKeys, readNamedKeys } from "../core/ask/schedule.ts";
import type { Link } from "../core/chain/link.ts";
import type { NodeOutlook } from "../core/chain/outlook.ts";
import { fetchOutlook } from "../core/chain/outlook.ts";
import { connectFirst } from "../core/chain/reach.ts";
import { fetchHash } from "../core/chain/rpc.ts";
import { fetchCommittee } from "../core/chain/runtime.ts";
import { isCode, MonitorError } from "../core/errors.ts";
import type { NamedKey } from "../core/forecast.ts";
import { readIdentity } from "../core/storage/meta.ts";
import { openReadable } from "../core/storage/open.ts";

/** Somebody waits at a terminal: a node that takes longer than this is not asked. */
const LONGEST_WAIT_MS = 5000;

export interface Sources extends Disposable {
  db: Database | null;
  link: Link | null;
  /** Why the node was not asked, where it was not. */
  problem: MonitorError | null;
}

/** Opens what can be opened. Throws when neither can, and `wrong-chain` when the two are of different chains. */
export async function openSources(given: {
  path: string;
  /** The preferred one first; null: none is asked. */
  urls: readonly string[] | null;
  timeoutMs: number;
}): Promise<Sources> {
  const db = existsSync(given.path) ? openReadable(given.path) : null;
  let link: Link | null = null;
  let problem: MonitorError | null = null;
  try {
    if (given.urls !== null) {
      const timeoutMs = Math.min(given.timeoutMs, LONGEST_WAIT_MS);
      const limit = AbortSignal.timeout(timeoutMs);
      ({ link } = await connectFirst(given.urls, { timeoutMs }, limit));
      if (db !== null) await checkSameChain(db, link);
    }
  } catch (error) {
    link?.close();
    link = null;
    if (db === null || !isCode(error, "unavailable", "stopped", "too-much", "rpc", "bad-reply")) {
      db?.close();
      throw error;
    }
    problem = error;
  }
  if (db === null && link === null) return neither(given.path);
  const close = (): void => {
    link?.close();
    db?.close();
  };
  return { db, link, problem, [Symbol.dispose]: close };
}

/** Without a node the missing file is the trouble: the opener says it best. */
function neither(path: string): never {
  openReadable(path).close();
  throw new MonitorError("database", `no database at ${path}`);
}

async function checkSameChain(db: Database, link: Link): Promise<void> {
  const bound = readIdentity(db);
  const genesis = await fetchHash(link, 0);
  if (bound === null || bound.genesisHash === genesis) return;
  throw new MonitorError(
    "wrong-chain",
    `the database holds ${bound.name}, the node another chain`,
    {
      hint: "check --rpc-url and --db-path, or leave the node out with --offline",
    },
  );
}

/** The node's outlook; null when there is none, and the file must do. */
export async function askNode(sources: Sources): Promise<NodeOutlook | null> {
  if (sources.link === null) return null;
  try {
    return await fetchOutlook(sources.link);
  } catch (error) {
    if (sources.db === null || !(error instanceof MonitorError)) throw error;
    sources.problem = error;
    return null;
  }
}

/** The keys a word names; without a word those marked as ours in the file and those of the keystore. */
export async function findKeys(
  { db, link }: Sources,
  word: string | undefined,
  ours: readonly NamedKey[],
): Promise<NamedKey[]> {
  if (word === undefined) return findOurs(db, ours);
  if (db !== null) {
    try {
      return readNamedKeys(db, word);
    } catch (error) {
      if (link === null || !isCode(error, "usage")) throw error;
    }
  }
  return [await findInCommittee(link, word)];
}

function findOurs(db: Database | null, configured: readonly NamedKey[]): NamedKey[] {
  const keys = new Map(configured.map((key) => [key.aura, key]));
  for (const { aura, label } of db === null ? [] : readMarkedKeys(db)) {
    keys.set(aura, { aura, label: keys.get(aura)?.label ?? label });
  }
  if (keys.size > 0) return [...keys.values()];
  throw new MonitorError("usage", "whose turns? no validator is ours yet", {
    hint: "name one with --validator KEY, or ours with --keystore DIR or validator.keystore_path",
  });
}

async function findInCommittee(link: Link | null, word: string): Promise<NamedKey> {
  const hex = word.trim().toLowerCase().replace(/^0x/, "");
  const members = link === null ? [] : await fetchCommittee(link);
  const found = new Set(
    members
      .filter(({ aura, sidechain }) =>
        [aura, sidechain].some((key) => hex.length >= 6 && key?.startsWith(`0x${hex}`)),
      )
      .map(({ aura }) => aura),
  );
  const [aura] = found;
  if (found.size === 1 && aura !== undefined) return { aura, label: null };
  // A whole Aura key needs nobody to know it.
  if (found.size === 0 && /^[0-9a-f]{64}$/.test(hex)) return { aura: `0x${hex}`, label: null };
  const what =
    found.size === 0 ? "names no validator known here" : `names ${found.size} validators`;
  throw new MonitorError("usage", `${word} ${what}`, { hint: "give the whole Aura key" });
}
