// Which calls a case is ended at, where not at every one.
import type { Change, Kind } from "./trace.ts";

export type Random = () => number;

/** Where what is durable, or what a name means, changes. */
const TURNS: ReadonlySet<Kind> = new Set(["sync", "resize", "rename", "unlink", "link", "create"]);

/** Most calls are of a log that grows, and only the end of it is torn; all others are turns. */
const isTurn = ({ kind, path }: Change): boolean =>
  TURNS.has(kind) || (kind === "write" && !path.endsWith("-wal") && !path.endsWith("-shm"));

function spread(of: readonly number[], count: number): number[] {
  if (of.length <= count) return [...of];
  return Array.from({ length: count }, (_, i) => of[Math.floor((i * of.length) / count)] ?? 0);
}

/**
 * All, or half of them around turns and the rest evenly over all: indexes, in order.
 */
export function choosePoints(changes: readonly Change[], most: number): Set<number> {
  const all = [...changes.keys()];
  if (all.length <= most) return new Set(all);
  const turns = all.filter((at) => changes.slice(Math.max(0, at - 1), at + 1).some(isTurn));
  const chosen = new Set([...spread(turns, Math.floor(most / 2)), ...spread(all, most)]);
  return new Set(
    spread(
      [...chosen].sort((a, b) => a - b),
      most,
    ),
  );
}
