// The one validator a word names: a key, the beginning of one, or a label.
import { MonitorError } from "../errors.ts";
import { editDistance } from "../nearest.ts";
import type { RankedValidator, Validator } from "./validators.ts";

const SHORTEST_PREFIX = 6;

/** Throws `usage`, with the nearest one, when the word names none, and with all when it names several. */
export function findValidator(all: readonly RankedValidator[], word: string): RankedValidator {
  const text = word.trim().toLowerCase();
  const hex = text.replace(/^0x/, "");
  const isHex = /^[0-9a-f]+$/.test(hex);
  const exact = all.filter(({ validator }) => keysOf(validator).includes(hex));
  const similar = all.filter(
    ({ validator }) =>
      validator.label?.toLowerCase() === text ||
      (isHex &&
        hex.length >= SHORTEST_PREFIX &&
        keysOf(validator).some((key) => key.startsWith(hex))),
  );
  const [found, ...others] = exact.length > 0 ? exact : similar;
  if (found === undefined) throw unknown(word, isHex ? hex : null, all);
  if (others.length > 0) throw ambiguous(word, [found, ...others]);
  return found;
}

function keysOf({ auras, sidechain }: Validator): string[] {
  return [...auras, sidechain].filter((key) => key !== null).map((key) => key.slice(2));
}

function unknown(word: string, hex: string | null, all: readonly RankedValidator[]): MonitorError {
  if (all.length === 0) {
    return new MonitorError("usage", `no validator ${word}: the database knows none yet`, {
      hint: "run `mvm sync` first, or name the file with --db-path",
    });
  }
  if (hex !== null && hex.length < SHORTEST_PREFIX) {
    return new MonitorError("usage", `${word}: no such label, and too short for a key`, {
      hint: `give at least ${SHORTEST_PREFIX} hex digits of the Aura or sidechain key`,
    });
  }
  const near = hex === null ? nearestLabel(word, all) : nearestKey(hex, all);
  const start = near === null ? "" : `nearest: ${near}; `;
  return new MonitorError("usage", `no validator has the key or label ${word}`, {
    hint: `${start}\`mvm query validators --limit all\` lists all that are known`,
  });
}

function nearestLabel(word: string, all: readonly RankedValidator[]): string | null {
  const labels = all.map(({ validator }) => validator.label).filter((label) => label !== null);
  const distance = (label: string): number =>
    editDistance(word.toLowerCase().slice(0, 64), label.toLowerCase());
  return labels.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}

/** The key that begins most alike, when at least its first digits do. */
function nearestKey(hex: string, all: readonly RankedValidator[]): string | null {
  let best: string | null = null;
  let most = 3;
  for (const key of all.flatMap(({ validator }) => keysOf(validator))) {
    const common = commonStart(hex, key);
    if (common > most) [best, most] = [key, common];
  }
  return best === null ? null : `0x${best}`;
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function ambiguous(word: string, found: readonly RankedValidator[]): MonitorError {
  const shown = found.slice(0, 3).map(({ validator }) => validator.aura);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  return new MonitorError("usage", `${word} names ${found.length} validators`, {
    hint: `name one by its Aura key: ${shown.join(", ")}${more}`,
  });
}
