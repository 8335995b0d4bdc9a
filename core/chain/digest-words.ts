// The logs of a header in words, for people. What counts is read in digest.ts.
import { hexDigit } from "../parse.ts";
import { littleEndian } from "./scale.ts";

export interface DigestWords {
  /** `pre-runtime`, `consensus`, `seal`, `runtime changed`, `other` or `unknown`. */
  kind: string;
  /** Four letters; null for a log without an engine. */
  engine: string | null;
  words: string;
  /** Of the whole log. */
  bytes: number;
}

const KINDS: Record<string, string> = {
  "06": "pre-runtime",
  "04": "consensus",
  "05": "seal",
  "08": "runtime changed",
  "00": "other",
};

/** One log, `0x` hex. Never throws: what is not known is shown by its size. */
export function describeLog(log: string): DigestWords {
  const kind = KINDS[log.slice(2, 4)] ?? "unknown";
  const bytes = (log.length - 2) / 2;
  if (kind === "runtime changed") {
    return { kind, engine: null, words: "new runtime code from the next block on", bytes };
  }
  if (!["pre-runtime", "consensus", "seal"].includes(kind)) {
    return { kind, engine: null, words: `${bytes} bytes`, bytes };
  }
  const engine = letters(log.slice(4, 12));
  const payload = payloadOf(log);
  const words = payload === null ? null : (WORDS[`${kind} ${engine}`]?.(payload) ?? null);
  return { kind, engine, words: words ?? `${(payload ?? log.slice(12)).length / 2} bytes`, bytes };
}

/** Null for what the payload's layout does not allow. */
const WORDS: Record<string, (payload: string) => string | null> = {
  "pre-runtime aura": (hex) => (hex.length === 16 ? `slot ${littleEndian(hex, 0, 8)}` : null),
  "pre-runtime BABE": describeBabe,
  "pre-runtime mcsh": (hex) => (hex.length === 64 ? `main-chain block 0x${hex}` : null),
  "consensus MNSV": (hex) =>
    hex.length === 8 ? `built by runtime ${littleEndian(hex, 0, 4)}` : null,
  "consensus aura": (hex) => describeList(hex, 32, "authorities"),
  "consensus FRNK": (hex) => describeList(hex, 40, "finality voters"),
  "consensus BEEF": (hex) =>
    hex.startsWith("03") && hex.length === 66 ? `MMR root 0x${hex.slice(2)}` : null,
  "seal aura": (hex) => (hex.length === 128 ? `sr25519 signature 0x${hex}` : null),
  "seal BABE": (hex) => (hex.length === 128 ? `sr25519 signature 0x${hex}` : null),
};

function describeBabe(hex: string): string | null {
  const kinds: Record<string, string> = {
    "01": "primary",
    "02": "secondary",
    "03": "secondary VRF",
  };
  const kind = kinds[hex.slice(0, 2)];
  if (kind === undefined || hex.length < 26) return null;
  return `slot ${littleEndian(hex, 10, 8)}, authority ${littleEndian(hex, 2, 4)}, ${kind}`;
}

/** A change of a list: tag 1, then the number of items of so many bytes. */
function describeList(hex: string, itemBytes: number, what: string): string | null {
  if (!hex.startsWith("01")) return null;
  const count = compactAt(hex, 2);
  if (count === null || count.value * itemBytes * 2 > hex.length - count.end) return null;
  return `${count.value} ${what} from the next block on`;
}

function payloadOf(log: string): string | null {
  const length = compactAt(log, 12);
  if (length === null || log.length - length.end !== 2 * length.value) return null;
  return log.slice(length.end);
}

function compactAt(hex: string, at: number): { value: number; end: number } | null {
  const mode = hexDigit(hex.charCodeAt(at + 1)) & 3;
  const bytes = [1, 2, 4][mode];
  if (bytes === undefined || at + 2 * bytes > hex.length) return null;
  return { value: Math.floor(littleEndian(hex, at, bytes) / 4), end: at + 2 * bytes };
}

function letters(hex: string): string {
  return Buffer.from(hex, "hex")
    .toString("latin1")
    .replaceAll(/[^\x20-\x7e]/g, "?");
}
