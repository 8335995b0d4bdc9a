// A disk as a power cut leaves it: what was not synced may be there in whole, in part or not at all.
import { dirname, join, relative } from "pathe";

import type { Change } from "./trace.ts";

/** What a disk writes or does not write, as one. */
const SECTOR = 512;

/** A change of a file's content since it was last synced. */
type Edit = { offset: number; data: Buffer } | { size: number };

interface File {
  synced: Buffer;
  now: Content;
  edits: Edit[];
}

type Names = Map<string, File>;

/** A change of a folder since it was last synced. */
interface Move {
  folders: readonly string[];
  apply: (names: Names) => void;
}

/** A folder's files by their names in it. */
export type Files = Map<string, Buffer>;

/** How much of what was not synced is there afterwards. */
export interface Luck {
  /** Of names: so many of the changes, from the first on. File systems keep their order. */
  names: (changes: number) => number;
  /** Of contents: each sector by itself. */
  keeps: () => boolean;
}

export const NOTHING: Luck = { names: () => 0, keeps: () => false };
/** Files are where they were put, and empty: what a rename without a sync before it may come to. */
export const NAMES_ALONE: Luck = { names: (changes) => changes, keeps: () => false };

/** Maps in memory: not written by calls, and rebuilt by whoever opens the file first. */
const isMapped = (path: string): boolean => path.endsWith("-shm");

export interface Disk {
  apply: (change: Change) => void;
  /** As a reader sees it, and as it is after a process was killed. */
  present: () => Files;
  afterPowerLoss: (luck: Luck) => Files;
}

/** @param folder its files as they are: all synced */
export function openDisk(folder: string, start: Files): Disk {
  const syncedNames: Names = new Map();
  for (const [name, bytes] of start) {
    syncedNames.set(join(folder, name), { synced: bytes, now: openContent(bytes), edits: [] });
  }
  const names: Names = new Map(syncedNames);
  let moves: Move[] = [];

  const fileAt = (path: string): File => {
    const file = names.get(path);
    if (file === undefined) throw new Error(`changed, but never made: ${path}`);
    return file;
  };
  function move(paths: readonly string[], apply: Move["apply"]): void {
    apply(names);
    moves.push({ folders: paths.map(dirname), apply });
  }
  function edit(path: string, change: Edit): void {
    const file = fileAt(path);
    file.now.apply(change);
    file.edits.push(change);
  }
  function sync(path: string): void {
    const file = names.get(path);
    if (file === undefined) {
      const settled = moves.filter(({ folders }) => folders.every((each) => each === path));
      for (const each of settled) each.apply(syncedNames);
      moves = moves.filter((each) => !settled.includes(each));
      return;
    }
    file.synced = file.now.bytes();
    file.edits = [];
  }
  const appliers: Partial<Record<Change["kind"], (change: Change) => void>> = {
    create: ({ path }) => {
      const none = Buffer.alloc(0);
      const file: File = { synced: none, now: openContent(none), edits: [] };
      move([path], (to) => to.set(path, file));
    },
    resize: ({ path, offset }) => edit(path, { size: offset }),
    write: ({ path, offset, data, result }) =>
      edit(path, { offset, data: data.subarray(0, result) }),
    sync: ({ path }) => sync(path),
    rename: ({ path, other }) => {
      const file = fileAt(path);
      move([path, other], (to) => {
        to.delete(path);
        to.set(other, file);
      });
    },
    link: ({ path, other }) => {
      const file = fileAt(path);
      move([other], (to) => to.set(other, file));
    },
    // Only files are looked at; one in a folder that is lost is lost with it, by the order names are kept in.
    mkdir: ({ path }) => move([path], () => undefined),
    unlink: ({ path }) => move([path], (to) => to.delete(path)),
  };

  const within = (found: Names, bytesOf: (file: File) => Buffer): Files =>
    new Map([...found].map(([path, file]) => [relative(folder, path), bytesOf(file)]));

  return {
    apply: (change) => {
      if (change.result < 0) return;
      const apply = appliers[change.kind];
      if (apply === undefined) throw new Error(`a call this model lacks: ${change.kind}`);
      apply(change);
    },
    present: () => within(names, ({ now }) => now.bytes()),
    afterPowerLoss: (luck) => {
      const left: Names = new Map(syncedNames);
      for (const { apply } of moves.slice(0, luck.names(moves.length))) apply(left);
      for (const path of left.keys()) if (isMapped(path)) left.delete(path);
      return within(left, ({ synced, edits }) => survive(synced, edits, luck));
    },
  };
}

interface Content {
  apply: (edit: Edit) => void;
  /** A copy. */
  bytes: () => Buffer;
}

function openContent(start: Buffer): Content {
  let room = Buffer.from(start);
  let size = start.length;
  function grow(to: number): void {
    if (to > room.length) room = Buffer.concat([room, Buffer.alloc(Math.max(to, 2 * room.length))]);
    size = Math.max(size, to);
  }
  return {
    apply: (edit) => {
      if ("size" in edit) {
        grow(edit.size);
        // What is cut off is zeros when the file grows again.
        room.fill(0, edit.size, size);
        size = edit.size;
        return;
      }
      grow(edit.offset + edit.data.length);
      edit.data.copy(room, edit.offset);
    },
    bytes: () => Buffer.from(room.subarray(0, size)),
  };
}

function survive(synced: Buffer, edits: readonly Edit[], luck: Luck): Buffer {
  const content = openContent(synced);
  for (const edit of edits) {
    const parts = "size" in edit ? [edit] : sectorsOf(edit);
    for (const part of parts) if (luck.keeps()) content.apply(part);
  }
  return content.bytes();
}

function sectorsOf({ offset, data }: { offset: number; data: Buffer }): {
  offset: number;
  data: Buffer;
}[] {
  const parts: { offset: number; data: Buffer }[] = [];
  for (let at = 0; at < data.length;) {
    const length = Math.min(SECTOR - ((offset + at) % SECTOR), data.length - at);
    parts.push({ offset: offset + at, data: data.subarray(at, at + length) });
    at += length;
  }
  return parts;
}
