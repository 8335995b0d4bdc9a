// The daemon's lines in the journal, read by journalctl: a child of ours that is ended when nobody looks any more.
import { parseJournalLine } from "../core/view/journal.ts";
import type { LogRecord } from "../core/view/messages.ts";

export const JOURNAL_UNIT = "mvm-sync.service";
/** Enough to page through; read in small pieces, between one key and the next. */
const MOST = 1000;
/** Lines that come within this are told together. */
const GATHER_MS = 200;
/** A journal that has said nothing by then has nothing to say: the daemon logs elsewhere, or it is not ours to read. */
const PATIENCE_MS = 3000;

/** Tells the newest lines, newest first, as they come; nothing where there is no journal, or none of the daemon's. */
export function followJournal(tell: (records: LogRecord[]) => void): Disposable {
  const program = Bun.which("journalctl");
  if (program === null) return { [Symbol.dispose]: () => undefined };
  const child = Bun.spawn(
    [
      ...[program, "--unit", JOURNAL_UNIT, "--output", "json", "--lines", String(MOST)],
      ...["--follow", "--no-pager", "--quiet", "--all"],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const records: LogRecord[] = [];
  let gathering: Timer | undefined;
  const deadline = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);

  function take(line: string): void {
    const parsed = parseJournalLine(line);
    if (parsed === null) return;
    clearTimeout(deadline);
    // A line is told from others by a number that stays its own.
    records.push({ id: Math.max(parsed.atMs * 1000, (records.at(-1)?.id ?? 0) + 1), ...parsed });
    if (records.length > MOST) records.shift();
    gathering ??= setTimeout(() => {
      gathering = undefined;
      tell(records.toReversed());
    }, GATHER_MS);
  }

  void readLines(child.stdout, take);
  return {
    [Symbol.dispose]: () => {
      clearTimeout(deadline);
      clearTimeout(gathering);
      child.kill("SIGKILL");
    },
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
}
