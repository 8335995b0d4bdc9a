// The API as it is shown in examples/api: requests and what comes back. After a wanted change:
//   MVM_WRITE_EXAMPLES=1 bun test test/examples/api.test.ts && bun fmt
import { afterAll, beforeAll, expect, test } from "bun:test";

import { join } from "pathe";

import type { Answers } from "../../core/api/answers.ts";
import { openAnswers } from "../../core/api/answers.ts";
import type { Events } from "../../core/api/events.ts";
import { openEvents } from "../../core/api/events.ts";
import { openLimiter } from "../../core/api/limit.ts";
import { describeApi } from "../../core/api/openapi.ts";
import { ROUTES } from "../../core/api/routes.ts";
import { openApi } from "../../core/api/serve.ts";
import { readHash } from "../../core/api/tail.ts";
import { openReadable } from "../../core/storage/open.ts";
import { LABEL, writeFixture } from "../helpers/query-fixture.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const FOLDER = join(import.meta.dir, "../../examples/api");
const WRITE = process.env["MVM_WRITE_EXAMPLES"] === "1";
const HOST = "127.0.0.1:9616";
/** Shown once, so that the example is of a token too. */
const TOKEN = "a-long-text";

const folder = temporaryFolder();
const file = folder.file("mvm.db");
let answers: Answers;
let events: Events;
let api: ReturnType<typeof openApi>;

beforeAll(() => {
  writeFixture(file, 500);
  answers = openAnswers(file);
  events = openEvents(openReadable(file));
  api = openApi({
    ...{ answers, events, limiter: openLimiter(100_000), report: () => null, version: "0.0.0" },
    isAllowed: ({ headers }) => headers.get("authorization") === `Bearer ${TOKEN}`,
    hasToken: true,
  });
});
afterAll(() => {
  events[Symbol.dispose]();
  answers[Symbol.dispose]();
  folder[Symbol.dispose]();
});

async function compare(name: string, text: string): Promise<void> {
  const path = join(FOLDER, name);
  if (WRITE) await Bun.write(path, text);
  expect(text).toBe(await Bun.file(path).text());
}

function ask(target: string, headers: Record<string, string>, method = "GET") {
  const request = new Request(`http://${HOST}${target}`, { method, headers });
  const response = api(request, "127.0.0.1");
  const lines = Object.entries({ host: HOST, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const told = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  const head = [
    ...[`${method} ${target} HTTP/1.1`, ...lines, ""],
    ...[`HTTP/1.1 ${response.status}`, ...told, ""],
  ];
  return { head: head.join("\n"), response };
}

const ALLOWED = { authorization: `Bearer ${TOKEN}` };

test.each([
  ["blocks", "/api/v1/blocks?limit=2", ALLOWED, "GET"],
  ["blocks-of-ours", "/api/v1/blocks?ours=true&epoch=14850012&limit=3", ALLOWED, "GET"],
  ["validators", "/api/v1/validators?limit=2", ALLOWED, "GET"],
  ["validator", `/api/v1/validators?validator=${LABEL}`, ALLOWED, "GET"],
  ["epochs", "/api/v1/epochs?ours=true&limit=2", ALLOWED, "GET"],
  ["missed", "/api/v1/missed?limit=2", ALLOWED, "GET"],
  ["alerts", "/api/v1/alerts?open=true", ALLOWED, "GET"],
  ["refused-parameter", "/api/v1/blocks?limit=100000", ALLOWED, "GET"],
  ["refused-token", "/api/v1/status", {}, "GET"],
  ["refused-method", "/api/v1/blocks", ALLOWED, "DELETE"],
] as const)("%s.http is what happens", async (name, target, headers, method) => {
  const { head, response } = ask(target, headers, method);
  await compare(`${name}.http`, `${head}\n${await response.text()}`);
});

test("unchanged.http is what is said of what was read before", async () => {
  const target = "/api/v1/blocks?limit=2";
  const etag = ask(target, ALLOWED).response.headers.get("etag") ?? "";
  const { head } = ask(target, { ...ALLOWED, "if-none-match": etag });
  await compare("unchanged.http", `${head}\n`);
});

test("events.http is how a reader goes on after the event it was told last", async () => {
  const number = 538;
  const hash = readHash(answers.db, number)?.slice(2, 18) ?? "";
  const headers = { ...ALLOWED, "last-event-id": `${number}-${hash}-0` };
  const { head, response } = ask("/api/v1/events", headers);
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  await compare("events.http", `${head}\n${new TextDecoder().decode(first?.value)}`);
});

test("openapi.json is the document that is served", async () => {
  const path = join(FOLDER, "openapi.json");
  const document = JSON.stringify(describeApi("0.0.0"), null, 2);
  if (WRITE) await Bun.write(path, `${document}\n`);
  expect(JSON.parse(document)).toEqual(await Bun.file(path).json());
});

test("the README names every route", async () => {
  const readme = await Bun.file(join(FOLDER, "README.md")).text();
  const named = [...ROUTES.map(({ path }) => path), "/api/v1/events", "/api/v1/openapi.json"];
  expect(named.filter((path) => !readme.includes(`\`${path}\``))).toEqual([]);
});
