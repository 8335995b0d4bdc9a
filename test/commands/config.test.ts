// The command line: values with their places, exit codes, and a first file that validates.
import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";

import { join } from "pathe";

import { formatExample } from "../../core/config/example.ts";
import { KEYS } from "../../core/config/schema.ts";
import { containing } from "../core/chain/containing.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/config.ts");
const folder = temporaryFolder();
const home = folder.file("home");
mkdirSync(home);
const file = folder.file("given.toml");

afterAll(() => folder[Symbol.dispose]());

interface Ran {
  code: number;
  out: string;
  err: string;
}

function run(words: readonly string[], env: Record<string, string> = {}): Ran {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, SCRIPT, ...words], {
    cwd: folder.path,
    env: { HOME: home, PATH: process.env["PATH"] ?? "", ...env },
    timeout: 20_000,
  });
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

function give(text: string): string[] {
  writeFileSync(file, text);
  return ["--config", file];
}

test("show says every key, its value and its source", () => {
  const given = give("[sync]\nbatch_size = 7\n");
  const { code, out, err } = run(["show", ...given], { MVM_RPC_URL: "ws://other:1" });
  expect([code, err]).toEqual([0, ""]);
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(KEYS.length + 1);
  const line = (key: string): string =>
    lines.find((each) => each.startsWith(`${key} `))?.replaceAll(/ {2,}/g, "|") ?? "";
  expect(line("sync.batch_size")).toBe(`sync.batch_size|7|file ${file}:2`);
  expect(line("rpc.url")).toBe("rpc.url|ws://other:1|env MVM_RPC_URL");
  expect(line("database.max_connections")).toBe("database.max_connections|5|default");
});

test("show masks secrets, as text and as JSON", () => {
  const given = give('[alerts]\nwebhook_url = "https://h/hunter2"\n');
  const env = { MVM_RPC_URL: "ws://me:hunter2@host:1/x" };
  for (const more of [[], ["--json"]]) {
    const { code, out } = run(["show", ...given, ...more], env);
    expect(code).toBe(0);
    expect(out).not.toContain("hunter2");
    expect(out).toContain("ws://****@host:1/x");
  }
});

test("show --json is one object", () => {
  const given = give("[env.x.sync]\nbatch_size = 7\n");
  const { out } = run(["show", "--json", "--env", "x", ...given]);
  const settings: unknown = expect.arrayContaining([
    { key: "sync.batch_size", value: 7, source: `file ${file}:2`, used: true },
    { key: "validator.label", value: null, source: "default", used: true },
    { key: "chain.genesis_timestamp_ms", value: null, source: "default", used: false },
  ]);
  const files = [{ path: file, status: "loaded" }];
  expect(JSON.parse(out)).toMatchObject({ environment: "x", files, settings });
});

test("validate says that all is well, and exits with 0", () => {
  const given = give("[database]\nmax_connections = 7\n");
  expect(run(["validate", ...given])).toEqual({ ...{ code: 0, err: "" }, out: `valid: ${file}\n` });
  expect(run(["validate"]).out).toBe("valid: no file found\n");
});

