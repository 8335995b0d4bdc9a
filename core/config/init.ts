// Writes the example where a configuration is looked for.
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";

import { dirname, join } from "pathe";

import { MonitorError } from "../errors.ts";
import { formatExample } from "./example.ts";

/** It may come to hold a secret: the owner writes, the group reads. */
const MODE = 0o640;

/**
 * Throws `config` when the file is there already and `force` is not set, or when it cannot be written. A file that is
 * replaced keeps its owner and mode, and a link goes on pointing to it.
 */
export function initConfig(path: string, force: boolean): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!force && there !== undefined) throw exists(path);
  try {
    if (there === undefined) writeNew(path);
    else replace(path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") throw exists(path);
    throw new MonitorError("config", `cannot write ${path}`, {
      hint: "name another place with --path FILE",
      cause,
    });
  }
}

function writeNew(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  // A link, unlike a rename, fails when another put a file there meanwhile.
  writeAside(path, { mode: MODE }, (aside) => linkSync(aside, path));
}

/** What a link points to, which may not exist. */
function replace(path: string): void {
  const known = statSync(path, { throwIfNoEntry: false });
  // A link to nothing: the file takes the link's place.
  if (known === undefined) {
    writeAside(path, { mode: MODE }, (aside) => renameSync(aside, path));
    return;
  }
  const target = realpathSync(path);
  const { mode, uid, gid } = known;
  writeAside(target, { mode: mode & 0o7777, uid, gid }, (aside) => renameSync(aside, target));
}

interface Nature {
  mode: number;
  /** Absent: whoever runs this. */
  uid?: number;
  gid?: number;
}

function writeAside(path: string, nature: Nature, place: (aside: string) => void): void {
  const aside = join(dirname(path), `.mvm-config-${process.pid}.tmp`);
  rmSync(aside, { force: true });
  try {
    const file = openSync(aside, "wx", MODE);
    try {
      writeSync(file, formatExample());
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const { mode, uid, gid } = nature;
    if (uid !== undefined && gid !== undefined) chownSync(aside, uid, gid);
    // Whatever the umask took away; after the owner, for a change of owner may take away more.
    chmodSync(aside, mode);
    place(aside);
  } finally {
    rmSync(aside, { force: true });
  }
}

function exists(path: string): MonitorError {
  return new MonitorError("config", `${path} exists already`, {
    hint: "add --force to replace it",
  });
}
