// Help fits a terminal of 80 columns at every level, and says what the definitions say.
import { expect, test } from "bun:test";

import { parseWords } from "../../commands/_arguments.ts";
import type { CommandTree } from "../../commands/_command.ts";
import { describeCommand } from "../../commands/_command.ts";
import { findCommand } from "../../commands/_find.ts";
import { formatHelp } from "../../commands/_help.ts";
import { mvmCommand } from "../../commands/mvm.ts";

const PLAIN = { bold: String, cyan: String, dim: String };
const tree = await describeCommand(mvmCommand, ["mvm"]);

function flatten(each: CommandTree): CommandTree[] {
  return [each, ...each.children.flatMap(flatten)];
}

function help(each: CommandTree, width = 80): string {
  return formatHelp(each, { width, colours: PLAIN });
}

function find(path: string): CommandTree {
  const found = flatten(tree).find((each) => each.path.join(" ") === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
}

test("every command's help fits 80 columns, and 60", () => {
  expect(flatten(tree).length).toBeGreaterThan(12);
  for (const width of [80, 60]) {
    for (const each of flatten(tree)) {
      const long = help({ ...each, examples: [] }, width)
        .split("\n")
        .filter((line) => line.length > width);
      expect({ path: each.path.join(" "), long }).toEqual({ path: each.path.join(" "), long: [] });
    }
  }
});

test("every command has a summary, every option an explanation", () => {
  for (const each of flatten(tree)) {
    expect({ path: each.path, about: each.about }).not.toMatchObject({ about: "" });
    for (const { names, about } of each.flags)
      expect({ names, about }).not.toMatchObject({ about: "" });
  }
});

test("examples are shown with the name the command was called by, and fit", () => {
  const sync = find("mvm sync");
  expect(sync.examples.length).toBeGreaterThan(0);
  expect(help(sync)).toContain("  mvm sync --once --verify-seals all");
  expect(help({ ...sync, path: ["mvm-sync"] })).toContain("  mvm-sync --once --verify-seals all");
  for (const each of flatten(tree)) {
    for (const { line } of each.examples) {
      expect(`  ${each.path.join(" ")} ${line}`.length).toBeLessThanOrEqual(80);
    }
  }
});

test("every command that runs has an example, and each is a line it takes", async () => {
  for (const { path, examples, children } of flatten(tree)) {
    const name = path.join(" ");
    if (children.length === 0) {
      expect({ name, examples: examples.length }).not.toMatchObject({ examples: 0 });
    }
    for (const { line } of examples) {
      // Quotes and redirections are the shell's.
      const words = line
        .replaceAll(/ ?>.*$/g, "")
        .split(" ")
        .filter(Boolean);
      const found = await findCommand(mvmCommand, [...path.slice(1), ...words]);
      expect(() => parseWords(found.definitions, found.words)).not.toThrow();
      expect(found.command.run).toBeDefined();
    }
  }
});

test("sections say commands, arguments, options, values and what holds everywhere", () => {
  const whole = help(tree);
  for (const { path, about } of tree.children) {
    expect(whole).toContain(`  ${path.at(-1) ?? ""}`);
    expect(whole).toContain(about.split(" ").slice(0, 3).join(" "));
  }
  const sync = help(find("mvm sync"));
  expect(sync).toContain("-r, --rpc-url URL");
  expect(sync).toContain("--verify-seals none|tip|all");
  // Its own -v: the common one is not listed again.
  expect(sync.match(/-v, --verbose/g)).toHaveLength(1);
  expect(help(find("mvm query validator"))).toContain("ARGUMENTS\n  KEY");
  expect(sync).toContain("--color, --no-color");
});
