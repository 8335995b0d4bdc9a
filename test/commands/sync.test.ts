// mvm-sync as an operator starts it.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { openReadable } from "../../core/storage/open.ts";
import { containing } from "../core/chain/containing.ts";
import { complaints, grow, startSmallDevnet } from "../core/chain/small-devnet.ts";
import { parseLines } from "../helpers/log-options.ts";
import { startSync, syncOnce, temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/sync.ts");
const LONG_MS = 30_000;

interface Ran {
  code: number;
  out: string;
  err: string;
}

function run(...flags: string[]): Ran {
  return runWith({}, ...flags);
}

function runWith(env: Record<string, string>, ...flags: string[]): Ran {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, SCRIPT, ...flags], {
    // No configuration of whoever runs the tests.
    env: { ...process.env, NO_COLOR: "1", HOME: "/nonexistent", XDG_CONFIG_HOME: "", ...env },
  });
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

test("a setting is taken from the flag, else the environment, else the file", async () => {
  using folder = temporaryFolder();
  const file = folder.file("mvm.toml");
  await Bun.write(file, '[database]\npath = "/nowhere/by-file/mvm.db"\n');
  const env = { MVM_DB_PATH: "/nowhere/by-env/mvm.db" };
  expect(run("--config", file).err).toContain("/nowhere/by-file/mvm.db");
  expect(runWith(env, "--config", file).err).toContain("/nowhere/by-env/mvm.db");
  const flag = ["--db-path", "/nowhere/by-flag/mvm.db"];
  expect(runWith(env, "--config", file, ...flag).err).toContain("/nowhere/by-flag/mvm.db");
});

test("a configuration with mistakes starts nothing: 78, each with its line", async () => {
  using folder = temporaryFolder();
  const file = folder.file("mvm.toml");
  await Bun.write(file, '[rpc]\nurll = "ws://x"\n[sync]\nbatch_size = "many"\n');
  const ran = run("--config", file, "--db-path", folder.file("mvm.db"));
  expect(ran.code).toBe(78);
  expect(ran.err).toContain(`${file}:2: [rpc] urll: unknown key, did you mean url?`);
  expect(ran.err).toContain(`${file}:4: [sync] batch_size`);
  expect(await Bun.file(folder.file("mvm.db")).exists()).toBe(false);
});

function oursIn(file: string): unknown[] {
  using db = openReadable(file);
  const sql = "SELECT '0x' || lower(hex(aura)), label FROM authorities WHERE ours = 1 ORDER BY 1";
  return db.prepare(sql).values();
}

describe("what cannot work is refused before anything is touched", () => {
  const wrong: [string[], number, string][] = [
    [["--rpc-urll", "ws://x"], 64, "did you mean --rpc-url?"],
    [["--batch-size", "0"], 64, "--batch-size 0"],
    [["--concurrency", "none"], 64, "--concurrency none"],
    [["--start-block", "-5"], 64, "--start-block"],
    [["--timeout", "5"], 64, "--timeout 5"],
    [["--poll-interval", "0"], 64, "--poll-interval 0"],
    [["--verify-seals", "some"], 64, "verify-seals"],
    [["blocks"], 64, "unexpected argument blocks"],
    [["--keystore", "/nowhere/at/all"], 78, "cannot list the keystore"],
    [["--pid-file", "/nowhere/at/all/mvm.pid"], 78, "cannot write the PID file"],
    [["--rpc-url", "localhost:9944"], 64, "--rpc-url localhost:9944: not a URL with ws://"],
  ];
  for (const [flags, code, words] of wrong) {
    test(`${flags.join(" ")}: ${code}, ${words}`, () => {
      using folder = temporaryFolder();
      const ran = run("--db-path", folder.file("mvm.db"), ...flags);
      expect(ran.err).toContain(words);
      expect(ran.code).toBe(code);
      expect(ran.out).toBe("");
    });
  }

  test("a database in a folder that does not exist: 74 and the folder's name", () => {
    using folder = temporaryFolder();
    const ran = run("--db-path", folder.file("missing/mvm.db"));
    expect(ran.code).toBe(74);
    expect(ran.err).toContain(folder.file("missing/mvm.db"));
    expect(ran.err).toContain("→");
  });
});

test("--help names every flag and --version the tool, both on stdout", () => {
  const help = run("--help");
  expect([help.code, help.err]).toEqual([0, ""]);
  for (const flag of ["--rpc-url", "--db-path", "--start-block", "--verify-seals", "--daemon"]) {
    expect(help.out).toContain(flag);
  }
  expect(run("--version")).toMatchObject({ code: 0, out: containing("mvm-sync") });
});

test(
  "our keys come from the keystore's file names, with a label, and follow the keystore",
  async () => {
    await using devnet = await startSmallDevnet({ history: 60 });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    const [first, second] = [folder.file("first"), folder.file("second")];
    for (const [index, keystore] of [first, second].entries()) {
      mkdirSync(keystore);
      await devnet.writeKeystore(keystore, index);
    }
    await syncOnce(devnet.url, file, "--keystore", first, "--label", "home");
    expect(oursIn(file)).toEqual([[devnet.validator(0).aura, "home"]]);
    // Left out, what was ours stays ours; named anew, it is the new keystore's.
    await syncOnce(devnet.url, file);
    expect(oursIn(file)).toEqual([[devnet.validator(0).aura, "home"]]);
    await syncOnce(devnet.url, file, "-K", second);
    expect(oursIn(file)).toEqual([[devnet.validator(1).aura, null]]);
  },
  LONG_MS,
);

