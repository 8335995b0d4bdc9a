import { describe, expect, test } from "bun:test";

import { TypeRegistry } from "@polkadot/types";

import { parseHeader } from "../../../core/chain/header.ts";
import { headerJson, LOGS } from "./digest-logs.ts";

const registry = new TypeRegistry();

function hashByLibrary(json: unknown): string {
  return registry.createType("Header", json).hash.toHex();
}

describe("a header's hash", () => {
  const logs = [LOGS.auraSlot(9), LOGS.mainchain(), LOGS.version(1_000_000)];

  test("is that of all its logs, those passed over included", () => {
    const every = [...logs, LOGS.codeChanged(), LOGS.seal("aura")];
    const header = parseHeader(headerJson(every), "header");
    expect(header.hash).toBe(hashByLibrary(headerJson(every)));
    const without = parseHeader(headerJson([...logs, LOGS.seal("aura")]), "header");
    expect(header.hash).not.toBe(without.hash);
  });

  for (const number of [0, 63, 64, 16_383, 16_384, 1_073_741_823, 1_073_741_824, 4_294_967_295]) {
    test(`is right for block ${number}, whatever width its number takes`, () => {
      const json = headerJson([...logs, LOGS.seal("aura")], number);
      expect(parseHeader(json, "header").hash).toBe(hashByLibrary(json));
    });
  }

  test("is right for a digest of more than 63 logs", () => {
    const json = headerJson(Array.from({ length: 70 }, () => LOGS.codeChanged()));
    expect(parseHeader(json, "header").hash).toBe(hashByLibrary(json));
  });

  test("is that of a BABE block too", () => {
    const json = headerJson([LOGS.babeSlot(3, 1, 9), LOGS.seal("BABE")]);
    expect(parseHeader(json, "header")).toMatchObject({
      hash: hashByLibrary(json),
      digest: { engine: "babe", slot: 9, authorityIndex: 1 },
    });
  });

  test("does not depend on the case of the hex", () => {
    const json = headerJson(logs);
    const loud = { ...json, parentHash: `0x${"AB".repeat(32)}`, stateRoot: `0x${"Cd".repeat(32)}` };
    const quiet = {
      ...json,
      parentHash: `0x${"ab".repeat(32)}`,
      stateRoot: `0x${"cd".repeat(32)}`,
    };
    expect(parseHeader(loud, "header").hash).toBe(parseHeader(quiet, "header").hash);
    expect(parseHeader(loud, "header").parentHash).toBe(`0x${"ab".repeat(32)}`);
  });
});

test("the bytes under the seal are the header without its last log", () => {
  const logs = [LOGS.auraSlot(9), LOGS.version(1)];
  const sealed = parseHeader(headerJson([...logs, LOGS.seal("aura")]), "header");
  const unsealed = parseHeader(headerJson(logs), "header");
  expect(`0x${Buffer.from(sealed.preHash()).toString("hex")}`).toBe(unsealed.hash);
});

describe("a malformed header is refused, never half-believed", () => {
  const good = headerJson([LOGS.auraSlot(9), LOGS.seal("aura")]);
  for (const [what, json] of [
    ["null", null],
    ["a text", "0x2a"],
    ["a list", []],
    ["no number", { ...good, number: undefined }],
    ["a number that is no hex quantity", { ...good, number: 7 }],
    ["a number in decimal", { ...good, number: "7" }],
    ["a number past 2^53", { ...good, number: "0xffffffffffffff" }],
    ["a short parent hash", { ...good, parentHash: "0x01" }],
    ["a state root that is no hex", { ...good, stateRoot: `0x${"zz".repeat(32)}` }],
    ["no extrinsics root", { ...good, extrinsicsRoot: null }],
    ["no digest", { ...good, digest: undefined }],
    ["a digest without logs", { ...good, digest: {} }],
    ["a log that is no text", { ...good, digest: { logs: [{ preRuntime: [] }] } }],
    ["a log of half a byte", { ...good, digest: { logs: ["0x080"] } }],
    ["a log that is no hex", { ...good, digest: { logs: ["0x08zz"] } }],
    ["a number no 32 bits hold", { ...good, number: "0x100000000" }],
    ["a log without its 0x", { ...good, digest: { logs: ["ab08"] } }],
  ] as const) {
    test(what, () => {
      expect(() => parseHeader(json, "chain_getHeader")).toThrow(
        expect.objectContaining({ code: "bad-reply" }),
      );
    });
  }
});

test("a malformed log is refused by the number of its block", () => {
  const json = headerJson([LOGS.item("06", "aura", "00"), LOGS.seal("aura")], 1234);
  expect(() => parseHeader(json, "chain_getHeader")).toThrow("block 1234");
});
