// A line of `journalctl -o json` as a log record.
import { isCode } from "../errors.ts";
import { LEVELS } from "../log.ts";
import { parseObject } from "../parse.ts";
import { parseJsonLine } from "./log-file.ts";
import type { LogRecord } from "./messages.ts";

type Parsed = Omit<LogRecord, "id">;

/** Our own lines there begin with their level; of systemd's only the priority tells. */
const TEXT = new RegExp(`^(${LEVELS.join("|")}) +(.*)$`, "s");
/** By syslog's priority, 0 to 7. */
const PRIORITIES = ["error", "error", "error", "error", "warn", "info", "info", "debug"];

/** Null for a line that is none. */
export function parseJournalLine(line: string): Parsed | null {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- JSON.parse is typed any; unknown from here on
    const value: unknown = JSON.parse(line);
    const entry = parseObject(value, "journal entry");
    const atMs = Math.floor(Number(entry["__REALTIME_TIMESTAMP"]) / 1000);
    const message = textOf(entry["MESSAGE"]);
    if (!Number.isFinite(atMs) || message === null) return null;
    return recordOf(message, atMs, PRIORITIES[Number(entry["PRIORITY"])] ?? "info");
  } catch (error) {
    if (error instanceof SyntaxError || isCode(error, "bad-reply")) return null;
    throw error;
  }
}

function recordOf(text: string, atMs: number, priority: string): Parsed {
  const [, level, message = ""] = TEXT.exec(text) ?? [];
  if (level !== undefined) return { atMs, level, message, fields: "{}" };
  const own = text.startsWith("{") ? parseJsonLine(text) : null;
  return own ?? { atMs, level: priority, message: text, fields: "{}" };
}

/** What is no text, or too long for it, comes as bytes or not at all. */
function textOf(message: unknown): string | null {
  if (typeof message === "string") return message;
  return Array.isArray(message) ? Buffer.from(message.map(Number)).toString() : null;
}
