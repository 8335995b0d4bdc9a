// A real sync of a devnet with missed slots and forks: the alerts against what really happened.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import { openWatch } from "../../../core/alerts/watch.ts";
import { parseNumber, parseObject } from "../../../core/parse.ts";
import { readAlerts } from "../../../core/queries/alerts.ts";
import type { SyncOptions } from "../../../core/sync/context.ts";
import { defaultLive, defaultOptions } from "../../../core/sync/defaults.ts";
import { openLive } from "../../../core/sync/live.ts";
import { sync } from "../../../core/sync/sync.ts";
import { startDevnet } from "../../../examples/devnet/devnet.ts";
import {
  channelTo,
  countedPost,
  makeSettings,
  openHandClock,
  openKeptLog,
  openReceiver,
  settle,
} from "../../helpers/alert-lab.ts";
import { storedHeights, temporaryFolder } from "../../helpers/sync-process.ts";

const byNumber = (a: number, b: number): number => a - b;
const SLOTS_PER_EPOCH = 40;
const FINALITY_LAG = 6;

async function openDevnet() {
  const devnet = await startDevnet({
    ...{ seed: "alerts", history: 150, slotsPerEpoch: SLOTS_PER_EPOCH, seats: SLOTS_PER_EPOCH },
    ...{ validators: 4, permissioned: 2, missRate: 0.2, forkRate: 0.06, forkDepth: 3 },
    ...{ finalityLag: FINALITY_LAG, clock: "manual", pruning: "archive" },
  });
  return { ...devnet, [Symbol.asyncDispose]: async () => await devnet.stop() };
}

function optionsFor(rpcUrl: string, databasePath: string, aura: string): SyncOptions {
  const live = openLive(defaultLive({ ours: [{ aura, label: "alice" }] }));
  return defaultOptions(rpcUrl, databasePath, { live, once: false, verifySeals: "none" });
}

test("on a chain with misses and forks each missed slot and lost block of ours is told once, and nothing else", async () => {
  await using devnet = await openDevnet();
  await using receiver = openReceiver();
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  const { aura } = devnet.validator(0);
  const log = openKeptLog();
  const aborter = new AbortController();
  const hooks = {
    log,
    ...{ onProgress: () => undefined, onBlock: () => undefined, onSynced: () => undefined },
  };
  const running = sync(optionsFor(devnet.url, file, aura), hooks, aborter.signal);
  const reached = async (): Promise<void> => {
    const { best, finalized } = devnet.truth();
    const deadline = performance.now() + 20_000;
    for (;;) {
      const stored = storedHeights(file);
      if (stored.last >= best && stored.finalized >= finalized) return;
      if (performance.now() > deadline) throw new Error(log.lines.slice(-5).join("\n"));
      await Bun.sleep(2);
    }
  };
  await reached();

  // The sync's own handle is not within reach here; a second one sees the same file.
  using db = new Database(file, { strict: true });
  db.run("PRAGMA busy_timeout = 5000");
  const clock = openHandClock();
  const settings = makeSettings([channelTo(receiver.url)], {
    ...{ missedInRow: 2, minExpectedBlocks: 1000 },
  });
  const begin = () =>
    openWatch({ db, settings, clock, log, post: countedPost, checks: async () => [] });
  const slotNow = (): number => Math.max(...devnet.truth().blocks.map(({ slot }) => slot));
  const look = async (watch: ReturnType<typeof begin>): Promise<void> => {
    clock.set(slotNow() * devnet.options.slotMs + 1000);
    watch.afterBlock();
    await settle();
  };
  let watch = begin();
  await look(watch);
  const firstFinal = finalSlot();
  for (let i = 0; i < 400; i++) {
    await devnet.step();
    await reached();
    await look(watch);
    // Restarts on the way change nothing.
    if (i % 50 === 25) {
      await watch.close();
      watch = begin();
    }
  }
  await watch.close();
  aborter.abort();
  await running;

  const truth = devnet.truth();
  const lost = truth.orphans.filter((each) => each.author === aura);
  const inside = ({ slot }: { slot: number }): boolean => slot > firstFinal && slot < finalSlot();
  const missed = truth.missed
    .filter((each) => each.author === aura && inside(each))
    .map(({ slot }) => slot)
    .filter((slot) => !lost.some((each) => each.slot === slot));
  expect(missed.length).toBeGreaterThan(5);
  const of = (kind: string) => receiver.received.filter(({ body }) => body["kind"] === kind);
  const slotsOf = (kind: string): number[] =>
    of(kind).map(({ body }) => parseNumber(parseObject(body["details"], kind)["slot"], kind));
  expect(slotsOf("missed-slot")).toEqual(missed);
  const orphans = lost.filter(({ number }) => number <= truth.finalized).filter(inside);
  expect(orphans.length).toBeGreaterThan(0);
  expect(slotsOf("orphaned").sort(byNumber)).toEqual(
    orphans.map(({ slot }) => slot).sort(byNumber),
  );
  const rows = of("missed-in-row").map(({ body }) => body["action"]);
  expect(rows.length).toBeGreaterThan(1);
  // Raise and recovery take turns.
  expect(rows.every((action, i) => action === (i % 2 === 0 ? "raise" : "recover"))).toBe(true);
  const records = readAlerts(db, { open: false, limit: 1000 });
  expect(records).toHaveLength(receiver.received.length);
  expect(log.lines.filter((line) => line.includes("could not"))).toEqual([]);

  function finalSlot(): number {
    const { blocks, finalized } = devnet.truth();
    return blocks.find(({ number }) => number === finalized)?.slot ?? 0;
  }
}, 120_000);
