// How production went, epoch by epoch.
import type { Database } from "bun:sqlite";

import { openSeatReader } from "../queries/held-seats.ts";
import { openLuck } from "../queries/luck.ts";
import { openFinder } from "../queries/place.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import type { ChainFacts, EpochRow, LuckyEpoch, ValidatorEpoch } from "./messages.ts";

/** Counts of closed epochs, and of the open ones from their few rows. */
const COUNTS = `
  SELECT epoch, author, made, missed, orphaned FROM tallies WHERE epoch BETWEEN $from AND $to
  UNION ALL
  SELECT epoch, author, made, missed, orphaned FROM open_counts WHERE epoch BETWEEN $from AND $to`;

const ALL = `
  SELECT epoch, sum(made) AS made, sum(missed) AS missed, sum(orphaned) AS orphaned,
    sum(iif(ours, made, 0)) AS oursMade, sum(iif(ours, missed, 0)) AS oursMissed
  FROM (SELECT c.*, coalesce(a.ours, 0) AS ours FROM (${COUNTS}) c
    LEFT JOIN authorities a ON a.id = c.author)
  GROUP BY epoch ORDER BY epoch`;

const ONE = `
  SELECT epoch, sum(iif(mine, made, 0)) AS made,
    sum(iif(mine, missed, 0)) AS missed,
    sum(iif(mine, orphaned, 0)) AS orphaned,
    sum(iif(mine, made + missed, 0)) AS expected,
    sum(made + missed) AS turns
  FROM (SELECT *, author IN (SELECT value FROM json_each($authors)) AS mine FROM (${COUNTS}))
  GROUP BY epoch ORDER BY epoch DESC`;

/** The last epochs up to the tip's, oldest first. */
export function readEpochs(db: Database, chain: ChainFacts, count: number): EpochRow[] {
  const span = spanOf(chain, count);
  if (span === null) return [];
  return db.query<EpochRow, Span>(ALL).all(span);
}

/** The same, with how the draw of seats went for all of ours together. */
export function readLuckyEpochs(db: Database, chain: ChainFacts, count: number): LuckyEpoch[] {
  const ours = db
    .query<{ id: number }, []>("SELECT id FROM authorities WHERE ours = 1")
    .all()
    .map(({ id }) => id);
  const luck = luckOfEpochs(db, chain, ours);
  return readEpochs(db, chain, count).map((row) => ({
    ...row,
    oursLuck: luck(row.epoch, row.oursMade + row.oursMissed),
  }));
}

/** Null for everybody who is nobody. */
function luckOfEpochs(
  db: Database,
  { constants }: ChainFacts,
  authors: readonly number[],
): (epoch: number, leader: number) => number | null {
  if (constants === null || authors.length === 0) return () => null;
  const luck = openLuck(db, openSeatReader(db, authors), openFinder(db));
  return (epoch, leader) =>
    luck(
      { from: epochFirstSlot(epoch, constants), to: epochFirstSlot(epoch + 1, constants) },
      leader,
    );
}

/** One validator's share of the last epochs, newest first; turns or none. */
export function readEpochsOf(
  db: Database,
  chain: ChainFacts,
  authors: readonly number[],
  count: number,
): ValidatorEpoch[] {
  const span = spanOf(chain, count);
  if (span === null) return [];
  const luck = luckOfEpochs(db, chain, authors);
  return db
    .query<Omit<ValidatorEpoch, "luck">, Span & { authors: string }>(ONE)
    .all({ ...span, authors: JSON.stringify(authors) })
    .map((row) => ({ ...row, luck: luck(row.epoch, row.expected) }));
}

// An alias, not an interface: bindings want an index signature.
type Span = { from: number; to: number };

function spanOf({ constants, last }: ChainFacts, count: number): Span | null {
  if (constants === null || last === null) return null;
  const to = epochOf(last.slot, constants);
  return { from: to - count + 1, to };
}
