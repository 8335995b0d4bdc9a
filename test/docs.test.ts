// What the documents tell people to type: each line goes through the definitions of the command it calls.
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { parseWords } from "../commands/_arguments.ts";
import type { AnyCommand } from "../commands/_command.ts";
import { findCommand } from "../commands/_find.ts";
import { mvmCommand } from "../commands/mvm.ts";
import { loadConfig } from "../core/config/load.ts";
import packageJson from "../package.json" with { type: "json" };
import { EXECUTABLES, loadCommand } from "../scripts/executables.ts";
import { openPlace } from "./core/config/place.ts";

const ROOT = join(import.meta.dir, "..");
const DOCUMENTS = ["README.md", "DEPLOYMENT.md"];
/** Programs that are not ours. What is done with them, test/systemd does on a booted machine, or they only make room for us. */
const OTHERS = new Set([
  ...["systemctl", "setfacl", "usermod", "journalctl", "apt", "dnf", "logrotate"],
  ...[
    "cd",
    "tar",
    "ssh",
    "tmux",
    "sqlite3",
    "curl",
    "sudo",
    "true",
    "npm",
    "git",
    "docker",
    "kubectl",
    "mv",
    "runuser",
  ],
]);

interface Line {
  text: string;
  where: string;
}

/** Blocks of a kind, each with the line it begins at. */
function blocksOf(document: string, kinds: readonly string[]): Line[] {
  const text = readFileSync(join(ROOT, document), "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, kind]) => kinds.includes(kind ?? ""))
    .map(({ 2: body = "", index }) => ({
      text: body,
      where: `${document}:${text.slice(0, index).split("\n").length}`,
    }));
}

/** Commands of the blocks for typing; `$` and `#` before them say who types. */
function typedLines(document: string): Line[] {
  return blocksOf(document, ["sh", "console"]).flatMap(({ text, where }) =>
    text
      .replaceAll("\\\n", " ")
      .split("\n")
      .map((line) => line.replace(/^[$#] /, ""))
      .flatMap((line) => line.split(/\s(?:&&|\|\||\||;)\s/))
      .map((line) => ({ text: line.replace(/(?:^|\s)#.*$/, "").trim(), where }))
      .filter((line) => line.text !== ""),
  );
}

/** Commands of ours in running text. */
function namedLines(document: string): Line[] {
  const text = readFileSync(join(ROOT, document), "utf8").replaceAll(/^```.*?^```$/gms, "");
  return [...text.matchAll(/`(mvm(?:-sync|-status|-view)?(?: [^`]*)?)`/g)].map(
    ({ 1: line = "" }) => ({
      text: line,
      where: document,
    }),
  );
}

function wordsOf(line: string): string[] {
  return (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) =>
    word.replaceAll(/^["']|["']$/g, ""),
  );
}

async function commandOf(program: string): Promise<AnyCommand> {
  if (program === "mvm") return mvmCommand;
  const executable = EXECUTABLES.find(({ name }) => name === program);
  if (executable === undefined) throw new Error(`there is no ${program}`);
  return await loadCommand(executable);
}

/** Throws what the command would say. */
async function parseLine([program = "", ...words]: readonly string[]): Promise<void> {
  const found = await findCommand(await commandOf(program), words);
  parseWords(found.definitions, found.words);
}

/** `bun commands/query.ts stats`, `bun run demo`, `npx -y bun@1.4.5 run demo`. */
async function checkBun(line: string): Promise<void> {
  const [verb = "", ...words] = wordsOf(line.replace(/^npx -y bun@\S+|^bun/, ""));
  const entry = /^commands\/(\w+)\.ts$/.exec(verb)?.[1];
  if (entry !== undefined) await parseLine(["mvm", ...(entry === "mvm" ? [] : [entry]), ...words]);
  else if (verb !== "run" || !Object.hasOwn(packageJson.scripts, words[0] ?? "")) {
    throw new Error(`no such script: ${line}`);
  }
}

/** A flag stands in the script as a case of its own: `--purge | --remove-data)`. */
function checkScript(program: string, words: readonly string[]): void {
  const script = readFileSync(join(ROOT, program), "utf8");
  for (const flag of words.filter((word) => word.startsWith("--"))) {
    if (!new RegExp(`^\\t(?:--\\w+ \\| )*${flag}(?: \\| -.*)?\\)`, "m").test(script)) {
      throw new Error(`${program} has no ${flag}`);
    }
  }
}

/** Throws when the line cannot be right. */
async function checkLine(line: string): Promise<void> {
  const words = wordsOf(line);
  const [program = ""] = words;
  if (/^mvm(?:-|$)/.test(program)) await parseLine(words);
  else if (/^(?:bun|npx)$/.test(program)) await checkBun(line);
  else if (/^\.\/(?:un)?install\.sh$/.test(program)) checkScript(program, words);
  else if (!OTHERS.has(program)) throw new Error(`nobody knows ${program}`);
}

for (const document of DOCUMENTS) {
  test(`every command of ${document} is one there is, with options it has`, async () => {
    const lines = [...typedLines(document), ...namedLines(document)];
    expect(lines.length).toBeGreaterThan(3);
    const wrong: string[] = [];
    for (const { text, where } of lines) {
      await checkLine(text).catch((error: unknown) =>
        wrong.push(`${where}: ${text}: ${String(error)}`),
      );
    }
    expect(wrong).toEqual([]);
  });

  test(`every setting of ${document} is one there is`, async () => {
    for (const { text, where } of blocksOf(document, ["toml"])) {
      using place = openPlace();
      const secret = `${place.paths.user}.secret`;
      writeFileSync(secret, "secret", { mode: 0o600 });
      place.write(
        "project",
        text.replaceAll(/^(token|secret|url)_file = .*$/gm, `$1_file = "${secret}"`),
      );
      const { sources } = await loadConfig(place.options).catch((error: unknown) => {
        throw new Error(`${where}: ${String(error)}`);
      });
      expect([...sources.values()].some((source) => source.startsWith("file"))).toBe(true);
    }
  });
}

test("a document with a wrong option or an unknown program would be noticed", async () => {
  await expect(checkLine("mvm query blocks --limmit 3")).rejects.toThrow("unknown option");
  await expect(checkLine("mvm querry")).rejects.toThrow("unknown command");
  await expect(checkLine("./install.sh --with-everything")).rejects.toThrow("has no");
  await expect(checkLine("./uninstall.sh --remove-data")).resolves.toBeUndefined();
  await expect(checkLine("bun run nothing")).rejects.toThrow("no such script");
  await expect(checkLine("frobnicate")).rejects.toThrow("nobody knows");
});
