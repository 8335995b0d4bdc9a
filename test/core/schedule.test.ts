// The schedule against what then happens: taken at some slot, compared slot by slot over two epochs.
import { describe, expect, test } from "bun:test";

import { connect } from "../../core/chain/connect.ts";
import { fetchOutlook } from "../../core/chain/outlook.ts";
import { readOutlook } from "../../core/queries/rota.ts";
import type { Outlook } from "../../core/schedule.ts";
import {
  buildRotas,
  canRestart,
  lateSlotsOf,
  quietWindows,
  slotsOf,
  STALLED_SLOTS,
} from "../../core/schedule.ts";
import { openReadable } from "../../core/storage/open.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { syncOnce, temporaryFolder } from "../helpers/sync-process.ts";
import { SLOTS_PER_EPOCH, startSmallDevnet } from "./chain/small-devnet.ts";

const LONG_MS = 60_000;
const CHAIN = { slotDurationMs: 6000, slotsPerEpoch: SLOTS_PER_EPOCH };

async function askNode(devnet: Devnet): Promise<Outlook> {
  const link = await connect(devnet.url);
  try {
    return await fetchOutlook(link);
  } finally {
    link.close();
  }
}

/** Whose turn the generator says each slot was, made or not. */
function turns(devnet: Devnet): Map<number, string> {
  const { blocks, missed } = devnet.truth();
  return new Map([...blocks, ...missed].map(({ slot, author }) => [slot, author]));
}

/** Whose turn the schedule says, for everybody at once; `conditional` slots stand on another's block. */
function predict(outlook: Outlook): {
  turns: Map<number, string>;
  conditionOf: Map<number, number>;
} {
  const rotas = buildRotas(outlook, 0, CHAIN);
  const everybody = new Set(rotas.flatMap(({ authorities }) => authorities));
  const slots = [...slotsOf(rotas, everybody)];
  const conditions = slots.flatMap(({ slot, assumesBlockAt }) =>
    assumesBlockAt === undefined ? [] : [[slot, assumesBlockAt] as const],
  );
  return {
    turns: new Map(slots.map(({ slot, author }) => [slot, author])),
    conditionOf: new Map(conditions),
  };
}

interface Comparison {
  compared: number;
  /** Differences that the condition does not explain. */
  wrong: string[];
  /** Slots before the block that brought the next list in: documented as the old list's. */
  excused: number;
}

function compare(devnet: Devnet, outlook: Outlook): Comparison {
  const { blocks } = devnet.truth();
  const truth = turns(devnet);
  const result: Comparison = { compared: 0, wrong: [], excused: 0 };
  const predicted = predict(outlook);
  for (const [slot, author] of predicted.turns) {
    const real = truth.get(slot);
    if (real === undefined) continue;
    result.compared += 1;
    const condition = predicted.conditionOf.get(slot);
    const entered = blocks.find((block) => block.slot >= (condition ?? slot))?.slot ?? slot;
    if (condition !== undefined && slot <= entered && entered > condition) result.excused += 1;
    else if (real !== author) result.wrong.push(`slot ${slot}: ${author}, really ${real}`);
  }
  return result;
}

