// Completions in real shells: Tab is pressed in bash and zsh on a terminal, fish is asked as its own Tab asks.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { formatCompletions } from "../../commands/completions.ts";
import { mvmCommand } from "../../commands/mvm.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import type { Terminal } from "../helpers/terminal.ts";
import { openTerminal } from "../helpers/terminal.ts";

const SCRIPT = join(import.meta.dir, "../../commands/mvm.ts");
const SHELLS = ["bash", "zsh", "fish"] as const;
const folder = temporaryFolder();

/** Typed before Tab → what stands on the line, or is offered, after it. */
const CASES: readonly (readonly [typed: string, completed: string, what: string])[] = [
  ["mvm sy", "mvm sync", "a sub-command"],
  ["mvm query perf", "mvm query performance", "a sub-command two levels deep"],
  ["mvm -d x.db query perf", "mvm -d x.db query performance", "one after an option with a value"],
  ["mvm query blocks --lim", "mvm query blocks --limit", "an option"],
  ["mvm sync --verify-seals t", "mvm sync --verify-seals tip", "one of a few values"],
  ["mvm sync --verify-seals=t", "mvm sync --verify-seals=tip", "one of a few values behind ="],
  ["mvm guide not", "mvm guide not-producing", "an argument"],
  ["mvm-sync --verify-seals t", "mvm-sync --verify-seals tip", "for the program of one role"],
  ["mvm sync --config onl", "mvm sync --config only.toml", "a file"],
  ["mvm sync --keystore keyst", "mvm sync --keystore keystore/", "a folder, not a file"],
];

beforeAll(async () => {
  for (const shell of SHELLS) {
    writeFileSync(folder.file(`mvm.${shell}`), await formatCompletions(mvmCommand, shell));
  }
  writeFileSync(folder.file("only.toml"), "");
  writeFileSync(folder.file("keystone"), "");
  mkdirSync(folder.file("keystore"));
});

afterAll(() => folder[Symbol.dispose]());

function isHere(shell: string): boolean {
  const found = Bun.which(shell) !== null;
  if (!found) process.stderr.write(`skipped: there is no ${shell} here\n`);
  return found;
}

async function pressTab(terminal: Terminal, typed: string, completed: string): Promise<void> {
  // Ctrl-U first: the line before is not run.
  terminal.type(`\u0015${typed}\t`);
  await terminal.shows(completed);
}

test.if(isHere("bash"))("bash completes commands, options, values, files", async () => {
  const env = { HOME: folder.path, PS1: "> ", INPUTRC: "/dev/null" };
  await using terminal = openTerminal(["bash", "--norc", "-i"], env, folder.path);
  terminal.type("source mvm.bash && echo rea''dy\n");
  await terminal.shows("ready");
  for (const [typed, completed] of CASES) await pressTab(terminal, typed, completed);
});

test.if(isHere("zsh"))("zsh completes commands, options, values, files", async () => {
  const env = { HOME: folder.path, ZDOTDIR: folder.path, TERM: "xterm" };
  await using terminal = openTerminal(["zsh", "-f", "-i"], env, folder.path);
  terminal.type(
    "autoload -U compinit && compinit -D && PS1='> ' && source ./mvm.zsh && echo rea''dy\n",
  );
  await terminal.shows("ready");
  for (const [typed, completed] of CASES) await pressTab(terminal, typed, completed);
});

test.if(isHere("fish"))("fish offers commands, options, values, files", () => {
  for (const [typed, completed] of CASES) {
    const ask = `source mvm.fish; complete -C ${JSON.stringify(typed)}`;
    const { stdout } = Bun.spawnSync(["fish", "--no-config", "-c", ask], {
      cwd: folder.path,
      env: { PATH: process.env["PATH"] ?? "", HOME: folder.path },
      stdin: "ignore",
      timeout: 10_000,
    });
    const offered = stdout
      .toString()
      .split("\n")
      .map((line) => line.split("\t", 1)[0]);
    expect(offered).toContain(completed.split(" ").at(-1));
  }
});

test("the words of every level are in all three scripts", async () => {
  for (const shell of SHELLS) {
    const script = await formatCompletions(mvmCommand, shell);
    for (const word of ["sync", "query", "performance", "validate", "--poll-interval".slice(2)]) {
      expect(script).toContain(word);
    }
  }
});

test("the Rust tool's other shells are refused by name", () => {
  for (const shell of ["powershell", "elvish"]) {
    const { exitCode, stdout, stderr } = Bun.spawnSync(
      [process.execPath, SCRIPT, "completions", shell],
      { timeout: 20_000 },
    );
    expect([exitCode, stdout.toString()]).toEqual([64, ""]);
    expect(stderr.toString()).toContain(`no completions for ${shell}`);
    expect(stderr.toString()).toContain("bash, zsh, fish");
  }
});

test("the umbrella prints its script as a process does, and ends", () => {
  const { exitCode, stdout } = Bun.spawnSync([process.execPath, SCRIPT, "completions", "bash"], {
    timeout: 20_000,
  });
  expect(exitCode).toBe(0);
  expect(stdout.toString()).toContain("complete -F");
});
