// What the stored chain makes known of our validators: exact slots, once, and never before they are final.
import { afterEach, beforeEach, expect, test } from "bun:test";

import { readChainFacts } from "../../../core/alerts/chain-facts.ts";
import type { AlertEvent } from "../../../core/alerts/event.ts";
import { evaluate } from "../../../core/alerts/rules.ts";
import type { AlertSettings } from "../../../core/alerts/settings.ts";
import type { RuleState } from "../../../core/alerts/state.ts";
import { conditionKey, EMPTY_STATE } from "../../../core/alerts/state.ts";
import { writeCandidates, writeOurs } from "../../../core/storage/authorities.ts";
import { bindConstants } from "../../../core/storage/meta.ts";
import type { WritableDatabase } from "../../../core/storage/open.ts";
import { openWritable } from "../../../core/storage/open.ts";
import type { Writer } from "../../../core/storage/write.ts";
import { openWriter } from "../../../core/storage/write.ts";
import type { JudgedBlock, Position } from "../../../core/types.ts";
import { makeSettings, NOON_MS } from "../../helpers/alert-lab.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import type { Step } from "../storage/build-chain.ts";
import { ANNA, BERT, buildChain, CARL, CHAIN, GENESIS, hexOf } from "../storage/build-chain.ts";

// Seats are ANNA, BERT, CARL: slot modulo 3. BERT (slots 1, 4, 7, …) is ours, called bert.
const FIRST = 3000;
let folder: ReturnType<typeof temporaryFolder>;
let file: WritableDatabase;
let writer: Writer;
let state: RuleState;
let tip: Position;
const open = new Map<string, AlertEvent["severity"]>();

beforeEach(() => {
  folder = temporaryFolder();
  file = openWritable(folder.file("mvm.db"));
  bindConstants(file.db, CHAIN);
  writer = openWriter(file.db, CHAIN);
  writer.start(GENESIS);
  writeOurs(file.db, [{ aura: BERT, label: "bert" }]);
  state = EMPTY_STATE;
  open.clear();
  tip = GENESIS;
  // A start: history that is no news, with a missed slot of ours in it.
  extend([FIRST, FIRST + 2, FIRST + 3]);
  expect(finalize()).toEqual([]);
});

afterEach(() => {
  file[Symbol.dispose]();
  folder[Symbol.dispose]();
});

function extend(steps: readonly (number | Step)[], branch?: string): JudgedBlock[] {
  const blocks = buildChain(tip, steps, branch);
  writer.commit({ blocks });
  tip = blocks.at(-1)?.position ?? tip;
  return blocks;
}

function look(more: Partial<AlertSettings> = {}): AlertEvent[] {
  const facts = readChainFacts(file.db, state.chain, null);
  const found = evaluate(state, open, { checks: null, facts }, makeSettings([], more), NOON_MS);
  state = found.state;
  for (const event of found.events) {
    if (event.action === "raise") open.set(conditionKey(event), event.severity);
    if (event.action === "recover") open.delete(conditionKey(event));
  }
  return found.events;
}

/** Finalizes the tip and tells what becomes known by that. */
function finalize(more: Partial<AlertSettings> = {}): AlertEvent[] {
  writer.commit({ blocks: [], finalized: { number: tip.number, hash: tip.hash } });
  return look(more);
}

const QUIET = { missedInRow: 99, minExpectedBlocks: 99 };

test("a missed slot of ours is told once, with its slot, time and validator, and those of others are not", () => {
  extend([FIRST + 5, FIRST + 9]);
  const events = finalize(QUIET);
  expect(events.map(({ details }) => details["slot"])).toEqual([FIRST + 4, FIRST + 7]);
  expect(events[0]).toMatchObject({
    ...{ action: "note", kind: "missed-slot", subject: "bert", severity: "warning" },
    message: "bert missed slot 3004 at 1970-01-01 05:00:24 UTC.",
    details: { slot: 3004, epoch: 300, slot_time: "1970-01-01T05:00:24.000Z" },
    once: "missed-slot:3004",
  });
  expect(look(QUIET)).toEqual([]);
});

test("a missed slot is not told before a finalized block lies beyond it", () => {
  extend([FIRST + 5, FIRST + 6]);
  expect(look(QUIET)).toEqual([]);
  expect(finalize(QUIET)).toHaveLength(1);
});

test("a slot that seemed missed until a reorganisation brought our block is no alarm", () => {
  const [ancestor] = extend([FIRST + 3 + 2]).slice(-1);
  const before = tip;
  extend([FIRST + 8, FIRST + 9], "loser");
  expect(look(QUIET).filter(({ details }) => details["slot"] === FIRST + 7)).toEqual([]);
  tip = before;
  const blocks = buildChain(tip, [FIRST + 6, FIRST + 7, FIRST + 8, FIRST + 9], "winner");
  writer.commit({ blocks, rewindTo: ancestor?.header.number });
  tip = blocks.at(-1)?.position ?? tip;
  const slots = finalize(QUIET).map(({ details }) => details["slot"]);
  // FIRST + 4 was missed before the fork, on both sides.
  expect(slots).toEqual([FIRST + 4]);
});

