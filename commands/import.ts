#!/usr/bin/env bun
// mvm-import: moves in from the Rust tool, and says what in its file was wrong.
import { isatty } from "node:tty";

import type { ArgsDef } from "citty";
import { defineCommand } from "citty";

import { nodesOf } from "../core/config/schema.ts";
import { getListener } from "../core/diagnostics.ts";
import { MonitorError } from "../core/errors.ts";
import type { RowComparison } from "../core/import/compare.ts";
import type { ImportHooks, ImportReport } from "../core/import/import.ts";
import { importFromRust } from "../core/import/import.ts";
import type { Survey } from "../core/import/survey.ts";
import type { Level } from "../core/log.ts";
import { runAsScript, VERSION } from "./_main.ts";
import type { Screen } from "./_output.ts";
import { formatPairs, formatTable, openScreen, writeOut } from "./_output.ts";
import { configFlags, loadSettings, nodeFlag, readFlag, readNodeFlags } from "./_settings.ts";
import { complain } from "./_stderr.ts";

const args = {
  "from-mvm": { type: "string", valueHint: "FILE", description: "the Rust tool's mvm.db" },
  "db-path": { type: "string", alias: "d", valueHint: "FILE", description: "the new database" },
  ...nodeFlag,
  "dry-run": { type: "boolean", default: false, description: "only say what would come of it" },
  offline: {
    type: "boolean",
    default: false,
    description: "without a node: the unbroken end of the chain, authors unknown",
  },
  ...configFlags,
  json: { type: "boolean", default: false, description: "JSON instead of text" },
} satisfies ArgsDef;

export const importCommand = defineCommand({
  meta: {
    name: "mvm-import",
    version: VERSION,
    description:
      "Take over the Rust tool's database into a new file, and report what in it was wrong.\n" +
      "With a node the chain is synced afresh and the old rows are compared with it; labels and marks are kept.\n" +
      "The old file is never changed.",
    examples: [
      { line: "--from-mvm /opt/midnight/mvm/data/mvm.db --dry-run", does: "the report alone" },
      { line: "--from-mvm old.db --db-path /var/lib/mvm/mvm.db", does: "into a new file" },
    ],
  },
  args,
  run: async ({ args: given, rawArgs }) => {
    const source = given["from-mvm"];
    if (source === undefined) {
      throw new MonitorError("usage", "import from what?", {
        hint: "name the Rust tool's database with --from-mvm FILE",
      });
    }
    const config = await loadSettings(given, {
      ...readNodeFlags(rawArgs),
      "database.path": readFlag("database.path", given["db-path"]),
    });
    const { rpc, database } = config;
    const aborter = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => aborter.abort());
    const report = await importFromRust(
      {
        source,
        target: database.path,
        nodes: given.offline ? null : nodesOf(config),
        timeoutMs: rpc.timeout_ms,
        dryRun: given["dry-run"],
      },
      openHooks(),
      aborter.signal,
    );
    await writeOut(
      given.json ? JSON.stringify(report, null, 2) : formatReport(report, openScreen()),
    );
    return 0;
  },
});

const EVERY_MS = 2000;

/** The report is the answer; beside it only progress and what went wrong are said. */
function openHooks(): ImportHooks {
  let saidAt = performance.now();
  function say(level: Level): (message: string) => void {
    return (message) => complain(`${level} ${message.replaceAll("\n", "\\n")}\n`);
  }
  const silent = (): void => undefined;
  return {
    log: getListener() ?? {
      ...{ error: say("error"), warn: say("warn"), info: silent, debug: silent, trace: silent },
      enabled: (level) => level === "error" || level === "warn",
    },
    onProgress: ({ number, target }) => {
      // For who waits at a terminal; a log needs none of it.
      if (!isatty(2) || performance.now() - saidAt < EVERY_MS) return;
      saidAt = performance.now();
      process.stderr.write(`synced block ${number} of ${target}\n`);
    },
  };
}

const EPOCHS_SHOWN = 20;

