// Logs go to stderr or into a file, one line each; stdout is for data. consola sorts by level, the rest is here.
import { fstatSync } from "node:fs";
import { isatty } from "node:tty";

import { createConsola, LogLevels } from "consola";

import type { Fields, Level, Log } from "../core/log.ts";
import { LEVELS } from "../core/log.ts";
import { colours } from "./_colour.ts";
import type { LogFile } from "./_log-file.ts";
import { openLogFile } from "./_log-file.ts";
import type { LogLine } from "./_log-format.ts";
import {
  formatFileText,
  formatJournalText,
  formatJson,
  formatPriority,
  formatText,
} from "./_log-format.ts";
import { writeStderr } from "./_stderr.ts";

export interface LogOptions {
  /** Name in each JSON line. */
  command: string;
  level: Level;
  format: "text" | "json";
  /** Takes the place of stderr; null = none. */
  file: string | null;
  /** The file is rotated by size and by age; 0 = not. */
  maxBytes: number;
  maxAgeMs: number;
  maxFiles: number;
  /** Each line on stderr begins with its priority, also beside a file. Without it, where stderr is the journal. */
  syslog: boolean;
  /** Called before each line on stderr, so that a live progress line can step aside. */
  beforeLine?: () => void;
  /** Colours for parts of a text line on a terminal. */
  paint?: (text: string) => string;
}

export interface OpenLog extends Log, Disposable {
  /** In force from the next line on. */
  reconfigure: (changes: Partial<Pick<LogOptions, "level" | "format">>) => void;
  /** Opens the file anew by its name: it may have been moved away. */
  reopen: () => void;
}

/** Throws `config` when there is to be a log file and it cannot be opened; nothing throws later. */
export function openLog(options: LogOptions): OpenLog {
  let { format } = options;
  const stderr = openStderr(options);
  const warn = (message: string): void => {
    const line = { date: new Date(), level: "warn", command: options.command, message } as const;
    stderr({ ...line, fields: {} }, format);
  };
  const file: LogFile | null =
    options.file === null ? null : openLogFile({ ...options, path: options.file }, warn);

  function emit(line: LogLine): void {
    const filed = file?.write(format === "json" ? formatJson(line) : formatFileText(line)) ?? false;
    if (!filed || options.syslog) stderr(line, format);
  }

  const consola = createConsola({
    level: LogLevels[options.level],
    // The library would hold back a line that repeats the last five. A line is a line.
    throttle: Number.NEGATIVE_INFINITY,
    // Our own reporter: the library's prints `info` to stdout and blank lines around errors.
    reporters: [{ log: ({ date, type, args }) => emit(lineOf(options.command, date, type, args)) }],
  });
  const at =
    (level: Level): Log["info"] =>
    (message, fields) =>
      consola[level](message, fields);
  return {
    ...{ error: at("error"), warn: at("warn"), info: at("info") },
    ...{ debug: at("debug"), trace: at("trace") },
    enabled: (level) => LogLevels[level] <= consola.level,
    reconfigure: (changes) => {
      format = changes.format ?? format;
      if (changes.level !== undefined) consola.level = LogLevels[changes.level];
    },
    reopen: () => file?.reopen(),
    [Symbol.dispose]: () => file?.close(),
  };
}

function lineOf(command: string, date: Date, type: string, args: readonly unknown[]): LogLine {
  const [message, fields] = args;
  return {
    date,
    level: LEVELS.find((level) => level === type) ?? "info",
    command,
    message: String(message),
    // consola passes on what the functions above were called with.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    fields: (fields ?? {}) as Fields,
  };
}

function openStderr(options: LogOptions): (line: LogLine, format: "text" | "json") => void {
  const { beforeLine, paint } = options;
  const terminal = isatty(2);
  const prefixed = !terminal && (options.syslog || isJournal());
  // Of stderr: the library would ask about stdout, where no log goes.
  const colors = colours(process.stderr);
  const formatLine = (line: LogLine, format: "text" | "json"): string => {
    if (format === "json") return formatJson(line);
    return prefixed ? formatJournalText(line) : formatText(line, colors, paint);
  };
  return (line, format) => {
    beforeLine?.();
    const prefix = prefixed ? formatPriority(line.level) : "";
    writeStderr(`${prefix}${formatLine(line, format)}\n`);
  };
}

/** systemd names the device and inode of the journal's socket: is our stderr that one? */
function isJournal(): boolean {
  const stream = process.env["JOURNAL_STREAM"];
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(2, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    // No stderr at all: nothing to prefix.
    return false;
  }
}
