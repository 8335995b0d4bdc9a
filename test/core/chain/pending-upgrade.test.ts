// What the state says of a runtime to come: none, authorized, handed in; anything else is refused.
import { afterAll, expect, test } from "bun:test";

import { xxhashAsHex } from "@polkadot/util-crypto";

import { connect } from "../../../core/chain/connect.ts";
import { fetchPendingUpgrade } from "../../../core/chain/pending-upgrade.ts";
import { fetchHeader } from "../../../core/chain/rpc.ts";
import { startSmallDevnet } from "./small-devnet.ts";

const devnet = await startSmallDevnet();
const link = await connect(devnet.url);
afterAll(async () => {
  link.close();
  await devnet.stop();
});

async function read(): Promise<unknown> {
  const { hash } = await fetchHeader(link);
  return await fetchPendingUpgrade(link, hash);
}

test("none is pending, one is authorized, one was handed in", async () => {
  expect(await read()).toBeNull();
  devnet.announceUpgrade({ code: "to come" });
  const codeHash = `0x${Buffer.from(new Bun.CryptoHasher("blake2b256").update("to come").digest()).toString("hex")}`;
  expect(await read()).toEqual({ codeHash, blocksLeft: null });
  devnet.announceUpgrade({ blocksLeft: 3 });
  expect(await read()).toEqual({ codeHash: null, blocksLeft: 3 });
  devnet.announceUpgrade(null);
  expect(await read()).toBeNull();
});

test("the keys asked for are those of the two items, and a value of another shape is refused", async () => {
  const asked: unknown[] = [];
  const odd = {
    ...link,
    request: async (_: string, [key]: readonly unknown[]) => {
      asked.push(key);
      return "0x0102";
    },
  };
  expect(fetchPendingUpgrade(odd, "0x00")).rejects.toThrow("System.AuthorizedUpgrade is too short");
  const key = (item: string): string =>
    xxhashAsHex("System", 128) + xxhashAsHex(item, 128).slice(2);
  expect(asked).toEqual([key("AuthorizedUpgrade"), key("BlocksTillUpgrade")]);
});