test(
  "each followed block is one line on stderr, and stdout stays empty",
  async () => {
    await using devnet = await startSmallDevnet({ missRate: 0.3 });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    await using sync = startSync(devnet.url, file);
    await sync.until("following", () => sync.log().includes("synced at"));
    await grow(devnet, sync, file, 30);
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
    const lines = sync.log().split("\n");
    for (const { number, slot } of devnet.truth().blocks.filter((each) => each.number > 300)) {
      const line = lines.filter((each) => each.includes(`#${number} `));
      expect(line).toHaveLength(1);
      expect(line[0]).toContain(`slot ${slot}`);
      expect(line[0]).toContain("seal ✓");
    }
    expect(sync.log()).toContain("missed before: ");
    expect(complaints(sync.log())).toEqual([]);
    expect(Bun.stripANSI(sync.log())).toBe(sync.log());
  },
  LONG_MS,
);

describe("the PID file", () => {
  test(
    "is replaced when stale, not followed when it is a link, and gone afterwards",
    async () => {
      await using devnet = await startSmallDevnet({ history: 20 });
      using folder = temporaryFolder();
      const pidFile = folder.file("mvm.pid");
      const precious = folder.file("precious");
      writeFileSync(precious, "keep me");
      symlinkSync(precious, pidFile);
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file, "--pid-file", pidFile);
      await sync.until("following", () => sync.log().includes("synced at"));
      expect(Number(readFileSync(pidFile, "utf8"))).toBe(sync.pid);
      expect(readFileSync(precious, "utf8")).toBe("keep me");
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      expect(existsSync(pidFile)).toBe(false);
    },
    LONG_MS,
  );

  test(
    "of another process by then is left alone",
    async () => {
      await using devnet = await startSmallDevnet({ history: 20 });
      using folder = temporaryFolder();
      const pidFile = folder.file("mvm.pid");
      await using sync = startSync(devnet.url, folder.file("mvm.db"), "--pid-file", pidFile);
      await sync.until("following", () => sync.log().includes("synced at"));
      writeFileSync(pidFile, "1\n");
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      expect(readFileSync(pidFile, "utf8")).toBe("1\n");
    },
    LONG_MS,
  );
});

describe("how much is logged", () => {
  test(
    "-q says warnings only, -v each request, -vv each statement too, and both flags of a kind are refused",
    async () => {
      await using devnet = await startSmallDevnet({ history: 20 });
      using folder = temporaryFolder();
      const log = async (...flags: string[]): Promise<string> =>
        await syncOnce(devnet.url, folder.file(`${flags.join("")}.db`), ...flags);
      expect(await log("-q")).toBe("");
      expect(await log()).not.toContain("debug");
      const debug = await log("-v");
      expect(debug).toMatch(/debug rpc \d+ system_chain \[\] ok, [\d.]+ ms, \d+ bytes/);
      expect(debug).not.toContain("trace");
      const trace = await log("-vv");
      expect(trace).toContain("debug rpc ");
      expect(trace).toMatch(/trace sql BEGIN IMMEDIATE … COMMIT ok, [\d.]+ ms/);
      expect(await log("-vv", "--log-level", "warn")).toBe("");
      const refused = run("-q", "-v");
      expect(refused).toMatchObject({ code: 64, err: containing("contradict") });
    },
    LONG_MS,
  );

  test("a log file in a folder that does not exist starts nothing: 78 and the path", () => {
    using folder = temporaryFolder();
    const log = folder.file("missing/sync.log");
    const ran = run("--db-path", folder.file("mvm.db"), "--log-file", log);
    expect(ran).toMatchObject({ code: 78, err: containing(log) });
    expect(existsSync(folder.file("mvm.db"))).toBe(false);
  });

  test(
    "in JSON every line is an object with documented keys, the last one included",
    async () => {
      await using devnet = await startSmallDevnet({ history: 40, missRate: 0.3 });
      using folder = temporaryFolder();
      const readme = readFileSync(join(import.meta.dir, "../../examples/log/README.md"), "utf8");
      const file = folder.file("mvm.db");
      await using sync = startSync(devnet.url, file, "-vv", "--log-format", "json");
      await sync.until("following", () => sync.log().includes("synced at"));
      await grow(devnet, sync, file, 10);
      const second = run("-r", devnet.url, "-d", file, "--log-format", "json");
      expect(second.code).toBe(74);
      sync.kill("SIGTERM");
      expect(await sync.exited).toBe(0);
      const lines = [...parseLines(sync.log()), ...parseLines(second.err)];
      expect(lines.at(-1)).toMatchObject({ level: "error", code: "locked" });
      const keys = new Set(lines.flatMap((line) => Object.keys(line)));
      for (const key of ["block", "slot", "seal", "requestId", "sql", "durationMs"])
        expect(keys).toContain(key);
      for (const key of keys) expect(readme).toContain(`\`${key}\``);
      for (const line of lines) {
        expect(Object.keys(line).slice(0, 4)).toEqual(["time", "level", "command", "message"]);
        expect(new Date(String(line["time"])).toISOString()).toBe(String(line["time"]));
        expect(line["command"]).toBe("mvm-sync");
      }
    },
    LONG_MS,
  );
});
