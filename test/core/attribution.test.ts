import { describe, expect, test } from "bun:test";

import { authorityAt, judge } from "../../core/attribution.ts";
import type { Authorities, Block, Digest, Position } from "../../core/types.ts";

const OLD: Authorities = ["0xa0", "0xa1", "0xa2"];
const NEW: Authorities = ["0xb0", "0xb1", "0xb2", "0xb3", "0xb0"];

const PARENT: Position = { number: 9, hash: "0x09", slot: 100, authorities: OLD };

function block(slot: number | null, digest: Partial<Digest> = {}, parent = PARENT): Block {
  return {
    header: {
      number: parent.number + 1,
      hash: `0x${parent.number + 1}`,
      parentHash: parent.hash,
      digest: {
        engine: "aura",
        slot,
        authorityIndex: null,
        newAuthorities: null,
        specVersion: null,
        seal: null,
        ...digest,
      },
      preHash: () => new Uint8Array(32),
    },
    extrinsics: 3,
  };
}

test("a slot years after its parent's is refused: no chain stood still so long, and each is a row", () => {
  expect(judge(PARENT, block(100 + 10_000_000)).slot).toBe(10_000_100);
  for (const slot of [100 + 10_000_001, Number.MAX_SAFE_INTEGER]) {
    expect(() => judge(PARENT, block(slot))).toThrow("after its parent's");
  }
});

describe("the author", () => {
  test("holds the seat of the slot modulo the parent's list", () => {
    for (const slot of [101, 102, 103, 104]) {
      expect(judge(PARENT, block(slot))).toMatchObject({
        author: OLD[slot % 3] ?? null,
        attribution: "schedule",
        seal: "unchecked",
      });
    }
  });

  test("of a block that brings a new list is still one of the old list", () => {
    const rotation = judge(PARENT, block(104, { newAuthorities: NEW }));
    expect(rotation.author).toBe("0xa2");
    // The block's own list would name somebody else.
    expect(authorityAt(NEW, 104)).toBe("0xb0");
    const child = judge(rotation.position, block(106, {}, rotation.position));
    expect(child.author).toBe("0xb1");
  });

  test("is unknown while the parent's list is", () => {
    const parent = { ...PARENT, authorities: null };
    const judged = judge(parent, block(104, { newAuthorities: NEW }, parent));
    expect(judged).toMatchObject({ author: null, attribution: "unknown" });
    expect([...judged.missed].map(({ author }) => author)).toEqual([null, null, null]);
    expect(judged.position.authorities).toEqual(NEW);
  });

  test("of a BABE block is unknown, whatever index it names, and so are the turns before it", () => {
    const judged = judge(PARENT, block(103, { engine: "babe", authorityIndex: 1 }));
    expect(judged).toMatchObject({ slot: 103, author: null, attribution: "unknown" });
    expect([...judged.missed]).toEqual([
      { slot: 101, author: null },
      { slot: 102, author: null },
    ]);
    // The list stays for a chain that goes back to Aura.
    expect(judged.position.authorities).toEqual(OLD);
  });
});

describe("a missed slot", () => {
  test("belongs to whose turn it was by the parent's list", () => {
    expect([...judge(PARENT, block(103)).missed]).toEqual([
      { slot: 101, author: "0xa2" },
      { slot: 102, author: "0xa0" },
    ]);
    expect([...judge(PARENT, block(101)).missed]).toEqual([]);
  });

  test("of the new epoch belongs to the old list while the block that changes it is awaited", () => {
    // Epochs of 102 slots: 102 and 103 are the new epoch's, its first block comes at 104.
    const judged = judge(PARENT, block(104, { newAuthorities: NEW }));
    expect([...judged.missed]).toEqual([
      { slot: 101, author: "0xa2" },
      { slot: 102, author: "0xa0" },
      { slot: 103, author: "0xa1" },
    ]);
  });

  test("is none between genesis and block 1, however long that took", () => {
    const genesis: Position = { number: 0, hash: "0x00", slot: null, authorities: OLD };
    const first = judge(genesis, block(297_426_104, {}, genesis));
    expect([...first.missed]).toEqual([]);
    expect(first.author).toBe(OLD[297_426_104 % 3] ?? "");
  });

  test("can be counted twice: the slots are made on demand each time", () => {
    const { missed } = judge(PARENT, block(600_000));
    expect([...missed]).toHaveLength(599_899);
    expect([...missed].at(-1)?.slot).toBe(599_999);
  });
});

describe("what cannot be true is refused", () => {
  for (const [what, wrong] of [
    ["a slot that is the parent's", block(100)],
    ["a slot before the parent's", block(99)],
    ["no slot at all", block(null, { engine: null })],
    ["another parent", { ...block(101), header: { ...block(101).header, parentHash: "0x08" } }],
    [
      "a number that does not follow",
      { ...block(101), header: { ...block(101).header, number: 12 } },
    ],
  ] as const) {
    test(what, () => {
      expect(() => judge(PARENT, wrong)).toThrow(expect.objectContaining({ code: "bad-reply" }));
    });
  }
});
