// Spoils replies on purpose, the same way each time.
import type { Node } from "./node.ts";
import type { Faults } from "./options.ts";

type Reply = Record<string, unknown>;
type Spoiler = (reply: Reply, node: Node) => Reply;

function isRecord(value: unknown): value is Reply {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The header in a chain_getHeader or chain_getBlock result. */
function headerIn(reply: Reply): Reply | undefined {
  const { result } = reply;
  if (!isRecord(result)) return undefined;
  const header = isRecord(result["block"]) ? result["block"]["header"] : result;
  return isRecord(header) && typeof header["number"] === "string" ? header : undefined;
}

const wrongType: Spoiler = (reply) => ({
  ...reply,
  result: typeof reply["result"] === "string" ? { unexpected: true } : "0x2a",
});

function flipByte(hex: string, at: number): string {
  const byte = Number.parseInt(hex.slice(at, at + 2), 16) ^ 1;
  return hex.slice(0, at) + byte.toString(16).padStart(2, "0") + hex.slice(at + 2);
}

const otherHeader: Spoiler = (reply, node) => {
  const header = headerIn(reply);
  if (!header) return wrongType(reply, node);
  const number = Number(header["number"]);
  const other = node.chain.canonical[number > 1 ? number - 1 : number + 1] ?? node.chain.genesis;
  Object.assign(header, JSON.parse(other.headerJson));
  return reply;
};

const flippedDigest: Spoiler = (reply, node) => {
  const digest = headerIn(reply)?.["digest"];
  if (isRecord(digest) && Array.isArray(digest["logs"])) {
    const [first, ...rest] = digest["logs"].map(String);
    // Past the tag and engine: the first byte of the slot.
    digest["logs"] = [flipByte(first ?? "0x00", first && first.length > 16 ? 14 : 2), ...rest];
    return reply;
  }
  const { result } = reply;
  if (typeof result === "string" && result.length > 3)
    return { ...reply, result: flipByte(result, 2) };
  return wrongType(reply, node);
};

const offByOne: Spoiler = (reply, node) => {
  const header = headerIn(reply);
  if (!header) return wrongType(reply, node);
  header["number"] = `0x${(Number(header["number"]) + 1).toString(16)}`;
  return reply;
};

const wrongId: Spoiler = (reply) => ({ ...reply, id: 999_999_999 });

const missingResult: Spoiler = ({ jsonrpc, id }) => ({ jsonrpc, id });

const SPOILERS: readonly Spoiler[] = [
  otherHeader,
  flippedDigest,
  offByOne,
  wrongType,
  wrongId,
  missingResult,
];

/** One answer is changed; in a batch the middle one. */
function changeOne(text: string, change: (reply: Reply) => Reply): string {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) return JSON.stringify(isRecord(parsed) ? change(parsed) : parsed);
  const middle = parsed.length >> 1;
  return JSON.stringify(
    parsed.map((reply: unknown, i) => (i === middle && isRecord(reply) ? change(reply) : reply)),
  );
}

export function every(count: number, interval: number): boolean {
  return interval > 0 && count % interval === 0;
}

/** A batch may be answered in any order. */
function backwards(text: string): string {
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? JSON.stringify(parsed.toReversed()) : text;
}

/** `count` numbers the reply messages of the whole devnet, from 1. */
export function spoil(text: string, count: number, faults: Faults, node: Node): string {
  if (every(count, faults.truncateEvery)) return text.slice(0, text.length >> 1);
  if (every(count, faults.oversizeEvery)) {
    const result = `0x${"a".repeat(faults.oversizeBytes)}`;
    return changeOne(text, (reply) => ({ ...reply, result }));
  }
  if (every(count, faults.reorderEvery)) return backwards(text);
  if (every(count, faults.wrongEvery)) {
    const turn = count / faults.wrongEvery - 1;
    const spoiler = SPOILERS[turn % SPOILERS.length] ?? wrongType;
    return changeOne(text, (reply) => spoiler(reply, node));
  }
  return text;
}
