// When a thread of the dashboard collects its garbage. What was drawn, a statement or a closed file keeps memory that
// the collector does not see, and in a heap as small as these it finds no reason of its own to look.

/** After use there is something to find. */
const SOON_MS = 20_000;
/** Bytes the process has gained since: much is used at once, and a wait, or a pause waited for, only makes the peak higher. */
const GROWN = 10_000_000;
/** Without use, a look costs more than it brings. */
const SELDOM_MS = 300_000;

export interface Collector {
  /** Something was asked for. */
  used: () => void;
  /** Collects where it is time to. */
  tick: () => void;
}

export function openCollector(): Collector {
  let usedAt = performance.now();
  let collectedAt = usedAt;
  /** What was collected goes back to the system a little later, so not what is held at once but the least since. */
  let least = Infinity;

  function isTime(now: number): boolean {
    if (usedAt <= collectedAt) return now - collectedAt >= SELDOM_MS;
    const held = process.memoryUsage.rss();
    least = Math.min(least, held);
    return now - collectedAt >= SOON_MS || held - least > GROWN;
  }

  return {
    used: () => {
      usedAt = performance.now();
    },
    tick: () => {
      const now = performance.now();
      if (!isTime(now)) return;
      collectedAt = now;
      least = Infinity;
      Bun.gc(true);
    },
  };
}
