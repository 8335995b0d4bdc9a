// What nothing we have would contradict is asked for until it is said twice in a row: one wrong reply is no truth.
import { MonitorError } from "../errors.ts";

/** An answer may change between two questions; more often than this it is not an answer. */
const MOST = 4;

/** Throws `bad-reply` when no answer is given twice. */
export async function askTwice<T>(what: string, ask: () => Promise<T>): Promise<T> {
  let before = await ask();
  for (let asked = 1; asked < MOST; asked++) {
    const again = await ask();
    if (Bun.deepEquals(again, before)) return again;
    before = again;
  }
  throw new MonitorError("bad-reply", `the node contradicts itself about ${what}`);
}
