// The command line: JSON and nothing else on stdout, errors on stderr, tables an 80-column terminal can hold.
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";

import { join } from "pathe";

import { main } from "../../commands/_main.ts";
import { queryCommand } from "../../commands/query.ts";
import { openWritable } from "../../core/storage/open.ts";
import type { Fixture } from "../helpers/query-fixture.ts";
import { KEYS, LABEL, OURS, writeFixture } from "../helpers/query-fixture.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/query.ts");
const EVERY = [
  ["stats"],
  ["blocks"],
  ["validators"],
  ["performance"],
  ["gaps"],
  ["validator", OURS],
];
const folder = temporaryFolder();
const emptyFile = folder.file("empty.db");
let fixture: Fixture;

beforeAll(() => {
  fixture = writeFixture(folder.file("mvm.db"), 300);
  openWritable(emptyFile)[Symbol.dispose]();
});

afterAll(() => folder[Symbol.dispose]());

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function spawn(...words: string[]): Promise<Ran> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder.path,
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err };
}

/** In this process, on a terminal of so many columns; 0 = a pipe. */
async function run(columns: number, ...words: string[]): Promise<Ran> {
  const { stdout, stderr } = process;
  const was = { isTTY: stdout.isTTY, columns: stdout.columns };
  let out = "";
  let err = "";
  using _out = spyOn(stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  using _err = spyOn(stderr, "write").mockImplementation((text) => ((err += String(text)), true));
  Object.assign(stdout, { isTTY: columns > 0, columns });
  try {
    return { code: await main(queryCommand, words), out: Bun.stripANSI(out), err };
  } finally {
    Object.assign(stdout, was);
  }
}

async function json(...words: string[]): Promise<unknown> {
  const { code, out, err } = await run(0, ...words, "--json", "-d", fixture.file);
  expect(err).toBe("");
  expect(code).toBe(0);
  return JSON.parse(out);
}

test("with --json every question prints one JSON value on stdout and nothing on stderr", async () => {
  for (const words of EVERY) {
    const { code, out, err } = await spawn(...words, "--json", "-d", fixture.file);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(() => void JSON.parse(out)).not.toThrow();
  }
});

test("the names in the JSON are those promised", async () => {
  const promised = {
    stats:
      "blocks firstBlock lastBlock finalizedBlock gaps attributed unattributed orphaned missedSlots validators ourValidators chain firstBlockTime lastBlockTime attributedShare databaseBytes runtimes",
    block:
      "number hash parentHash slot epoch mainchainEpoch time authorAura authorSidechain label attribution sealVerified finalized extrinsics",
    validator:
      "aura sidechain label ours registration blocks expected missed orphaned share rank lastBlock lastBlockTime",
  };
  const first = async (...words: string[]): Promise<unknown> => {
    const list = await json(...words);
    return Array.isArray(list) ? list[0] : undefined;
  };
  const names = (text: string): unknown =>
    expect.objectContaining(
      Object.fromEntries(text.split(" ").map((name) => [name, expect.anything()])),
    );
  const present = (value: unknown): unknown =>
    // `anything` does not match null, and null is a value here.
    JSON.parse(JSON.stringify(value, (_, each: unknown) => each ?? "null"));
  expect(present(await json("stats"))).toEqual(names(promised.stats));
  expect(present(await first("blocks"))).toEqual(names(promised.block));
  expect(present(await first("validators"))).toEqual(names(promised.validator));
  expect(present(await first("performance"))).toEqual(names(promised.validator));
  expect(present(await json("validator", OURS))).toEqual(
    names(`${promised.validator} recentBlocks grandpa missedSlots epochs`),
  );
});

test("flags count before and after the question, long and short", async () => {
  const wanted = await json("blocks", "--from", "100", "--to", "120", "--limit", "4");
  expect(wanted).toHaveLength(4);
  const short = await run(
    0,
    "-d",
    fixture.file,
    "--json",
    "blocks",
    "-f",
    "100",
    "-t",
    "120",
    "-l",
    "4",
  );
  expect(JSON.parse(short.out)).toEqual(wanted);
});

test("defaults are ten blocks, twenty validators and a ranking of ten", async () => {
  expect(await json("blocks")).toHaveLength(10);
  expect(await json("validators")).toHaveLength(KEYS.length);
  expect(await json("performance", "-l", "3")).toHaveLength(3);
  expect(await json("validators", "--ours")).toHaveLength(1);
});

test("an empty database gives an empty list, and the text says what to do", async () => {
  for (const question of ["blocks", "validators", "performance", "gaps"]) {
    const list = await run(0, question, "--json", "-d", emptyFile);
    expect(list).toEqual({ code: 0, out: "[]\n", err: "" });
    const text = await run(80, question, "-d", emptyFile);
    expect(text).toEqual({ code: 0, out: "no blocks yet: run mvm sync\n", err: "" });
  }
  const stats = await run(80, "stats", "-d", emptyFile);
  expect(stats.out).toContain("no blocks yet: run mvm sync");
});

test("a missing database, a foreign file and a typo go to stderr with their exit codes", async () => {
  const missing = await spawn("stats", "-d", folder.file("none.db"));
  expect(missing).toMatchObject({ code: 74, out: "" });
  expect(missing.err).toContain("mvm sync");
  const foreign = folder.file("foreign.db");
  await Bun.write(foreign, "this is no database, however long one looks at it\n".repeat(50));
  expect(await spawn("stats", "-d", foreign)).toMatchObject({ code: 74, out: "" });
  const usage = [
    ["validator"],
    ["validator", "0xffffffff"],
    ["blocks", "--limt", "3"],
    ["blocks", "--limit", "x"],
    ["blocks", "--from", "9", "--to", "3"],
    ["blocks", "-l", "0"],
    ["stat"],
    [],
  ];
  for (const words of usage) {
    const { code, out, err } = await run(0, ...words, "-d", fixture.file);
    expect({ words, code, out }).toEqual({ words, code: 64, out: "" });
    expect(err).toContain("error");
  }
});

test("with --json an error is JSON too, on stderr", async () => {
  const { code, out, err } = await spawn("validator", "ffffff", "--json", "-d", fixture.file);
  expect({ code, out }).toEqual({ code: 64, out: "" });
  expect(JSON.parse(err)).toMatchObject({ error: { code: "usage" } });
});

test("on an 80-column terminal no line is longer, and keys are shortened in the middle", async () => {
  for (const words of [...EVERY, ["blocks", "--orphans"]]) {
    const { code, out } = await run(80, ...words, "-d", fixture.file);
    expect(code).toBe(0);
    for (const line of out.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
  }
  const { out } = await run(80, "validators", "-d", fixture.file);
  const key = KEYS[0] ?? "";
  expect(out).toContain(`${key.slice(0, 8)}…${key.slice(-6)}`);
  expect(out).not.toContain(key);
  expect(out).toContain(`${LABEL} ${OURS.slice(2, 8)}`);
});

test("into a pipe keys are whole and nothing is painted", async () => {
  for (const question of ["blocks", "validators", "performance"]) {
    const { out } = await spawn(question, "-l", "50", "-d", fixture.file);
    expect(out).toContain(OURS);
    expect(out).toContain(LABEL);
    expect(Bun.stripANSI(out)).toBe(out);
  }
});

test("all-time counts say since when", async () => {
  for (const words of [["validators"], ["performance"], ["validator", OURS]]) {
    const { out } = await run(80, ...words, "-d", fixture.file);
    const date = new Date((fixture.blocks[0]?.slot ?? 0) * 6000).toISOString().slice(0, 10);
    expect(out).toMatch(new RegExp(`since +block ${fixture.firstNumber} \\(${date}`));
  }
});

test("bounds past everything stored, and past all time, are answered with nothing", async () => {
  for (const words of [
    ["--from", "99999"],
    ["--epoch", "9007199254740990"],
    ["--since", "0s"],
  ]) {
    const { code, out } = await run(0, "validators", "-d", fixture.file, ...words);
    expect(code).toBe(0);
    expect(out).toContain("nothing of that is stored");
  }
});

test("columns are aligned, numbers to the right", async () => {
  const { out } = await run(200, "performance", "-d", fixture.file);
  const lines = out.split("\n").slice(0, 8);
  const end = (lines[0] ?? "").indexOf("expected") + "expected".length;
  for (const line of lines.slice(1)) expect(line.slice(end - 1, end + 1)).toMatch(/^\d( |$)/);
});

test("a long answer arrives whole through a slow pipe", async () => {
  const file = folder.file("long.db");
  writeFixture(file, 3000);
  const child = Bun.spawn(
    [
      "sh",
      "-c",
      `"${process.execPath}" "${SCRIPT}" blocks -l 5000 --json -d "${file}" | (sleep 0.5; cat)`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const text = await new Response(child.stdout).text();
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(JSON.parse(text)).toHaveLength(3000);
});

test("a reader that has seen enough ends the command in peace", async () => {
  const command = `"${process.execPath}" "${SCRIPT}" blocks -l 5000 --json -d "${fixture.file}"`;
  const child = Bun.spawn(["bash", "-c", `${command} | head -1; echo "\${PIPESTATUS[0]}"`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(await new Response(child.stdout).text()).toBe("[\n0\n");
  expect(await new Response(child.stderr).text()).toBe("");
});

test("a node's chain name cannot drive the terminal", async () => {
  const file = folder.file("hostile.db");
  writeFixture(file, 40);
  {
    using writable = openWritable(file);
    writable.db.run("UPDATE meta SET value = 'evil' || char(27) || '[2J' WHERE key = 'chain_name'");
  }
  const { out } = await run(80, "stats", "-d", file);
  expect(out).toContain("evil?[2J");
});

test("gaps says what it stands on, for a row that another hand took out is not in the counts", async () => {
  const { code, out } = await run(100, "gaps", "-d", fixture.file);
  expect(code).toBe(0);
  expect(out).toContain("no gaps by the counts: all blocks from 41 to ");
  expect(out).toContain("`mvm verify --offline` reads every row");
});
