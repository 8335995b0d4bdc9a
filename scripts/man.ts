// Manual pages, one for each executable, from the same definitions as its help. Writes dist/man/*.1.
import { mkdirSync } from "node:fs";

import type { CommandTree, Flag } from "../commands/_command.ts";
import { describeCommand, describeGlobals } from "../commands/_command.ts";
import { summaryOf, usageWords } from "../commands/_help.ts";
import { EXIT_MEANINGS, VERSION } from "../commands/_main.ts";
import { KEYS } from "../core/config/schema.ts";
import { searchPaths } from "../core/config/search.ts";
import { EXECUTABLES, loadCommand } from "./executables.ts";

const VARIABLES: readonly (readonly [name: string, about: string])[] = [
  ["MVM_ENV", "which [env.NAME] tables of the configuration to use"],
  ["NO_COLOR", "no colours, when it is not empty; as --no-color"],
  ["FORCE_COLOR", "colours even into a pipe; 0 for none"],
];

interface Page {
  /** YYYY-MM-DD */
  date: string;
  seeAlso: readonly string[];
}

/** A page in roff's man macros. */
export function formatMan(tree: CommandTree, { date, seeAlso }: Page): string {
  const name = tree.path.join(" ");
  const sections: (readonly [title: string, body: string])[] = [
    ["NAME", `${text(name)} \\- ${text(summaryOf(tree.about).replace(/\.$/, ""))}`],
    ["SYNOPSIS", synopsis(tree)],
    ["DESCRIPTION", paragraphs(tree.about)],
    ["COMMANDS", tree.children.flatMap((child) => formatChild(child, tree.path.length)).join("\n")],
    ["OPTIONS", [...tree.flags, ...describeGlobals(tree.flags)].map(formatFlag).join("\n")],
    ["ENVIRONMENT", formatVariables()],
    ["FILES", formatFiles()],
    ["EXIT STATUS", formatExits(tree)],
    ["EXAMPLES", formatExamples(tree)],
    ["SEE ALSO", seeAlso.map((other) => `.BR ${text(other)} (1)`).join(",\n")],
  ];
  return [
    `.TH ${text(name).toUpperCase()} 1 "${date}" "mvm ${text(VERSION)}" "Midnight Validator Monitor"`,
    ...sections.filter(([, body]) => body !== "").map(([title, body]) => `.SH ${title}\n${body}`),
    "",
  ].join("\n");
}

function synopsis(tree: CommandTree): string {
  return `.B ${text(tree.path.join(" "))}\n${text(usageWords(tree).join(" "))}`;
}

/** Lines as they are where indented, which are code; else one paragraph each. */
function paragraphs(about: string): string {
  return about
    .split("\n\n")
    .map((part) => (part.startsWith(" ") ? code(part.replaceAll(/^ +/gm, "")) : text(part)))
    .join("\n.PP\n");
}

function formatChild(child: CommandTree, depth: number): string[] {
  const words = child.path.slice(depth).join(" ");
  const body = child.children.length === 0 ? child.flags.map(formatFlag) : [];
  const positionals = child.positionals.map(({ value, about }) =>
    definition(`.I ${text(value.choices.length > 3 ? "WORD" : value.hint)}`, about),
  );
  return [
    `.SS ${text(words)} ${text(usageWords(child).join(" "))}`,
    paragraphs(child.about),
    ...positionals,
    ...body,
    ...(child.examples.length === 0 ? [] : [".PP", formatExamples(child)]),
    ...child.children.flatMap((each) => formatChild(each, depth)),
  ];
}

function formatFlag({ names, value, about, repeatable }: Flag): string {
  const hint = value === null ? "" : ` \\fI${text(value.hint)}\\fR`;
  const label = names.map((name) => `\\fB${text(name)}\\fR`).join(", ");
  return definition(`${label}${hint}`, `${about}${repeatable ? "; may be repeated" : ""}`);
}

function formatVariables(): string {
  const settings = KEYS.map(
    ({ env, dotted, spec }) => [env, `${spec.description} (${dotted})`] as const,
  );
  return [...settings, ...VARIABLES]
    .map(([name, about]) => definition(`.B ${text(name)}`, about))
    .join("\n");
}

function formatFiles(): string {
  const paths = searchPaths({ env: {}, cwd: ".", home: "~" });
  return [
    "Configuration, highest first:",
    ...paths.map((path) => `.br\n.I ${text(path)}`),
    ".PP",
    text("mvm config paths says which of them there are."),
  ].join("\n");
}

/** A command's own codes take the place of the common ones. */
function formatExits(tree: CommandTree): string {
  const exits = new Map<number, string>([...EXIT_MEANINGS, ...tree.exits]);
  return [...exits]
    .sort(([a], [b]) => a - b)
    .map(([exit, meaning]) => definition(`.B ${exit}`, meaning))
    .join("\n");
}

function formatExamples(tree: CommandTree): string {
  return tree.examples
    .map(({ line, does }) => {
      const name = tree.path.join(" ");
      return `${text(does)}:\n${code(`${name} ${line}`.trimEnd())}`;
    })
    .join("\n.PP\n");
}

function definition(label: string, about: string): string {
  return `.TP\n${label}\n${text(about)}`;
}

function code(lines: string): string {
  return `.PP\n.in +4n\n.nf\n${text(lines)}\n.fi\n.in`;
}

/** Roff's own characters taken as they are: a dash that can be copied, no macro at a line's start. */
function text(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replaceAll(/^([.'])/gm, "\\&$1");
}

/** Returns the files written. */
export async function writeManPages(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const names = EXECUTABLES.map(({ name }) => name);
  const date = readDate();
  return Promise.all(
    EXECUTABLES.map(async (executable) => {
      const tree = await describeCommand(await loadCommand(executable), [executable.name]);
      const path = `${folder}/${executable.name}.1`;
      const seeAlso = names.filter((name) => name !== executable.name);
      await Bun.write(path, formatMan(tree, { date, seeAlso }));
      return path;
    }),
  );
}

/** Of the commit, so that the same source gives the same pages; today outside a checkout. */
function readDate(): string {
  const git = Bun.which("git") ?? "false";
  const { stdout } = Bun.spawnSync([git, "log", "-1", "--format=%cs"], {
    cwd: import.meta.dir,
    stderr: "ignore",
  });
  const date = stdout.toString().trim();
  return /^\d{4}-\d\d-\d\d$/.test(date) ? date : new Date().toISOString().slice(0, 10);
}

if (import.meta.main) {
  for (const path of await writeManPages("dist/man")) process.stdout.write(`${path}\n`);
}
