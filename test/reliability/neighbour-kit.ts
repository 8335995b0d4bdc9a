// What the runs against hostile neighbours share: what is counted, what must not come out, how text and bytes are spoilt.
import { MonitorError } from "../../core/errors.ts";
import type { Random } from "./mutate.ts";
import { pick } from "./mutate.ts";

/** One neighbour in one of its ways. */
export interface Tally {
  neighbour: string;
  cases: number;
  /** Refused in words, or taken. Neither is wrong. */
  refused: number;
  /** Errors nobody expected, a stack, a hang, memory without bound. */
  crashes: string[];
  /** Raw escapes or secrets that came out. */
  leaks: string[];
}

export function openTally(neighbour: string): Tally {
  return { neighbour, cases: 0, refused: 0, crashes: [], leaks: [] };
}

/** Counts one case: what it throws must be said in words, and hold nothing a terminal would obey once it is shown. */
export async function tryCase(tally: Tally, what: string, work: () => unknown): Promise<void> {
  tally.cases += 1;
  try {
    await work();
  } catch (error) {
    if (error instanceof MonitorError) tally.refused += 1;
    else tally.crashes.push(`${what}: ${describeCrash(error)}`);
  }
}

export function describeCrash(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.slice(0, 600);
}

// Ours are two digits at most; what is planted has more.
// oxlint-disable-next-line no-control-regex
const OWN = /\u001b\[\d{1,2}m|\r*\n|\t/g;
const RAW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** The first character that a terminal would obey or nobody would see, with what stands around it; null for none. */
export function findRaw(text: string): string | null {
  const bare = text.replaceAll(OWN, "");
  const at = bare.search(RAW);
  return at < 0 ? null : JSON.stringify(bare.slice(Math.max(0, at - 30), at + 30));
}

/** Each as a terminal would obey it, or a reader not see it. */
const ESCAPES = [
  ...["\u001b[2J", "\u001b[38;5;213m", "\u001b]0;owned\u0007", "\u001b]52;c;b3duZWQ=\u001b\\"],
  ...[
    "\u001bP+q\u001b\\",
    "\u001b_apc\u001b\\",
    "\u001b^pm\u001b\\",
    "\u001bX\u001b\\",
    "\u001bc",
    "\u001b",
  ],
  ...[
    "\u009b31m",
    "\u009d0;owned\u009c",
    "\u0090q\u009c",
    "\u0085",
    "\u008d",
    "\u007f",
    "\u0000",
    "\u0007",
    "\u0008",
  ],
  ...[
    "\u202e",
    "\u202d",
    "\u2066",
    "\u2069",
    "\u200e",
    "\u061c",
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
  ],
  ...[
    "\u00ad",
    "\u180e",
    "\u2028",
    "\u2029",
    "\u{e0041}",
    "\ufff9",
    "\r\n",
    "\n",
    "\t",
    "\u000b",
    "\u000c",
  ],
];

/** A word with some of them in it. */
export function hostileWord(random: Random, word = "name"): string {
  let text = "";
  for (const letter of word) text += random() < 0.4 ? pick(random, ESCAPES) + letter : letter;
  return text + pick(random, ESCAPES);
}

const TEXTS = [
  ...["\u0000", "\u001b[2J", "[", "]", "{", "}", '"', "'", "=", "\\", "\n", "\r", "#", ".", ","],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "\ufeff",
    "\ud800",
    "💥",
    "1e999",
    "nan",
  ],
  ...["-0", "99999999999999999999", '"""', "'''", "0x", "1979-05-27T07:32:00Z", "{}", "[[", "]]"],
];

/** Some bytes, places or lines of a text changed. */
export function spoilText(text: string, random: Random): Buffer {
  let bytes = Buffer.from(text);
  for (let i = 0; i <= random() * 4; i++)
    bytes = WAYS[Math.floor(random() * WAYS.length)]?.(bytes, random) ?? bytes;
  return bytes;
}

type Way = (bytes: Buffer<ArrayBuffer>, random: Random) => Buffer<ArrayBuffer>;

function splice(bytes: Uint8Array, at: number, gone: number, put: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);
}

function anywhere(bytes: Uint8Array, random: Random): number {
  return Math.floor(random() * (bytes.length + 1));
}

const WAYS: readonly Way[] = [
  (bytes, random) =>
    splice(bytes, anywhere(bytes, random), 1, Buffer.from([Math.floor(random() * 256)])),
  (bytes, random) => splice(bytes, anywhere(bytes, random), 0, Buffer.from(pick(random, TEXTS))),
  (bytes, random) =>
    splice(bytes, anywhere(bytes, random), 0, Buffer.from(hostileWord(random, "a"))),
  (bytes, random) =>
    splice(bytes, anywhere(bytes, random), Math.floor(random() * 40), Buffer.alloc(0)),
  (bytes, random) => Buffer.from(bytes.subarray(0, anywhere(bytes, random))),
  (bytes, random) => {
    const lines = bytes.toString("latin1").split("\n");
    const line = pick(random, lines);
    lines.splice(Math.floor(random() * lines.length), Math.floor(random() * 2), line, line);
    return Buffer.from(lines.join("\n"), "latin1");
  },
  (bytes, random) => {
    const lines = bytes.toString("latin1").split("\n");
    const at = Math.floor(random() * lines.length);
    lines[at] = (lines[at] ?? "").replace(/[=\s].*$/, ` = ${pick(random, TEXTS)}`);
    return Buffer.from(lines.join("\n"), "latin1");
  },
];

export function randomBytes(random: Random, most: number): Buffer {
  return Buffer.from(
    Array.from({ length: Math.floor(random() * most) }, () => Math.floor(random() * 256)),
  );
}
