// -v and its kin on commands that answer and leave: what they ask is told on stderr or in a file, the answer stays the same.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { join } from "pathe";

import type { Devnet } from "../../examples/devnet/devnet.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { writeRustDatabase } from "../core/import/rust-database.ts";
import { linesIn, parseLines } from "../helpers/log-options.ts";
import { syncOnce, temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/mvm.ts");
const LONG_MS = 60_000;

const folder = temporaryFolder();
let devnet: Devnet & AsyncDisposable;

beforeAll(async () => {
  devnet = await startSmallDevnet({ history: 60, rpcMethods: "unsafe", operator: 0 });
  await devnet.writeKeystore(folder.file("keystore"), 0);
  await syncOnce(devnet.url, folder.file("mvm.db"), "--keystore", folder.file("keystore"));
  writeRustDatabase(devnet, { file: folder.file("rust.db"), slotsPerEpoch: 40 });
}, LONG_MS);

afterAll(async () => {
  await devnet.stop();
  folder[Symbol.dispose]();
});

async function run(line: string): Promise<{ code: number; out: string; err: string }> {
  const words: Record<string, string> = { NODE: devnet.url, FILE: folder.file("mvm.db") };
  const given = line.split(" ").map((word) => words[word] ?? word);
  const child = Bun.spawn([process.execPath, SCRIPT, ...given], {
    ...{ cwd: folder.path, timeout: 30_000, stdio: ["ignore", "pipe", "pipe"] },
    env: { PATH: process.env["PATH"] ?? "", HOME: folder.path },
  });
  const [out, err, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { code, out, err };
}

const RPC = / debug +rpc \d+ \w+ .*ok, [\d.]+ ms, \d+ bytes/;
const SQL = / trace +sql (?:SELECT|WITH) .*ok, [\d.]+ ms/;

const LINES: readonly (readonly [line: string, says: readonly RegExp[]])[] = [
  ["status -r NODE -d FILE", [RPC, SQL]],
  ["query stats -d FILE", [SQL]],
  ["query block 9 -d FILE -r NODE", [RPC, SQL]],
  ["keys verify -r NODE -d FILE -K keystore", [RPC, SQL]],
  ["schedule -r NODE -d FILE -K keystore", [RPC, SQL]],
  ["verify -r NODE -d FILE --sample 5", [RPC, SQL]],
  ["import --from-mvm rust.db -d new.db -r NODE", [RPC, SQL]],
  ["alerts list -d FILE", [SQL]],
  ["view --once -r NODE -d FILE", [RPC, SQL]],
];

test.each(LINES)(
  "mvm %s: silent by itself, -vv tells of each request and statement",
  async (line, says) => {
    const loud = await run(`${line} -vv`);
    for (const each of says) expect(loud.err).toMatch(each);
    expect(loud.out).not.toBe("");
    if (line.startsWith("import")) return;
    const silent = await run(line);
    expect({ code: silent.code, err: silent.err }).toEqual({ code: loud.code, err: "" });
    expect(loud.out).not.toMatch(/ (?:debug|trace) +(?:rpc|sql) /);
  },
  LONG_MS,
);

test("into a file, as JSON, from one level up; the answer alone is on stdout and nothing on stderr", async () => {
  const { out, err } = await run(
    "status -r NODE -d FILE --json --log-file status.log --log-format json --log-level debug",
  );
  expect(err).toBe("");
  expect(JSON.parse(out)).toHaveProperty("worst");
  const lines = parseLines(linesIn(folder.file("status.log")).join("\n"));
  expect(lines.length).toBeGreaterThan(5);
  expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(["debug"]));
  expect(lines.map(({ command }) => command)).toContain("mvm status");
  expect(lines.map(({ method }) => method)).toContain("system_health");
});

test("the dashboard's threads write into the file too", async () => {
  const { err } = await run("view --once -r NODE -d FILE -vv --log-file view.log");
  expect(err).toBe("");
  const text = linesIn(folder.file("view.log")).join("\n");
  expect(text).toContain(" rpc ");
  expect(text).toContain(" sql ");
});

test("flags that contradict each other, and a file that cannot be opened, are said before anything is asked", async () => {
  const torn = await run("query stats -d FILE -q -v");
  expect([torn.code, torn.out]).toEqual([64, ""]);
  const closed = await run("query stats -d FILE --log-file none/such.log");
  expect([closed.code, closed.out]).toEqual([78, ""]);
  expect(existsSync(folder.file("none"))).toBe(false);
});