test("our own block that lost its place is told as that, not as a missed slot", () => {
  const before = tip;
  const [lost] = extend([FIRST + 4], "loser");
  tip = before;
  const blocks = buildChain(before, [FIRST + 5, FIRST + 6], "winner");
  writer.commit({ blocks, rewindTo: before.number });
  tip = blocks.at(-1)?.position ?? tip;
  const events = finalize(QUIET);
  expect(events.map(({ kind }) => kind)).toEqual(["orphaned"]);
  expect(events[0]).toMatchObject({
    severity: "warning",
    details: { block: before.number + 1, slot: FIRST + 4, hash: lost?.header.hash },
  });
  // The rules name it again, and the disk tells each only once.
  expect(look(QUIET).map(({ once }) => once)).toEqual([events[0]?.once ?? ""]);
});

test("turns missed in a row are raised at the limit, once, and end with our next block", () => {
  const settings = { missedInRow: 2, minExpectedBlocks: 99 };
  extend([FIRST + 5]);
  expect(finalize(settings).map(({ kind }) => kind)).toEqual(["missed-slot"]);
  extend([FIRST + 8]);
  const raised = finalize(settings).find(({ kind }) => kind === "missed-in-row");
  expect(raised).toMatchObject({
    ...{ action: "raise", severity: "critical", details: { missed_in_row: 2 } },
    message: "bert missed its last 2 turns in a row.",
  });
  extend([FIRST + 9, FIRST + 11]);
  expect(finalize(settings).map(({ kind }) => kind)).toEqual(["missed-slot"]);
  extend([FIRST + 13]);
  const ended = finalize(settings);
  expect(ended).toMatchObject([{ action: "recover", kind: "missed-in-row", subject: "bert" }]);
  expect(ended[0]?.message).toBe(`bert made block ${tip.number} in slot ${FIRST + 13}.`);
});

test("low production carries the fields of the Rust tool and ends when the share is right again", () => {
  // CHAIN has ten slots an epoch: BERT has three or four turns in each.
  const settings = { missedInRow: 99, minExpectedBlocks: 2, thresholdPercent: 50 };
  extend([FIRST + 9, FIRST + 12]);
  expect(finalize(settings).filter(({ kind }) => kind === "not-producing")).toEqual([]);
  extend([FIRST + 14]);
  const raised = finalize(settings).filter(({ kind }) => kind === "not-producing");
  expect(raised).toMatchObject([
    {
      ...{ action: "raise", severity: "critical", subject: "bert" },
      details: {
        ...{ epoch: 301, blocks_produced: 0, expected_blocks: 2, committee_seats: 1 },
        ...{ production_ratio: 0, threshold: 0.5 },
      },
    },
  ]);
  extend([FIRST + 19, FIRST + 22]);
  // A new epoch with one turn yet says neither good nor bad.
  expect(finalize(settings).filter(({ kind }) => kind === "not-producing")).toEqual([]);
  extend([FIRST + 25, FIRST + 28]);
  const ended = finalize(settings).filter(({ kind }) => kind === "not-producing");
  expect(ended).toMatchObject([{ action: "recover", details: { epoch: 302, blocks_produced: 3 } }]);
});

test("fewer turns than the minimum are not judged", () => {
  extend([FIRST + 9, FIRST + 12, FIRST + 15, FIRST + 18]);
  const events = finalize({ missedInRow: 99, minExpectedBlocks: 4, thresholdPercent: 100 });
  expect(events.filter(({ kind }) => kind === "not-producing")).toEqual([]);
});

test("turns missed while the whole chain stood still are told, and are no failure of ours", () => {
  const settings = { missedInRow: 2, minExpectedBlocks: 2, thresholdPercent: 100 };
  extend([FIRST + 4, FIRST + 16]);
  const events = finalize(settings);
  expect(events.map(({ kind }) => kind)).toEqual(Array(3).fill("missed-slot"));
  expect(events[0]?.message).toEndWith(", while nobody made a block.");
  expect(events[0]?.details).toMatchObject({ slot: FIRST + 7, chain_halted: true });
  // One slot fewer may be chance, and is judged.
  extend([FIRST + 27]);
  expect(finalize(settings).map(({ kind }) => kind)).toContain("missed-in-row");
});

test("more than twenty missed slots at once are one message", () => {
  extend([FIRST + 4, FIRST + 64]);
  expect(finalize(QUIET)).toHaveLength(19);
  extend([FIRST + 130]);
  const events = finalize(QUIET);
  expect(events).toMatchObject([
    {
      kind: "missed-slot",
      details: { missed_slots: 21, first_slot: FIRST + 67, last_slot: FIRST + 127 },
      once: `missed-slots:bert:${FIRST + 67}-${FIRST + 127}`,
    },
  ]);
});

