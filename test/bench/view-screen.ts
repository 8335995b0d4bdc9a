// The dashboard on a terminal of its own, timed from outside: keys in, and when anything was drawn.
import { readFileSync } from "node:fs";

import { join } from "pathe";

const SCRIPT = join(import.meta.dir, "../../commands/view.ts");
const PROGRAM = process.env["MVM_VIEW"];
const COMMAND = PROGRAM === undefined ? [process.execPath, SCRIPT] : [PROGRAM];
/** A key that draws nothing is not waited for any longer. */
const PATIENCE_MS = 1000;

export interface Screen extends AsyncDisposable {
  pid: number;
  /** Milliseconds from the start until the screen held this. */
  sawAt: (text: string) => Promise<number>;
  /** Milliseconds until anything was drawn after this was typed; null = nothing was. */
  type: (keys: string) => Promise<number | null>;
}

/** A program that only sends back what was typed: what a key costs on this machine, whatever it is typed into. */
export const ECHO = ["sh", "-c", "stty raw -echo; exec cat"];

/** From the sources, or the executable that MVM_VIEW names. */
export function openScreen(flags: readonly string[], command: readonly string[] = COMMAND): Screen {
  const started = performance.now();
  const decoder = new TextDecoder();
  let text = "";
  let wake = (): void => undefined;
  const child = Bun.spawn([...command, ...flags], {
    env: { ...process.env, TERM: "xterm-256color", COLORTERM: "truecolor" },
    terminal: {
      ...{ cols: 120, rows: 40 },
      data: (_, bytes) => {
        text = (text + Bun.stripANSI(decoder.decode(bytes, { stream: true }))).slice(-100_000);
        wake();
      },
    },
  });
  return {
    pid: child.pid,
    sawAt: async (wanted) => {
      while (!text.includes(wanted)) await new Promise<void>((resolve) => (wake = resolve));
      return performance.now() - started;
    },
    type: async (keys) => {
      const at = performance.now();
      const { promise, resolve } = Promise.withResolvers<number | null>();
      wake = () => resolve(performance.now() - at);
      child.terminal?.write(keys);
      const nothing = setTimeout(() => resolve(null), PATIENCE_MS);
      const took = await promise;
      clearTimeout(nothing);
      wake = () => undefined;
      return took;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

/** All of its threads included, in milliseconds. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Megabytes resident now, at the highest so far, or without the pages of files. */
export function memoryMb(pid: number, field: "VmRSS" | "VmHWM" | "RssAnon" = "VmRSS"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1000;
}
