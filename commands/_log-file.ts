// A log file that loses no line: rotated by others or by itself, removed, or on a disk that is full.
import type { Stats } from "node:fs";
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  statSync,
  writeSync,
} from "node:fs";

import { dirname } from "pathe";

import { describeError, MonitorError } from "../core/errors.ts";
import { rotate } from "./_log-rotate.ts";

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
const MODE = 0o640;
/** How often a file that could not be written or rotated is tried again. */
const RETRY_MS = 1000;
const RETRY_ROTATION_MS = 60_000;

export interface LogFileOptions {
  path: string;
  /** Rotated before it would grow beyond this; 0 = never for its size. */
  maxBytes: number;
  /** Rotated when its first line is this old; 0 = never for its age. */
  maxAgeMs: number;
  /** Old files kept. */
  maxFiles: number;
}

export interface LogFile {
  /** Appends a line in one write; false when it could not be written. Never throws. */
  write: (line: string) => boolean;
  /** Closes and opens by name: after this, a file moved away is not written any more. */
  reopen: () => void;
  close: () => void;
}

interface Open {
  fd: number;
  stats: Stats;
  bytes: number;
}

/**
 * Opens a file for appending, made with mode 0640. Throws `config` when it cannot be opened at all; later
 * troubles go to `complain`, once each until all is well again.
 */
export function openLogFile(options: LogFileOptions, complain: (text: string) => void): LogFile {
  const { path } = options;
  let open: Open | null = openFirst(path);
  let failedAt: number | null = null;
  let rotationFailedAt: number | null = null;
  let lost = 0;

  function close(): void {
    if (open === null) return;
    const { fd } = open;
    open = null;
    try {
      closeSync(fd);
    } catch {
      // Every line was written by a call of its own: closing has nothing left to lose.
    }
  }

  function reopen(): void {
    close();
    // Asked for, or with reason to hope: no waiting.
    failedAt = null;
  }

  function write(line: string): boolean {
    if (failedAt !== null && performance.now() - failedAt < RETRY_MS) return refuse();
    try {
      const file = current();
      const text = Buffer.from(`${line}\n`);
      const target = isDue(file, text.length) ? rotated(file) : file;
      append(target, text);
    } catch (error) {
      if (failedAt === null && lost === 0) {
        complain(`cannot write the log file ${path}: ${describeError(error)}; it goes on here`);
      }
      close();
      failedAt = performance.now();
      return refuse();
    }
    failedAt = null;
    if (lost > 0) complain(`the log file ${path} is written again; ${lost} lines went here`);
    lost = 0;
    return true;
  }

  function refuse(): false {
    lost += 1;
    return false;
  }

  /** The file of that name as it is now: it may have been moved away and made anew since the last line. */
  function current(): Open {
    if (open?.stats.isFile() === true) {
      const named = statSync(path, { throwIfNoEntry: false });
      if (named?.ino !== open.stats.ino || named.dev !== open.stats.dev) close();
      // Others may write there too, or cut it short.
      else open.bytes = named.size;
    }
    open ??= openAppending(path);
    return open;
  }

  function isDue({ stats, bytes }: Open, more: number): boolean {
    const { maxBytes, maxAgeMs } = options;
    if (!stats.isFile() || bytes === 0) return false;
    if (rotationFailedAt !== null && performance.now() - rotationFailedAt < RETRY_ROTATION_MS)
      return false;
    const tooBig = maxBytes > 0 && bytes + more > maxBytes;
    return tooBig || (maxAgeMs > 0 && Date.now() - bornAtMs(stats) >= maxAgeMs);
  }

  function rotated(file: Open): Open {
    try {
      rotate(path, options.maxFiles);
    } catch (error) {
      // The line is worth more than the limit.
      if (rotationFailedAt === null)
        complain(`cannot rotate the log file ${path}: ${describeError(error)}; it grows on`);
      rotationFailedAt = performance.now();
      return file;
    }
    rotationFailedAt = null;
    close();
    return current();
  }

  return { write, reopen, close };
}

function openFirst(path: string): Open {
  try {
    return openAppending(path);
  } catch (cause) {
    throw new MonitorError("config", `cannot write the log file ${path}`, {
      hint: `the folder ${dirname(path)} must exist and be writable; --log-file names another file`,
      cause,
    });
  }
}

function openAppending(path: string): Open {
  // Not blocking: a pipe nobody reads would otherwise hold us up for ever.
  const fd = openUnlinked(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK);
  const stats = fstatSync(fd);
  return { fd, stats, bytes: stats.size };
}

/** A link of our own or of root is followed; one that another user put there could lead anywhere. */
function openUnlinked(path: string, flags: number): number {
  try {
    return openSync(path, flags | O_NOFOLLOW, MODE);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ELOOP")) throw error;
    const { uid } = lstatSync(path);
    if (uid !== 0 && uid !== process.getuid?.()) throw new Error("it is a link of another user's");
    return openSync(path, flags, MODE);
  }
}

/** Where the file system does not tell when a file was made, the last change before we opened it will do. */
function bornAtMs({ birthtimeMs, mtimeMs }: Stats): number {
  return birthtimeMs > 0 ? birthtimeMs : mtimeMs;
}

function append({ fd, stats, bytes }: Open, text: Uint8Array): void {
  const written = writeSync(fd, text);
  if (written === text.length) return;
  // The disk is full: half a line is worse than none, and the whole of it goes elsewhere.
  if (stats.isFile() && fstatSync(fd).size === bytes + written) ftruncateSync(fd, bytes);
  throw new Error(`only ${written} of ${text.length} bytes could be written`);
}