/** Sets the list of the epoch after, then goes there with a block. */
function nextEpoch(epoch: number, list: string[], ahead: boolean): AlertEvent[] {
  const events: AlertEvent[] = [];
  if (ahead) {
    const seats = writer.dictionary.encode(list);
    file.db.prepare("INSERT INTO upcoming VALUES (?, ?, 0)").run(epoch, seats);
    events.push(...look(QUIET));
    expect(look(QUIET)).toEqual([]);
  }
  extend([{ slot: epoch * CHAIN.slotsPerEpoch, list }]);
  return [...events, ...finalize(QUIET)].filter(({ kind }) => kind.startsWith("committee"));
}

for (const ahead of [false, true]) {
  const when = ahead ? "next" : "now";
  test(`who has no seat in three committees has left, who then has one has entered: each told once, ${when}`, () => {
    const [without, within] = [
      [ANNA, CARL],
      [ANNA, BERT, BERT],
    ];
    expect(nextEpoch(301, without, ahead)).toEqual([]);
    expect(nextEpoch(302, without, ahead)).toEqual([]);
    expect(nextEpoch(303, without, ahead)).toMatchObject([
      {
        ...{ kind: "committee-left", severity: "info", subject: "bert" },
        message: `bert ${ahead ? "will have" : "has"} no seat in epoch 303, as in the 2 before: longer than chance explains.`,
        details: { when, epoch: 303, committee_seats: 0, epochs_without: 3 },
      },
    ]);
    expect(nextEpoch(304, without, ahead)).toEqual([]);
    expect(nextEpoch(305, within, ahead)).toMatchObject([
      {
        kind: "committee-entered",
        message: `bert ${ahead ? "will have" : "has"} 2 seats in epoch 305.`,
        details: { when, epoch: 305, committee_seats: 2, epochs_without: 0 },
      },
    ]);
    expect(nextEpoch(306, within, ahead)).toEqual([]);
  });
}

test("changed keys and registrations of ours are told, those of others are not", () => {
  const sidechain = `0x02${"ab".repeat(32)}`;
  writeCandidates(file.db, [
    { aura: BERT, sidechain, grandpa: hexOf("grandpa"), registration: "registered" },
  ]);
  const insert = file.db.prepare(
    "INSERT INTO key_changes (seen_at_ms, at_block, source, validator, kind, before, after) VALUES (0, 3, ?, ?, ?, ?, ?)",
  );
  insert.run("chain", sidechain, "aura", BERT, hexOf("new"));
  insert.run("chain", sidechain, "registration", "registered", "invalid");
  insert.run("chain", `0x02${"cd".repeat(32)}`, "aura", ANNA, hexOf("other"));
  const events = look(QUIET);
  expect(events.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
    "keys-changed bert",
    "registration-changed bert",
  ]);
  expect(events[1]?.message).toBe(
    "The registration of bert changed on chain from registered to invalid.",
  );
  expect(look(QUIET)).toEqual([]);
});

test("a runtime upgrade is told, the first runtime ever seen is not", () => {
  extend([FIRST + 4, { slot: FIRST + 5, spec: 1_001_000 }]);
  expect(finalize(QUIET)).toMatchObject([
    {
      ...{ kind: "runtime-upgrade", severity: "info" },
      details: { block: tip.number, spec_version: 1_001_000, before: 1_000_000 },
    },
  ]);
});

test("with our validators given, alerts call them as the checks do", () => {
  extend([FIRST + 5]);
  writer.commit({ blocks: [], finalized: { number: tip.number, hash: tip.hash } });
  const bert = { id: "/keys/bert", label: null, keystore: "/keys/bert", aura: [BERT] };
  const facts = readChainFacts(file.db, state.chain, [{ ...bert, grandpa: [], sidechain: [] }]);
  expect(facts?.validators).toEqual(["/keys/bert"]);
  expect(facts?.turns).toMatchObject([{ slot: FIRST + 4, validator: "/keys/bert" }]);
});

test("a trouble of a validator that is not ours any more ends", () => {
  extend([FIRST + 5, FIRST + 8]);
  expect(finalize({ missedInRow: 2, minExpectedBlocks: 99 }).map(({ kind }) => kind)).toContain(
    "missed-in-row",
  );
  writeOurs(file.db, [{ aura: CARL, label: "carl" }]);
  const facts = readChainFacts(file.db, state.chain, null);
  const found = evaluate(state, open, { checks: [], facts }, makeSettings([]), NOON_MS);
  expect(found.events).toMatchObject([
    { action: "recover", kind: "missed-in-row", message: "bert is not watched any more." },
  ]);
});
