// Every change that a program makes to the files of one folder: counted, written down, or the program killed before one of them.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { join } from "pathe";

/** In the order of the tracer's own list. */
const KINDS = [
  "none",
  "create",
  "resize",
  "write",
  "sync",
  "rename",
  "unlink",
  "link",
  "mkdir",
  "rmdir",
  "unknown",
] as const;

export type Kind = (typeof KINDS)[number];

/** One system call. */
export interface Change {
  kind: Kind;
  /** Below zero: it failed and changed nothing. */
  result: number;
  /** Where it wrote, or the size it made. */
  offset: number;
  path: string;
  /** Where it was moved or linked to. */
  other: string;
  data: Buffer;
}

/** What the tracer says when the program did not live to its end. */
const KILLED = 99;

interface Run {
  killed: boolean;
  code: number;
  changes: Change[];
}

export interface Tracer extends Disposable {
  /** @param point before which call the program is killed; 0: it lives, and its calls are written down */
  start: (folder: string, words: readonly string[], point?: number) => Traced;
}

export interface Traced {
  /** The last number the program said it had come to. */
  last: () => number;
  /** Resolves once the program says so or has ended. */
  reached: (number: number) => Promise<void>;
  /** Ends its input, which a program that waits takes for the end. */
  finish: () => Promise<Run>;
}

/** Compiles the tracer. Null where there is no compiler, or a program may not be traced. */
export function openTracer(): Tracer | null {
  if (process.platform !== "linux" || Bun.which("gcc") === null) return null;
  const folder = mkdtempSync(join(tmpdir(), "mvm-tracer-"));
  const tracer = join(folder, "tracer");
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const source = join(import.meta.dir, "tracer.c");
  const built = Bun.spawnSync(["gcc", "-O2", "-o", tracer, source]);
  const works = built.success && Bun.spawnSync([tracer, folder, "-", "0", "true"]).success;
  if (!works) {
    remove();
    return null;
  }
  let runs = 0;
  return {
    start: (watched, words, point = 0) => {
      const log = join(folder, `log-${runs++}`);
      return startTraced([tracer, watched, point === 0 ? log : "-", String(point), ...words], log);
    },
    [Symbol.dispose]: remove,
  };
}

function startTraced(words: readonly string[], log: string): Traced {
  const child = Bun.spawn([...words], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", NO_COLOR: "1" },
  });
  let last = 0;
  let ended = false;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const each of woken) each();
  };
  const complaints = new Response(child.stderr).text();
  const reading = (async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of child.stdout) {
      const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split("\n");
      rest = lines.pop() ?? "";
      last = Math.max(last, ...lines.map(Number));
      wake();
    }
    ended = true;
    wake();
  })();
  return {
    last: () => last,
    reached: async (number) => {
      while (last < number && !ended) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    finish: async () => {
      await child.stdin.end();
      const [code] = await Promise.all([child.exited, reading]);
      if (code !== 0 && code !== KILLED) throw new Error(`exited ${code}: ${await complaints}`);
      return { code, killed: code === KILLED, changes: existsSync(log) ? takeLog(log) : [] };
    },
  };
}

function takeLog(log: string): Change[] {
  const changes = parseLog(readFileSync(log));
  rmSync(log);
  return changes;
}

const NUMBERS = 8;
const HEAD = 3 * NUMBERS + 12;

function parseLog(log: Buffer): Change[] {
  const changes: Change[] = [];
  let at = 0;
  const take = (length: number): Buffer => log.subarray(at, (at += length));
  while (at < log.length) {
    const head = take(HEAD);
    const [kind = 0, result = 0, offset = 0] = [0, 1, 2].map((i) =>
      Number(head.readBigInt64LE(i * NUMBERS)),
    );
    const [path, other, data] = [0, 1, 2].map((i) => take(head.readUInt32LE(3 * NUMBERS + 4 * i)));
    changes.push({
      ...{ kind: KINDS[kind] ?? "unknown", result, offset },
      ...{ path: String(path ?? ""), other: String(other ?? ""), data: data ?? Buffer.alloc(0) },
    });
  }
  return changes;
}
