// What a database may suffer behind its writer's back, each in SQL, with what must be found of it.

export const AT = 100;
export const flip = (column: string): string => `CAST(x'ff' || substr(${column}, 2) AS BLOB)`;
export const OTHER = `(SELECT id FROM authorities WHERE id <> author ORDER BY id LIMIT 1)`;

/** Name, what is done to the file, what must be found where. `node`: the file alone cannot know. */
export const KINDS: {
  name: string;
  sql: string[];
  fault: string;
  block?: number | null;
  node?: true;
}[] = [
  {
    name: "a flipped hash",
    sql: [`UPDATE blocks SET hash = ${flip("hash")} WHERE number = ${AT}`],
    fault: "hash",
    block: AT,
    node: true,
  },
  {
    name: "a hash cut short",
    sql: [`UPDATE blocks SET hash = substr(hash, 1, 31) WHERE number = ${AT}`],
    fault: "hash",
    block: AT,
  },
  {
    name: "a swapped author",
    sql: [`UPDATE blocks SET author = ${OTHER} WHERE number = ${AT}`],
    fault: "author",
    block: AT,
  },
  {
    name: "a swapped author said to be proven by the seal",
    // Attribution `seal` (2) with a seal verified (4).
    sql: [`UPDATE blocks SET author = ${OTHER}, flags = 6 WHERE number = ${AT}`],
    fault: "seal",
    block: AT,
    node: true,
  },
  { name: "a removed block", sql: [`DELETE FROM blocks WHERE number = ${AT}`], fault: "hole" },
  {
    name: "a wrong committee",
    sql: [
      `UPDATE committees SET seats = CAST(substr(seats, 5) || substr(seats, 1, 4) AS BLOB)
       WHERE after_block = (SELECT max(after_block) FROM committees WHERE after_block <= ${AT})`,
    ],
    fault: "author",
  },
  {
    name: "a committee that is not the header's",
    sql: [
      `UPDATE committees SET seats = CAST(substr(seats, 5) || substr(seats, 1, 4) AS BLOB)
       WHERE after_block = (SELECT max(after_block) FROM committees WHERE after_block <= ${AT})`,
    ],
    fault: "committee",
    node: true,
  },
  {
    name: "a missing committee",
    sql: [
      `DELETE FROM committees
       WHERE after_block = (SELECT max(after_block) FROM committees WHERE after_block <= ${AT})`,
    ],
    fault: "author",
  },
  {
    name: "a committee cut short",
    sql: [`UPDATE committees SET seats = x'' WHERE after_block > ${AT}`],
    fault: "committee",
  },
  {
    name: "a wrong slot",
    sql: [`UPDATE blocks SET slot = slot - 40 WHERE number = ${AT}`],
    fault: "slot",
    block: AT,
  },
  {
    name: "a missed slot not noted",
    sql: [`DELETE FROM missed WHERE slot = (SELECT max(slot) FROM missed)`],
    fault: "missed",
  },
  {
    name: "a missed slot that was none",
    sql: [`INSERT INTO missed SELECT slot, author FROM blocks WHERE number = ${AT}`],
    fault: "missed",
    block: AT,
  },
  {
    name: "a missed slot before the beginning",
    sql: [`INSERT INTO missed VALUES (7, NULL)`],
    fault: "missed",
  },
  {
    name: "a missed slot of somebody else",
    sql: [`UPDATE missed SET author = ${OTHER} WHERE slot = (SELECT min(slot) FROM missed)`],
    fault: "missed",
  },
  {
    name: "a wrong tally",
    sql: ["UPDATE tallies SET made = made + 1 WHERE epoch = (SELECT min(epoch) FROM tallies)"],
    fault: "tally",
    block: null,
  },
  {
    name: "a tally too many",
    sql: ["INSERT INTO tallies SELECT 7, author, 1, 0, 0, 0 FROM tallies LIMIT 1"],
    fault: "tally",
    block: null,
  },
  { name: "a wrong total", sql: ["UPDATE totals SET missed = missed + 1"], fault: "total" },
  { name: "a wrong sum of a day", sql: ["UPDATE spans SET made = made - 1"], fault: "total" },
  {
    name: "a wrong sum of an epoch",
    sql: ["UPDATE epoch_sums SET made = made + 1"],
    fault: "total",
  },
  { name: "a sum of a day too few", sql: ["DELETE FROM spans"], fault: "total" },
  {
    name: "a wrong count of seals",
    sql: ["UPDATE state SET closed_verified = closed_verified + 1"],
    fault: "total",
  },
  {
    name: "hashes that would not be found",
    sql: ["UPDATE hash_prefixes SET prefixes = zeroblob(length(prefixes))"],
    fault: "index",
  },
  { name: "hashes no longer noted", sql: ["DELETE FROM hash_prefixes"], fault: "index" },
  {
    name: "a seal said not to fit though its author stands",
    sql: [`UPDATE blocks SET flags = 9 WHERE number = ${AT}`],
    fault: "seal",
    block: AT,
  },
  {
    name: "two blocks that changed places",
    sql: [
      `UPDATE blocks SET number = -1 WHERE number = ${AT}`,
      `UPDATE blocks SET number = ${AT} WHERE number = ${AT + 1}`,
      `UPDATE blocks SET number = ${AT + 1} WHERE number = -1`,
    ],
    fault: "slot",
    block: AT + 1,
  },
  {
    name: "two hashes that changed places",
    sql: [
      `UPDATE blocks SET hash = (SELECT hash FROM blocks AS o WHERE o.number = ${2 * AT + 1} - blocks.number)
       WHERE number IN (${AT}, ${AT + 1})`,
    ],
    fault: "hash",
    block: AT,
    node: true,
  },
  {
    name: "a wrong finalized hash",
    sql: [`UPDATE state SET finalized_hash = ${flip("finalized_hash")}`],
    fault: "finalized",
  },
  {
    name: "a finalized block that is not stored",
    sql: ["UPDATE state SET finalized_number = 100000"],
    fault: "finalized",
    block: 100_000,
  },
  {
    name: "an orphan that is canonical",
    sql: [
      `INSERT INTO orphans SELECT b.hash, b.number, p.hash, b.slot, b.author, b.flags, 1
       FROM blocks b JOIN blocks p ON p.number = b.number - 1 WHERE b.number = ${AT}`,
    ],
    fault: "orphan",
    block: AT,
  },
  {
    name: "an orphan by somebody else",
    sql: [
      `UPDATE orphans SET author = (SELECT id FROM authorities WHERE id <> orphans.author LIMIT 1)`,
    ],
    fault: "orphan",
  },
  {
    name: "an orphan at another height",
    sql: [
      `UPDATE orphans SET number = number + 1
       WHERE hash = (SELECT hash FROM orphans ORDER BY number LIMIT 1)`,
    ],
    fault: "orphan",
  },
  {
    name: "an orphan whose hash is another's",
    sql: [
      `UPDATE orphans SET hash = ${flip("hash")}
       WHERE hash = (SELECT parent_hash FROM orphans WHERE parent_hash IN
         (SELECT hash FROM orphans) LIMIT 1)`,
    ],
    fault: "orphan",
  },
  {
    name: "an orphan that is gone from under another",
    sql: [`DELETE FROM orphans WHERE hash IN (SELECT parent_hash FROM orphans)`],
    fault: "orphan",
  },
  {
    name: "another parent of the first block",
    sql: [`UPDATE state SET start_parent_hash = ${flip("start_parent_hash")}`],
    fault: "parent",
    block: 1,
    node: true,
  },
  {
    name: "an epoch of another length",
    sql: ["UPDATE meta SET value = '77' WHERE key = 'slots_per_epoch'"],
    fault: "state",
  },
  {
    name: "slots of another length",
    sql: ["UPDATE meta SET value = '7000' WHERE key = 'slot_duration_ms'"],
    fault: "state",
    node: true,
  },
  {
    name: "a key of one byte",
    sql: ["UPDATE authorities SET grandpa = x'01' WHERE id = 2"],
    fault: "identity",
  },
  {
    name: "a sidechain key of somebody else",
    sql: [
      `UPDATE authorities SET sidechain =
         (SELECT sidechain FROM authorities a WHERE a.id <> authorities.id LIMIT 1)`,
    ],
    fault: "identity",
    node: true,
  },
  {
    name: "another committee to come",
    sql: ["UPDATE upcoming SET seats = CAST(substr(seats, 1, length(seats) - 4) AS BLOB)"],
    fault: "upcoming",
    node: true,
  },
  {
    name: "a runtime of another version",
    sql: ["UPDATE runtimes SET spec_version = 22000"],
    fault: "runtime",
    node: true,
  },
];
