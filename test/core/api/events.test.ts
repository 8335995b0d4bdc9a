// Server-sent events of a real mvm-sync: each block once and in order, across reorganisations and lost connections.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { parseArray, parseObject } from "../../../core/parse.ts";
import type { ApiStage } from "../../helpers/api-stage.ts";
import { openApiStage } from "../../helpers/api-stage.ts";

const LONG_MS = 120_000;

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage({ missRate: 0.3, metrics: ["api_rate = 100000"] });
}, LONG_MS);
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

interface Told {
  event: string;
  id: string;
  data: Record<string, unknown>;
}

interface Reader extends AsyncDisposable {
  told: Told[];
  /** The id of the event told last, or of where it began. */
  lastId: () => string;
  until: (condition: () => boolean) => Promise<void>;
}

async function listen(lastId?: string): Promise<Reader> {
  const aborter = new AbortController();
  const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId };
  const response = await stage.get("/api/v1/events", { headers, signal: aborter.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const told: Told[] = [];
  let id = "";
  let rest = "";

  function take(block: string): void {
    const field = (name: string): string =>
      new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
    id = field("id") || id;
    const data = field("data");
    if (data !== "")
      told.push({ event: field("event"), id, data: parseObject(JSON.parse(data), "data") });
  }

  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) take(block);
    }
  })().catch(() => undefined);
  const reader: Reader = {
    told,
    lastId: () => id,
    until: async (condition) => {
      const deadline = performance.now() + 20_000;
      while (!condition() && performance.now() < deadline) await Bun.sleep(10);
      expect(condition()).toBe(true);
    },
    [Symbol.asyncDispose]: async () => {
      aborter.abort();
      await reading;
    },
  };
  await reader.until(() => id !== "");
  return reader;
}

const newest = (): number => stage.devnet.truth().blocks.at(-1)?.number ?? 0;
const blocksIn = ({ told }: Reader): number[] =>
  told.filter(({ event }) => event === "block").map(({ data }) => Number(data["number"]));

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

test("each block is told once, in order, after the slots missed before it", async () => {
  await using reader = await listen();
  const before = newest();
  await stage.devnet.step(12);
  await reader.until(() => blocksIn(reader).includes(newest()));
  expect(blocksIn(reader)).toEqual(range(before + 1, newest()));
  const slots = reader.told.map(({ data }) => Number(data["slot"]));
  expect(slots).toEqual(range(slots[0] ?? 0, slots.at(-1) ?? 0));
  const missed = reader.told.filter(({ event }) => event === "missed");
  expect(missed.every(({ data }) => data["what"] === "no block")).toBe(true);
});

test("with the id of what was told last, what came meanwhile is told first", async () => {
  const first = await listen();
  await stage.devnet.step(6);
  await first.until(() => blocksIn(first).includes(newest()));
  const [seen, id] = [newest(), first.lastId()];
  await first[Symbol.asyncDispose]();
  await stage.devnet.step(6);
  await stored(newest());
  await using again = await listen(id);
  await again.until(() => blocksIn(again).includes(newest()));
  expect(blocksIn(again)).toEqual(range(seen + 1, newest()));
});

async function stored(number: number): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const [row] = parseArray(await (await stage.get("/api/v1/blocks?limit=1")).json(), "blocks");
    if (parseObject(row, "block")["number"] === number) return;
    await Bun.sleep(20);
  }
}

test("what cannot be told without a hole is said to be so", async () => {
  for (const id of ["1-0000000000000000-0", "nonsense", "999999-ab-0"]) {
    await using reader = await listen(id);
    await reader.until(() => reader.told.length > 0);
    expect(reader.told[0]?.event).toBe("reset");
    expect(reader.told[0]?.data["lastBlock"]).toBe(newest());
  }
});

test("blocks of a branch that lost are told anew as they are in the chain", async () => {
  await using reader = await listen();
  const before = newest();
  stage.devnet.fork(2);
  await stage.devnet.step(10);
  const last = (): unknown => reader.told.findLast(({ event }) => event === "block")?.data["hash"];
  await reader.until(() => last() === stage.devnet.truth().blocks.at(-1)?.hash);
  const told = new Map(
    reader.told
      .filter(({ event }) => event === "block")
      .map(({ data }) => [data["number"], data["hash"]]),
  );
  const truth = stage.devnet.truth().blocks.filter(({ number }) => number > before);
  expect([...told]).toEqual(truth.map(({ number, hash }) => [number, hash]));
  expect(reader.told.every(({ event }) => event !== "reset")).toBe(true);
});

test("only so many may listen at once, and a place that is left is free again", async () => {
  const readers: Reader[] = [];
  for (let i = 0; i < 64; i++) readers.push(await listen());
  const refused = await stage.get("/api/v1/events");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
  await readers.pop()?.[Symbol.asyncDispose]();
  const deadline = performance.now() + 10_000;
  let status = 0;
  while (status !== 200 && performance.now() < deadline) {
    const aborter = new AbortController();
    ({ status } = await stage.get("/api/v1/events", { signal: aborter.signal }));
    aborter.abort();
  }
  expect(status).toBe(200);
  for (const reader of readers) await reader[Symbol.asyncDispose]();
});
