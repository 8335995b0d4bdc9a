// Alerts about production rest on a file that is up to date; the dead man's switch too.
import { afterEach, beforeEach, expect, test } from "bun:test";

import { openWatch } from "../../../core/alerts/watch.ts";
import type { Check } from "../../../core/health/report.ts";
import { parseObject } from "../../../core/parse.ts";
import { readAlerts } from "../../../core/queries/alerts.ts";
import { writeOurs } from "../../../core/storage/authorities.ts";
import { bindConstants } from "../../../core/storage/meta.ts";
import type { WritableDatabase } from "../../../core/storage/open.ts";
import { openWritable } from "../../../core/storage/open.ts";
import { openWriter } from "../../../core/storage/write.ts";
import type { Position } from "../../../core/types.ts";
import type { HandClock, Receiver } from "../../helpers/alert-lab.ts";
import {
  channelTo,
  countedPost,
  makeCheck,
  makeSettings,
  openHandClock,
  openKeptLog,
  openReceiver,
  settle,
} from "../../helpers/alert-lab.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { BERT, buildChain, CHAIN, GENESIS } from "../storage/build-chain.ts";

// BERT has every third slot: 3001, 3004, …
const FIRST = 3000;
let folder: ReturnType<typeof temporaryFolder>;
let file: WritableDatabase;
let receiver: Receiver;
let clock: HandClock;
let tip: Position;

beforeEach(() => {
  folder = temporaryFolder();
  file = openWritable(folder.file("mvm.db"));
  bindConstants(file.db, CHAIN);
  openWriter(file.db, CHAIN).start(GENESIS);
  writeOurs(file.db, [{ aura: BERT, label: "bert" }]);
  receiver = openReceiver();
  clock = openHandClock(0);
  tip = GENESIS;
});

afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  file[Symbol.dispose]();
  folder[Symbol.dispose]();
});

/** Blocks in these slots, final at once; the clock stands so many slots after the last of them. */
function extend(slots: readonly number[], slotsLater = 1): void {
  const blocks = buildChain(tip, slots);
  tip = blocks.at(-1)?.position ?? tip;
  openWriter(file.db, CHAIN).commit({ blocks, finalized: { number: tip.number, hash: tip.hash } });
  clock.set(((tip.slot ?? 0) + slotsLater) * CHAIN.slotDurationMs);
}

function watch(checks: () => Promise<Check[]> = async () => [], deadmanUrl: string | null = null) {
  const settings = makeSettings([channelTo(receiver.url)], {
    ...{ deadmanUrl, missedInRow: 1e9, minExpectedBlocks: 9999, cooldownMs: 0 },
  });
  const log = openKeptLog();
  return openWatch({ db: file.db, settings, checks, clock, log, post: countedPost });
}

function missed(): unknown[] {
  return readAlerts(file.db, { open: false, limit: 1000 })
    .filter(({ kind }) => kind === "missed-slot")
    .map(({ details }) => parseObject(details, "details"))
    .map((details) => details["slot"] ?? details["missed_slots"])
    .reverse();
}

test("the first look ever begins at the present: history raises no alarm", async () => {
  extend([FIRST, FIRST + 30, FIRST + 31]);
  const watching = watch();
  watching.afterBlock();
  expect(missed()).toEqual([]);
  extend([FIRST + 35]);
  watching.afterBlock();
  expect(missed()).toEqual([FIRST + 34]);
  await watching.close();
});

test("while the file is behind nothing is said of production; caught up, it is said once", async () => {
  extend([FIRST]);
  const watching = watch();
  watching.afterBlock();
  extend([FIRST + 5], 500);
  watching.afterBlock();
  await watching.everyMinute();
  expect(missed()).toEqual([]);
  extend([FIRST + 6]);
  watching.afterBlock();
  watching.afterBlock();
  expect(missed()).toEqual([FIRST + 1, FIRST + 4]);
  await watching.close();
});

test("a first sync that is behind is no alarm, a later one is", async () => {
  let lag = [makeCheck("database.lag", "critical")];
  const watching = watch(async () => lag);
  const kinds = (): string[] =>
    readAlerts(file.db, { open: false, limit: 9 }).map(({ action, kind }) => `${action} ${kind}`);
  extend([FIRST], 500);
  await watching.everyMinute();
  await watching.everyMinute();
  expect(kinds()).toEqual([]);
  extend([FIRST + 1]);
  lag = [makeCheck("database.lag", "ok")];
  await watching.everyMinute();
  extend([FIRST + 2], 500);
  lag = [makeCheck("database.lag", "critical")];
  await watching.everyMinute();
  expect(kinds()).toEqual(["raise sync-behind"]);
  await watching.close();
});

test("a sync that slept for a day tells of it in one message and not in thousands", async () => {
  extend([FIRST]);
  const before = watch();
  before.afterBlock();
  await before.close();
  extend([FIRST + 14_400]);
  const watching = watch();
  watching.afterBlock();
  watching.afterBlock();
  await settle();
  expect(missed()).toEqual([4800]);
  expect(receiver.received).toHaveLength(1);
  await watching.close();
});

test("the dead man's switch is called only while all is well", async () => {
  await using pings = openReceiver();
  let report: Check[] | null = [makeCheck("node.peers", "ok")];
  const checks = async (): Promise<Check[]> => {
    if (report === null) throw new Error("no checks today");
    return report;
  };
  const watching = watch(checks, `${pings.url}/beat`);
  async function beatAfter(what: Check[] | null): Promise<number> {
    const before = pings.received.length;
    report = what;
    await watching.everyMinute();
    // Sent in the background: given the time that an answer here takes many times over.
    await Bun.sleep(80);
    return pings.received.length - before;
  }
  const well = [makeCheck("node.peers", "ok")];
  // Nothing stored yet: nobody can say that all is well.
  expect(await beatAfter(well)).toBe(0);
  extend([FIRST]);
  expect(await beatAfter(well)).toBe(1);
  expect(await beatAfter([makeCheck("node.peers", "warning")])).toBe(1);
  expect(await beatAfter([makeCheck("node.peers", "critical")])).toBe(0);
  expect(await beatAfter([makeCheck("node.peers", "unknown")])).toBe(0);
  expect(await beatAfter(well)).toBe(1);
  expect(await beatAfter(null)).toBe(0);
  clock.set(clock.nowMs() + 100 * CHAIN.slotDurationMs);
  expect(await beatAfter(well)).toBe(0);
  expect(pings.received.every(({ method, path }) => method === "GET" && path === "/beat")).toBe(
    true,
  );
  await watching.close();
});
