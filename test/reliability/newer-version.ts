// A database of a version this program does not know: every command refuses it and leaves it as it is.
import { Database } from "bun:sqlite";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { MIGRATIONS } from "../../core/storage/migrations.ts";
import { unpackDatabase } from "../helpers/old-databases.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { run } from "./old-versions.ts";

/** The next version, one far away, the highest there can be, and one that can be none. */
export const UNKNOWN_VERSIONS = [MIGRATIONS.length + 1, 1000, 0x7f_ff_ff_ff, -1];

const NOBODY = ["--rpc-url", "http://127.0.0.1:1"];

/** Every command that opens the database, as an operator types it. */
export const COMMANDS: readonly string[][] = [
  ["sync", ...NOBODY],
  ["sync", "--once", ...NOBODY],
  ["status", ...NOBODY],
  ["view", "--once", ...NOBODY],
  ["query", "stats"],
  ["query", "coverage"],
  ["query", "block", "12"],
  ["query", "blocks"],
  ["query", "blocks", "--csv"],
  ["query", "missed", "--json"],
  ["query", "orphans", "--jsonl"],
  ["query", "epochs"],
  ["query", "committee"],
  ["query", "validators"],
  ["query", "validator", "0x00"],
  ["query", "performance"],
  ["query", "trends"],
  ["query", "keys", "ours since long"],
  ["query", "gaps"],
  ["verify", "--offline"],
  ["verify", ...NOBODY],
  ["schedule", ...NOBODY],
  ["alerts", "list"],
  ["keys", "verify", ...NOBODY],
];

/** `settled`: as a writer that ended leaves it; `logged`: killed, the version told in its write-ahead log alone. */
export type State = "settled" | "logged";

/** A keystore of one key, for the command that looks at the database on behalf of keys. */
const KEY = `61757261${"ab".repeat(32)}`;
const keysOf = (words: string[], folder: string): string[] =>
  words[0] === "keys" ? ["--keystore", folder] : [];

async function make(folder: string, version: number, state: State): Promise<string> {
  const work = join(folder, "work");
  mkdirSync(work);
  const made = await unpackDatabase(MIGRATIONS.length, join(work, "mvm.db"));
  const file = join(folder, "mvm.db");
  {
    using db = new Database(made);
    db.run("PRAGMA wal_autocheckpoint = 0");
    db.run(`PRAGMA user_version = ${version}`);
    if (state === "settled") db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    copyFileSync(made, file);
    if (state === "logged") copyFileSync(`${made}-wal`, `${file}-wal`);
  }
  Bun.spawnSync(["rm", "-r", work]);
  return file;
}

async function bytesIn(folder: string): Promise<Map<string, string>> {
  const names = readdirSync(folder).sort();
  const hashes = names.map(async (name): Promise<[string, string]> => {
    const bytes = await Bun.file(join(folder, name)).bytes();
    return [name, new Bun.CryptoHasher("sha256").update(bytes).digest("hex")];
  });
  return new Map(await Promise.all(hashes));
}

/** What a command did to such a file, or did not say of it. */
export async function checkRefusal(
  words: string[],
  version: number,
  state: State,
): Promise<string[]> {
  using folder = temporaryFolder();
  const file = await make(folder.path, version, state);
  if (words[0] === "keys") writeFileSync(join(folder.path, KEY), "");
  const before = await bytesIn(folder.path);
  const { code, text } = run([...words, "--db-path", file, ...keysOf(words, folder.path)]);
  const after = await bytesIn(folder.path);
  // The index of a log is no part of the data: whoever reads a log makes it anew.
  if (state === "logged") after.delete("mvm.db-shm");
  const said = [
    `schema version ${version}, this mvm knows ${MIGRATIONS.length}`,
    "it was written by a newer mvm: upgrade this one",
  ];
  const name = words.join(" ");
  return [
    ...(code === 0 ? [`${name} exits 0`] : []),
    ...said.filter((each) => !text.includes(each)).map((each) => `${name} does not say: ${each}`),
    ...(Bun.deepEquals(before, after)
      ? []
      : [`${name} leaves ${[...after.keys()].join()}, found ${[...before.keys()].join()}`]),
  ];
}

/** An import makes a new file: this one is in its way. */
export async function checkImportRefusal(version: number): Promise<string[]> {
  using folder = temporaryFolder();
  const file = await make(folder.path, version, "settled");
  using source = temporaryFolder();
  const before = await bytesIn(folder.path);
  const { code, text } = run([
    "import",
    "--from-mvm",
    source.file("rust.db"),
    "--db-path",
    file,
    "--offline",
  ]);
  return [
    ...(code === 0 ? ["import exits 0"] : []),
    ...(text.includes("exists already") && text.includes("--db-path")
      ? []
      : [`import says: ${text}`]),
    ...(Bun.deepEquals(before, await bytesIn(folder.path)) ? [] : ["import leaves its mark"]),
  ];
}
