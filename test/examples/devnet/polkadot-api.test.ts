// The chain's own client library, with a real runtime's metadata, finds a node it can work with.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { ApiPromise, WsProvider } from "@polkadot/api";
import { join } from "pathe";

import { startDevnet } from "../../../examples/devnet/devnet.ts";

const METADATA = join(import.meta.dir, "../../../../shared/vectors/metadata/1.0.0.scale");

test.skipIf(!existsSync(METADATA))(
  "polkadot.js connects, hashes headers alike, and follows new heads",
  async () => {
    const devnet = await startDevnet({
      history: 60,
      pruning: "archive",
      metadataFile: METADATA,
      clock: "manual",
      forkRate: 0,
    });
    const api = new ApiPromise({
      // @ts-expect-error -- the library's own types disagree under exactOptionalPropertyTypes (`ttl`)
      provider: new WsProvider(devnet.url),
      noInitWarn: true,
    });
    await api.isReadyOrError;
    try {
      const { blocks, genesisHash } = devnet.truth();
      expect(String(api.genesisHash)).toBe(genesisHash);
      expect(String(api.runtimeVersion.specName)).toBe("midnight");
      const block = blocks[29];
      if (block === undefined) throw new Error("no block 30");
      const header = await api.rpc.chain.getHeader(block.hash);
      expect(String(header.hash)).toBe(block.hash);
      expect(header.number.toNumber()).toBe(block.number);
      const heads: string[] = [];
      const unsubscribe = await api.rpc.chain.subscribeNewHeads((head) => {
        heads.push(head.hash.toHex());
      });
      await devnet.step(20);
      const { hash } = devnet.truth().blocks.at(-1) ?? { hash: "" };
      while (!heads.includes(hash)) await Bun.sleep(5);
      unsubscribe();
    } finally {
      await api.disconnect();
      await devnet.stop();
    }
  },
);