test("validate says what is probably not meant, and exits with 0", () => {
  const given = give(
    '[chain]\ngenesis_timestamp_ms = 1\n[alerts]\nwebhook_url = "https://h/hunter2"\n',
  );
  chmodSync(file, 0o644);
  const list = folder.file("known_validators.toml");
  writeFileSync(list, "[[validators]]\nsidechain_key = '0x00'\nlabel = 'a'\n");
  const { code, out, err } = run(["validate", ...given]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain(`notice: ${file}: holds secrets (webhook_url) and everybody may read it`);
  expect(out).toContain(`notice: ${file}:2: [chain] genesis_timestamp_ms: `);
  expect(out).toContain(`notice: ${list}:1: [[validators]] #1: sidechain_key: `);
  const json: unknown = JSON.parse(run(["validate", "--json", ...given]).out);
  expect(json).toMatchObject({ valid: true, problems: [], notices: Array(3).fill(containing("")) });
  rmSync(list);
  const { out: shown } = run(["show", ...given]);
  expect(shown).toMatch(/^chain\.genesis_timestamp_ms +1 +file \S+ +no effect$/m);
});

test("validate says what waits for something that is not there, and which variable is none", () => {
  const secret = folder.file("secret.txt");
  writeFileSync(secret, "s");
  const given = give("[alerts]\nenabled = true\n[log]\nmax_size = 1000000\n");
  const env = {
    MVM_RPC_ULR: "ws://a",
    MVM_ALERTS_WEBHOOK_SECRET_FILE: secret,
    MVM_OTHER: "1",
  };
  const { out } = run(["validate", ...given], env);
  expect(out).toContain(`notice: ${file}:2: [alerts] enabled: nobody is told`);
  expect(out).toContain(`notice: ${file}:4: [log] max_size: nothing to rotate without`);
  expect(out).toContain("notice: MVM_RPC_ULR: no variable of mvm, did you mean MVM_RPC_URL?");
  expect(out).toContain("notice: MVM_OTHER: no variable of mvm\n");
  expect(out).not.toContain("MVM_ALERTS_WEBHOOK_SECRET_FILE: no");
});

test("show has a row for each key of each entry of a list", () => {
  const given = give(
    '[[validator]]\nkeystore_path = "/a"\n[[validator]]\nkeys_file = "/b"\nlabel = "B"\n' +
      '[[alerts.channel]]\nname = "x"\ntype = "pagerduty"\ntoken = "hunter2"\n',
  );
  const { out } = run(["show", ...given]);
  const line = (key: string): string =>
    out
      .split("\n")
      .find((each) => each.startsWith(`${key} `))
      ?.trimEnd()
      .replaceAll(/ {2,}/g, "|") ?? "";
  expect(line("validator[0].keystore_path")).toBe(`validator[0].keystore_path|/a|file ${file}:2`);
  expect(line("validator[0].label")).toBe("validator[0].label|-|default");
  expect(line("validator[1].label")).toBe(`validator[1].label|B|file ${file}:5`);
  expect(line("alerts.channel[0].token")).toBe(`alerts.channel[0].token|****|file ${file}:9`);
  expect(line("alerts.channel[0].enabled")).toBe("alerts.channel[0].enabled|true|default");
  const json = run(["show", "--json", ...given]).out;
  expect(json).not.toContain("hunter2");
  expect(JSON.parse(json)).toMatchObject({
    settings: expect.arrayContaining([
      { key: "validator[1].keys_file", value: "/b", source: `file ${file}:4`, used: true },
    ]) as unknown,
  });
});

const FLAGGED = KEYS.filter(({ spec }) => spec.flag !== undefined);

test("show takes every flag that sets a key, and says so", () => {
  const words = FLAGGED.flatMap(({ flag, spec }) => {
    if (spec.type === "boolean") return [flag];
    if (spec.type === "enum") return [flag, spec.allowed[0] ?? ""];
    if (spec.type === "url") return [flag, `${spec.protocols[0]}//host:1`];
    if (spec.type === "integer" || spec.type === "duration") return [flag, String(spec.max)];
    return [flag, "text"];
  });
  const { code, out, err } = run(["show", "--json", ...words]);
  expect([code, err]).toEqual([0, ""]);
  for (const { dotted, flag } of FLAGGED) {
    const settings: unknown = expect.arrayContaining([
      expect.objectContaining({ key: dotted, source: `flag ${flag}` }) as unknown,
    ]);
    expect(JSON.parse(out)).toMatchObject({ settings });
  }
  expect(run(["validate", "--batch-size", "0"]).code).toBe(64);
});

test("each of these flags is one of a command that acts on it", async () => {
  const { describeCommand } = await import("../../commands/_command.ts");
  const { mvmCommand } = await import("../../commands/mvm.ts");
  const { children } = await describeCommand(mvmCommand, ["mvm"]);
  const acting = children.filter(({ path }) => path.at(-1) !== "config");
  const names = new Set(
    acting.flatMap(({ flags, children: below }) =>
      [...flags, ...below.flatMap((child) => child.flags)].map(({ name }) => `--${name}`),
    ),
  );
  expect(FLAGGED.map(({ flag }) => flag).filter((flag) => !names.has(flag))).toEqual([]);
});

test("metrics on an address others reach want a token", () => {
  const open = run(["validate", ...give('[metrics]\nlisten = "0.0.0.0:9616"\n')]);
  expect(open.code).toBe(78);
  expect(open.err).toContain(`${file}:2: [metrics] listen: 0.0.0.0:9616 is open to others`);
  for (const listen of ["127.0.0.1", "127.0.0.1:70000", "host:", "a b:1"]) {
    const { code, err } = run(["validate", ...give(`[metrics]\nlisten = "${listen}"\n`)]);
    expect({ listen, code }).toEqual({ listen, code: 78 });
    expect(err).toContain("HOST:PORT");
  }
  const fine = '[metrics]\nlisten = "[::]:9616"\ntoken = "t"\n';
  expect(run(["validate", ...give(fine)]).code).toBe(0);
  expect(run(["validate", ...give('[metrics]\nlisten = "localhost:0"\n')]).code).toBe(0);
});

test("init --force keeps owner, mode and a link of the file it replaces", () => {
  const [real, link] = [folder.file("real.toml"), folder.file("kept.toml")];
  writeFileSync(real, "# mine\n");
  chmodSync(real, 0o600);
  symlinkSync(real, link);
  if (process.getuid?.() === 0) chownSync(real, 1234, 1235);
  const before = statSync(real);
  expect(run(["init", "--force", "--path", link]).code).toBe(0);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(real, "utf8")).toBe(formatExample());
  const after = statSync(real);
  expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
  // A link that points nowhere is replaced itself.
  symlinkSync(folder.file("nowhere"), folder.file("dangling.toml"));
  expect(run(["init", "--force", "--path", folder.file("dangling.toml")]).code).toBe(0);
  expect(lstatSync(folder.file("dangling.toml")).isFile()).toBe(true);
});

