// Which node is asked, by what is known of each: decisions without sockets.
import { describe, expect, test } from "bun:test";

import type { Link } from "../../../core/chain/link.ts";
import { MonitorError } from "../../../core/errors.ts";
import type { ErrorCode } from "../../../core/errors.ts";
import type { Limits, Standing } from "../../../core/sync/choice.ts";
import { chooseMove, chooseNext, compare, newStanding } from "../../../core/sync/choice.ts";
import { openNodes } from "../../../core/sync/nodes.ts";
import { openListLog } from "../../helpers/list-log.ts";

const LIMITS: Limits = { lagMs: 6000, returnAfterMs: 60_000 };
const NONE: ReadonlySet<string> = new Set();

/** Nodes a, b, c, … */
function nodes(...each: Partial<Standing>[]): Standing[] {
  return each.map((known, i) => ({ ...newStanding("abc".charAt(i)), ...known }));
}

const fit = (head: number, sinceMs = 0): Partial<Standing> => ({ head, fitSinceMs: sinceMs });

describe("what follows from what they have told", () => {
  const compared = (nowMs: number, known: Standing[]): Standing[] => {
    compare(known, nowMs, LIMITS);
    return known;
  };
  const fitness = (nowMs: number, known: Standing[]): (number | null)[] =>
    compared(nowMs, known).map(({ fitSinceMs }) => fitSinceMs);

  test("fit is who answers, does not sync, and is near the highest", () => {
    const known = nodes({ head: 100 }, { head: 95, syncing: false }, { head: 94 });
    expect(fitness(7, known)).toEqual([7, 7, null]);
    const others = nodes({ head: 100 }, { head: 100, syncing: true }, { away: true });
    expect(fitness(7, others)).toEqual([7, null, null]);
    expect(fitness(7, nodes({ head: 100, refused: "why" }, {}))).toEqual([null, null]);
  });

  test("who stays fit has been since it first was", () => {
    expect(fitness(9, nodes(fit(100, 7), fit(98, 8)))).toEqual([7, 8]);
  });

  test("a block is lacking from when another had it until it has come", () => {
    const [, behind] = compared(10, nodes({ head: 101 }, { head: 100 }));
    expect(behind?.lacks).toEqual({ head: 101, sinceMs: 10 });
    const lacks = { head: 101, sinceMs: 10 };
    expect(compared(20, nodes({ head: 103 }, { head: 100, lacks }))[1]?.lacks).toEqual(lacks);
    // That one came; the next one is lacking since now.
    const next = { head: 103, sinceMs: 20 };
    expect(compared(20, nodes({ head: 103 }, { head: 101, lacks }))[1]?.lacks).toEqual(next);
    expect(compared(20, nodes({ head: 103 }, { head: 103, lacks }))[1]?.lacks).toBeNull();
  });

  test("who lacks one for as long as is borne is not fit, however near", () => {
    const known = (): Standing[] =>
      nodes(fit(101), { ...fit(100), lacks: { head: 101, sinceMs: 10 } });
    expect(fitness(6009, known())).toEqual([0, 0]);
    expect(fitness(6010, known())).toEqual([0, null]);
  });
});

describe("whom to ask when nobody is in use", () => {
  const cases: [string, Standing[], string | null][] = [
    ["the first of those nothing is known of", nodes({}, {}), "a"],
    ["the first of those that are fit", nodes(fit(100), fit(103)), "a"],
    ["one that is fit before one nothing is known of", nodes({}, fit(100)), "b"],
    ["one nothing is known of before one that is away", nodes({ away: true }, {}), "b"],
    ["one that is fit before one that answers and is not", nodes({ head: 90 }, fit(100)), "b"],
    ["one that is behind before one that is away", nodes({ away: true }, { head: 5 }), "b"],
    ["never one that was refused", nodes({ refused: "why" }, { away: true }), "b"],
    ["nobody, when all were refused", nodes({ refused: "why" }), null],
  ];
  test.each(cases)("%s", (_, known, chosen) => {
    expect(chooseNext(known, NONE)).toBe(chosen);
  });

  test("not one that was tried in this round, however good it looks", () => {
    expect(chooseNext(nodes(fit(100), { away: true }), new Set(["a"]))).toBe("b");
    expect(chooseNext(nodes({}, {}), new Set(["a", "b"]))).toBeNull();
  });
});

