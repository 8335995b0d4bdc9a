// The API of a real mvm-sync: the answers of the commands, and what it refuses.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { $ } from "bun";
import { join } from "pathe";

import { parseArray, parseObject } from "../../../core/parse.ts";
import type { ApiStage } from "../../helpers/api-stage.ts";
import { openApiStage } from "../../helpers/api-stage.ts";

const MVM = join(import.meta.dir, "../../../commands/mvm.ts");
const LONG_MS = 120_000;

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage({ missRate: 0.1, metrics: ["api_rate = 100000"] });
}, LONG_MS);
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

async function command(...words: string[]): Promise<unknown> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" };
  const run = $`${process.execPath} ${MVM} ${words} --db-path ${stage.file} --json`
    .env(env)
    .quiet();
  return await run.json();
}

function fieldsOf(rows: unknown, name: string): unknown[] {
  return parseArray(rows, "rows").map((row) => parseObject(row, "row")[name]);
}

test.each([
  ["/api/v1/blocks?limit=30", "query blocks --limit 30"],
  ["/api/v1/blocks?limit=5&offset=7&ours=true", "query blocks --limit 5 --offset 7 --ours"],
  ["/api/v1/blocks?orphans=true", "query blocks --orphans --limit 50"],
  ["/api/v1/blocks?from=10&to=20", "query blocks --from 10 --to 20 --limit 50"],
  ["/api/v1/validators", "query validators --limit 50"],
  ["/api/v1/validators?ours=true", "query validators --ours"],
  ["/api/v1/validators?validator=home", "query validators --validator home"],
  ["/api/v1/epochs?ours=true", "query epochs --ours --limit 50"],
  ["/api/v1/missed?limit=100", "query missed --limit 100"],
  ["/api/v1/missed?since=7d&validator=home", "query missed --since 7d --validator home --limit 50"],
  ["/api/v1/alerts?limit=3", "alerts list --limit 3"],
])("%s is the answer of mvm %s", async (path, words) => {
  const response = await stage.get(path);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toStartWith("application/json");
  const answer: unknown = await response.json();
  expect(answer).toEqual(await command(...words.split(" ")));
});

test("the schedule is that of mvm schedule from the file, at its own moment", async () => {
  const both = [
    await (await stage.get("/api/v1/schedule")).json(),
    await command("schedule", "--offline", "--limit", "50"),
  ];
  // The rest is of the moment it was asked in.
  const lasting = [
    "source",
    "lastBlock",
    "lastSlot",
    "validators",
    "knownUntil",
    "epochs",
    "predictions",
  ];
  const [answer, told] = both.map((each) => {
    const fields = parseObject(each, "schedule");
    return lasting.map((name) => fields[name]);
  });
  expect(answer).toEqual(told);
});

test("the status is the daemon's own look, with the checks of mvm status", async () => {
  const status = await (await stage.get("/api/v1/status")).json();
  const names = fieldsOf(parseObject(status, "status")["checks"], "name");
  expect(names).toContain("node.reachable");
  expect(names).toContain("validator.missed");
});

test("what was read already is not sent again, until it changes", async () => {
  const first = await stage.get("/api/v1/blocks?limit=3");
  const etag = first.headers.get("etag") ?? "";
  const again = await stage.get("/api/v1/blocks?limit=3", { headers: { "if-none-match": etag } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  const other = await stage.get("/api/v1/blocks?limit=4", { headers: { "if-none-match": etag } });
  expect(other.status).toBe(200);
  const head = await stage.get("/api/v1/blocks?limit=3", { method: "HEAD" });
  expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, etag, ""]);
});

test("pages lead through everything, each row once, and the last one says so", async () => {
  const numbers: number[] = [];
  let path: string | null = "/api/v1/blocks?to=60&limit=25";
  while (path !== null) {
    const response: Response = await stage.get(path);
    numbers.push(...fieldsOf(await response.json(), "number").map(Number));
    path = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1] ?? null;
  }
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, i) => 60 - i));
});

test.each([
  ["/api/v1/blocks?limit=0", 400, "bad-request", "limit: expected a whole number from 1 to 1000"],
  ["/api/v1/blocks?limit=1&limit=2", 400, "bad-request", "limit is given twice"],
  ["/api/v1/blocks?colour=red", 400, "bad-request", 'no parameter "colour"'],
  ["/api/v1/blocks?validator=%ff", 400, "bad-request", "not well encoded"],
  ["/api/v1/blocks?from=9&to=3", 400, "bad-request", "from 9 is above to 3"],
  ["/api/v1/blocks?since=yesterday", 400, "bad-request", "since: expected 24h, 7d"],
  ["/api/v1/blocks?since=1h&until=2h", 400, "bad-request", "since 1h is later than until 2h"],
  ["/api/v1/blocks?validator=nobody", 404, "usage", "no validator has the key or label nobody"],
  ["/api/v1/nothing", 404, "not-found", "nothing at /api/v1/nothing"],
  ["/api/", 404, "not-found", "nothing at /api/"],
])("%s is refused with %i: %s", async (path, status, code, message) => {
  const response = await stage.get(path);
  const error = parseObject(parseObject(await response.json(), "body")["error"], "error");
  expect([response.status, error["code"]]).toEqual([status, code]);
  expect(error["message"]).toContain(message);
});

test("nothing can be written, and a question has no body", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const response = await stage.get("/api/v1/blocks", { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  }
  const large = await raw(
    `GET /api/v1/blocks HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 3\r\n\r\nabc`,
  );
  expect(large).toMatch(/^HTTP\/1.1 413 /);
  expect(large).toContain('"code":"too-large"');
});

test("asked under another name than its own it does not answer", async () => {
  const answer = await raw("GET /api/v1/status HTTP/1.1\r\nhost: evil.example\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
});

/** The first that comes back. */
async function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(stage.url);
  const answer = Promise.withResolvers<string>();
  const socket = await Bun.connect({
    ...{ hostname, port: Number(port) },
    socket: {
      data: (_, bytes) => answer.resolve(bytes.toString()),
      close: () => answer.resolve(""),
    },
  });
  socket.write(text);
  const got = await answer.promise;
  socket.end();
  return got;
}

test(
  "more requests than metrics.api_rate allows have to wait; with a token, everything wants it",
  async () => {
    await using other = await openApiStage({ metrics: ["api_rate = 3", 'token = "s3cret"'] });
    expect((await other.get("/api/v1/status")).status).toBeOneOf([401, 429]);
    const headers = { authorization: "Bearer s3cret" };
    const asked = await Promise.all(
      Array.from({ length: 20 }, async () => await other.get("/api/v1/blocks", { headers })),
    );
    const refused = asked.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await other.get("/metrics", { headers })).status).toBe(200);
    expect((await other.get("/healthz")).status).toBe(200);
  },
  LONG_MS,
);
