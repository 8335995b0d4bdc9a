// Moving in from the Rust tool: its known faults are listed, its file is left alone, the new one is right.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";

import { dirname, join } from "pathe";

import type { ImportReport } from "../../../core/import/import.ts";
import { openReadable, openWritable } from "../../../core/storage/open.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { checkInvariants, compareWithTruth } from "../../helpers/compare.ts";
import { syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import { faultsIn, SLOTS_PER_EPOCH, startSmallDevnet } from "../chain/small-devnet.ts";
import { writeRustDatabase } from "./rust-database.ts";

const SCRIPT = join(import.meta.dir, "../../../commands/import.ts");
const LONG_MS = 60_000;
const BLOCKS = 200;

let devnet: Devnet & AsyncDisposable;

beforeAll(async () => {
  devnet = await startSmallDevnet({ history: BLOCKS });
}, LONG_MS);

afterAll(() => devnet.stop());

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function run(...flags: string[]): Promise<Ran> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HOME: "/nonexistent" },
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err };
}

async function report(...flags: string[]): Promise<ImportReport> {
  const { code, out, err } = await run("--json", ...flags);
  if (code !== 0) throw new Error(`import exited ${code}: ${err}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the tests then look at
  return JSON.parse(out) as ImportReport;
}

function names(file: string): unknown[] {
  using db = openReadable(file);
  return db
    .prepare("SELECT label, ours FROM authorities WHERE label IS NOT NULL ORDER BY label")
    .values();
}

/** The faults it is known for. */
const FAULTS = [
  // Skipped over after a failure, never fetched again.
  "DELETE FROM blocks WHERE block_number BETWEEN 50 AND 54",
  "DELETE FROM blocks WHERE block_number = 90",
  // The epoch of the moment it was synced, and one committee for a whole catch-up.
  "UPDATE blocks SET sidechain_epoch = (SELECT max(sidechain_epoch) FROM blocks) WHERE block_number < 40",
  `UPDATE blocks SET author_key = (SELECT sidechain_key FROM validators WHERE sidechain_key <> author_key LIMIT 1)
   WHERE block_number BETWEEN 100 AND 119`,
  "UPDATE blocks SET author_key = NULL WHERE block_number BETWEEN 130 AND 134",
  // A block that lost a reorganisation and was never replaced.
  `UPDATE blocks SET block_hash = '0x' || substr(block_hash, 5) || 'ff' WHERE block_number = 150`,
  // A digest that could not be read.
  "UPDATE blocks SET slot_number = 0 WHERE block_number = 160",
  // Times counted from when the sync started.
  "UPDATE blocks SET timestamp = timestamp + 3600 WHERE block_number < 11",
  // The Cardano epoch of the moment, too; and a counter that was carried on through a reorganisation.
  "UPDATE blocks SET epoch = epoch + 1 WHERE block_number BETWEEN 20 AND 29",
  "UPDATE validators SET total_blocks = total_blocks + 1 WHERE id <= 2",
];

describe("with a node", () => {
  test(
    "the report lists what was wrong, and the new file is the chain with their labels",
    async () => {
      using folder = temporaryFolder();
      const [source, target] = [folder.file("rust.db"), folder.file("mvm.db")];
      writeRustDatabase(devnet, { file: source, slotsPerEpoch: SLOTS_PER_EPOCH }, ...FAULTS);
      const before = readFileSync(source);
      const found = await report("--from-mvm", source, "-d", target, "-r", devnet.url);
      expect(found.survey).toMatchObject({
        rows: BLOCKS - 6,
        first: 1,
        last: BLOCKS,
        // The row without a slot is no block, so it leaves a hole too.
        missing: 7,
        holes: [
          { from: 50, to: 54, missing: 5 },
          { from: 90, to: 90, missing: 1 },
          { from: 160, to: 160, missing: 1 },
        ],
        rejected: [{ number: 160, why: "it has no slot" }],
        brokenLinks: [151],
      });
      expect(found.comparison).toMatchObject({
        compared: BLOCKS - 7,
        beyond: 0,
        otherBlocks: [150],
        wrongSlots: 0,
        wrongTimes: 10,
        wrongMainchainEpochs: 10,
        wrongAuthors: 20,
        unknownAuthors: 5,
        unjudgedAuthors: 0,
        rightAuthors: BLOCKS - 7 - 1 - 20 - 5,
      });
      const { blocks } = devnet.truth();
      const epochAt = (number: number): number =>
        Math.floor((blocks[number - 1]?.slot ?? 0) / SLOTS_PER_EPOCH);
      expect(found.comparison?.wrongEpochs).toBe(39);
      expect(found.driftedTotals).toBeGreaterThanOrEqual(2);
      const wrong = found.comparison?.byEpoch.filter((each) => each.wrongAuthors > 0) ?? [];
      const expected = new Set(Array.from({ length: 20 }, (_, i) => epochAt(100 + i)));
      expect(new Set(wrong.map(({ epoch }) => epoch))).toEqual(expected);

      expect(found.result).toMatchObject({ path: target, first: 1 });
      expect(faultsIn(target, devnet)).toEqual([]);
      expect(names(target)).toEqual([
        ["POOL0", 0],
        ["POOL1", 1],
        ["POOL2", 0],
      ]);
      expect(readFileSync(source).equals(before)).toBe(true);
      expect(readdirSync(dirname(source)).filter((name) => name.startsWith("rust"))).toEqual([
        "rust.db",
      ]);
      // The new file is one to go on with.
      await syncOnce(devnet.url, target);
    },
    LONG_MS,
  );

  test(
    "a dry run reports the same and leaves nothing behind",
    async () => {
      using folder = temporaryFolder();
      const [source, target] = [folder.file("rust.db"), folder.file("mvm.db")];
      writeRustDatabase(devnet, { file: source, slotsPerEpoch: SLOTS_PER_EPOCH }, ...FAULTS);
      const flags = ["--from-mvm", source, "-d", target, "-r", devnet.url];
      const dry = await report(...flags, "--dry-run");
      expect(existsSync(target)).toBe(false);
      expect(readdirSync(folder.path)).toEqual(["rust.db"]);
      const real = await report(...flags);
      expect({ ...dry, result: real.result }).toEqual(real);
      const text = await run("--from-mvm", source, "-r", devnet.url, "--dry-run");
      expect(text.out).toContain("3, 7 blocks missing: 50–54, 90, 160");
      expect(text.out).toContain("20 wrong, 5 unknown");
    },
    LONG_MS,
  );

  test(
    "a right file of an older shape has nothing to report",
    async () => {
      using folder = temporaryFolder();
      const source = folder.file("rust.db");
      writeRustDatabase(devnet, { file: source, slotsPerEpoch: SLOTS_PER_EPOCH, shape: "older" });
      const { survey, comparison } = await report(
        "--from-mvm",
        source,
        "--dry-run",
        "-r",
        devnet.url,
      );
      expect(survey).toMatchObject({ holesTotal: 0, rejectedTotal: 0, brokenLinksTotal: 0 });
      expect(comparison).toMatchObject({ rightAuthors: BLOCKS, wrongAuthors: 0, wrongEpochs: 0 });
      expect(comparison?.byEpoch).toEqual([]);
    },
    LONG_MS,
  );

  test("what is still in the write-ahead log is read too, and stays where it is", async () => {
    using folder = temporaryFolder();
    const source = folder.file("rust.db");
    const db = writeRustDatabase(devnet, {
      file: source,
      slotsPerEpoch: SLOTS_PER_EPOCH,
      wal: true,
    });
    const before = [source, `${source}-wal`].map((each) => readFileSync(each));
    const { survey } = await report("--from-mvm", source, "--dry-run", "--offline");
    expect(survey.rows).toBe(BLOCKS);
    const after = [source, `${source}-wal`].map((each) => readFileSync(each));
    expect(after.every((bytes, i) => bytes.equals(before[i] ?? Buffer.alloc(0)))).toBe(true);
    db.close();
  });

  test(
    "that is away, nothing is left behind",
    async () => {
      using folder = temporaryFolder();
      const [source, target] = [folder.file("rust.db"), folder.file("mvm.db")];
      writeRustDatabase(devnet, { file: source, slotsPerEpoch: SLOTS_PER_EPOCH });
      const { code, err } = await run("--from-mvm", source, "-d", target, "-r", "ws://127.0.0.1:1");
      expect(code).toBe(69);
      expect(err).toContain("ws://127.0.0.1:1");
      expect(readdirSync(folder.path)).toEqual(["rust.db"]);
    },
    LONG_MS,
  );
});

describe("An import that was killed", () => {
  test(
    "is begun again: what it left is in nobody's way, and the new file is there once it is whole",
    async () => {
      using folder = temporaryFolder();
      const [source, target] = [folder.file("rust.db"), folder.file("mvm.db")];
      writeRustDatabase(devnet, { file: source, slotsPerEpoch: SLOTS_PER_EPOCH });
      {
        // Of another schema, and a log that is not its own.
        using left = new Database(`${target}.importing`);
        left.run("CREATE TABLE blocks (x)");
      }
      await Bun.write(`${target}.importing-wal`, "no log");
      await Bun.write(`${target}-wal`, "the log of a file that was here once");
      await report("--from-mvm", source, "-d", target, "--offline");
      expect(names(target)).toHaveLength(3);
      expect(checkInvariants(target)).toEqual([]);
      expect(readdirSync(folder.path).filter((name) => name.includes("importing"))).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "is not begun again while it is at work",
    async () => {
      using folder = temporaryFolder();
      const [source, target] = [folder.file("rust.db"), folder.file("mvm.db")];
      writeRustDatabase(devnet, { file: source, slotsPerEpoch: SLOTS_PER_EPOCH });
      using atWork = openWritable(`${target}.importing`);
      const { code, err } = await run("--from-mvm", source, "-d", target, "--offline");
      expect(code).toBe(74);
      expect(err).toContain("another import is writing");
      expect(atWork.db.query("SELECT count(*) AS n FROM blocks").get()).toEqual({ n: 0 });
      expect(readdirSync(folder.path)).toContain("mvm.db.importing");
    },
    LONG_MS,
  );
});

describe("without a node", () => {
  test(
    "the unbroken end is taken over, and a sync then settles who made the blocks",
    async () => {
      using folder = temporaryFolder();
      const [source, target] = [folder.file("rust.db"), folder.file("mvm.db")];
      const db = { file: source, slotsPerEpoch: SLOTS_PER_EPOCH };
      writeRustDatabase(devnet, db, "DELETE FROM blocks WHERE block_number = 120");
      const found = await report("--from-mvm", source, "-d", target, "--offline");
      expect(found.comparison).toBeNull();
      expect(found.survey.stretchFrom).toBe(121);
      const leftOut = 119;
      expect(found.result).toMatchObject({ path: target, first: 121, last: BLOCKS, leftOut });
      {
        using imported = openReadable(target);
        const [counts] = imported.prepare("SELECT count(*), count(author) FROM blocks").values();
        expect(counts).toEqual([BLOCKS - 120, 0]);
      }
      await syncOnce(devnet.url, target);
      // Whose turn an empty slot was only a list tells, and theirs cannot be trusted: those stay unknown.
      const compared = compareWithTruth(target, devnet.truth());
      expect(compared).toMatchObject({ wrong: [], unknownAuthors: 0, blocks: BLOCKS - 120 });
      expect(checkInvariants(target)).toEqual([]);
      expect(names(target)).toHaveLength(3);
    },
    LONG_MS,
  );

  test(
    "a file of another chain is refused by the first sync",
    async () => {
      using folder = temporaryFolder();
      const [source, target] = [folder.file("rust.db"), folder.file("mvm.db")];
      writeRustDatabase(devnet, { file: source, slotsPerEpoch: SLOTS_PER_EPOCH });
      await report("--from-mvm", source, "-d", target, "--offline");
      await using other = await startSmallDevnet({ seed: "other", history: 250 });
      expect(syncOnce(other.url, target)).rejects.toThrow("exited 78");
    },
    LONG_MS,
  );
});

test(
  "what is no such file, or no new one, is refused",
  async () => {
    using folder = temporaryFolder();
    const [source, target] = [folder.file("rust.db"), folder.file("mvm.db")];
    expect(await run()).toMatchObject({ code: 64 });
    expect(await run("--from-mvm", source, "--offline")).toMatchObject({ code: 64 });
    await Bun.write(source, "no database at all, however long one looks at it".repeat(40));
    expect(await run("--from-mvm", source, "--offline", "--dry-run")).toMatchObject({ code: 74 });
    await syncOnce(devnet.url, target);
    const own = await run("--from-mvm", target, "--dry-run", "--offline");
    expect(own.code).toBe(64);
    expect(own.err).toContain("this mvm already");
    expect(await run("--from-mvm", source, "-d", target)).toMatchObject({ code: 64 });
  },
  LONG_MS,
);
