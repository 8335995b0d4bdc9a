import { describe, expect, test } from "bun:test";

import { compactToU8a } from "@polkadot/util";

import { compactHex, readKeys, ScaleReader } from "../../../core/chain/scale.ts";

const WIDTHS = [0, 1, 63, 64, 65, 255, 256, 16_383, 16_384, 16_385, 65_535, 65_536];
const WIDE = [4_194_303, 4_194_304, 1_073_741_823, 1_073_741_824, 1_073_741_825, 4_294_967_295];

describe("compact numbers", () => {
  for (const value of [...WIDTHS, ...WIDE]) {
    test(`${value} is written and read as the chain's own library writes it`, () => {
      const expected = Buffer.from(compactToU8a(value)).toString("hex");
      expect(compactHex(value)).toBe(expected);
      const reader = new ScaleReader(expected, "number");
      expect(reader.compact()).toBe(value);
      reader.end();
    });
  }

  test("committee sizes met on real chains have the prefixes seen there", () => {
    expect([6, 300, 1200].map(compactHex)).toEqual(["18", "b104", "c112"]);
  });

  test("a number past 32 bits is refused, not cut", () => {
    const wide = Buffer.from(compactToU8a(4_294_967_296)).toString("hex");
    expect(() => new ScaleReader(wide, "list").compact()).toThrow("list holds a compact number");
  });
});

describe("a reader", () => {
  test("takes fields front to back, little end first", () => {
    const reader = new ScaleReader("0x01020003000000b85cba1100000000ffee", "reply");
    expect([reader.u8(), reader.u16(), reader.u32(), reader.u64()]).toEqual([1, 2, 3, 297_426_104]);
    expect(reader.remaining).toBe(2);
    expect(reader.hex(2)).toBe("ffee");
    reader.end();
  });

  test("names its subject when bytes are missing or left over", () => {
    for (const read of ["u8", "u16", "u32", "u64", "compact"] as const) {
      expect(() => new ScaleReader("0x", "AuraApi")[read]()).toThrow("AuraApi is too short");
    }
    expect(() => new ScaleReader("0x0102", "AuraApi").u32()).toThrow("AuraApi is too short");
    expect(() => new ScaleReader("0x01", "AuraApi").end()).toThrow("AuraApi has 1 bytes too many");
  });

  test("refuses what is no hex and a u64 no number can hold", () => {
    expect(() => new ScaleReader("0x0g", "AuraApi").u8()).toThrow("AuraApi is not hex");
    expect(() => new ScaleReader("0x012", "AuraApi").u16()).toThrow("AuraApi is too short");
    expect(() => new ScaleReader(`0x${"ff".repeat(8)}`, "AuraApi").u64()).toThrow("past 2^53");
  });

  test("keeps the order and the duplicates of a key list", () => {
    const [a, b] = ["aa".repeat(32), "bb".repeat(32)];
    expect(readKeys(new ScaleReader(`0x0c${a}${b}${a}`, "list"))).toEqual([
      `0x${a}`,
      `0x${b}`,
      `0x${a}`,
    ]);
  });

  test("does not make memory for a list that claims more keys than there are bytes", () => {
    expect(() => readKeys(new ScaleReader("0x03ffffffff", "list"))).toThrow("list is too short");
  });
});
