// Addresses name the same keys that the library says they do.
import { expect, test } from "bun:test";

import { encodeAddress } from "@polkadot/util-crypto";

import { decodeAddress } from "../../../core/chain/ss58.ts";

const KEYS = [
  "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
  "00".repeat(32),
  "ff".repeat(32),
  `00${"12".repeat(31)}`,
];

test("addresses of any network, one or two prefix bytes long, hold the key", () => {
  for (const key of KEYS) {
    for (const prefix of [0, 1, 42, 63, 64, 2254, 16_383]) {
      const address = encodeAddress(Uint8Array.fromHex(key), prefix);
      expect([prefix, decodeAddress(address, "voter")]).toEqual([prefix, `0x${key}`]);
    }
  }
});

test("a slip of one letter, a cut address and no address at all are refused", () => {
  const address = encodeAddress(Uint8Array.fromHex(KEYS[0] ?? ""), 42);
  const slip = `${address.slice(0, 20)}${address[20] === "z" ? "y" : "z"}${address.slice(21)}`;
  for (const wrong of [slip, address.slice(1), address.slice(0, -1), "", "0OIl", "hello world"]) {
    expect(() => decodeAddress(wrong, "voter")).toThrow("voter: expected an SS58 address");
  }
});
