// Stored blocks against the node's headers, each hashed afresh: hash, parent, slot, list, runtime and seal.
import type { Database } from "bun:sqlite";

import type { Link } from "../chain/link.ts";
import { fetchFinalizedHash, fetchHashesOf, fetchHeader, fetchHeaders } from "../chain/rpc.ts";
import { decodeFlags, decodeSeats, toHex } from "../storage/codes.ts";
import { prefetch } from "../sync/prefetch.ts";
import type { Header, SealState } from "../types.ts";
import { readKeys } from "./committees.ts";
import type { Findings } from "./findings.ts";
import type { SealJob } from "./seal-job.ts";
import type { SealPool } from "./seal-pool.ts";

export interface NodeResult {
  /** Blocks whose header was fetched and compared. */
  blocks: number;
  seals: number;
  /** Blocks without an author, whose seal nobody can be asked about. */
  unknown: number;
  /** Blocks the node has not finalized yet. */
  beyond: number;
}

export interface NodeCheck {
  db: Database;
  link: Link;
  pool: SealPool;
  findings: Findings;
  onProgress: (done: number) => void;
}

const CHUNK = 100;
const CONCURRENCY = 4;

interface StoredBlock {
  number: number;
  hash: string;
  parentHash: string | null;
  slot: number;
  author: string | null;
  seal: SealState;
  /** The list that comes into force after it; null = none does. */
  list: readonly string[] | null;
  specVersion: number | null;
}

/** Compares the blocks of these heights, in ascending order, as far as the node has finalized. */
export async function checkAgainstNode(
  check: NodeCheck,
  numbers: Iterable<number>,
): Promise<NodeResult> {
  const { link, findings } = check;
  const finalized = (await fetchHeader(link, await fetchFinalizedHash(link))).number;
  const read = openReader(check.db);
  const result: NodeResult = { blocks: 0, seals: 0, unknown: 0, beyond: 0 };
  const chunks = prefetch(chunked(numbers), CONCURRENCY, async (chunk) => {
    const within = chunk.filter((number) => number <= finalized);
    const headers = await fetchHeaders(link, await fetchHashesOf(link, within));
    const blocks = within.map(read);
    const jobs = blocks.map((block, i) => sealJob(block, headers[i]));
    const fits = await check.pool.check(jobs.filter((job) => job !== null));
    return { size: chunk.length, blocks, headers, jobs, fits };
  });
  let done = 0;
  for await (const { size, blocks, headers, jobs, fits } of chunks) {
    let answered = 0;
    for (const [i, block] of blocks.entries()) {
      const header = headers[i];
      // A hole was named by the walk through the file.
      if (block === null || header === undefined) continue;
      const fitting = jobs[i] == null ? null : (fits[answered++] ?? null);
      compareHeader(findings, block, header);
      compareSeal(findings, block, fitting);
      result.blocks += 1;
      result.seals += fitting === null ? 0 : 1;
      result.unknown += block.author === null ? 1 : 0;
    }
    result.beyond += size - blocks.length;
    done += size;
    check.onProgress(done);
  }
  return result;
}

function* chunked(numbers: Iterable<number>): Generator<number[]> {
  let chunk: number[] = [];
  for (const number of numbers) {
    chunk.push(number);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** Of a block that is another one than the node's, the seal proves nothing about the row. */
function sealJob(block: StoredBlock | null, header: Header | undefined): SealJob | null {
  if (block?.author == null || header?.digest.seal == null || header.hash !== block.hash)
    return null;
  return { preHash: header.preHash(), seal: header.digest.seal, key: block.author };
}

function compareHeader(findings: Findings, block: StoredBlock, header: Header): void {
  const { number, hash, parentHash, slot, list, specVersion } = block;
  const { digest } = header;
  if (header.hash !== hash) {
    findings.add("hash", number, `the node's block is ${header.hash}, the stored one ${hash}`);
    return;
  }
  if (parentHash !== null && header.parentHash !== parentHash) {
    const words = `its parent is ${header.parentHash}, the block stored before it ${parentHash}`;
    findings.add("parent", number, words);
  }
  if (digest.slot !== slot)
    findings.add("slot", number, `its slot is ${digest.slot}, the stored one ${slot}`);
  if (!Bun.deepEquals(digest.newAuthorities, list)) {
    const [sealed, stored] = [digest.newAuthorities, list].map((each) =>
      each === null ? "no new list" : `a list of ${each.length} seats`,
    );
    const same = sealed === stored ? " of other keys" : "";
    findings.add("committee", number, `it brings ${sealed}, stored is ${stored}${same}`);
  }
  if (digest.specVersion !== null && specVersion !== null && digest.specVersion !== specVersion) {
    const words = `runtime ${digest.specVersion} built it, stored is ${specVersion}`;
    findings.add("runtime", number, words);
  }
}

/** @param fits null: there is no key to check it with */
function compareSeal(findings: Findings, block: StoredBlock, fits: boolean | null): void {
  if (fits !== false) return;
  const claim = block.seal === "verified" ? "and is stored as verified" : "which was not checked";
  findings.add("seal", block.number, `the seal is not by its author ${block.author}, ${claim}`);
}

interface Row {
  hash: Uint8Array;
  parent: Uint8Array | null;
  slot: number;
  author: number | null;
  flags: number;
  seats: Uint8Array | null;
  spec: number | null;
}

function openReader(db: Database): (number: number) => StoredBlock | null {
  const { byId } = readKeys(db);
  const select = db.prepare<Row, [number]>(
    `SELECT b.hash, b.slot, b.author, b.flags, c.seats,
       coalesce((SELECT hash FROM blocks WHERE number = b.number - 1),
         CASE WHEN b.number = (SELECT min(number) FROM blocks)
           THEN (SELECT start_parent_hash FROM state) END) AS parent,
       (SELECT spec_version FROM runtimes WHERE from_block <= b.number
         ORDER BY from_block DESC LIMIT 1) AS spec
     FROM blocks b LEFT JOIN committees c ON c.after_block = b.number WHERE b.number = ?`,
  );
  return (number) => {
    const row = select.get(number);
    if (row === null) return null;
    return {
      number,
      hash: toHex(row.hash),
      parentHash: row.parent === null ? null : toHex(row.parent),
      slot: row.slot,
      author: row.author === null ? null : (byId.get(row.author) ?? null),
      seal: decodeFlags(row.flags).seal,
      list: row.seats && decodeSeats(row.seats).map((id) => byId.get(id) ?? "nobody"),
      specVersion: row.spec,
    };
  };
}
