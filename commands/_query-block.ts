// `mvm query block`: one block, from the file and, where the node is reachable, from the node.
import type { Database } from "bun:sqlite";

import { defineCommand } from "citty";

import { inspectBlock } from "../core/chain/inspect.ts";
import type { Link } from "../core/chain/link.ts";
import { connectFirst } from "../core/chain/reach.ts";
import { fetchHeader } from "../core/chain/rpc.ts";
import { nodesOf } from "../core/config/schema.ts";
import { describeError, isCode, MonitorError } from "../core/errors.ts";
import type { BlockDetails } from "../core/queries/block.ts";
import { findOrphan, notStored, readBlock, readOrphan } from "../core/queries/block.ts";
import { findByHash } from "../core/storage/hash-prefixes.ts";
import { askFile, writeOne } from "./_query-answer.ts";
import type { BlockAnswer } from "./_query-block-text.ts";
import { formatBlock } from "./_query-block-text.ts";
import { parseForm, sharedFlags } from "./_query-flags.ts";
import { loadSettings, nodeFlag, readFlag, readNodeFlags } from "./_settings.ts";

/** A person waits: a node that does not answer by then is away. */
const PATIENCE_MS = 4000;

export const block = defineCommand({
  meta: {
    name: "block",
    description: "One block: header, digest, calls, author, seal, rivals",
    examples: [
      { line: "1000", does: "by number" },
      { line: "0x5ce1a05ce1a0", does: "by its hash, or the first digits of it" },
    ],
  },
  args: {
    ...sharedFlags,
    block: {
      type: "positional",
      required: true,
      valueHint: "N|HASH",
      description: "height, or hash (0x…), of a block that lost too",
    },
    ...nodeFlag,
    offline: { type: "boolean", default: false, description: "ask the file alone, not the node" },
  },
  run: async ({ args, rawArgs }) => {
    const wanted = parseBlock(args.block);
    const form = parseForm(args);
    const config = await loadSettings(args, {
      "database.path": readFlag("database.path", args["db-path"]),
      ...readNodeFlags(rawArgs),
    });
    const node = args.offline
      ? new MonitorError("unavailable", "not asked (--offline)")
      : await reach(nodesOf(config));
    try {
      return await askFile(config.database.path, async (db) => {
        const details = await find(db, wanted, node);
        const answer = { ...details, ...(await inspect(node, details)) };
        await writeOne(form, answer, (screen) => formatBlock(answer, screen));
      });
    } finally {
      if (!(node instanceof Error)) node.close();
    }
  },
});

/** A height, or a hash in lower case. Throws `usage`. */
function parseBlock(word: string): number | string {
  const text = word.replaceAll(",", "");
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const hash = `0x${word.toLowerCase().replace(/^0x/, "")}`;
  if (/^0x[0-9a-f]{64}$/.test(hash)) return hash;
  throw new MonitorError("usage", `${word}: neither a height nor a hash of 64 hex digits`);
}

async function reach(urls: readonly string[]): Promise<Link | MonitorError> {
  try {
    return (await connectFirst(urls, { timeoutMs: PATIENCE_MS }, AbortSignal.timeout(PATIENCE_MS)))
      .link;
  } catch (error) {
    if (isCode(error, "stopped")) {
      return new MonitorError(
        "unavailable",
        `${urls.join(", ")}: no answer within ${PATIENCE_MS / 1000} s`,
      );
    }
    if (isCode(error, "unavailable", "too-much", "bad-reply", "rpc")) return error;
    throw error;
  }
}

async function find(
  db: Database,
  wanted: number | string,
  node: Link | MonitorError,
): Promise<BlockDetails> {
  if (typeof wanted === "number") return readBlock(db, wanted);
  const lost = findOrphan(db, wanted);
  if (lost !== null) return readOrphan(db, wanted, lost);
  const number = findByHash(db, wanted);
  if (number !== null) return readBlock(db, number);
  const height = await askHeight(wanted, node);
  throw notStored(db, `block ${wanted}${height === null ? "" : `, of height ${height},`}`);
}

/** Where the file does not hold the block, the node may still tell which it is. */
async function askHeight(hash: string, node: Link | MonitorError): Promise<number | null> {
  if (node instanceof Error) return null;
  try {
    return (await fetchHeader(node, hash)).number;
  } catch (error) {
    if (!(error instanceof MonitorError)) throw error;
    return null;
  }
}

async function inspect(
  node: Link | MonitorError,
  { hash, authorAura }: BlockDetails,
): Promise<Pick<BlockAnswer, "node" | "nodeMissing">> {
  if (node instanceof Error) return { node: null, nodeMissing: describeError(node) };
  try {
    return { node: await inspectBlock(node, hash, authorAura), nodeMissing: null };
  } catch (error) {
    if (!(error instanceof MonitorError)) throw error;
    return { node: null, nodeMissing: describeError(error) };
  }
}
