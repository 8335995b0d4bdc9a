// When a thread of the dashboard collects its garbage. What was drawn, a statement or a closed file keeps memory that
// the collector does not see, and in a heap as small as these it finds no reason of its own to look.

/** After use there is something to find. */
const SOON_MS = 20_000;
/** Bytes the process has gained since: much is used at once, and a wait, or a pause waited for, only makes the peak higher. */
const GROWN = 8_000_000;
/** Without use, a look costs more than it brings. */
const SELDOM_MS = 300_000;

export interface Collector {
  /** Something was asked for. */
  used: () => void;
  /** Collects where it is time to. */
  tick: () => void;
}

/** The machine's, unless a test brings its own. */
export interface Machine {
  nowMs: () => number;
  /** Bytes of memory the process has. */
  held: () => number;
  collect: () => void;
}

const THIS_MACHINE: Machine = {
  nowMs: () => performance.now(),
  held: () => process.memoryUsage.rss(),
  collect: () => Bun.gc(true),
};

export function openCollector({ nowMs, held, collect }: Machine = THIS_MACHINE): Collector {
  let used = false;
  let collectedAt = nowMs();
  /** What was collected goes back to the system a little later, so not what is held at once but the least since. */
  let least = Infinity;

  function isTime(): boolean {
    const waitedMs = nowMs() - collectedAt;
    if (!used) return waitedMs >= SELDOM_MS;
    const bytes = held();
    least = Math.min(least, bytes);
    return waitedMs >= SOON_MS || bytes - least > GROWN;
  }

  return {
    used: () => {
      used = true;
    },
    tick: () => {
      if (!isTime()) return;
      used = false;
      collectedAt = nowMs();
      least = Infinity;
      collect();
    },
  };
}
