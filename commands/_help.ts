// Help, from the command's own definition. citty's renderer neither wraps lines nor knows examples.
import type { Colors } from "picocolors/types";

import type { CommandTree, Flag, Positional } from "./_command.ts";
import { describeGlobals } from "./_command.ts";

interface Layout {
  width: number;
  colours: Pick<Colors, "bold" | "cyan" | "dim">;
}

type Row = readonly [label: string, text: string];

const INDENT = "  ";
/** A longer label has its text on the next line. */
const LABEL_WIDTH = 26;

export function formatHelp(tree: CommandTree, layout: Layout): string {
  const sections: [title: string, rows: Row[]][] = [
    ["COMMANDS", tree.children.map(childRow)],
    ["ARGUMENTS", tree.positionals.map(positionalRow)],
    ["OPTIONS", tree.flags.map(flagRow)],
    ["EVERYWHERE", describeGlobals(tree.flags).map(flagRow)],
  ];
  const { bold, cyan, dim } = layout.colours;
  const name = tree.path.join(" ");
  const examples = tree.examples.map(({ line, does }) =>
    [
      ...wrap(does, layout.width - 4).map((each) => `${INDENT}${dim(`# ${each}`)}`),
      `${INDENT}${cyan(`${name} ${line}`.trimEnd())}`,
    ].join("\n"),
  );
  return [
    formatAbout(tree.about, layout.width),
    `${bold("USAGE")}\n${formatUsage(tree, layout.width)}`,
    ...sections
      .filter(([, rows]) => rows.length > 0)
      .map(([title, rows]) => `${bold(title)}\n${formatRows(rows, layout)}`),
    ...(examples.length === 0 ? [] : [`${bold("EXAMPLES")}\n${examples.join("\n")}`]),
    ...(tree.children.length === 0 ? [] : [dim(`${name} COMMAND --help says more about one.`)]),
  ].join("\n\n");
}

/** The words of a usage line after the command's name. */
export function usageWords(tree: CommandTree): string[] {
  return [
    "[OPTIONS]",
    ...tree.positionals.map(({ required, value }) =>
      required ? value.hint : `[${value.choices.length > 3 ? "WORD" : value.hint}]`,
    ),
    ...(tree.children.length === 0 ? [] : ["COMMAND"]),
  ];
}

/** `-r, --rpc-url URL`; short options stand in a column of their own. */
function flagLabel({ names, value }: Flag): string {
  const margin = names[0]?.startsWith("--") === true ? "    " : "";
  return `${margin}${names.join(", ")}${value === null ? "" : ` ${value.hint}`}`;
}

/** First line of a description: what a list has room for. */
export function summaryOf(about: string): string {
  return about.split("\n", 1)[0] ?? "";
}

function formatUsage(tree: CommandTree, width: number): string {
  const words = [...tree.path, ...usageWords(tree)];
  return wrap(words.join(" "), width - INDENT.length)
    .map((line, i) => `${INDENT}${i === 0 ? "" : INDENT}${line}`)
    .join("\n");
}

function childRow(child: CommandTree): Row {
  return [child.path.at(-1) ?? "", summaryOf(child.about)];
}

function positionalRow({ about, value }: Positional): Row {
  return [value.hint, about];
}

function flagRow(flag: Flag): Row {
  return [flagLabel(flag), `${flag.about}${flag.repeatable ? "; may be repeated" : ""}`];
}

function formatRows(rows: readonly Row[], { width, colours }: Layout): string {
  const widest = Math.max(...rows.map(([label]) => label.length).filter((n) => n <= LABEL_WIDTH));
  const column = Number.isFinite(widest) ? widest : 0;
  const margin = " ".repeat(INDENT.length + column + 2);
  return rows
    .map(([label, text]) => {
      const lines = wrap(text, width - margin.length);
      const fits = label.length <= column;
      const first = fits ? `${" ".repeat(column - label.length + 2)}${lines.shift() ?? ""}` : "";
      const rest = lines.map((line) => `\n${margin}${line}`).join("");
      return `${INDENT}${colours.cyan(label)}${first}`.trimEnd() + rest;
    })
    .join("\n");
}

/** Paragraphs wrapped; indented lines, which are code, as they are. */
function formatAbout(about: string, width: number): string {
  return about
    .split("\n")
    .flatMap((line) => (line.startsWith(" ") || line === "" ? [line] : wrap(line, width)))
    .join("\n");
}

/** Words on lines of at most so many columns; a longer word has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((each) => each !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
