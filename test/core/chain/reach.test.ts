// Of several addresses the first that answers, however the others fail.
import { expect, test } from "bun:test";

import type { Link } from "../../../core/chain/link.ts";
import { connectFirst, reach } from "../../../core/chain/reach.ts";
import { containing } from "./containing.ts";
import { echo, startFakeNode } from "./fake-node.ts";
import { startSmallDevnet } from "./small-devnet.ts";

const GONE = "ws://127.0.0.1:1";

async function isOpen(link: Link): Promise<boolean> {
  return await Promise.race([link.closed.then(() => false), Bun.sleep(50).then(() => true)]);
}

test("the preferred node is taken though another answers sooner", async () => {
  await using far = await startSmallDevnet({ history: 1 });
  await using near = await startSmallDevnet({ history: 1 });
  far.setFaults({ latencyMs: 200 });
  const { url, link } = await connectFirst([far.url, near.url]);
  expect([url, await isOpen(link)]).toEqual([far.url, true]);
  link.close();
});

test("one that refuses, and one that says nothing, are passed over", async () => {
  await using silent = await startSmallDevnet({ history: 1 });
  await using devnet = await startSmallDevnet({ history: 1 });
  silent.setFaults({ silent: true });
  const { url, link } = await connectFirst([GONE, silent.url, devnet.httpUrl]);
  expect([url, await isOpen(link)]).toEqual([devnet.httpUrl, true]);
  link.close();
});

test("with none that answers each is named with its reason", async () => {
  await using other = await startFakeNode({
    // It echoes what it is asked: a server, and no node.
    onMessage: (calls, send) => send(JSON.stringify(echo(calls)[0])),
  });
  await expect(connectFirst([GONE, other.url])).rejects.toMatchObject({
    code: "unavailable",
    message: containing("none of 2 nodes answers: ws://127.0.0.1:1"),
  });
});

test("one address is connected to as ever, and its failure is its own", async () => {
  await expect(connectFirst([GONE])).rejects.toMatchObject({ code: "unavailable" });
  await expect(connectFirst(["nonsense"])).rejects.toMatchObject({ code: "config" });
});

test("stopped while it connects it says so, not that nobody answers", async () => {
  await using silent = await startSmallDevnet({ history: 1 });
  silent.setFaults({ silent: true });
  const aborter = new AbortController();
  const asked = connectFirst([silent.url, silent.httpUrl], {}, aborter.signal);
  setTimeout(() => aborter.abort(), 50);
  await expect(asked).rejects.toMatchObject({ code: "stopped" });
});

test("a node tells its chain, or is left when it does not in time", async () => {
  await using devnet = await startSmallDevnet({ history: 1 });
  const { genesisHash, link } = await reach(devnet.url);
  link.close();
  expect(genesisHash).toBe(devnet.truth().genesisHash);
  devnet.setFaults({ silent: true });
  await expect(reach(devnet.url, {}, undefined, 100)).rejects.toMatchObject({
    code: "unavailable",
    message: `${devnet.url}: no answer within 0.1 s`,
  });
});
