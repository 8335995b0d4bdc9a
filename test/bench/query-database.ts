// A database of any number of blocks, written in bulk: the writer's own tables and tallies, made-up facts.
import { existsSync } from "node:fs";

import { writeOurs } from "../../core/storage/authorities.ts";
import { encodeFlags, encodeSeats } from "../../core/storage/codes.ts";
import { openPrefixWriter } from "../../core/storage/hash-prefixes.ts";
import { openInserter } from "../../core/storage/insert.ts";
import { bindConstants, bindToChain } from "../../core/storage/meta.ts";
import { openWritable } from "../../core/storage/open.ts";
import { openTally } from "../../core/storage/tally.ts";

export const CHAIN = { slotDurationMs: 6000, slotsPerEpoch: 300 };
const VALIDATORS = 185;
const FIRST_SLOT = 294_000_000;

function random32(seed: number): number {
  let h = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Ids of `authorities` are 1 to 185; the last has been silent since the 100th epoch. */
export const SILENT = VALIDATORS;

function seatsOf(epoch: number, firstEpoch: number): number[] {
  const size = epoch - firstEpoch < 100 ? VALIDATORS : VALIDATORS - 1;
  return Array.from(
    { length: CHAIN.slotsPerEpoch },
    (_, i) => 1 + (random32(epoch * 300 + i) % size),
  );
}

export function keyOf(id: number): string {
  return `0x${new Bun.CryptoHasher("sha256").update(`aura ${id}`).digest("hex")}`;
}

/** 2 % of the slots are missed, one block in a thousand has a rival that lost. */
export function generate(file: string, count: number): void {
  if (existsSync(file)) return;
  using writable = openWritable(file);
  const { db } = writable;
  db.run("PRAGMA synchronous = OFF");
  bindToChain(db, { name: "Bench", genesisHash: keyOf(0), block1Hash: null });
  bindConstants(db, CHAIN);
  db.run("UPDATE state SET slots_per_epoch = 300, start_parent_hash = zeroblob(32)");
  const authority = db.prepare(
    "INSERT INTO authorities (id, aura, sidechain, registration) VALUES (?, ?, ?, ?)",
  );
  for (let id = 1; id <= VALIDATORS; id++) {
    // Every twentieth has rotated its key: two Aura keys, one sidechain key.
    const owner = id % 20 === 0 ? id - 1 : id;
    const sidechain = Buffer.from(`02${keyOf(1000 + owner).slice(2)}`, "hex");
    authority.run(id, Buffer.from(keyOf(id).slice(2), "hex"), sidechain, "registered");
  }
  writeOurs(db, [{ aura: keyOf(7), label: "bench" }]);
  grow(db, count);
}

function grow(db: ReturnType<typeof openWritable>["db"], count: number): void {
  const tally = openTally(db, CHAIN);
  const notePrefixes = openPrefixWriter(db);
  const blocks = openInserter(db, "INSERT INTO blocks", 6);
  const missed = openInserter(db, "INSERT INTO missed", 2);
  const committee = db.prepare("INSERT INTO committees VALUES (?, ?)");
  const orphan = db.prepare("INSERT INTO orphans VALUES (?, ?, ?, ?, ?, ?, ?)");
  const flags = encodeFlags("schedule", "verified");
  const firstEpoch = FIRST_SLOT / CHAIN.slotsPerEpoch;
  let slot = FIRST_SLOT;
  let epoch = -1;
  let seats: number[] = [];
  db.run("BEGIN");
  for (let number = 1; number <= count; slot++) {
    if (Math.floor(slot / 300) !== epoch) {
      epoch = Math.floor(slot / 300);
      seats = seatsOf(epoch, firstEpoch);
      committee.run(number - 1, encodeSeats(seats));
      // As often as the writer closes epochs in bulk.
      if (epoch % 8 === 0) {
        blocks.flush();
        missed.flush();
        if (tally.closeBefore(slot, 1)) notePrefixes();
        db.run("COMMIT");
        db.run("BEGIN");
      }
    }
    const author = seats[slot % 300] ?? 1;
    if (random32(slot) % 50 === 0) {
      missed.add(slot, author);
      continue;
    }
    blocks.add(number, hashOf(number), slot, author, flags, 4);
    if (number % 1000 === 0)
      orphan.run(hashOf(-number), number, hashOf(number - 1), slot, author, flags, 4);
    number++;
  }
  blocks.flush();
  missed.flush();
  db.prepare("UPDATE state SET finalized_number = ?, finalized_hash = ?").run(
    count - 2,
    hashOf(count - 2),
  );
  if (tally.closeBefore(slot, 1)) notePrefixes();
  db.run("COMMIT");
}

/** 32 bytes that look like a hash, at a tenth of the price. */
export function hashOf(number: number): Uint8Array {
  const words = new Uint32Array(8);
  for (let i = 0; i < 8; i++) words[i] = random32(number * 8 + i);
  return new Uint8Array(words.buffer);
}