test("validate exits with 78 and says every mistake", () => {
  const given = give("[view]\nthem = 1\n[sync]\nbatch_size = 0\n");
  const { code, out, err } = run(["validate", ...given]);
  expect([code, out]).toEqual([78, ""]);
  expect(err).toContain(`${file}:2: [view] them: unknown key, did you mean theme?\n`);
  expect(err).toContain(`${file}:4: [sync] batch_size: found 0, expected`);

  const json = run(["validate", "--json", ...given]);
  expect([json.code, json.err]).toEqual([78, ""]);
  expect(JSON.parse(json.out)).toMatchObject({
    valid: false,
    problems: [expect.stringContaining("them"), expect.stringContaining("batch_size")],
    files: [{ path: file, status: "broken" }],
  });
});

test("a file that is named and absent is an error; paths shows it", () => {
  const given = ["--config", "none.toml"];
  expect(run(["show", ...given])).toMatchObject({ code: 78, out: "" });
  const { code, out } = run(["paths", ...given]);
  expect(code).toBe(0);
  expect(out).toMatch(/none\.toml +absent/);
});

test("paths lists what was looked for, highest first", () => {
  const { code, out } = run(["paths", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([
    { path: join(folder.path, "mvm.toml"), status: "absent" },
    { path: join(home, ".config/mvm/config.toml") },
    { path: "/etc/mvm/config.toml" },
    { path: "/opt/midnight/mvm/config/config.toml" },
  ]);
});

test("example prints the example and nothing else", () => {
  expect(run(["example"])).toEqual({ code: 0, out: formatExample(), err: "" });
});

test("what init writes validates, and is not written over", () => {
  const path = folder.file("new/deep/config.toml");
  expect(run(["init", "--path", path])).toEqual({ code: 0, out: `wrote ${path}\n`, err: "" });
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(run(["validate", "--config", path]).code).toBe(0);

  writeFileSync(path, "# mine\n");
  const again = run(["init", "--path", path]);
  expect(again).toMatchObject({ code: 78, out: "" });
  expect(again.err).toContain("exists already");
  expect(readFileSync(path, "utf8")).toBe("# mine\n");

  expect(run(["init", "--force", "--path", path]).code).toBe(0);
  expect(readFileSync(path, "utf8")).toBe(formatExample());
  expect(readdirSync(folder.file("new/deep"))).toEqual(["config.toml"]);
});

test("init takes a dangling link for a file, and a folder for a mistake", () => {
  const link = folder.file("link.toml");
  symlinkSync("nowhere", link);
  expect(run(["init", "--path", link]).code).toBe(78);
  const { code, err } = run(["init", "--force", "--path", home]);
  expect(code).toBe(78);
  expect(err).toContain(`cannot write ${home}`);
});

test.skipIf(process.getuid?.() === 0)("init without a path writes the user's file", () => {
  expect(run(["init"]).code).toBe(0);
  expect(readFileSync(join(home, ".config/mvm/config.toml"), "utf8")).toBe(formatExample());
});

test.each(["shw", "show --confg x", "show extra", "init --env x", ""])(
  "%j is refused as usage",
  (line) => {
    expect(run(line.split(" ").filter(Boolean)).code).toBe(64);
  },
);
