// Lists in every form and any bounds, as a shell sees them.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { join } from "pathe";

import { openWritable } from "../../core/storage/open.ts";
import type { Fixture } from "../helpers/query-fixture.ts";
import { CHAIN, KEYS, LABEL, OURS, writeFixture } from "../helpers/query-fixture.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/query.ts");
const HOSTILE = 'a "quoted", comma\nand line';
const LISTS = [
  ["blocks"],
  ["orphans"],
  ["missed"],
  ["epochs"],
  ["epochs", "--ours"],
  ["validators"],
  ["performance"],
  ["committee"],
  ["trends", "--validator", LABEL],
  ["keys", LABEL],
  ["gaps"],
];
const folder = temporaryFolder();
let fixture: Fixture;

beforeAll(() => {
  fixture = writeFixture(folder.file("mvm.db"), 300);
  using writable = openWritable(fixture.file);
  const key = Buffer.from((KEYS[3] ?? "").slice(2), "hex");
  writable.db.prepare("UPDATE authorities SET label = ? WHERE aura = ?").run(HOSTILE, key);
});

afterAll(() => folder[Symbol.dispose]());

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...words, "-d", fixture.file], {
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

async function rows(...words: string[]): Promise<Record<string, unknown>[]> {
  const { code, out, err } = await run(...words, "--json");
  expect({ words, code, err }).toEqual({ words, code: 0, err: "" });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(out) as Record<string, unknown>[];
}

/** RFC 4180, as any reader has it. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain = "", end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    lines.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") lines.push([]);
  }
  return lines.slice(0, -1);
}

test("--jsonl and --csv say what --json says, row by row", async () => {
  for (const words of LISTS) {
    const json = await rows(...words, "--limit", "all");
    const lines = (await run(...words, "--jsonl")).out.split("\n").slice(0, -1);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(json);
    const [fields = [], ...cells] = parseCsv((await run(...words, "--csv")).out);
    expect({ words, fields: fields.length > 2 }).toEqual({ words, fields: true });
    expect(cells).toEqual(
      json.map((row) =>
        fields.map((field) => {
          const value = row[field];
          if (Array.isArray(value)) return value.join(" ");
          return value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
        }),
      ),
    );
    for (const row of json) expect(Object.keys(row).toSorted()).toEqual(fields.toSorted());
  }
}, 60_000);

test("a label may hold quotes, commas and ends of lines", async () => {
  const { out } = await run("blocks", "--csv");
  expect(out.includes('"a ""quoted"", comma\nand line"')).toBe(true);
  const labels = (await rows("blocks", "--limit", "all")).map(({ label }) => label);
  expect(labels).toContain(HOSTILE);
});

test("--limit, --offset and --sort page through a list", async () => {
  const all = await rows("blocks", "--limit", "all");
  expect(all).toHaveLength(300);
  expect(await rows("blocks", "-l", "5", "--offset", "7")).toEqual(all.slice(7, 12));
  const oldest = await rows("blocks", "-l", "5", "--offset", "7", "--sort", "number");
  expect(oldest).toEqual(all.toReversed().slice(7, 12));
  const missed = (await rows("validators", "--limit", "all", "--sort", "missed:desc")).map((row) =>
    Number(row["missed"]),
  );
  expect(missed).toEqual(missed.toSorted((a, b) => b - a));
});

test("bounds of height, epoch and time mean the same blocks", async () => {
  const block = fixture.blocks[150];
  const epoch = Math.floor((block?.slot ?? 0) / CHAIN.slotsPerEpoch);
  const inEpoch = await rows("blocks", "--limit", "all", "--epoch", String(epoch));
  expect(inEpoch.length).toBeGreaterThan(5);
  const numbers = inEpoch.map((row) => Number(row["number"]));
  const byHeight = ["--from", String(numbers.at(-1)), "--to", String(numbers[0])];
  expect(await rows("blocks", "--limit", "all", ...byHeight)).toEqual(inEpoch);
  const timeOf = (slot: number): string => new Date(slot * CHAIN.slotDurationMs).toISOString();
  const byTime = [
    ...["--since", timeOf(epoch * CHAIN.slotsPerEpoch)],
    ...["--until", timeOf((epoch + 1) * CHAIN.slotsPerEpoch)],
  ];
  expect(await rows("blocks", "--limit", "all", ...byTime)).toEqual(inEpoch);
});

test("nothing there is said with what there is", async () => {
  const blocks = await run("blocks", "--from", "100000");
  expect(blocks.out).toContain("no blocks there: the database holds 41 to 340");
  const missed = await run("missed", "--since", "1h");
  expect(missed.out).toContain("no missed slots there");
  const next = await run("committee", "--next");
  expect(next).toMatchObject({ code: 64, out: "" });
  expect(next.err).toContain("no committee after epoch");
});

test("a wrong bound, form or column is refused with what is right", async () => {
  const refused: [words: string[], said: string][] = [
    [["blocks", "--since", "yesterday"], "2026-01-31"],
    [["blocks", "--since", "1h", "--until", "2h"], "later than"],
    [["blocks", "--csv", "--json"], "one form at a time"],
    [["validators", "--sort", "mised"], "did you mean missed?"],
    [["blocks", "--sort", "number:down"], "number:desc"],
    [["blocks", "--validator", `${OURS.slice(0, 8)}ff`], `nearest: ${OURS}`],
    [["missed", "--validator", "alise"], `nearest: ${LABEL}`],
    [["block", "x"], "64 hex digits"],
    [["block", "9999999", "--offline"], "41 to 340"],
  ];
  for (const [words, said] of refused) {
    const { code, out, err } = await run(...words);
    expect({ words, code, out }).toEqual({ words, code: 64, out: "" });
    expect(err).toContain(said);
  }
}, 60_000);

test("trends end with a bar for each day", async () => {
  const { out } = await run("trends");
  expect(out).toMatch(/[▁▂▃▄▅▆▇█·]+ {2}made [\d.]+ to [\d.]+ % of the turns/);
});
