// Time as the alerts see it: so that ten minutes of a dead receiver pass in a test at once.

export interface Clock {
  nowMs: () => number;
  /** Calls once, later; returns how to call it off. */
  after: (ms: number, work: () => void) => () => void;
}

/** Longest wait a timer takes. */
const LONGEST_MS = 2_147_483_647;

export const REAL_CLOCK: Clock = {
  nowMs: () => Date.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, Math.min(ms, LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
