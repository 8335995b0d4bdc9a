// The JSON of every question of mvm query as it is documented. After a wanted change:
//   MVM_WRITE_EXAMPLES=1 bun test test/examples/json.test.ts && bun fmt
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";

import { join } from "pathe";

import { encodeSeats } from "../../core/storage/codes.ts";
import { openWritable } from "../../core/storage/open.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { namesIn } from "../helpers/json-names.ts";
import { KEYS, LABEL, OURS, sidechainOf, writeFixture } from "../helpers/query-fixture.ts";
import { syncOnce, temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/query.ts");
const FOLDER = join(import.meta.dir, "../../examples/json");
const METADATA = join(import.meta.dir, "../../../shared/vectors/metadata/1.0.0.scale");
const WRITE = process.env["MVM_WRITE_EXAMPLES"] === "1";

/** File name, question. */
const EXAMPLES: [name: string, words: string[]][] = [
  ["query-stats", ["stats"]],
  ["query-coverage", ["coverage"]],
  ["query-blocks", ["blocks", "--limit", "2"]],
  ["query-orphans", ["orphans", "--limit", "2"]],
  ["query-missed", ["missed", "--limit", "4"]],
  ["query-epochs", ["epochs", "--validator", LABEL, "--limit", "2"]],
  ["query-committee", ["committee", "--limit", "2"]],
  ["query-committee-next", ["committee", "--next", "--limit", "1"]],
  ["query-validators", ["validators", "--limit", "2"]],
  ["query-performance", ["performance", "--ours"]],
  ["query-validator", ["validator", LABEL]],
  ["query-trends", ["trends", "--validator", LABEL]],
  ["query-keys", ["keys", LABEL]],
  ["query-block-offline", ["block", "131", "--offline"]],
];
const GAP_EXAMPLE = "query-gaps";
const NODE_EXAMPLE = "query-block";

const folder = temporaryFolder();
let devnet: Devnet | undefined;

beforeAll(async () => {
  const file = folder.file("mvm.db");
  writeFixture(file, 500);
  using writable = openWritable(file);
  const change = writable.db.prepare(
    `INSERT INTO key_changes (seen_at_ms, at_block, source, validator, kind, before, after)
     VALUES (?, ?, 'chain', ?, ?, ?, ?)`,
  );
  change.run(1_782_000_000_000, 300, sidechainOf(OURS), "aura", KEYS[8] ?? "", OURS);
  change.run(
    1_782_003_600_000,
    340,
    sidechainOf(OURS),
    "registration",
    "registered",
    "permissioned",
  );
  writable.db
    .prepare("INSERT INTO upcoming VALUES (?, ?, ?)")
    .run(20_000_000, encodeSeats([1, 2, 3, 2, 1, 1]), 1_782_003_600_000);
  const holed = folder.file("holed.db");
  writeFixture(holed, 60);
  using hole = openWritable(holed);
  hole.db.run("DELETE FROM blocks WHERE number IN (97, 98)");
  if (!existsSync(METADATA)) return;
  devnet = await startDevnet({
    seed: "example",
    history: 60,
    validators: 6,
    permissioned: 3,
    seats: 6,
    slotsPerEpoch: 20,
    pruning: "archive",
    metadataFile: METADATA,
  });
  await syncOnce(devnet.url, folder.file("devnet.db"));
}, 60_000);

afterAll(async () => {
  await devnet?.stop();
  folder[Symbol.dispose]();
});

async function ask(file: string, words: readonly string[]): Promise<string> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...words, "--json", "-d", folder.file(file)], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: folder.path,
  });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  // The size of the file depends on the library that writes it.
  return text.replace(/"databaseBytes": \d+/, '"databaseBytes": 98304');
}

async function compare(name: string, text: string): Promise<void> {
  const path = join(FOLDER, `${name}.json`);
  if (WRITE) await Bun.write(path, text);
  const example: unknown = await Bun.file(path).json();
  expect(JSON.parse(text)).toEqual(example);
}

for (const [name, words] of EXAMPLES) {
  test(`${name}.json is what mvm query ${words.join(" ")} --json prints`, async () => {
    await compare(name, await ask("mvm.db", words));
  });
}

test("query-gaps.json is what mvm query gaps --json prints of a file with a hole", async () => {
  await compare(GAP_EXAMPLE, await ask("holed.db", ["gaps"]));
});

test.skipIf(!existsSync(METADATA))("query-block.json is what a node adds to a block", async () => {
  const url = devnet?.url ?? "";
  await compare(NODE_EXAMPLE, await ask("devnet.db", ["block", "50", "--rpc-url", url]));
});

test("the README has a line for every field, and for no other", async () => {
  const readme = await Bun.file(join(FOLDER, "README.md")).text();
  const [, section = ""] = readme.split(/^## /m);
  expect(section).toStartWith("`mvm query`");
  const described = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name ?? "");
  const files = readdirSync(FOLDER).filter((name) => name.startsWith("query-"));
  const values = await Promise.all(
    files.map(async (name): Promise<unknown> => await Bun.file(join(FOLDER, name)).json()),
  );
  expect(described.toSorted()).toEqual([...new Set(described)].toSorted());
  expect(described.toSorted()).toEqual([...new Set(values.flatMap(namesIn))].toSorted());
});
