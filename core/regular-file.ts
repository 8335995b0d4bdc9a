// A small file of which nothing is trusted but its name: no pipe or device is waited for, no endless one read.
import type { Stats } from "node:fs";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

const { O_NOCTTY, O_NONBLOCK, O_RDONLY } = constants;

export type RegularFile =
  { bytes: Uint8Array; stats: Stats } | { refused: "folder" | "no file" | "too large" };

/**
 * What is asked of is what was opened, so nobody can put another thing in its place in between. Throws what the system
 * says where it cannot be opened or read.
 */
export function readRegularFile(path: string, mostBytes: number): RegularFile {
  const fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) return { refused: "folder" };
    if (!stats.isFile()) return { refused: "no file" };
    if (stats.size > mostBytes) return { refused: "too large" };
    // It may grow meanwhile, and what the kernel makes up has no size.
    const buffer = Buffer.alloc(mostBytes + 1);
    const length = fill(fd, buffer);
    if (length > mostBytes) return { refused: "too large" };
    return { bytes: buffer.subarray(0, length), stats };
  } finally {
    closeSync(fd);
  }
}

function fill(fd: number, buffer: Uint8Array): number {
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(fd, buffer, length, buffer.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return length;
}