describe("whether the node in use is left", () => {
  const NOW = 100_000;
  const move = (known: Standing[], inUse = "a", isHung = false): string | null =>
    chooseMove(known, inUse, isHung, NOW, LIMITS)?.to ?? null;
  const lacking = (sinceMs: number): Partial<Standing> => ({
    ...{ head: 100, lacks: { head: 101, sinceMs } },
  });

  test("not while it keeps up", () => {
    expect(move(nodes(fit(100), fit(100)))).toBeNull();
    expect(move(nodes(lacking(NOW - 5999), fit(101)))).toBeNull();
  });

  test("when it lacks a block for longer than is borne, for the first that has it", () => {
    expect(move(nodes(lacking(NOW - 6000), fit(100), fit(101)))).toBe("c");
    expect(move(nodes(lacking(NOW - 6000), { head: 101, syncing: true }))).toBeNull();
  });

  test("not for one that failed a moment ago", () => {
    const failed = (atMs: number): Partial<Standing> => ({ ...fit(101), failedAtMs: atMs });
    expect(move(nodes(lacking(0), failed(NOW - 59_999)))).toBeNull();
    expect(move(nodes(lacking(0), failed(NOW - 60_000)))).toBe("b");
  });

  test("when it hangs, at once, for the first one that is fit", () => {
    expect(move(nodes(fit(100), { away: true }, fit(90, NOW)), "a", true)).toBe("c");
    expect(move(nodes(fit(100), { ...fit(100, NOW), failedAtMs: NOW }), "a", true)).toBe("b");
    expect(move(nodes(fit(100), { away: true }), "a", true)).toBeNull();
  });

  test("for a preferred one that has been well for long enough, never for a lesser one", () => {
    expect(move(nodes(fit(100, NOW - 59_999), fit(100)), "b")).toBeNull();
    expect(move(nodes(fit(100, NOW - 60_000), fit(100)), "b")).toBe("a");
    expect(move(nodes(fit(100), fit(100), fit(100)), "a")).toBeNull();
    expect(move(nodes(fit(100, NOW), fit(100), fit(100)), "c")).toBe("b");
  });
});

describe("failures", () => {
  function open(count: number) {
    let nowMs = 1000;
    const log = openListLog("info");
    const list = openNodes(
      ["a", "b", "c"].slice(0, count),
      log,
      () => LIMITS,
      () => nowMs,
    );
    const fail = (code: ErrorCode, blocks = 0): string | null =>
      list.failed(list.next(), new MonitorError(code, code), blocks);
    return { list, log, fail, pass: (ms: number) => (nowMs += ms) };
  }

  test("of a node that is away lead to the next, and after the last of them to a pause", () => {
    const { list, fail } = open(3);
    expect([list.next(), fail("unavailable"), fail("unavailable"), fail("unavailable")]).toEqual([
      "a",
      "b",
      "c",
      null,
    ]);
    expect(list.next()).toBe("a");
  });

  test("after blocks were stored are a new round", () => {
    const { list, fail } = open(2);
    expect(fail("unavailable")).toBe("b");
    expect(fail("unavailable", 10)).toBe("a");
    expect(list.next()).toBe("a");
  });

  test.each(["bad-reply", "rpc", "too-much", "discarded"] as const)(
    "%s is borne twice within a minute",
    (code) => {
      const { list, fail, pass } = open(2);
      expect([fail(code), fail(code), list.next(), fail(code)]).toEqual([null, null, "a", "b"]);
      expect(fail(code)).toBeNull();
      pass(60_000);
      expect([fail(code), fail(code), list.next()]).toEqual([null, null, "b"]);
    },
  );

  test("of ours are no node's", () => {
    const { list, fail } = open(2);
    for (let i = 0; i < 5; i++) expect(fail("disk-full")).toBeNull();
    expect(list.next()).toBe("a");
  });

  test("three contradictions refuse a node for good, but never the last one", () => {
    const { list, log, fail } = open(2);
    expect([fail("wrong-chain"), fail("unavailable"), list.next()]).toEqual(["b", null, "a"]);
    expect([fail("wrong-chain"), fail("unavailable"), fail("wrong-chain")]).toEqual([
      "b",
      null,
      "b",
    ]);
    expect(log.lines.map(({ message }) => message)).toEqual([
      "a is not asked again until the next start: wrong-chain",
    ]);
    for (let i = 0; i < 5; i++) expect([fail("wrong-chain"), list.next()]).toEqual([null, "b"]);
    expect(log.lines).toHaveLength(1);
  });

  test("a sync to the tip forgives contradictions", () => {
    const { list, fail, log } = open(2);
    for (let i = 0; i < 5; i++) {
      fail("wrong-chain");
      fail("unavailable");
      using _use = list.use("a", deadLink());
      list.agreed();
    }
    expect(log.lines).toEqual([]);
  });
});

test("moving away closes the link, and says where to and why", () => {
  let nowMs = 0;
  const list = openNodes(
    ["a", "b"],
    openListLog(),
    () => LIMITS,
    () => nowMs,
  );
  let closed = 0;
  using use = list.use("a", { ...deadLink(), close: () => void closed++ });
  list.told("a", { head: 100, syncing: false });
  list.told("b", { head: 101, syncing: null });
  list.review(false);
  expect([use.departure, closed]).toEqual([null, 0]);
  // It has caught up, and another block is lacking since then.
  list.told("a", { head: 101, syncing: false });
  nowMs = 5000;
  list.told("b", { head: 102, syncing: null });
  nowMs = 10_000;
  list.review(false);
  expect(use.departure).toBeNull();
  nowMs = 11_000;
  list.review(false);
  list.review(false);
  expect([use.departure?.move.to, list.next(), closed]).toEqual(["b", "b", 1]);
});

function deadLink(): Link {
  const never = async (): Promise<never> => await Promise.reject(new Error("not asked"));
  return {
    ...{ url: "", transport: "http", request: never, batch: never, close: () => undefined },
    closed: Promise.withResolvers<MonitorError>().promise,
  };
}
