// Writes the example where a configuration is looked for.
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";

import { dirname, join } from "pathe";

import { MonitorError } from "../errors.ts";
import { formatExample } from "./example.ts";

/** It may come to hold a secret: the owner writes, the group reads. */
const MODE = 0o640;

/** Throws `config` when the file is there already and `force` is not set, or when it cannot be written. */
export function initConfig(path: string, force: boolean): void {
  if (!force && lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw exists(path);
  const aside = join(dirname(path), `.mvm-config-${process.pid}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(aside, { force: true });
    writeAside(aside);
    // A link, unlike a rename, fails when another put a file there meanwhile.
    if (force) renameSync(aside, path);
    else linkSync(aside, path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") throw exists(path);
    throw new MonitorError("config", `cannot write ${path}`, {
      hint: "name another place with --path FILE",
      cause,
    });
  } finally {
    rmSync(aside, { force: true });
  }
}

function writeAside(path: string): void {
  const file = openSync(path, "wx", MODE);
  try {
    writeSync(file, formatExample());
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  // Whatever the umask took away.
  chmodSync(path, MODE);
}

function exists(path: string): MonitorError {
  return new MonitorError("config", `${path} exists already`, {
    hint: "add --force to replace it",
  });
}
