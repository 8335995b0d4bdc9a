// The guide: every topic is there, fits a page, and names only commands that work.
import { expect, test } from "bun:test";

import { join } from "pathe";

import { parseWords } from "../../commands/_arguments.ts";
import { resolve } from "../../commands/_command.ts";
import { findCommand } from "../../commands/_find.ts";
import { TOPICS } from "../../commands/_guide-text.ts";
import { mvmCommand } from "../../commands/mvm.ts";
import { containing } from "../core/chain/containing.ts";

const SCRIPT = join(import.meta.dir, "../../commands/mvm.ts");

function run(...words: string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, SCRIPT, "guide", ...words],
    {
      timeout: 20_000,
    },
  );
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

test("without a topic, and for list, it names them all", () => {
  for (const words of [[], ["list"]]) {
    const { code, out, err } = run(...words);
    expect([code, err]).toEqual([0, ""]);
    for (const { name, title } of TOPICS) expect(out).toMatch(new RegExp(`${name} +${title}`));
  }
  expect(JSON.parse(run("--json").out)).toHaveLength(TOPICS.length);
});

test("a topic is printed; one there is not is refused with the nearest", () => {
  expect(run("keys")).toMatchObject({ code: 0, out: containing("6772616e") });
  expect(run("pers")).toMatchObject({ code: 64, err: containing("mean peers?") });
});

test("the lines fit a terminal of 80 columns", () => {
  const long = TOPICS.flatMap(({ text }) => text.split("\n")).filter((line) => line.length > 80);
  expect(long).toEqual([]);
});

test("every command a text names can be typed as it stands", async () => {
  const names = Object.keys(await resolve<Record<string, unknown>>(mvmCommand.subCommands));
  const lines = TOPICS.flatMap(({ text }) => text.split("\n"))
    .filter((line) => line.startsWith("    mvm "))
    .map((line) => line.trim().split(" ").slice(1));
  expect(lines.length).toBeGreaterThan(15);
  // A command that is not there yet cannot be typed.
  for (const words of lines.filter(([name]) => names.includes(name ?? ""))) {
    const found = await findCommand(mvmCommand, words);
    expect({ words, runs: found.command.run !== undefined }).toEqual({ words, runs: true });
    expect(() => void parseWords(found.definitions, found.words)).not.toThrow();
  }
});
