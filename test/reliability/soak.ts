// Seven days of chain time under a storm of faults; then the database must equal the truth, row by row, and the daemon be
// as small as it was.
//   bun test/reliability/soak.ts [EPOCHS]         336 without: 100,800 blocks
//   bun test/reliability/soak.ts --minutes 10     the short form: as far as it comes
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { checkInvariants, compareWithTruth, findUntrueOrphans } from "../helpers/compare.ts";
import { openRandom } from "./chance.ts";
import type { Trend } from "./flat.ts";
import { formatTrend, trendOf } from "./flat.ts";
import { provenance, table, writeSection } from "./report.ts";
import type { Stage } from "./soak-stage.ts";
import { openStage, SLOTS_PER_EPOCH, usageOf } from "./soak-stage.ts";
import type { Storm } from "./soak-storm.ts";
import { openStorm } from "./soak-storm.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string" },
    seed: { type: "string", default: "storm" },
    only: { type: "string" },
  },
});
const minutes = values.minutes === undefined ? null : Number(values.minutes);
const epochs = Number(positionals[0] ?? 336);
const blocksWanted = epochs * SLOTS_PER_EPOCH;
/** Seven days before now, so that the chain never stands in the future. */
const SLOT_MS = 6000;
const FAULTS_EACH = 3;
/** The daemon that lives from here on is the one whose memory is looked at. */
const SPARED_FROM = 1 / 3;
const PATIENCE_MS = 120_000;

interface Sample {
  at: number;
  mb: number;
  descriptors: number;
}

interface Soak {
  slots: number;
  faults: number;
  samples: Sample[];
  stuck: string[];
}

const startedAt = performance.now();

/** From 0 to 1. */
function progressOf(blocks: number): number {
  if (minutes !== null) return (performance.now() - startedAt) / 60_000 / minutes;
  return blocks / blocksWanted;
}

async function runStorm(stage: Stage, storm: Storm): Promise<Soak> {
  const random = openRandom(values.seed);
  const soak: Soak = { slots: 0, faults: 0, samples: [], stuck: [] };
  async function step(slots: number): Promise<void> {
    for (let left = slots; left > 0;) {
      const now = Math.min(left, random.between(1, 20));
      await stage.command(`step ${now}`);
      await Bun.sleep(random.between(0, 15));
      left -= now;
      soak.slots += now;
    }
  }
  for (let { best } = await stage.heads(); progressOf(best) < 1; { best } = await stage.heads()) {
    const sparing = progressOf(best) > SPARED_FROM;
    for (let n = 0; n < FAULTS_EACH; n++) {
      const kind = await storm.next({ stage, random, step }, sparing);
      soak.faults++;
      if (await stage.caughtUp(PATIENCE_MS)) continue;
      soak.stuck.push(`${kind}: not caught up after ${PATIENCE_MS / 1000} s`);
      return soak;
    }
    await step(random.between(20, 100));
    await stage.caughtUp(PATIENCE_MS);
    if (sparing) soak.samples.push({ at: best, ...usageOf(stage.daemon().pid) });
    if (soak.faults % 30 === 0) tellProgress(stage, soak, best);
  }
  return soak;
}

function tellProgress(stage: Stage, { faults, samples }: Soak, best: number): void {
  const { mb, descriptors } = samples.at(-1) ?? { ...usageOf(stage.daemon().pid) };
  const took = ((performance.now() - startedAt) / 60_000).toFixed(1);
  process.stderr.write(
    `${took} min  block ${best}  ${faults} faults  ${mb.toFixed(0)} MB  ${descriptors} descriptors\n`,
  );
}

/** Words of a log that would be a defect of ours. */
function defectsIn(stage: Stage): number {
  const files = [stage.logFile, `${stage.logFile}.1`];
  const text = files.map((file) => readOr(file)).join("\n");
  return text.match(/this is a bug|TypeError|RangeError|ReferenceError/g)?.length ?? 0;
}

function readOr(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function memoryTrend(samples: readonly Sample[]): Trend | null {
  const half = samples.slice(samples.length >> 1);
  return trendOf(half.map(({ at, mb }) => ({ at: (at * SLOT_MS) / 86_400_000, value: mb })));
}

const endSlot = Math.floor(Date.now() / SLOT_MS) - 2 * blocksWanted;
await using stage = await openStage(values.seed, endSlot);
const storm = openStorm(stage, openRandom(`${values.seed} deck`), values.only);
const soak = await runStorm(stage, storm);
const { best } = await stage.heads();
const truth = await stage.devnet.truth();
const found = compareWithTruth(stage.file, truth);
const wrong = [...found.wrong, ...findUntrueOrphans(stage.file, truth)];
const broken = checkInvariants(stage.file);
const holes = broken.filter((each) => each.includes("hole")).length;
const trend = memoryTrend(soak.samples);
const half = soak.samples.slice(soak.samples.length >> 1);
const fds = half.map(({ descriptors }) => descriptors);
const mbs = half.map(({ mb }) => mb);
const logged = defectsIn(stage);
const range = (of: readonly number[]): string =>
  of.length === 0 ? "no samples" : `${Math.min(...of).toFixed(0)} to ${Math.max(...of).toFixed(0)}`;
const good =
  wrong.length + broken.length + stage.crashes.length + soak.stuck.length + logged === 0 &&
  found.blocks > 0 &&
  // Ten minutes are too short to tell a trend from the warmth of a young process.
  (minutes !== null || trend === null || trend.slope <= trend.margin);

if (found.unknown.length > 0) process.stderr.write(`no author: ${found.unknown.join(", ")}\n`);
for (const each of [...wrong, ...broken, ...stage.crashes, ...soak.stuck].slice(0, 20)) {
  process.stderr.write(`✗ ${each}\n`);
}
const command = `bun test/reliability/soak.ts${minutes === null ? ` ${epochs}` : ` --minutes ${minutes}`} --seed ${values.seed}`;
const took = ((performance.now() - startedAt) / 60_000).toFixed(0);
await writeSection(
  minutes === null ? "soak" : "soak-short",
  [
    `${provenance(command)} It took ${took} minutes.`,
    "",
    table(
      ["what", "seen"],
      [
        [
          "blocks, slots, epochs",
          `${best}, ${soak.slots}, ${Math.floor(soak.slots / SLOTS_PER_EPOCH)}`,
        ],
        ["faults", soak.faults],
        [
          "rows compared: blocks, missed slots, lost blocks",
          `${found.blocks}, ${found.missedSlots}, ${found.orphans}`,
        ],
        ["wrong rows", wrong.length],
        ["holes", holes],
        ["broken invariants", broken.length - holes],
        ["authors left unknown", found.unknownAuthors + found.unknownTurns],
        ["crashes", stage.crashes.length],
        ["never caught up", soak.stuck.length],
        ["errors of ours in the log", logged],
        ["memory in the last half, MB", range(mbs)],
        ["memory slope, MB per day of chain time", formatTrend(trend)],
        ["descriptors in the last half", range(fds)],
      ],
    ),
    "",
    table(["fault", "times"], [...storm.counts]),
  ].join("\n"),
);
process.exitCode = good ? 0 : 1;
