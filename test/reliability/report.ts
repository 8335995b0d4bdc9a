// The report of the reliability runs: each script writes the section that is its own, with what it saw, and leaves the
// others as they are. So no figure in it was typed by a hand.
import { existsSync } from "node:fs";
import { cpus } from "node:os";

import { join } from "pathe";

import { DEFECTS } from "./defects.ts";

const FILE = join(import.meta.dir, "REPORT.md");

/** The sections in the order they stand in; a run writes one of them. */
const SECTIONS = [
  ["soak", "Seven days of chain time under a storm of faults"],
  ["soak-short", "The same in its short form"],
  ["crash", "Crash points"],
  ["node", "Hostile node"],
  ["neighbours", "Hostile neighbours"],
  ["dependencies", "Dependencies"],
  ["migrations", "Databases of every version"],
  ["defects", "Defects found on the way, and mended"],
] as const;

export type Section = (typeof SECTIONS)[number][0];

const opening = (section: Section): string => `<!-- ${section} -->`;

const HEAD = `# Reliability report

Written by the scripts of this folder: each replaces its own section with what it saw. How to run them: [README.md](README.md).
`;

/** The body of one section of a report, or undefined where it has none. */
function bodyOf(report: string, section: Section): string | undefined {
  const start = report.indexOf(opening(section));
  if (start < 0) return undefined;
  const next = report.indexOf("<!-- ", start + 1);
  return report.slice(start, next < 0 ? undefined : next).trim();
}

/**
 * A report with one section replaced.
 * @param report the report as it is, empty for none
 * @param body Markdown without a heading
 */
export function withSection(report: string, section: Section, body: string): string {
  const parts = SECTIONS.flatMap(([name, title]) => {
    if (name === section) return [`${opening(name)}\n\n## ${title}\n\n${body.trim()}`];
    return bodyOf(report, name) ?? [];
  });
  return `${HEAD}\n${parts.join("\n\n")}\n`;
}

/** Rows as a Markdown table, its columns padded the way the formatter pads them. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) =>
    Math.max(3, ...cells.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => (row[at] ?? "").padEnd(width)).join(" | ")} |`;
  const [first = [], ...rest] = cells;
  return [
    line(first),
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...rest.map(line),
  ].join("\n");
}

/** Where and when a run was: machine, Bun, commit, the command that repeats it. */
export function provenance(command: string): string {
  const commit = Bun.spawnSync(["git", "rev-parse", "--short", "HEAD"], { cwd: import.meta.dir })
    .stdout.toString()
    .trim();
  const day = new Date().toISOString().slice(0, 10);
  return `\`${command}\`, ${day}, at ${commit || "no commit"}, Bun ${Bun.version}, ${String(cpus().length)} cores.`;
}

/** By the run that found them. */
function listDefects(): string {
  const lines = DEFECTS.map(({ found, was, now }) => `- ${found}: ${was}. Now: ${now}.`);
  return [`${DEFECTS.length} in all.`, "", ...lines.toSorted()].join("\n");
}

/** Replaces one section of REPORT.md, unless MVM_NO_REPORT is set (a run of continuous integration changes no file). */
export async function writeSection(section: Section, body: string): Promise<void> {
  process.stdout.write(`\n${body.trim()}\n\n`);
  if (process.env["MVM_NO_REPORT"] !== undefined) return;
  const report = existsSync(FILE) ? await Bun.file(FILE).text() : "";
  await Bun.write(FILE, withSection(withSection(report, section, body), "defects", listDefects()));
}
