// The document and the server are one: what is answered is what it says, and what it does not allow is refused.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { describeApi } from "../../../core/api/openapi.ts";
import { ROUTES } from "../../../core/api/routes.ts";
import { nullable, record, TEXT } from "../../../core/api/schema.ts";
import { parseArray, parseObject } from "../../../core/parse.ts";
import type { ApiStage } from "../../helpers/api-stage.ts";
import { openApiStage } from "../../helpers/api-stage.ts";
import type { Hostile } from "../../helpers/hostile.ts";
import { generateAllowed, generateHostile } from "../../helpers/hostile.ts";
import { faultsOf } from "../../helpers/json-schema.ts";

const LONG_MS = 180_000;
const DOCUMENT = describeApi("0.0.0-test");
const FAILURE = record<{ error: unknown }>({
  error: record<{ code: string; message: string; hint: string | null }>({
    code: TEXT,
    message: TEXT,
    hint: nullable(TEXT),
  }),
});

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage({ missRate: 0.15, metrics: ["api_rate = 100000"] });
  stage.devnet.fork(2);
  while ((await rowsOf("/api/v1/blocks?orphans=true")).length === 0) {
    await stage.devnet.step();
    await Bun.sleep(50);
  }
}, LONG_MS);
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

test("the document served is that of the routes", async () => {
  const response = await stage.get("/api/v1/openapi.json");
  const served = parseObject(await response.json(), "document");
  expect(parseObject(served["paths"], "paths")).toEqual(
    parseObject(JSON.parse(JSON.stringify(DOCUMENT.paths)), "paths"),
  );
  expect(served["openapi"]).toBe("3.1.0");
});

const LISTS = [
  "blocks",
  "blocks?orphans=true",
  "validators",
  "epochs",
  "epochs?ours=true",
  "missed",
];

test.each([...LISTS, "status", "schedule", "schedule?validator=home", "alerts"])(
  "/api/v1/%s answers what the document says, with something in it",
  async (name) => {
    const response = await stage.get(`/api/v1/${name}`);
    expect(response.status).toBe(200);
    const answer: unknown = await response.json();
    if (LISTS.includes(name)) expect(parseArray(answer, name).length).toBeGreaterThan(0);
    const path = `/api/v1/${name.replace(/\?.*/, "")}`;
    const schema = ROUTES.find((route) => route.path === path)?.answer;
    if (schema === undefined) throw new Error(`${path} is no route`);
    expect(faultsOf(schema, answer)).toEqual([]);
  },
);

const REQUESTS = 10_000;
const AT_ONCE = 32;

test(
  `${REQUESTS} requests the document does not allow are refused, each in its words, and the sync goes on`,
  async () => {
    const hostile = generateHostile(DOCUMENT, 1);
    const answered: string[] = [];
    let left = REQUESTS;
    async function ask(): Promise<void> {
      while (left > 0) {
        left -= 1;
        const { value: request, done } = hostile.next();
        if (done === true) return;
        const fault = await faultOfAnswer(request);
        if (fault !== null) answered.push(`${request.method} ${request.target}: ${fault}`);
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    expect(answered).toEqual([]);
    await goesOn();
  },
  LONG_MS,
);

test(
  "whatever the document allows, at its edges too, is answered or said to be nothing",
  async () => {
    const allowed = generateAllowed(DOCUMENT, 2);
    for (let i = 0; i < 1500; i++) {
      const { value: target, done } = allowed.next();
      if (done === true) return;
      const response = await stage.get(target);
      const text = await response.text();
      // Bounds that are the wrong way round are no schema's to tell.
      const isOrder = response.status === 400 && /is above|is later/.test(text);
      const isFine = response.status === 200 || response.status === 404 || isOrder;
      expect(isFine ? "" : `${target}: ${response.status} ${text}`).toBe("");
    }
  },
  LONG_MS,
);

/** Null: refused as it should be. */
async function faultOfAnswer({ method, target }: Hostile): Promise<string | null> {
  const response = await stage.get(target, { method, redirect: "manual" });
  const text = await response.text();
  if (response.status < 400 || response.status > 499) return `${response.status} ${text}`;
  // Beside the API there are only words.
  if (!response.headers.get("content-type")?.startsWith("application/json"))
    return target.startsWith("/api/") ? `no JSON: ${text}` : null;
  return faultsOf(FAILURE, JSON.parse(text)).join("; ") || null;
}

async function goesOn(): Promise<void> {
  expect((await stage.get("/healthz")).status).toBe(200);
  expect((await stage.get("/api/v1/blocks?limit=1")).status).toBe(200);
  const before = await newest();
  const deadline = performance.now() + 20_000;
  while ((await newest()) <= before && performance.now() < deadline) {
    await stage.devnet.step();
    await Bun.sleep(50);
  }
  expect(await newest()).toBeGreaterThan(before);
}

async function rowsOf(path: string): Promise<unknown[]> {
  return parseArray(await (await stage.get(path)).json(), path);
}

async function newest(): Promise<number> {
  const [row] = await rowsOf("/api/v1/blocks?limit=1");
  return Number(parseObject(row, "block")["number"]);
}

/** Opens a connection, says these words and no more; what comes back by then, and whether it is still open. */
function openHalf(words: string | Uint8Array): { said: () => string; end: () => void } {
  const { hostname, port } = new URL(stage.url);
  let said = "";
  const socket = Bun.connect({
    ...{ hostname, port: Number(port) },
    socket: {
      open: (opened) => void opened.write(words),
      data: (_, bytes) => {
        said += bytes.toString();
      },
      error: () => undefined,
    },
  });
  return {
    said: () => said,
    end: () =>
      void socket.then(
        (opened) => opened.terminate(),
        () => undefined,
      ),
  };
}

const HEAD = "GET /api/v1/blocks HTTP/1.1\r\nhost: 127.0.0.1\r\n";

test.each([
  ["a body in a question", `${HEAD}content-length: 5\r\n\r\nabcde`, 413],
  ["a body that never comes", `${HEAD}content-length: 1000\r\n\r\na`, 413],
  ["a body larger than is read", `${HEAD}content-length: 99999999\r\n\r\na`, 413],
  ["a body in pieces", `${HEAD}transfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n`, 413],
  [
    "a written body that never comes",
    "POST /api/v1/blocks HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 9\r\n\r\na",
    405,
  ],
  ["a head without an end", `${HEAD}x: ${"y".repeat(60_000)}\r\n\r\n`, 431],
  [
    "an address without an end",
    `GET /api/v1/${"z".repeat(4000)} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`,
    400,
  ],
  ["no HTTP at all", "\u0016\u0003\u0001 hello\r\n\r\n", 400],
])("%s is refused at once: %#", async (_, words, status) => {
  const half = openHalf(words);
  const deadline = performance.now() + 10_000;
  while (!half.said().includes("\r\n") && performance.now() < deadline) await Bun.sleep(5);
  half.end();
  expect(half.said()).toStartWith(`HTTP/1.1 ${status}`);
});

test("hundreds of questions never finished keep nobody from asking", async () => {
  const halves = Array.from({ length: 300 }, (_, i) =>
    openHalf(HEAD.slice(0, 1 + (i % HEAD.length))),
  );
  await goesOn();
  for (const half of halves) half.end();
});
