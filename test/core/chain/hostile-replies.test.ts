// Replies that are not what was asked for, one by one: each is refused in words, and none of it is kept.
import { describe, expect, test } from "bun:test";

import { decodeCommittee, parseAriadne } from "../../../core/chain/candidates.ts";
import { parseHeader } from "../../../core/chain/header.ts";
import { openHttp } from "../../../core/chain/http.ts";
import type { Link } from "../../../core/chain/link.ts";
import { DEFAULT_LINK, parseEnvelope, parseJson } from "../../../core/chain/link.ts";
import { fetchMetrics, parseMetrics } from "../../../core/chain/metrics.ts";
import { fetchHealth, fetchListenAddresses } from "../../../core/chain/rpc-node.ts";
import { fetchChainName } from "../../../core/chain/rpc.ts";
import { fetchActiveEngine } from "../../../core/chain/runtime.ts";
import { decodeAddress } from "../../../core/chain/ss58.ts";
import { MonitorError } from "../../../core/errors.ts";
import { parseHex } from "../../../core/parse.ts";
import { headerJson, LOGS } from "./digest-logs.ts";

/** A link that answers each request with the next of these. */
function answering(...results: unknown[]): Link {
  return {
    ...{ url: "made up", transport: "http", batch: async () => [] },
    request: async () => results.shift(),
    closed: Promise.withResolvers<MonitorError>().promise,
    close: () => undefined,
  };
}

/** An endless answer: a megabyte of it at a time, for as long as it is read. */
function startEndless(): Bun.Server<undefined> {
  const megabyte = Buffer.alloc(2 ** 20, "a");
  return Bun.serve({
    port: 0,
    fetch: () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(megabyte);
            await Bun.sleep(0);
          },
        }),
      ),
  });
}

describe("texts", () => {
  test.each([
    ["an object that will not be a text", { toString: null, valueOf: null }],
    ["a list nested 100,000 deep", JSON.parse("[".repeat(1e5) + "]".repeat(1e5)) as unknown],
    ["two megabytes of letters", "x".repeat(2e6)],
  ])("are not %s, and the refusal is short", async (_, value) => {
    const error = await fetchChainName(answering(value)).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(MonitorError);
    expect(String(error).length).toBeLessThan(200);
    await expect(fetchListenAddresses(answering([value]))).rejects.toBeInstanceOf(MonitorError);
  });

  test("of an error are cut, and may be anything at all", () => {
    const long = parseEnvelope({ id: 1, error: { code: 1, message: "x".repeat(1e6) } }, "node");
    expect(String("error" in long.outcome && long.outcome.error).length).toBeLessThan(400);
    const odd = { code: { toString: 1 }, message: { toString: 1 }, data: "y".repeat(1e6) };
    const { outcome } = parseEnvelope({ id: 1, error: odd }, "node");
    expect("error" in outcome && outcome.error).toMatchObject({ code: "rpc" });
  });

  test("of a megabyte are no address", () => {
    expect(() => decodeAddress("1".repeat(1e6), "voter")).toThrow("voter: expected an SS58");
  });
});

test.each([-1, 0.5, 2 ** 53, "3", null])("%p is no number of peers", async (peers) => {
  const health = { peers, isSyncing: false, shouldHavePeers: true };
  await expect(fetchHealth(answering(health))).rejects.toMatchObject({ code: "bad-reply" });
});

test("ten megabytes of hex are hex, unless one digit is none", () => {
  const long = `0x${"ab".repeat(1e7)}`;
  expect(parseHex(long, "metadata")).toHaveLength(long.length);
  expect(() => parseHex(`${long}zz`, "metadata")).toThrow(MonitorError);
});

test("a header is read the same in letters of either case", () => {
  const key = `0x${"ab".repeat(32)}`;
  const json = headerJson([
    ...[LOGS.auraSlot(9), LOGS.version(1_000_000), LOGS.authorities([key])],
    LOGS.seal("aura"),
  ]);
  const upper: unknown = JSON.parse(
    JSON.stringify(json).replaceAll(/0x[0-9a-f]+/g, (hex) => `0x${hex.slice(2).toUpperCase()}`),
  );
  const [one, other] = [json, upper].map((each) => parseHeader(each, "header"));
  expect(other?.digest).toEqual(one?.digest ?? expect.anything());
  expect(other?.hash).toBe(one?.hash ?? "");
  expect(other?.digest.newAuthorities).toEqual([key]);
  expect(other?.digest.specVersion).toBe(1_000_000);
});

