// Finding a slot among blocks: with stretches without blocks, and with holes no writer leaves.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import { openFinder } from "../../../core/queries/place.ts";

function write(blocks: readonly (readonly [number: number, slot: number])[]): Database {
  const db = new Database(":memory:", { strict: true });
  db.run("CREATE TABLE blocks (number INTEGER PRIMARY KEY, slot INTEGER NOT NULL)");
  const insert = db.prepare("INSERT INTO blocks VALUES (?, ?)");
  for (const block of blocks) insert.run(...block);
  return db;
}

/** Blocks taken out before the i-th one left. */
function lost(i: number): number {
  return (i > 20 ? 300 : 0) + (i > 90 ? 9000 : 0);
}

test("every slot leads to the first block at or after it", () => {
  const shapes: [name: string, slotOf: (i: number) => number, numberOf: (i: number) => number][] = [
    ["dense", (i) => 1000 + i, (i) => 7 + i],
    ["a month without blocks", (i) => 1000 + i + (i > 50 ? 400_000 : 0), (i) => 7 + i],
    ["uneven", (i) => 1000 + i * i, (i) => 1 + i],
    // A hole takes the slots of its blocks with it.
    ["holes", (i) => 1000 + 8 * i + (i % 7) + 2 * lost(i), (i) => 7 + i + lost(i)],
    ["holes in a dense chain", (i) => 1000 + i + lost(i), (i) => 7 + i + lost(i)],
  ];
  for (const [name, slotOf, numberOf] of shapes) {
    const blocks = Array.from({ length: 120 }, (_, i) => [numberOf(i), slotOf(i)] as const);
    const find = openFinder(write(blocks));
    for (const [, slot] of blocks) {
      for (const wanted of [slot - 1, slot, slot + 1]) {
        const next = blocks.find(([, each]) => each >= wanted)?.[0];
        const found = find(wanted);
        expect({ name, wanted, found }).toEqual({ name, wanted, found: next ?? numberOf(119) + 1 });
      }
    }
  }
});

test("without blocks every slot is at the beginning", () => {
  expect(openFinder(write([]))(5)).toBe(0);
});
