// Asks the node of a block, in a thread that goes again: proving a seal and naming calls takes libraries of some
// twenty megabytes, for a few looks a day.
import type { Report } from "../core/view/messages.ts";

/** Whoever looks at one block looks at the next. */
const LINGER_MS = 15_000;

export interface Inspector extends Disposable {
  inspect: (hash: string, author: string | null) => void;
}

/** @param start a thread whose reports are heard by what it is given */
export function openInspector(
  start: (hear: (report: Report) => void) => Worker,
  urls: readonly string[],
  tell: (report: Report) => void,
): Inspector {
  let thread: Worker | null = null;
  let timer: Timer | undefined;

  function end(): void {
    clearTimeout(timer);
    thread?.terminate();
    thread = null;
  }

  function linger(): void {
    clearTimeout(timer);
    timer = setTimeout(end, LINGER_MS);
  }

  function open(): Worker {
    const opened = start((report) => {
      linger();
      tell(report);
    });
    opened.postMessage({ kind: "open-inspect", urls });
    return opened;
  }

  return {
    inspect: (hash, author) => {
      linger();
      thread ??= open();
      thread.postMessage({ kind: "inspect", hash, author });
    },
    [Symbol.dispose]: end,
  };
}
