// SIGHUP: the configuration is read again, and what can change in a running process does.
import { closeSync, openSync, readFileSync } from "node:fs";

import { describeChange, diffSettings } from "../core/config/reload.ts";
import type { Config, DottedKey } from "../core/config/schema.ts";
import { describeError, MonitorError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";

/**
 * Looks at a new configuration and returns how to take it over. Throws when it cannot be: then nothing is
 * taken over by anybody, and the old one stays. Taking over may return what is left to do once the changes
 * have been told.
 */
export type PrepareReload = (config: Config) => () => void | (() => void);

export interface ReloadOptions {
  initial: Config;
  /** The same flags, environment and files as at the start. */
  load: () => Promise<Config>;
  /** In this order. */
  onReload: readonly PrepareReload[];
  /** Asked anew each time: it may be another one by then. */
  log: () => Log;
  /** Keys this command has nothing to do with. */
  ignored: readonly DottedKey[];
}

/** The reload of one process. Asked for again while one is under way, it is done once more afterwards. */
export function openReload(options: ReloadOptions): () => Promise<void> {
  let current = options.initial;
  let underWay: Promise<void> | null = null;
  let again = false;

  async function reloadOnce(): Promise<void> {
    const log = options.log();
    let next: Config;
    let appliers: ReturnType<PrepareReload>[];
    try {
      next = await options.load();
      appliers = options.onReload.map((prepare) => prepare(next));
    } catch (error) {
      log.error(`configuration not reloaded, the old one stays: ${describeProblems(error)}`);
      return;
    }
    const finishers: (() => void)[] = [];
    for (const apply of appliers) {
      try {
        const finish = apply();
        if (finish !== undefined) finishers.push(finish);
      } catch (error) {
        log.error(`part of the new configuration could not be applied: ${describeError(error)}`);
      }
    }
    tell(log, current, next);
    current = next;
    for (const finish of finishers) finish();
  }

  function tell(log: Log, before: Config, after: Config): void {
    const concerns = ({ key }: { key: string }): boolean =>
      options.ignored.every((each) => each !== key);
    const diff = diffSettings(before, after);
    const applied = diff.applied.filter(concerns);
    const needsRestart = diff.needsRestart.filter(concerns);
    for (const change of applied) {
      log.info(`${describeChange(change)}, in effect`, { setting: change.key, inEffect: true });
    }
    for (const change of needsRestart) {
      const text = `${describeChange(change)}: needs a restart`;
      log.warn(text, { setting: change.key, inEffect: false });
    }
    if (applied.length + needsRestart.length === 0) {
      log.info("configuration reloaded, no setting changed");
    }
  }

  return async () => {
    again = true;
    underWay ??= (async () => {
      while (again) {
        again = false;
        await reloadOnce();
      }
    })().finally(() => (underWay = null));
    await underWay;
  };
}

function describeProblems(error: unknown): string {
  const text = describeError(error).split("\n").join("; ");
  const hint = error instanceof MonitorError && error.hint !== undefined ? ` (${error.hint})` : "";
  return `${text}${hint}`;
}

/**
 * From now on SIGHUP ends nothing: while we start, it would end us, and systemd would take that for a success.
 * The function returned says what to do on it: reload, or stop when the signal came because our terminal
 * is gone. Whoever closes the window of a running command wants it to end, unless nohup started it.
 */
export function catchHangups(): (reload: () => void, stop: () => void) => void {
  const watchesTerminal = hasTerminal() && !ignoresHangup();
  let act = (): void => undefined;
  process.on("SIGHUP", () => act());
  return (reload, stop) => {
    act = () => (watchesTerminal && !hasTerminal() ? stop() : reload());
  };
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    // ENXIO: no controlling terminal, or no longer.
    return false;
  }
}

/** Whether we were started with SIGHUP ignored. Where the kernel does not tell, we were not. */
function ignoresHangup(): boolean {
  try {
    const [, mask] =
      /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    return mask !== undefined && (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
