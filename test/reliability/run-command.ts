// A command of ours from its sources, with an environment of its own, to its end: what it said, byte for byte.
import { join } from "pathe";

import { openTerminal } from "../helpers/terminal.ts";

export const MVM = join(import.meta.dir, "../../commands/mvm.ts");
const LONGEST_MS = 40_000;

export interface Ran {
  words: readonly string[];
  code: number | null;
  out: string;
  err: string;
  /** Its command line as everybody on the machine may read it, and its environment's names. */
  shown: string;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Ended after this, where the command would go on. */
  forMs?: number;
  /** Words before those of mvm. */
  before?: readonly string[];
}

export async function runMvm(words: readonly string[], options: RunOptions): Promise<Ran> {
  const { cwd, env = {}, forMs = LONGEST_MS, before = [] } = options;
  const child = Bun.spawn([...before, process.execPath, MVM, ...words], {
    cwd,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  const timer = setTimeout(() => child.kill(forMs === LONGEST_MS ? "SIGKILL" : "SIGTERM"), forMs);
  const shown = await readShown(child.pid);
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  clearTimeout(timer);
  return { words, code: child.exitCode, out, err, shown };
}

async function readShown(pid: number): Promise<string> {
  try {
    return await Bun.file(`/proc/${pid}/cmdline`).text();
  } catch {
    // It has left already.
    return "";
  }
}

/** The same on a terminal: what the screen was sent. */
export async function runOnTerminal(words: readonly string[], options: RunOptions): Promise<Ran> {
  await using terminal = openTerminal(
    [process.execPath, MVM, ...words],
    { TERM: "xterm-256color", ...options.env },
    options.cwd,
  );
  const { code, sent } = await terminal.ended();
  return { words, code, out: sent, err: "", shown: "" };
}

/** Why this end of a command is a crash; null where it is none. */
export function crashOf({ words, code, out, err }: Ran): string | null {
  const isBug = code === 70 || /this is a bug/.test(err + out);
  const isGone = code === null || code > 128;
  if (!isBug && !isGone) return null;
  return `${words.join(" ")}: ${isBug ? "a stack" : "killed or hanging"} (${code}): ${err.slice(0, 400)}`;
}
