// A followed block as a line of the log.
import type { OurKey } from "../core/storage/authorities.ts";
import type { JudgedBlock } from "../core/types.ts";
import { colours } from "./_colour.ts";

export function describeBlock(block: JudgedBlock, ours: readonly OurKey[]): string {
  const { header, slot, author, seal } = block;
  const own = ours.find(({ aura }) => aura === author);
  const missed = [...block.missed].length;
  return [
    `#${header.number}`,
    `slot ${slot}`,
    `author ${author === null ? "unknown" : shortKey(author)}`,
    seal === "verified" ? "seal ✓" : seal === "mismatch" ? "seal ✗" : "",
    own === undefined ? "" : `★ ${own.label ?? "ours"}`,
    missed > 0 ? `missed before: ${missed}` : "",
  ]
    .filter(Boolean)
    .join("  ");
}

/** Colours for such a line. They come last: a message itself may hold no terminal commands. */
export function paintBlock(text: string): string {
  if (!text.startsWith("#")) return text;
  const { bold, green, red, yellow } = colours(process.stderr);
  return text
    .replace(/^#\d+/, bold)
    .replace("seal ✓", green)
    .replace("seal ✗", red)
    .replace(/★ .*?(?= {2}|$)/, yellow)
    .replace(/missed before: \d+$/, yellow);
}

function shortKey(key: string): string {
  return `${key.slice(0, 10)}…${key.slice(-8)}`;
}
