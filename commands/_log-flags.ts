// The flags that say how much is logged, how and where: the same set for every command that logs.
import type { ArgsDef } from "citty";

import type { Config, Settings } from "../core/config/schema.ts";
import { LEVELS } from "../core/log.ts";
import { levelOf } from "./_diagnostics.ts";
import type { LogOptions } from "./_log.ts";
import { describeFlag, readFlag } from "./_settings.ts";

const HOUR_MS = 3_600_000;

export const logFlags = {
  "log-level": { type: "enum", options: [...LEVELS], description: describeFlag("log.level") },
  verbose: { type: "boolean", alias: "v", default: false, description: "log at debug; -vv: trace" },
  quiet: {
    type: "boolean",
    alias: "q",
    default: false,
    description: "log warnings and errors only",
  },
  "log-format": {
    type: "enum",
    options: ["text", "json"],
    description: describeFlag("log.format"),
  },
  "log-file": { type: "string", valueHint: "FILE", description: describeFlag("daemon.log_file") },
  syslog: { type: "boolean", description: describeFlag("daemon.enable_syslog") },
} satisfies ArgsDef;

interface Given {
  "log-format"?: string | undefined;
  "log-file"?: string | undefined;
  syslog?: boolean | undefined;
}

/** The flags as settings. Throws `usage` when they contradict each other. */
export function readLogFlags(
  given: Given,
  rawArgs: readonly string[],
): {
  [K in "log.level" | "log.format" | "daemon.log_file" | "daemon.enable_syslog"]:
    Settings[K] | undefined;
} {
  return {
    "log.level": readFlag("log.level", levelOf(rawArgs) ?? undefined),
    "log.format": readFlag("log.format", given["log-format"]),
    "daemon.log_file": readFlag("daemon.log_file", given["log-file"]),
    "daemon.enable_syslog": given.syslog,
  };
}

/** What `openLog` wants, from the settings. */
export function logOptions({ log, daemon }: Config, command: string): LogOptions {
  return {
    command,
    level: log.level,
    format: log.format,
    file: daemon.log_file,
    maxBytes: log.max_size,
    maxAgeMs: log.max_age_hours * HOUR_MS,
    maxFiles: log.max_files,
    syslog: daemon.enable_syslog,
  };
}
