// What the executable touches is what SECURITY.md says, seen from outside.
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";

import { $ } from "bun";
import { join } from "pathe";

import { temporaryFolder } from "../helpers/sync-process.ts";
import { HAVE_STRACE, underStrace } from "./strace.ts";
import { type Place, runAll } from "./touches-stage.ts";
import { judge, openVerdict, ruleWords } from "./touches.ts";

const ROOT = join(import.meta.dir, "../..");

test("each rule is in the words of SECURITY.md", async () => {
  const text = await Bun.file(join(ROOT, "SECURITY.md")).text();
  for (const words of ruleWords()) expect(text).toContain(words);
});

/** Names of columns and fields look like methods. */
const FIELDS = new Set([
  ...["author_key", "chain_name", "sidechain_epoch", "sidechain_key"],
  ...["grandpa_pub_key", "sidechain_pub_key"],
]);
const LOOKS =
  /^(?:chain_(?:get|subscribe|unsubscribe)[A-Z]\w+|state_(?:get[A-Z]\w+|call)|sidechain_get[A-Z]\w+|grandpa_roundState|author_hasKey|system_(?:chain|health|localListenAddresses|localPeerId|name|peers|syncState|unstable_networkState|version))$/;

test("no method of the node is named that could change it: all look", async () => {
  const found = new Set<string>();
  for await (const file of new Bun.Glob("{core,commands}/**/*.ts").scan(ROOT)) {
    const text = await Bun.file(join(ROOT, file)).text();
    const kinds =
      /["'`]((?:author|chain|state|system|sidechain|grandpa|babe|offchain|transaction|dev|engine)_\w+)/g;
    for (const [, name = ""] of text.matchAll(kinds)) found.add(name);
  }
  const methods = [...found].filter((name) => !FIELDS.has(name));
  expect(methods.length).toBeGreaterThan(15);
  expect(methods.filter((name) => !LOOKS.test(name))).toEqual([]);
});

describe.skipIf(!HAVE_STRACE)("Under strace", () => {
  test("each command reads, writes, connects to, listens on and runs what is named, and no key file", async () => {
    using folder = temporaryFolder();
    const built = folder.file("dist");
    await $`${process.execPath} scripts/build.ts --folder ${built}`.cwd(ROOT).quiet();
    const verdict = openVerdict();
    await runAll([`${built}/mvm`], (run, place) => judge(run, place, verdict));
    expect(verdict.faults).toEqual([]);
    // A rule nothing needs would allow what nothing does.
    const unused = [...verdict.kept].filter(([, things]) => things.size === 0);
    expect(unused.map(([{ words }]) => words)).toEqual([]);
  }, 180_000);

  test("a program that does what is not named is caught at each of it", async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file("keystore"));
    const key = folder.file("keystore/key");
    writeFileSync(key, "secret");
    const script = `require("fs").readFileSync(${JSON.stringify(key)});
      require("fs").mkdirSync("made"); require("fs").renameSync("made", "renamed");
      const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
      await Bun.connect({ hostname: "127.0.0.1", port: server.port, socket: { data() {}, open(s) { s.end(); } } });
      Bun.spawnSync([${JSON.stringify(Bun.which("true"))}]); server.stop(true);`;
    using trace = underStrace(folder.path);
    const code = await Bun.spawn([...trace.words, process.execPath, "-e", script], {
      cwd: folder.path,
    }).exited;
    const verdict = openVerdict();
    const nowhere = "127.0.0.1:1";
    const place: Place = {
      ...{ folder: folder.path, keystore: folder.file("keystore"), program: [process.execPath] },
      addresses: { node: nowhere, metrics: nowhere, webhook: nowhere, listen: nowhere },
    };
    judge({ name: "it", code, touched: trace.read() }, place, verdict);
    const said = verdict.faults.join("\n");
    expect(said).toContain(`it opens a key file: ${key}`);
    expect(said).toContain(`it writes ${folder.file("renamed")}`);
    expect(said).toMatch(/it connects to 127\.0\.0\.1:\d+/);
    expect(said).toMatch(/it listens on 127\.0\.0\.1:0/);
    expect(said).toMatch(/it runs \S*\/true/);
  });
});
