// When a thread of the dashboard collects its garbage. What was drawn, a statement or a closed file keeps memory that
// the collector does not see, and in a heap as small as these it finds no reason of its own to look.

/** After use there is something to find; to put it off while keys come would only make the peak higher. */
const SOON_MS = 20_000;
/** Without, a look costs more than it brings. */
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
  return {
    used: () => {
      usedAt = performance.now();
    },
    tick: () => {
      const now = performance.now();
      const everyMs = usedAt > collectedAt ? SOON_MS : SELDOM_MS;
      if (now - collectedAt < everyMs) return;
      collectedAt = now;
      Bun.gc(true);
    },
  };
}
