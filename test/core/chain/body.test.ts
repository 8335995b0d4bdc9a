// Whether a body is the one its header names.
import { describe, expect, test } from "bun:test";

import { bodyRoot } from "../../../core/chain/body.ts";
import { connect } from "../../../core/chain/connect.ts";
import type { Link } from "../../../core/chain/link.ts";
import { fetchBlocks } from "../../../core/chain/rpc.ts";
import { bodyRoot as devnetRoot } from "../../../examples/devnet/body-root.ts";
import { startDevnet } from "../../../examples/devnet/devnet.ts";

describe("the root of a body", () => {
  test("is the one in the header of a public chain's block", () => {
    const root = "0x0e354333c062892e774898e7ff5e23bf1cdd8314755fac15079e25c1a7765f06";
    expect(bodyRoot(["0x280402000b50055ee97001", "0x1004140000"])).toBe(root);
  });

  test("of nothing is the root of every empty trie", () => {
    const root = "0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314";
    expect(bodyRoot([])).toBe(root);
  });

  test.each([1, 2, 5, 16, 17, 63, 64, 65, 300])("of %d extrinsics is the devnet's", (count) => {
    const body = Array.from({ length: count }, (_, i) => Buffer.alloc(1 + ((i * 37) % 90), i));
    const hex = body.map((bytes) => `0x${bytes.toString("hex")}`);
    expect(bodyRoot(hex)).toBe(`0x${devnetRoot(body).toString("hex")}`);
  });

  test("of what is no hex there is none", () => {
    expect(bodyRoot(["0x12", "0x1g"])).toBeNull();
  });
});

/** A link whose answers to chain_getBlock are changed, the first so many times. */
function spoiling(
  link: Link,
  times: number,
  change: (body: unknown[]) => void,
): Link & { asked: number } {
  const spoilt = {
    ...link,
    asked: 0,
    batch: async (method: string, calls: readonly (readonly unknown[])[]) => {
      const replies = await link.batch(method, calls);
      if (calls.length > 0 && ++spoilt.asked <= times) {
        for (const reply of replies) change(bodyIn(reply));
      }
      return replies;
    },
  };
  return spoilt;
}

function bodyIn(reply: unknown): unknown[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the devnet's own shape
  return (reply as { block: { extrinsics: unknown[] } }).block.extrinsics;
}

describe("a body that is not its header's", () => {
  test("is asked for again: told otherwise then, the node is not believed", async () => {
    const devnet = await startDevnet({ history: 3, validators: 3, permissioned: 1, seats: 3 });
    const link = await connect(devnet.url);
    const hashes = devnet.truth().blocks.map(({ hash }) => hash);
    const once = fetchBlocks(
      spoiling(link, 1, (body) => body.pop()),
      hashes,
    );
    await expect(once).rejects.toMatchObject({ code: "bad-reply" });
    link.close();
    await devnet.stop();
  });

  test("and is the same again is of a runtime that lays its tries out in another way", async () => {
    const devnet = await startDevnet({ history: 3, validators: 3, permissioned: 1, seats: 3 });
    const link = await connect(devnet.url);
    const { blocks } = devnet.truth();
    const spoilt = spoiling(link, 2, (body) => body.push("0x00"));
    const fetched = await fetchBlocks(
      spoilt,
      blocks.map(({ hash }) => hash),
    );
    expect(fetched.map(({ extrinsics }) => extrinsics)).toEqual(
      blocks.map(({ extrinsics }) => extrinsics + 1),
    );
    expect(spoilt.asked).toBe(2);
    link.close();
    await devnet.stop();
  });
});
