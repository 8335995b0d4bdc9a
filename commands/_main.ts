// What every command does alike: find the sub-command, refuse what it does not know, print errors, exit codes.
import type { ArgsDef, CommandMeta } from "citty";
import { runCommand } from "citty";

import type { ErrorCode } from "../core/errors.ts";
import { describeError, MonitorError } from "../core/errors.ts";
import packageJson from "../package.json" with { type: "json" };
import { countOf, parseWords, usage } from "./_arguments.ts";
import { applyColourFlag, colours } from "./_colour.ts";
import type { AnyCommand } from "./_command.ts";
import { describeCommand, GLOBAL_FLAGS, resolve } from "./_command.ts";
import { openDiagnostics, readDiagnostics } from "./_diagnostics.ts";
import { complaintOf, formatComplaint } from "./_error.ts";
import type { Found } from "./_find.ts";
import { findCommand } from "./_find.ts";
import { writeOut } from "./_output.ts";
import { complain } from "./_stderr.ts";

/** sysexits(3), so that a unit can tell a typo from an outage. */
export const EXIT: Record<ErrorCode, number> = {
  usage: 64,
  unavailable: 69,
  rpc: 69,
  "bad-reply": 69,
  "too-much": 69,
  discarded: 69,
  database: 74,
  "disk-full": 74,
  busy: 74,
  locked: 74,
  output: 74,
  config: 78,
  "wrong-chain": 78,
  stopped: 0,
};
const EXIT_BUG = 70;

/** Said in the manual. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [0, "all right, or stopped as asked"],
  [EXIT.usage, "the command line is wrong"],
  [EXIT.unavailable, "the node cannot be reached, or its answer cannot be true"],
  [EXIT_BUG, "a defect of this program; please report it"],
  [EXIT.database, "the database, its disk, or where the answer is written"],
  [EXIT.config, "the configuration; also a database of another chain"],
];

export const VERSION = packageJson.version;

export type { AnyCommand } from "./_command.ts";

/** Runs a command line and returns its exit code. Never throws, never exits. */
export async function main(root: AnyCommand, argv: readonly string[]): Promise<number> {
  applyColourFlag(argv);
  let verbose = false;
  try {
    const found = await findCommand(root, argv);
    if (found.asks !== null) return await answer(found.asks, root, found);
    const { options, positionals } = parseWords(found.definitions, found.words);
    verbose = countOf(options, "verbose") > 0;
    if (found.command.run === undefined) throw usage("no sub-command given", await hintAt(found));
    const own = await resolve<ArgsDef>(found.command.args ?? {});
    const rawArgs = options.filter((word) => isOwn(word, own));
    if (positionals.length > 0) rawArgs.push("--", ...positionals);
    using _log = await startLog(own, options, found.path);
    const { result } = await runCommand(found.command, { rawArgs, data: { root } });
    return typeof result === "number" ? result : 0;
  } catch (error) {
    return report(error, { json: wantsJson(argv), verbose });
  }
}

/** A command with log flags of its own has a log of its own. */
async function startLog(
  own: ArgsDef,
  options: readonly string[],
  path: readonly string[],
): Promise<Disposable | null> {
  if (Object.hasOwn(own, "log-level")) return null;
  const wanted = readDiagnostics(options, path.join(" "));
  return wanted === null ? null : await openDiagnostics(wanted);
}

/** Entry of an executable: runs and leaves with the code. */
export async function runAsScript(root: AnyCommand): Promise<void> {
  // A closed pipe (`| head`) is a reader who has seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
  });
  const argv = process.argv.slice(2);
  for (const stray of ["uncaughtException", "unhandledRejection"]) {
    process.on(stray, (error) => {
      // The dashboard has its own way out: it gives the terminal back first.
      if (process.listenerCount(stray) > 1) return;
      process.exit(report(error, { json: wantsJson(argv), verbose: false }));
    });
  }
  process.exit(await main(root, argv));
}

async function answer(
  what: "help" | "version",
  root: AnyCommand,
  { command, path }: Found,
): Promise<number> {
  if (what === "version") {
    const { versionLine } = await import("./_version.ts");
    const { name } = await resolve<CommandMeta>(root.meta ?? {});
    await writeOut(versionLine(name ?? "mvm"));
    return 0;
  }
  const { formatHelp } = await import("./_help.ts");
  const { columns, isTTY } = process.stdout;
  const width = Math.min(80, isTTY ? columns || 80 : 80);
  await writeOut(
    formatHelp(await describeCommand(command, path), { width, colours: colours(process.stdout) }),
  );
  return 0;
}

async function hintAt({ command, path }: Found): Promise<string> {
  const names = Object.keys(await resolve<Record<string, unknown>>(command.subCommands ?? {}));
  return `one of ${names.join(", ")}; ${path.join(" ")} --help says what they do`;
}

/** The global flags are done with before a command runs; those it has itself are its own. */
function isOwn(word: string, own: ArgsDef): boolean {
  const name = /^--(?:no-)?([^=]+)/.exec(word)?.[1] ?? "";
  return !Object.hasOwn(GLOBAL_FLAGS, name) || Object.hasOwn(own, name);
}

function report(thrown: unknown, { json, verbose }: { json: boolean; verbose: boolean }): number {
  const error = firstOf(thrown);
  // citty's own error class is not exported; its name is all there is.
  const isUsage = error instanceof Error && error.name === "CLIError";
  const known = isUsage ? new MonitorError("usage", Bun.stripANSI(error.message)) : error;
  if (!(known instanceof MonitorError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const hint = "this is a bug, please report it";
    const text = json
      ? formatComplaint({ code: "bug", message: stack, hint })
      : `mvm: ${hint}:\n${stack}`;
    complain(`${text}\n`);
    return EXIT_BUG;
  }
  if (json) {
    complain(`${formatComplaint(complaintOf(known))}\n`);
  } else {
    const { red, dim } = colours(process.stderr);
    complain(`${red("error")} ${linesOf(known)}\n`);
    if (known.hint !== undefined) complain(`  ${dim("→")} ${known.hint}\n`);
    if (verbose) complain(`${dim(stackOf(known))}\n`);
  }
  return EXIT[known.code];
}

/** What came first is told, not what followed from it as it was being left. */
function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error;
}

/** Of what the operator wrote all is told, a line each. Other messages may quote a node: they stay on their line. */
function linesOf(error: MonitorError): string {
  const text = describeError(error);
  const isOurs = error.code === "config" || error.code === "usage";
  return isOurs ? text : text.replaceAll("\n", "\\n");
}

/** Asked of the bare words: the error may be one that kept them from being read. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  const words = end === -1 ? argv : argv.slice(0, end);
  return words.some((word) => word === "--json" || word === "--json=true" || word === "--jsonl");
}

/** Where it arose, and where its causes did. */
function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}

/** A whole number at or above a minimum. Throws `usage`. */
export function parseCount(value: string, flag: string, minimum = 0): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < minimum) {
    throw usage(
      `${flag} ${value}: not a whole number from ${minimum} up`,
      "add --help for the usage",
    );
  }
  return number;
}