function formatReport(report: ImportReport, screen: Screen): string {
  const { survey, comparison, result, source } = report;
  const kept = `${report.labels} labels, ${report.ours} ours; ${result.namesKept} keys named`;
  const range = result.first === null ? "no blocks" : `blocks ${result.first} to ${result.last}`;
  const parts = [
    formatPairs(
      [
        ["from", source],
        ["rows", `${survey.rows}: blocks ${survey.first ?? "none"} to ${survey.last ?? "none"}`],
        ...describeSurvey(survey),
        ...(comparison === null ? [] : describeComparison(comparison)),
        ["validators", `${report.validators}: ${kept}`],
        ["their totals", describeTotals(report)],
        ["into", result.path ?? "nothing written (--dry-run)"],
        [result.path === null ? "would hold" : "holds", range],
        ["left out", describeLeftOut(report)],
        ["authors", comparison === null ? "unknown; mvm sync settles them by the seals" : null],
      ],
      screen,
    ),
    comparison === null ? "" : formatEpochs(comparison, screen),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** What the file alone proves ends at the last break; what stands before it wants a node. */
function describeLeftOut({ result, survey }: ImportReport): string | null {
  if (result.leftOut === null) return null;
  if (result.leftOut === 0) return "none of the rows";
  const before =
    survey.stretchFrom === null ? "" : `, before block ${survey.stretchFrom} or no blocks`;
  return `${result.leftOut} rows${before}: with a node they are synced`;
}

function describeTotals({ driftedTotals, validators }: ImportReport): string | null {
  if (driftedTotals === null) return null;
  if (driftedTotals === 0) return "as many blocks as their rows say";
  return `${driftedTotals} of ${validators} validators are not those of their rows`;
}

type Pair = readonly [name: string, value: string | null];

function describeSurvey(survey: Survey): Pair[] {
  const holes = survey.holes.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  const rejected = survey.rejected.map(({ number, why }) => `${number ?? "?"} (${why})`);
  return [
    ["holes", list(survey.holesTotal, holes, `, ${survey.missing} blocks missing`)],
    ["no blocks", list(survey.rejectedTotal, rejected)],
    ["broken links", list(survey.brokenLinksTotal, survey.brokenLinks.map(String))],
    ["slots", survey.slotsNotAscending === 0 ? null : `${survey.slotsNotAscending} not ascending`],
  ];
}

function describeComparison(found: RowComparison): Pair[] {
  const { compared, rightAuthors, wrongAuthors, unknownAuthors, unjudgedAuthors } = found;
  const unjudged = unjudgedAuthors === 0 ? "" : `, ${unjudgedAuthors} without a verdict`;
  return [
    ["compared", `${compared} rows${found.beyond === 0 ? "" : `, ${found.beyond} not known here`}`],
    ["other blocks", list(found.otherBlocksTotal, found.otherBlocks.map(String))],
    ["wrong slots", String(found.wrongSlots)],
    ["wrong epochs", String(found.wrongEpochs)],
    [
      "of Cardano",
      found.wrongMainchainEpochs === null ? null : `${found.wrongMainchainEpochs} wrong epochs`,
    ],
    ["wrong times", String(found.wrongTimes)],
    [
      "authors",
      `${rightAuthors} right, ${wrongAuthors} wrong, ${unknownAuthors} unknown${unjudged}`,
    ],
  ];
}

function list(total: number, shown: readonly string[], more = ""): string {
  if (total === 0) return "none";
  const rest = total > shown.length ? ", …" : "";
  return `${total}${more}: ${shown.join(", ")}${rest}`;
}

function formatEpochs({ byEpoch }: RowComparison, screen: Screen): string {
  if (byEpoch.length === 0) return "";
  const table = formatTable(
    byEpoch.slice(0, EPOCHS_SHOWN),
    [
      { title: "epoch", right: true, cell: ({ epoch }) => String(epoch) },
      { title: "rows", right: true, cell: ({ rows }) => String(rows) },
      { title: "wrong authors", right: true, cell: (row) => String(row.wrongAuthors) },
      { title: "unknown authors", right: true, cell: (row) => String(row.unknownAuthors) },
      { title: "wrong epochs", right: true, cell: (row) => String(row.wrongEpochs) },
    ],
    screen,
  );
  const more = byEpoch.length - EPOCHS_SHOWN;
  return more > 0 ? `${table}\nand ${more} more epochs: see --json` : table;
}

if (import.meta.main) await runAsScript(importCommand);
