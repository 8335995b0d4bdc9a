// Catch-up progress: one live line on a terminal, a plain line every few seconds in a pipe or journal.
import type { Log } from "../core/log.ts";
import type { Progress } from "../core/sync/context.ts";
import { colours } from "./_colour.ts";
import { writeStderr } from "./_stderr.ts";

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 5000;
/** The rate is that of the last few seconds: a lifetime average hides a stall. */
const WINDOW_MS = 10_000;

export interface ProgressLine {
  update: (progress: Progress) => void;
  /** Removes the live line, before something else is printed. */
  clear: () => void;
}

export function openProgress(log: () => Log, live: boolean): ProgressLine {
  const samples: { at: number; number: number }[] = [];
  let shownAt = performance.now();
  let visible = false;

  function clear(): void {
    if (!visible) return;
    writeStderr("\r\u001b[K");
    visible = false;
  }

  function update(progress: Progress): void {
    const now = performance.now();
    samples.push({ at: now, number: progress.number });
    while (samples.length > 2 && now - (samples[0]?.at ?? now) > WINDOW_MS) samples.shift();
    const done = progress.number >= progress.target;
    if (!done && now - shownAt < (live ? LIVE_EVERY_MS : PLAIN_EVERY_MS)) return;
    shownAt = now;
    if (!live) {
      // The last batch of a catch-up is announced by "synced".
      if (!done)
        log().info(describe(progress, rate()), { block: progress.number, target: progress.target });
      return;
    }
    writeStderr(`\r\u001b[K${bar(progress)} ${describe(progress, rate())}`);
    visible = true;
  }

  function rate(): number | null {
    const [first] = samples;
    const last = samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 200) return null;
    return ((last.number - first.number) * 1000) / (last.at - first.at);
  }

  return { update, clear };
}

function bar({ number, target }: Progress): string {
  const width = 20;
  const filled = Math.floor((width * number) / Math.max(1, target));
  const { cyan, dim } = colours(process.stderr);
  return cyan("█".repeat(filled)) + dim("░".repeat(width - filled));
}

function describe({ number, target }: Progress, perSecond: number | null): string {
  const percent = Math.floor((1000 * number) / Math.max(1, target)) / 10;
  const position = `block ${number} of ${target} (${percent.toFixed(1)} %)`;
  if (perSecond === null || perSecond <= 0) return position;
  const left = formatDuration((target - number) / perSecond);
  return `${position}, ${Math.round(perSecond)} blocks/s, ${left} left`;
}

function formatDuration(seconds: number): string {
  const s = Math.ceil(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}
