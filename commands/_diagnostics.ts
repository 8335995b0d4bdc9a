// -v and its kin for a command that answers and leaves: what it asks the node and the file, on stderr or into a file.
import { setListener } from "../core/diagnostics.ts";
import type { Level } from "../core/log.ts";
import { LEVELS } from "../core/log.ts";
import { countOf, repeated, usage } from "./_arguments.ts";
import type { LogOptions } from "./_log.ts";

/** Plain data: a thread is handed it. */
export type DiagnosticsOptions = Pick<LogOptions, "command" | "level" | "format" | "file">;

/**
 * From the words of a command line as `parseWords` leaves them; null when nothing of it is asked for. The settings
 * `[log]` and `daemon.log_file` are the daemon's: a query must not write into its file. Throws `usage`.
 */
export function readDiagnostics(
  options: readonly string[],
  command: string,
): DiagnosticsOptions | null {
  const level = levelOf(options);
  const file = repeated(options, "log-file").at(-1) ?? null;
  if (level === null && file === null) return null;
  const format = repeated(options, "log-format").at(-1) === "json" ? "json" : "text";
  return { command, level: level ?? "info", format, file };
}

/** The level of a command line, by its name or by -v, -vv, -q; null where nothing says it. Throws `usage`. */
export function levelOf(options: readonly string[]): Level | null {
  const loudness = countOf(options, "verbose");
  const quiet = countOf(options, "quiet") > 0;
  if (quiet && loudness > 0) {
    throw usage(
      "--quiet and --verbose contradict each other",
      "--log-level LEVEL says it in one word",
    );
  }
  const named = repeated(options, "log-level").at(-1);
  if (named !== undefined) return LEVELS.find((level) => level === named) ?? null;
  if (loudness > 0) return loudness > 1 ? "trace" : "debug";
  return quiet ? "warn" : null;
}

/** From here on links and readers tell of what they do. Throws `config` when the file cannot be opened. */
export async function openDiagnostics(options: DiagnosticsOptions): Promise<Disposable> {
  // Most runs want none of it, and need not wait for the library.
  const { openLog } = await import("./_log.ts");
  const log = openLog({ ...options, maxBytes: 0, maxAgeMs: 0, maxFiles: 1, syslog: false });
  setListener(log);
  return {
    [Symbol.dispose]: () => {
      setListener(null);
      log[Symbol.dispose]();
    },
  };
}
