// mvm status of other machines: a real one, and all the ways one can fail to answer.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";

import { join } from "pathe";

import { parseArray, parseObject, parseString } from "../../core/parse.ts";
import type { ApiStage } from "../helpers/api-stage.ts";
import { openApiStage } from "../helpers/api-stage.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const STATUS = join(import.meta.dir, "../../commands/status.ts");
const LONG_MS = 120_000;
const TOKEN = "s3cret-of-the-machine";

const folder = temporaryFolder();
let stage: ApiStage;
let told: unknown;
beforeAll(async () => {
  stage = await openApiStage({ missRate: 0, metrics: [`token = "${TOKEN}"`] });
  const headers = { authorization: `Bearer ${TOKEN}` };
  while ((await stage.get("/api/v1/status", { headers })).status !== 200) await Bun.sleep(100);
  told = await (await stage.get("/api/v1/status", { headers })).json();
}, LONG_MS);
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function status(...words: string[]): Promise<Ran> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder.path, NO_COLOR: "1" };
  const child = Bun.spawn([process.execPath, STATUS, ...words], {
    ...{ env, cwd: folder.path, stdio: ["ignore", "pipe", "pipe"] },
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

interface Machine {
  name: string;
  verdict: string;
  problem: string | null;
}

function machinesIn({ out }: Ran): Machine[] {
  const { machines } = parseObject(JSON.parse(out), "answer");
  return parseArray(machines, "machines").map((each) => {
    const { name, verdict, problem } = parseObject(each, "machine");
    return {
      name: parseString(name, "name"),
      verdict: parseString(verdict, "verdict"),
      problem: problem === null ? null : parseString(problem, "problem"),
    };
  });
}

/** A machine that answers each request so. */
function machine(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return {
    url: server.url.href,
    [Symbol.asyncDispose]: async () => await server.stop(true),
  };
}

function config(text: string): string {
  const file = folder.file(`${Bun.hash(text)}.toml`);
  writeFileSync(file, text);
  return file;
}

test("a machine of the configuration is asked with its token, by name, and tells of its validators", async () => {
  writeFileSync(folder.file("token"), `${TOKEN}\n`);
  const file = config(
    `[[remote]]\nname = "berlin"\nurl = "${stage.url}"\ntoken_file = "${folder.file("token")}"\n`,
  );
  const ran = await status("--remote", "berlin", "--config", file, "--json");
  const [found] = machinesIn(ran);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const [newest] = parseArray(
    await (await stage.get("/api/v1/blocks?limit=1", { headers })).json(),
    "blocks",
  );
  expect(ran.out).toContain(`"lastBlock": ${String(parseObject(newest, "block")["number"])},`);
  // It may have looked again meanwhile.
  const now: unknown = await (await stage.get("/api/v1/status", { headers })).json();
  const possible = [told, now].map((each) => parseObject(each, "status")["worst"]);
  expect(found?.name).toBe("berlin");
  expect(possible).toContain(found?.verdict);
  expect(ran.code).toBe(["ok", "warning", "critical", "unknown"].indexOf(found?.verdict ?? ""));
  expect(ran.out).toContain('"id": "home"');
  expect(ran.out + ran.err).not.toContain(TOKEN);
  const all = await status("--remote", "all", "--config", file);
  expect(all.out).toMatch(/^berlin +\w+ +\d+ +1 /m);
});

test("a token may be in a file of the command line, and is wanted", async () => {
  writeFileSync(folder.file("token"), TOKEN);
  const given = await status(
    "--remote",
    stage.url,
    "--remote-token-file",
    folder.file("token"),
    "--json",
  );
  expect(machinesIn(given)[0]?.problem).not.toBe("the token is refused");
  const without = await status("--remote", stage.url, "--json");
  expect(without.code).toBe(3);
  expect(machinesIn(without)[0]).toMatchObject({
    verdict: "unknown",
    problem: "the token is refused",
  });
});

test("the worst machine stands first and makes the exit code; each that does not answer says why", async () => {
  const old = { ...parseObject(told, "status"), at: new Date(Date.now() - 600_000).toISOString() };
  const fine = {
    ...parseObject(told, "status"),
    at: new Date().toISOString(),
    worst: "ok",
    checks: [],
  };
  await using good = machine(({ url }) =>
    url.endsWith("/status") ? Response.json(fine) : Response.json([]),
  );
  await using stale = machine(({ url }) =>
    url.endsWith("/status") ? Response.json(old) : new Response("", { status: 500 }),
  );
  await using odd = machine(() => new Response("<html>"));
  await using lying = machine(() => Response.json({ ...fine, worst: "splendid" }));
  await using silent = machine(async () => await new Promise<Response>(() => undefined));
  await using endless = machine(() => new Response("x".repeat(9 * 1024 * 1024)));
  await using early = machine(() => new Response("", { status: 503 }));
  const urls = [good, stale, odd, lying, silent, endless, early].map(({ url }) => url);
  const words = [...urls, "http://127.0.0.1:9"].flatMap((url) => ["--remote", url]);
  const ran = await status(...words, "--timeout", "5", "--json");
  expect(ran.code).toBe(2);
  const machines = machinesIn(ran);
  expect(machines.map(({ verdict }) => verdict)).toEqual([
    ...Array.from({ length: 3 }, () => "critical"),
    ...Array.from({ length: 4 }, () => "unknown"),
    "ok",
  ]);
  const problemOf = (url: string): string =>
    machines.find(({ name }) => name === new URL(url).host)?.problem ?? "none";
  expect(problemOf(silent.url)).toContain("unreachable: no answer within 5 s");
  expect(problemOf("http://127.0.0.1:9")).toBe("unreachable: connection refused");
  expect(problemOf(endless.url)).toContain("has no end");
  expect(problemOf(stale.url)).toMatch(/its last look is 10 min/);
  expect(problemOf(odd.url)).toContain("no status: ");
  expect(problemOf(lying.url)).toContain("worst: expected a verdict");
  expect(problemOf(early.url)).toBe("it has not looked yet");
  expect(problemOf(good.url)).toBe("none");
  const alone = await status("--remote", good.url);
  expect(alone.code).toBe(0);
  expect(alone.out).toStartWith("OK - 1 machine fine");
});

test("a token goes nowhere it is sent on to", async () => {
  let seen = 0;
  await using thief = machine(() => {
    seen += 1;
    return new Response("");
  });
  await using moved = machine(() => Response.redirect(thief.url));
  writeFileSync(folder.file("token"), TOKEN);
  const ran = await status(
    "--remote",
    moved.url,
    "--remote-token-file",
    folder.file("token"),
    "--json",
  );
  expect([ran.code, seen]).toEqual([2, 0]);
});

test.each([
  ["an address with a secret in it", ["--remote", "http://me:pw@127.0.0.1:9"]],
  ["no address", ["--remote", "nowhere"]],
  ["all of none", ["--remote", "all"]],
  ["a token without a machine", ["--remote-token-file", "x"]],
  ["a token that is not there", ["--remote", "http://127.0.0.1:9", "--remote-token-file", "/none"]],
])("%s is the operator's to change", async (_, words) => {
  const { code, err } = await status(...words);
  expect(code).toBe(64);
  expect(err).not.toContain("pw@");
});
