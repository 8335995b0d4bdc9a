// A log that keeps what it is told, for tests of what is said.
import type { Fields, Level, Log } from "../../core/log.ts";
import { LEVELS } from "../../core/log.ts";

export interface ListLog extends Log {
  lines: { level: Level; message: string; fields: Fields }[];
}

export function openListLog(most: Level = "trace"): ListLog {
  const lines: ListLog["lines"] = [];
  const enabled = (level: Level): boolean => LEVELS.indexOf(level) <= LEVELS.indexOf(most);
  const at =
    (level: Level): Log["info"] =>
    (message, fields = {}) => {
      if (enabled(level)) lines.push({ level, message, fields });
    };
  return {
    ...{ lines, enabled, error: at("error"), warn: at("warn"), info: at("info") },
    ...{ debug: at("debug"), trace: at("trace") },
  };
}
