// Planted corruption, each kind found and named; and a clean file that passes.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync } from "node:fs";

import { join } from "pathe";

import { openReadable } from "../../../core/storage/open.ts";
import { readRange } from "../../../core/storage/position.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { startSync, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import { grow, SLOTS_PER_EPOCH, startSmallDevnet } from "../chain/small-devnet.ts";
import { AT, flip, KINDS, OTHER } from "./corruptions.ts";

const SCRIPT = join(import.meta.dir, "../../../commands/verify.ts");
const LONG_MS = 60_000;

const folder = temporaryFolder();
const clean = folder.file("clean.db");
let devnet: Devnet & AsyncDisposable;

beforeAll(async () => {
  devnet = await startSmallDevnet({ history: 200, missRate: 0.1 });
  // Followed with forks, so that there are orphans; everything is final but the last blocks.
  await using sync = startSync(devnet.url, clean);
  await sync.until("following", () => sync.log().includes("synced at"));
  await grow(devnet, sync, clean, 10);
  for (let i = 0; i < 3; i++) {
    devnet.fork(2);
    await grow(devnet, sync, clean, 20);
  }
  sync.kill("SIGTERM");
  await sync.exited;
  // The next committee is asked for at the start, and now and then.
  await syncOnce(devnet.url, clean);
}, LONG_MS);

afterAll(async () => {
  await devnet.stop();
  folder[Symbol.dispose]();
});

interface Finding {
  fault: string;
  block: number | null;
  message: string;
}

interface Answer {
  code: number;
  err: string;
  wrong: number;
  unknown: number;
  blocks: number;
  orphans: number | null;
  findings: Finding[];
  node: { blocks: number; seals: number; seed: number; sample: number | null } | null;
}

