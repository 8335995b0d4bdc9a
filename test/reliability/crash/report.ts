// The figures of the run, as its section of the report shows them.
import { table } from "../report.ts";
import type { Outcome } from "./run.ts";

const HOLES = /\d+ holes/;
const LOST = /was stored$/;

const count = (outcomes: readonly Outcome[], pattern: RegExp): number =>
  outcomes.flatMap(({ faults }) => faults).filter((fault) => pattern.test(fault)).length;

const sum = (outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number =>
  outcomes.reduce((total, outcome) => total + of(outcome), 0);

function kindsOf(outcomes: readonly Outcome[]): string {
  const kinds = new Map<string, number>();
  for (const outcome of outcomes) {
    for (const [kind, times] of outcome.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + times);
  }
  return [...kinds]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, times]) => `${kind} ${times}`)
    .join(", ");
}

/** A point is a system call that changes a file. */
export function formatOutcomes(ours: readonly Outcome[], broken: readonly Outcome[]): string {
  const rows = ours.map((each) => [
    ...[each.name, each.points, each.kills, each.torn, each.powerLosses],
    ...[each.unopened, each.faults.length],
  ]);
  const faults = sum(ours, (each) => each.faults.length);
  const [holes, lost] = [count(ours, HOLES), count(ours, LOST)];
  const unopened = sum(ours, ({ unopened: files }) => files);
  const head = ["case", "points", "killed before", "within", "power losses", "unopened", "faults"];
  return [
    table(head, rows),
    "",
    `Calls a process was killed before: ${kindsOf(ours)}.`,
    "",
    `Files that did not open ${unopened}, holes ${holes}, blocks lost that were said to be stored ${lost}, ` +
      `wrong rows and other faults ${faults - unopened - holes - lost}.`,
    "",
    "Writers broken on purpose, which the same run must find out:",
    "",
    table(
      ["writer", "killed before", "power losses", "did not open", "faults found"],
      broken.map((each) => [
        ...[each.name, each.kills, each.powerLosses, each.unopened, each.faults.length],
      ]),
    ),
  ].join("\n");
}