describe("the schedule of two epochs", () => {
  for (const [what, options] of [
    ["without misses", { missRate: 0 }],
    ["with misses", { missRate: 0.15 }],
    ["with misses and forks", { missRate: 0.1, forkRate: 0.1, forkDepth: 3, finalityLag: 6 }],
    ["of runtime 2.1", { specVersion: 2_001_000 }],
    ["with fewer seats than slots", { seats: 7 }],
  ] as const) {
    test(
      `${what} equals what then happens, from wherever in an epoch it is taken`,
      async () => {
        await using devnet = await startSmallDevnet({ history: 60, ...options });
        const taken: Outlook[] = [];
        // Each time some slots further into an epoch, across several of them.
        for (let i = 0; i < 12; i++) {
          taken.push(await askNode(devnet));
          await devnet.step(11);
        }
        await devnet.step(2 * SLOTS_PER_EPOCH + 30);
        const results = taken.map((outlook) => compare(devnet, outlook));
        expect(results.flatMap(({ wrong }) => wrong)).toEqual([]);
        for (const { compared, excused } of results) {
          expect(compared).toBeGreaterThanOrEqual(SLOTS_PER_EPOCH);
          expect(excused).toBeLessThan(SLOTS_PER_EPOCH / 3);
        }
        if ("missRate" in options && options.missRate === 0) {
          expect(results.reduce((sum, { excused }) => sum + excused, 0)).toBe(0);
        }
      },
      LONG_MS,
    );
  }

  test(
    "is exact again from the tip when the first slots of an epoch stay empty",
    async () => {
      await using devnet = await startSmallDevnet({ history: 60, missRate: 0.6, seed: "empty" });
      let late = 0;
      for (let i = 0; i < 8 * SLOTS_PER_EPOCH; i++) {
        const outlook = await askNode(devnet);
        const next = (outlook.lastSlot ?? 0) + 1;
        await devnet.step(1);
        // The turn of the very next slots, recomputed after each block, is never a matter of conditions.
        const { turns: said, conditionOf } = predict(outlook);
        const { blocks } = devnet.truth();
        const made = blocks.at(-1);
        if (made === undefined || made.slot < next) continue;
        const rotation = Math.floor(made.slot / SLOTS_PER_EPOCH) * SLOTS_PER_EPOCH;
        const isFirst = next <= rotation && made.slot > rotation;
        if (isFirst) {
          late += 1;
          // As taken before the epoch began it depends on its first slot, as asked at that slot it does not.
          expect(conditionOf.get(made.slot)).toBe(rotation);
          const possible = lateSlotsOf(buildRotas(outlook, 0, CHAIN), new Set([made.author]));
          const isExplained = made.slot <= rotation + STALLED_SLOTS;
          if (isExplained) expect([...possible]).toContainEqual({ slot: made.slot });
          const now = buildRotas(outlook, made.slot, CHAIN)[0];
          expect(now?.authorities[made.slot % (now?.authorities.length ?? 1)]).toBe(made.author);
        } else {
          expect(said.get(made.slot)).toBe(made.author);
        }
      }
      expect(late).toBeGreaterThan(1);
    },
    LONG_MS,
  );

  test(
    "is the same from the file as from the node",
    async () => {
      await using devnet = await startSmallDevnet({ history: 130, pruning: 20 });
      using folder = temporaryFolder();
      const file = folder.file("mvm.db");
      for (let i = 0; i < 4; i++) {
        await syncOnce(devnet.url, file);
        using db = openReadable(file);
        const { authorities, next, lastSlot } = await askNode(devnet);
        expect(readOutlook(db)).toMatchObject({ authorities, next, lastSlot, followsRota: true });
        expect(next).toHaveLength(SLOTS_PER_EPOCH);
        await devnet.step(25);
      }
      await syncOnce(devnet.url, file);
      using db = openReadable(file);
      // Every committee seen ahead and rotated in meanwhile was the right one.
      const { predictions } = readOutlook(db) ?? {};
      expect(predictions?.right).toBeGreaterThan(1);
      expect(predictions).toMatchObject({ wrong: 0, lastRight: true });
    },
    LONG_MS,
  );

  test(
    "stops at the next epoch's first slot where the runtime names no keys ahead",
    async () => {
      await using devnet = await startSmallDevnet({ specVersion: 12_000, ariadneShape: "old" });
      const outlook = await askNode(devnet);
      expect(outlook.next).toBeNull();
      const last = buildRotas(outlook, 0, CHAIN).at(-1);
      expect(last?.to).toBe(
        Math.ceil((outlook.lastSlot ?? 0) / SLOTS_PER_EPOCH) * SLOTS_PER_EPOCH + 1,
      );
      await devnet.step(60);
      expect(compare(devnet, outlook).wrong).toEqual([]);
    },
    LONG_MS,
  );
});

