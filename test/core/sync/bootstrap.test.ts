// Where a file begins: what nothing stored would contradict is not taken from one reply.
import { describe, expect, test } from "bun:test";

import { connect } from "../../../core/chain/connect.ts";
import type { Link } from "../../../core/chain/link.ts";
import { MonitorError } from "../../../core/errors.ts";
import { fetchPosition } from "../../../core/sync/bootstrap.ts";
import { openListLog } from "../../helpers/list-log.ts";
import { SLOTS_PER_EPOCH, startSmallDevnet } from "../chain/small-devnet.ts";

const START = 200;

type Request = Link["request"];

/** The position of block 200, by a link whose answers are changed. */
async function positionOf(change: (ask: Request) => Request): Promise<[unknown, string]> {
  await using devnet = await startSmallDevnet();
  const link = await connect(devnet.url);
  const found = await fetchPosition(
    {
      link: { ...link, batch: link.batch.bind(link), request: change(link.request.bind(link)) },
      chain: { slotDurationMs: 6000, slotsPerEpoch: SLOTS_PER_EPOCH },
      signal: AbortSignal.timeout(20_000),
      hooks: {
        log: openListLog(),
        ...{ onProgress: () => undefined, onBlock: () => undefined, onSynced: () => undefined },
      },
    },
    START,
  ).catch((error: unknown) => error);
  link.close();
  return [found, devnet.truth().blocks[START - 1]?.hash ?? ""];
}

/** The state is pruned: the list is looked for in headers. */
const pruned =
  (ask: Request): Request =>
  async (method, params) => {
    if (method === "state_call") throw new MonitorError("discarded", "pruned");
    return await ask(method, params);
  };

describe("a first position", () => {
  test("without its state has the list of the last rotation before it", async () => {
    const [honest, hash] = await positionOf((ask) => ask);
    expect(honest).toMatchObject({ number: START, hash });
    const [found] = await positionOf(pruned);
    expect(found).toEqual(honest ?? expect.anything());
  });

  test("is refused where the hashes looked through are those of other heights", async () => {
    const shifted = pruned;
    const [found] = await positionOf((ask) => async (method, params) => {
      const [numbers] = params;
      const other = Array.isArray(numbers) ? [numbers.map((each) => Number(each) - 7)] : params;
      return await shifted(ask)(method, other);
    });
    expect(found).toMatchObject({ code: "bad-reply" });
  });

  test("is refused where its block is another one", async () => {
    const [found] = await positionOf((ask) => async (method, params) => {
      return await ask(method, params[0] === START ? [START - 1] : params);
    });
    expect(found).toMatchObject({ code: "bad-reply" });
  });

  test("has no list that the node told once only", async () => {
    let asked = 0;
    const [found] = await positionOf((ask) => async (method, params) => {
      if (method !== "state_call" || ++asked > 1) return await ask(method, params);
      return `0x04${"ab".repeat(32)}`;
    });
    const [honest] = await positionOf((ask) => ask);
    expect(found).toEqual(honest ?? expect.anything());
  });
});