test("an engine and a kind of member that do not exist are not the usual ones", async () => {
  const version = { specVersion: 1, apis: [["0xc367a8b96e569f35", 1]] };
  expect(await fetchActiveEngine(answering(version, "0x01"))).toBe("babe");
  for (const reply of ["0x07", "0x0000"]) {
    const asked = fetchActiveEngine(answering(version, reply));
    await expect(asked).rejects.toMatchObject({ code: "bad-reply" });
  }
  const member = "ee".repeat(33 + 32 + 32);
  expect(decodeCommittee(`0x${"00".repeat(8)}0400${member}`).members).toHaveLength(1);
  expect(() => decodeCommittee(`0x${"00".repeat(8)}0402${member}`)).toThrow("kind 2");
});

test("a candidate with a stake that cannot be, or a pool without end, is no candidate", () => {
  const keys = { aura: `0x${"aa".repeat(32)}`, gran: `0x${"bb".repeat(32)}` };
  const entry = { sidechainPubKey: `0x${"02".repeat(33)}`, keys, isValid: true };
  const read = (pool: string, more: object): number =>
    parseAriadne({ candidateRegistrations: { [pool]: [{ ...entry, ...more }] } }, "list").length;
  expect(read("0x75", { stakeDelegation: 45e15 })).toBe(1);
  for (const stakeDelegation of [-1, 0.5, 1e17]) expect(read("0x75", { stakeDelegation })).toBe(0);
  expect(read("x".repeat(2000), {})).toBe(0);
  const [invalid] = parseAriadne(
    {
      candidateRegistrations: {
        "0x75": [{ ...entry, isValid: false, invalidReasons: "y".repeat(1e6) }],
      },
    },
    "list",
  );
  expect(invalid?.invalidReason).toHaveLength(200);
});

describe("a reply of megabytes", () => {
  const megabytes = 3 * 2 ** 20;

  test.each([
    ["brackets within brackets", "[".repeat(megabytes) + "]".repeat(megabytes)],
    ["empty lists", `[${"[],".repeat(megabytes)}0]`],
    ["empty objects", `{${'"a":{},'.repeat(megabytes)}"b":0}`],
  ])("is not unpacked where it is nothing but %s", (_, text) => {
    expect(() => parseJson(text, "node")).toThrow("more parts than any we ask for");
  });

  test("is read where it is long, whatever its texts are of", () => {
    const block = { extrinsics: [`0x${"ab".repeat(3000)}`, '[{"\\', "]]}}"] };
    const blocks = Array.from({ length: 1000 }, () => block);
    expect(parseJson(JSON.stringify(blocks), "node")).toEqual(blocks);
    const brackets = ['"[{\\'.repeat(megabytes / 4)];
    expect(parseJson(JSON.stringify(brackets), "node")).toEqual(brackets);
  });
});

describe("an answer without an end", () => {
  test("by HTTP is read to the limit and no further", async () => {
    await using server = startEndless();
    const link = openHttp(server.url.href, { ...DEFAULT_LINK, maxReplyBytes: 5e6 });
    await expect(link.request("system_chain", [])).rejects.toMatchObject({ code: "too-much" });
    link.close();
  });

  test("of a metrics page too", async () => {
    await using server = startEndless();
    const signal = AbortSignal.timeout(20_000);
    await expect(fetchMetrics(server.url.href, signal)).rejects.toMatchObject({ code: "too-much" });
  });

  test("in a label is read once, whatever letters it is of", () => {
    for (const word of ["b", " ", "x= ", '\\"']) {
      expect(parseMetrics(`a{${word.repeat(3e5)}} 1\nb 2`).length).toBeGreaterThan(0);
    }
  });
});
