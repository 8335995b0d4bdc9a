// Logs go to stderr, one line each; stdout is for data.
import type { LogObject } from "consola";
import { createConsola, LogLevels } from "consola";
import pc from "picocolors";

import type { Fields, Level, Log } from "../core/log.ts";

const PAINT: Partial<Record<string, (text: string) => string>> = {
  error: pc.red,
  warn: pc.yellow,
  debug: pc.dim,
};

/** @param beforeLine called before each line, so that a live progress line can step aside. */
export function openLog(verbose: boolean, beforeLine: () => void = () => undefined): Log {
  const consola = createConsola({
    level: verbose ? LogLevels.debug : LogLevels.info,
    // Our own reporter: the library's prints `info` to stdout and blank lines around errors.
    reporters: [
      {
        log: (line) => {
          beforeLine();
          process.stderr.write(`${formatLine(line)}\n`);
        },
      },
    ],
  });
  function at(level: Level): (message: string, fields?: Fields) => void {
    return (message) => consola[level](message);
  }
  return {
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    trace: at("trace"),
    enabled: (level) => LogLevels[level] <= consola.level,
  };
}

function formatLine({ date, type, args }: LogObject): string {
  const time = pc.dim(date.toISOString().slice(11, 19));
  const paint = PAINT[type] ?? pc.cyan;
  return `${time} ${paint(type.padEnd(5))} ${args.map(String).join(" ")}`;
}