async function verify(file: string, ...flags: string[]): Promise<Answer> {
  const child = Bun.spawn(
    [process.execPath, SCRIPT, "-d", file, "-r", devnet.url, "--json", ...flags],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HOME: "/nonexistent" } },
  );
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (out === "") throw new Error(`verify said nothing: ${err}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the tests then look at
  return { ...(JSON.parse(out) as Omit<Answer, "code" | "err">), code, err };
}

/** A copy of the clean file, changed behind the writer's back. */
function corrupt(name: string, ...statements: string[]): string {
  const file = folder.file(`${name}.db`);
  copyFileSync(clean, file);
  using db = new Database(file);
  for (const sql of statements) {
    const { changes } = db.run(sql);
    if (changes === 0) throw new Error(`changed nothing: ${sql}`);
  }
  return file;
}

test("a clean file passes, by itself and against the node", async () => {
  const answer = await verify(clean, "--all");
  expect(answer.findings).toEqual([]);
  expect(answer).toMatchObject({ code: 0, err: "", wrong: 0, unknown: 0 });
  expect(answer.orphans).toBeGreaterThan(3);
  expect(answer.blocks).toBeGreaterThan(220);
  expect(answer.node?.blocks).toBe(answer.blocks);
  expect(answer.node?.seals).toBe(answer.blocks);
  expect(await verify(clean, "--offline")).toMatchObject({ code: 0, wrong: 0, node: null });
});

describe("planted corruption", () => {
  for (const { name, sql, fault, block, node } of KINDS) {
    test(`${name} is found and named`, async () => {
      const file = corrupt(name.replaceAll(" ", "-"), ...sql);
      const found = await verify(file, ...(node === true ? ["--all"] : ["--offline"]));
      expect(found.code).toBe(1);
      expect(found.wrong).toBeGreaterThan(0);
      const named = found.findings.filter((each) => each.fault === fault);
      expect(named.length).toBeGreaterThan(0);
      if (block !== undefined) expect(named.map((each) => each.block)).toContain(block);
      for (const { message } of found.findings) expect(message).not.toContain("undefined");
      // The file alone cannot tell the right hash, only that this is not the one there was.
      if (fault === "hash" && node === true) {
        const alone = await verify(file, "--offline");
        expect(alone.findings[0]).toMatchObject({ fault: "index", block });
        expect(alone.findings.every((each) => each.fault === "index")).toBe(true);
      }
    });
  }
});

describe("a verification", () => {
  test("of a range looks at that range alone", async () => {
    const file = corrupt("range", `UPDATE blocks SET author = ${OTHER} WHERE number = ${AT}`);
    const range = (from: number, to: number): string[] => ["--from", `${from}`, "--to", `${to}`];
    expect(await verify(file, "--all", ...range(1, AT - 1))).toMatchObject({ code: 0, blocks: 99 });
    expect(await verify(file, "--all", ...range(AT + 1, 150))).toMatchObject({ code: 0 });
    expect(await verify(file, "--all", ...range(AT, AT))).toMatchObject({ code: 1, blocks: 1 });
  });

  test("of a sample takes so many blocks, and the same again with its seed", async () => {
    const first = await verify(clean, "--sample", "50");
    expect(first).toMatchObject({ code: 0, node: { blocks: 50, seals: 50, sample: 50 } });
    const file = corrupt(
      "seeded",
      `UPDATE blocks SET hash = ${flip("hash")} WHERE number % 2 = 0 AND number < 150`,
    );
    // Of a part: the hashes noted of the whole file tell of every one of them.
    const flags = ["--from", "2", "--sample", "40", "--seed", "7"];
    const [a, b] = [await verify(file, ...flags), await verify(file, ...flags)];
    expect(a.findings).toEqual(b.findings);
    expect(a.wrong).toBeGreaterThan(5);
    expect(a.wrong).toBeLessThan(80);
  });

  test("names the first twenty and counts the rest", async () => {
    const file = corrupt("many", "UPDATE blocks SET author = NULL WHERE number < 100");
    const { wrong, findings, unknown } = await verify(file, "--offline");
    // Twenty, and the first of each kind that comes later.
    expect(findings.length).toBeGreaterThanOrEqual(20);
    expect(findings.length).toBeLessThan(25);
    expect(wrong).toBeGreaterThan(98);
    expect(unknown).toBe(99);
    expect((await verify(file, "--offline", "--limit", "500")).findings).toHaveLength(wrong);
    for (const { message } of findings) expect(message).not.toMatch(/\bid \d|author \d/);
  });

  test("of a file that began in the middle, on a pruned node, tells what is not known", async () => {
    const file = folder.file("middle.db");
    devnet.setPruning(10);
    await syncOnce(devnet.url, file, "--start-block", "30", "--verify-seals", "none");
    devnet.setPruning("archive");
    const answer = await verify(file, "--all");
    expect(answer).toMatchObject({ code: 0, wrong: 0 });
    using db = openReadable(file);
    expect(readRange(db).first).toBe(30);
  });

  test(
    "goes on while a sync is writing",
    async () => {
      const file = folder.file("live.db");
      await using sync = startSync(devnet.url, file);
      await sync.until("following", () => sync.log().includes("synced at"));
      const growing = grow(devnet, sync, file, 2 * SLOTS_PER_EPOCH);
      for (let i = 0; i < 4; i++)
        expect(await verify(file, "--all")).toMatchObject({ code: 0, wrong: 0 });
      await growing;
    },
    LONG_MS,
  );

  test("of a database of another chain, or a range it does not hold, is refused", async () => {
    await using other = await startSmallDevnet({ seed: "other", history: 20 });
    const child = (...flags: string[]) =>
      Bun.spawnSync([process.execPath, SCRIPT, "-d", clean, ...flags], {
        env: { ...process.env, HOME: "/nonexistent" },
      });
    // Synchronous processes would starve the devnet in this one: only what needs no node.
    expect(child("--offline", "--from", "5000").exitCode).toBe(64);
    const spawned = Bun.spawn([process.execPath, SCRIPT, "-d", clean, "-r", other.url], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    expect(await spawned.exited).toBe(78);
  });
});