describe("rotas", () => {
  const old = ["0xa", "0xb", "0xc"];
  const next = ["0xd", "0xe"];

  test("of a late rotation follow the list in force, not the calendar", () => {
    // The epoch began at 80 and the block at 85 rotated nothing.
    const rotas = buildRotas({ lastSlot: 85, authorities: old, next: null }, 86, CHAIN);
    expect(rotas).toEqual([
      { epoch: 2, from: 86, to: 120, authorities: old },
      { epoch: 3, from: 120, to: 121, authorities: old },
    ]);
  });

  test("begin with the old list as long as the new epoch has no block", () => {
    const rotas = buildRotas({ lastSlot: 75, authorities: old, next }, 83, CHAIN);
    expect(rotas).toEqual([
      { epoch: 2, from: 83, to: 84, authorities: old },
      { epoch: 2, from: 84, to: 120, authorities: next, assumesBlockAt: 83 },
    ]);
  });

  test("are none when the last block known is older than the epoch before", () => {
    expect(buildRotas({ lastSlot: 75, authorities: old, next }, 120, CHAIN)).toEqual([]);
  });

  test("never begin before the next slot, and are none where the list is not known", () => {
    const [first] = buildRotas({ lastSlot: 90, authorities: old, next }, 10, CHAIN);
    expect(first?.from).toBe(91);
    expect(buildRotas({ lastSlot: 90, authorities: null, next }, 91, CHAIN)).toEqual([]);
  });
});

describe("quiet windows", () => {
  const rotas = buildRotas({ lastSlot: 99, authorities: ["0xa"], next: null }, 100, CHAIN);
  const slots = (...each: number[]): { slot: number }[] => each.map((slot) => ({ slot }));

  test("lie between our slots and end, open, where knowledge ends", () => {
    expect(quietWindows(rotas, slots(100, 101, 110))).toEqual([
      { from: 102, to: 110, open: false },
      { from: 111, to: 121, open: true },
    ]);
    expect(quietWindows([], [])).toEqual([]);
  });

  function ask(ours: number[], nowMs: number, durationMs: number): unknown {
    const windows = quietWindows(rotas, slots(...ours));
    return canRestart(rotas, windows, { nowMs, durationMs }, CHAIN);
  }
  const now = 100 * 6000 + 1000;

  test("answer whether a restart fits before our next slot", () => {
    expect(ask([110], now, 59_000)).toEqual({ verdict: "yes" });
    expect(ask([110], now, 59_001)).toEqual({ verdict: "no", at: 111 });
    expect(ask([100], now, 6000)).toEqual({ verdict: "no", at: 101 });
    expect(ask([100], now - 4000, 3000)).toEqual({ verdict: "yes" });
    expect(ask([100], now - 4000, 3001)).toEqual({ verdict: "no", at: 101 });
    expect(ask([100, 105, 110], now, 40_000)).toEqual({ verdict: "no", at: 111 });
  });

  describe("at the turn of an epoch", () => {
    const old = ["0xa", "0xb", "0xc"];
    const next = ["0xd", "0xe", "0xf"];
    const turn = buildRotas({ lastSlot: 117, authorities: old, next }, 118, CHAIN);
    const late = (key: string): number[] =>
      [...lateSlotsOf(turn, new Set([key]))].map(({ slot }) => slot);

    test("hold no slot that becomes ours while the first slots of the epoch stay empty", () => {
      // Slot 120 is 0xa's and brings the next list in; were it empty, 121 would be 0xb's, 122 0xc's …
      expect(late("0xa")).toEqual([123, 126, 129]);
      expect(late("0xb")).toEqual([121, 124, 127, 130]);
      expect(late("0xd")).toEqual([]);
      const keys = new Set(["0xc"]);
      const certain = [...slotsOf(turn, keys)];
      expect(certain.map(({ slot }) => slot)).toEqual([119]);
      const windows = quietWindows(turn, [...certain, ...lateSlotsOf(turn, keys)]);
      expect(windows.map(({ from, to }) => [from, to])).toEqual([
        [118, 119],
        [120, 122],
        [123, 125],
        [126, 128],
        [129, 160],
      ]);
    });
  });

  test("say no without a time where no known window is long enough, and unknown past what is known", () => {
    expect(ask([105, 110, 118], now, 100_000)).toEqual({ verdict: "no", at: null });
    expect(ask([], now, 200_000)).toEqual({ verdict: "unknown" });
    expect(canRestart([], [], { nowMs: now, durationMs: 1 }, CHAIN)).toEqual({
      verdict: "unknown",
    });
  });
});
