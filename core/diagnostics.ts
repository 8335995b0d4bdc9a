// Who is told of each request and each statement when a command that answers and leaves is run with -v. Set once, before
// anything is opened, by whoever started the process: the daemon has its own log, and hands it on.
import type { Log } from "./log.ts";

let listener: Log | null = null;

/** From here on every link and every reader that is opened tells this log; null: nobody listens any more. */
export function setListener(log: Log | null): void {
  listener = log;
}

export function getListener(): Log | null {
  return listener;
}
