// Runs a case: once to its end, then ended at every point of it, and looks at what is left each time.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "pathe";

import type { Disk, Files, Luck } from "./disk.ts";
import { NAMES_ALONE, NOTHING, openDisk } from "./disk.ts";
import { hashFiles, putFiles, takeFiles } from "./folder.ts";
import { choosePoints } from "./points.ts";
import type { Random } from "./points.ts";
import type { Change, Tracer } from "./trace.ts";
import type { Case, Checked, World } from "./world.ts";

export interface Outcome {
  name: string;
  /** Calls that change a file. */
  points: number;
  kills: number;
  /** Inside of a write: half of it is done. */
  torn: number;
  /** Folders as a power loss may leave them, no two the same. */
  powerLosses: number;
  unopened: number;
  faults: string[];
  /** By kind of call, at which the program was ended. */
  kinds: Map<string, number>;
}

export interface Size {
  /** Points of each case that are tried; all where there are no more. */
  points: number;
  /** Power losses at each point, besides those in which all or all contents are lost. */
  draws: number;
}

function temporary(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "mvm-crash-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

interface Recorded {
  start: Files;
  changes: Change[];
}

/** To its end, undisturbed. What was written down, done again, must come to the files that are there. */
async function record(tracer: Tracer, world: World, folder: string): Promise<Recorded> {
  putFiles(folder, new Map());
  world.prepare?.(folder);
  const start = takeFiles(folder);
  const traced = tracer.start(folder, world.program(folder));
  await world.drive?.(traced);
  const { changes } = await traced.finish();
  const disk = openDisk(folder, start);
  for (const change of changes) disk.apply(change);
  if (hashFiles(disk.present()) !== hashFiles(takeFiles(folder)))
    throw new Error("what was written down is not what was done");
  world.settle?.();
  return { start, changes };
}

/** Null where it came to its end before that point: another run need not make as many calls. */
async function kill(
  tracer: Tracer,
  world: World,
  folder: string,
  point: number,
): Promise<Checked | null> {
  putFiles(folder, new Map());
  world.prepare?.(folder);
  const traced = tracer.start(folder, world.program(folder), point);
  await world.drive?.(traced);
  const { killed } = await traced.finish();
  const found = await world.check(folder, traced.last(), true);
  return killed || found.faults.length > 0 ? found : null;
}

function drawLuck(random: Random): Luck {
  const share = random();
  return {
    names: (changes) => Math.floor(random() * (changes + 1)),
    keeps: () => random() < share,
  };
}

/** Half of a write, at its first sector's end or in the middle of one. */
function half(change: Change): Change {
  const length = Math.floor(change.data.length / 2);
  return { ...change, result: length, data: change.data.subarray(0, length) };
}

interface Trial {
  given: Case;
  world: World;
  folder: string;
  outcome: Outcome;
  /** Folders looked at before. */
  seen: Set<string>;
}

function note({ given, folder, outcome }: Trial, what: string, found: Checked): void {
  if (found.unopened) outcome.unopened += 1;
  outcome.faults.push(
    ...found.faults.map((each) => `${given.name}, ${what}: ${each.replaceAll(folder, "")}`),
  );
}

/** False where the same files were looked at before. */
async function tryFiles(
  trial: Trial,
  what: string,
  files: Files,
  killed: boolean,
): Promise<boolean> {
  const hash = hashFiles(files);
  if (trial.seen.has(hash)) return false;
  trial.seen.add(hash);
  putFiles(trial.folder, files);
  note(trial, what, await trial.world.check(trial.folder, 0, killed));
  return true;
}

/** The power goes, or the process in the middle of a write, before one change is done. */
async function loseAt(
  trial: Trial,
  disk: Disk,
  change: Change,
  at: number,
  lucks: readonly Luck[],
): Promise<void> {
  const { outcome, folder } = trial;
  for (const luck of lucks) {
    const what = `power loss before ${change.kind} ${at + 1}`;
    if (await tryFiles(trial, what, disk.afterPowerLoss(luck), false)) outcome.powerLosses += 1;
  }
  if (change.kind !== "write" || change.data.length < 2) return;
  const torn = openDisk(folder, disk.present());
  torn.apply(half(change));
  const what = `killed within write ${at + 1}`;
  if (await tryFiles(trial, what, torn.present(), true)) outcome.torn += 1;
}

async function killAt(tracer: Tracer, trial: Trial, change: Change, at: number): Promise<void> {
  const { given, world, folder, outcome } = trial;
  await using own = given.moves === true ? await given.open() : null;
  const what = `killed before ${change.kind} ${at + 1}`;
  const found = await kill(tracer, own ?? world, folder, at + 1);
  if (found === null) return;
  note(trial, what, found);
  outcome.kills += 1;
  outcome.kinds.set(change.kind, (outcome.kinds.get(change.kind) ?? 0) + 1);
}

/** Runs one case. */
export async function runCase(
  tracer: Tracer,
  given: Case,
  size: Size,
  random: Random,
): Promise<Outcome> {
  using place = temporary();
  const folder = join(place.path, "files");
  await using world = await given.open();
  const { start, changes } = await record(tracer, world, folder);
  const outcome: Outcome = {
    ...{ name: given.name, points: changes.length, kills: 0, torn: 0, powerLosses: 0 },
    ...{ unopened: 0, faults: [], kinds: new Map() },
  };
  const trial: Trial = { given, world, folder, outcome, seen: new Set() };
  const points = choosePoints(changes, size.points);
  const disk = openDisk(folder, start);
  for (const [at, change] of changes.entries()) {
    const drawn = Array.from({ length: size.draws }, () => drawLuck(random));
    if (points.has(at)) await loseAt(trial, disk, change, at, [NOTHING, NAMES_ALONE, ...drawn]);
    disk.apply(change);
  }
  for (const [at, change] of changes.entries())
    if (points.has(at)) await killAt(tracer, trial, change, at);
  return outcome;
}
