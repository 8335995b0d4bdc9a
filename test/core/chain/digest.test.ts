import { describe, expect, test } from "bun:test";

import { decodeDigest } from "../../../core/chain/digest.ts";
import { MonitorError } from "../../../core/errors.ts";
import { LOGS } from "./digest-logs.ts";

const KEYS = [`0x${"aa".repeat(32)}`, `0x${"bb".repeat(32)}`, `0x${"aa".repeat(32)}`];

function failure(logs: readonly string[]): MonitorError {
  try {
    decodeDigest(logs, "block 7");
  } catch (error) {
    if (error instanceof MonitorError) return error;
    throw error;
  }
  throw new Error("the digest was accepted");
}

describe("which engine made a block", () => {
  for (const [tag, name] of [
    [1, "primary"],
    [2, "secondary plain"],
    [3, "secondary VRF"],
  ] as const) {
    test(`a BABE ${name} pre-digest gives slot and authority index`, () => {
      const digest = decodeDigest([LOGS.babeSlot(tag, 4, 900), LOGS.seal("BABE")], "block 7");
      expect(digest).toMatchObject({ engine: "babe", slot: 900, authorityIndex: 4 });
    });
  }

  for (const order of ["before", "after"] as const) {
    test(`a synthetic BABE pre-digest ${order} Aura's does not count while Aura seals`, () => {
      const pair = [LOGS.auraSlot(500), LOGS.babeSlot(2, 3, 501)];
      const logs = order === "before" ? pair.toReversed() : pair;
      const digest = decodeDigest([...logs, LOGS.seal("aura")], "block 7");
      expect(digest).toMatchObject({ engine: "aura", slot: 500, authorityIndex: null });
    });
  }

  test("an Aura pre-digest does not count once BABE seals", () => {
    const logs = [LOGS.auraSlot(500), LOGS.babeSlot(1, 3, 501), LOGS.seal("BABE")];
    expect(decodeDigest(logs, "block 7")).toMatchObject({ engine: "babe", slot: 501 });
  });

  test("without a seal the first recognised pre-digest counts", () => {
    const logs = [LOGS.mainchain(), LOGS.babeSlot(2, 3, 501), LOGS.auraSlot(500)];
    expect(decodeDigest(logs, "block 7")).toMatchObject({ engine: "babe", slot: 501, seal: null });
  });

  test("a seal whose pre-digest is missing leaves the slot unknown", () => {
    const digest = decodeDigest([LOGS.babeSlot(2, 3, 501), LOGS.seal("aura")], "block 7");
    expect(digest).toMatchObject({ engine: null, slot: null });
  });
});

describe("what else a digest says", () => {
  test("nothing, in a genesis without logs", () => {
    expect(decodeDigest([], "block 0")).toEqual({
      engine: null,
      slot: null,
      authorityIndex: null,
      newAuthorities: null,
      specVersion: null,
      seal: null,
    });
  });

  test("the next list, with its order and repeated seats", () => {
    const digest = decodeDigest([LOGS.auraSlot(1), LOGS.authorities(KEYS)], "block 7");
    expect(digest.newAuthorities).toEqual(KEYS);
  });

  test("logs of other kinds and engines are passed over", () => {
    const foreign = [LOGS.codeChanged(), "0x000400", LOGS.item("04", "BEEF", "03")];
    const logs = [LOGS.auraSlot(9), ...foreign, LOGS.auraDisabled(1), LOGS.seal("aura")];
    expect(decodeDigest(logs, "block 7")).toMatchObject({ slot: 9, newAuthorities: null });
  });
});

describe("the same bytes in other logs", () => {
  const change = LOGS.authorities(KEYS);
  const whole = [LOGS.auraSlot(9), LOGS.item("04", "FRNK", "01"), change, LOGS.seal("aura")];

  test("are refused where one log swallows another that would change the list", () => {
    const swallowed = [whole[0], `${whole[1]}${change.slice(2)}`, "0x", whole[3]].map(String);
    expect(swallowed.join("").replaceAll("0x", "")).toBe(whole.join("").replaceAll("0x", ""));
    expect(() => decodeDigest(swallowed, "block 7")).toThrow("block 7");
    expect(decodeDigest(whole, "block 7").newAuthorities).toEqual(KEYS);
  });

  test("are refused where a log ends within a byte", () => {
    const [first = "", ...rest] = whole;
    expect(() => decodeDigest(["0x0", `0x${first.slice(3)}`, ...rest], "block 7")).toThrow();
  });
});

describe("a malformed log is refused by the block's name", () => {
  const slot = LOGS.auraSlot(9);
  const list = LOGS.authorities(KEYS);
  for (const [what, log] of [
    ["a slot cut short", slot.slice(0, -2)],
    ["a slot with a byte too many", `${slot}00`],
    ["a slot of the wrong width", LOGS.item("06", "aura", "00".repeat(9))],
    ["a slot past what a number holds", LOGS.item("06", "aura", "ff".repeat(8))],
    ["a payload without its length", "0x0661757261"],
    ["what is no hex", "0x0661757261zz"],
    ["a BABE pre-digest of an unknown kind", LOGS.item("06", "BABE", `04${"00".repeat(12)}`)],
    ["a BABE pre-digest cut short", LOGS.item("06", "BABE", "02000000")],
    ["a list cut short", list.slice(0, -2)],
    ["a list with fewer keys than it claims", LOGS.item("04", "aura", `0108${"aa".repeat(32)}`)],
    ["an empty list", LOGS.authorities([])],
    ["a runtime version cut short", LOGS.item("04", "MNSV", "0000")],
    ["a seal cut short", LOGS.item("05", "aura", "5e".repeat(63))],
    ["a seal with a byte too many", LOGS.item("05", "aura", "5e".repeat(65))],
    ["a runtime version with a byte too many", LOGS.item("04", "MNSV", "00".repeat(5))],
  ] as const) {
    test(what, () => {
      const error = failure([log]);
      expect(error.code).toBe("bad-reply");
      expect(error.message).toStartWith("block 7");
    });
  }
});

test("a sealed header is held to the same: a slot past 2^53 or no hex is refused", () => {
  for (const payload of ["ff".repeat(8), "zz".repeat(8)]) {
    const error = failure([LOGS.item("06", "aura", payload), LOGS.seal("aura")]);
    expect(error).toMatchObject({ code: "bad-reply" });
    expect(error.message).toContain("block 7");
  }
});

test("of two Aura pre-digests the first counts, sealed or not", () => {
  const pair = [LOGS.auraSlot(500), LOGS.auraSlot(501)];
  expect(decodeDigest(pair, "block 7").slot).toBe(500);
  expect(decodeDigest([...pair, LOGS.seal("aura")], "block 7").slot).toBe(500);
});
