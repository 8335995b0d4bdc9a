#!/usr/bin/env bun
// Every change of a file is interrupted, by SIGKILL and by a power loss: what is left must open and the work go on.
// usage: bun test/reliability/crash.ts [points of each case, or all] [seed] [part of a case's name]
import { seeded } from "../helpers/seeded.ts";
import { BROKEN_CASES, CASES } from "./crash/cases.ts";
import { formatOutcomes } from "./crash/report.ts";
import type { Outcome } from "./crash/run.ts";
import { runCase } from "./crash/run.ts";
import type { Tracer } from "./crash/trace.ts";
import { openTracer } from "./crash/trace.ts";
import type { Case } from "./crash/world.ts";
import { provenance, writeSection } from "./report.ts";

const FEW = 3;
/** Where a broken writer would not be found out by fewer. */
const FOR_BROKEN = 24;

function summary({ name, points, kills, torn, powerLosses, faults }: Outcome): string {
  const tried = `${kills} kills, ${torn} within a write, ${powerLosses} power losses`;
  return `${name}: ${points} points, ${tried}, ${faults.length} faults`;
}

async function runAll(
  tracer: Tracer,
  cases: readonly Case[],
  points: number,
  seed: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const each of cases) {
    const started = performance.now();
    const size = { points, draws: points === Infinity ? 1 : 2 };
    const outcome = await runCase(tracer, each, size, seeded(seed));
    outcomes.push(outcome);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const shown = outcome.faults.slice(0, 10).map((fault) => `  ${fault}\n`);
    process.stdout.write(`${summary(outcome)}, ${seconds} s\n${shown.join("")}`);
  }
  return outcomes;
}

async function main([wanted = String(FEW), seedText = "1", part = ""]: string[]): Promise<number> {
  using tracer = openTracer();
  if (tracer === null) {
    process.stdout.write("notice: skipped, it wants Linux, gcc and programs that may be traced\n");
    return 0;
  }
  const seed = Number(seedText);
  const named = (cases: readonly Case[]): Case[] => cases.filter(({ name }) => name.includes(part));
  const points = wanted === "all" ? Infinity : Number(wanted);
  const ours = await runAll(tracer, named(CASES), points, seed);
  const broken = await runAll(tracer, named(BROKEN_CASES), FOR_BROKEN, seed);
  const right =
    ours.every(({ faults }) => faults.length === 0) &&
    broken.every(({ faults }) => faults.length > 0);
  const command = `bun test/reliability/crash.ts ${wanted} ${seedText}`;
  if (part === "")
    await writeSection("crash", `${provenance(command)}\n\n${formatOutcomes(ours, broken)}`);
  return right ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
