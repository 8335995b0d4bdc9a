// One record, one line: as text or as JSON, with nothing in it that a terminal would obey.
import type { Colors } from "picocolors/types";

import { hideCredentials } from "../core/config/value.ts";
import { spellOut } from "../core/harmless.ts";
import type { Fields, Level } from "../core/log.ts";

export interface LogLine {
  date: Date;
  level: Level;
  command: string;
  message: string;
  fields: Fields;
}

/** sd-daemon(3): what journald and `logger --prio-prefix` take a line's urgency from. */
const PRIORITY: Record<Level, number> = { error: 3, warn: 4, info: 6, debug: 7, trace: 7 };

export function formatPriority(level: Level): string {
  return `<${PRIORITY[level]}>`;
}

/** One JSON object: `time`, `level`, `command`, `message`, then the fields. See examples/log/README.md. */
export function formatJson({ date, level, command, message, fields }: LogLine): string {
  const line: Fields = { time: date.toISOString(), level, command, message };
  for (const [name, value] of Object.entries(fields)) if (!(name in line)) line[name] = value;
  const text = JSON.stringify(line, (_, value: unknown) =>
    typeof value === "string" ? hideCredentials(value) : value,
  );
  return spellOut(text);
}

const PAINT: Record<Level, "red" | "yellow" | "cyan" | "dim"> = {
  ...{ error: "red", warn: "yellow", info: "cyan", debug: "dim", trace: "dim" },
};

/**
 * Time, level, message.
 * @param paint colours for parts of the message; it gets what is safe to print
 */
export function formatText(
  { date, level, message }: LogLine,
  colors: Colors,
  paint: (text: string) => string = (text) => text,
): string {
  const time = colors.dim(date.toISOString().slice(11, 19));
  const text = makeHarmless(message);
  return `${time} ${colors[PAINT[level]](level.padEnd(5))} ${colors.isColorSupported ? paint(text) : text}`;
}

/** The whole day and milliseconds: a file is read long afterwards. */
export function formatFileText({ date, level, message }: LogLine): string {
  return `${date.toISOString()} ${level.padEnd(5)} ${makeHarmless(message)}`;
}

/** The journal has the time itself. */
export function formatJournalText({ level, message }: LogLine): string {
  return `${level.padEnd(5)} ${makeHarmless(message)}`;
}

/** What a node says may hold anything: line breaks and terminal commands are spelt out. */
function makeHarmless(message: string): string {
  return spellOut(hideCredentials(message).replaceAll("\n", "\\n").replaceAll("\t", " "));
}
