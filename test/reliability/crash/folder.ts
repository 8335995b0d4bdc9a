// The files of a folder, taken and put back.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { dirname, join } from "pathe";

import type { Files } from "./disk.ts";

/** Links and folders aside. */
export function takeFiles(folder: string): Files {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    found
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );
}

/** These and no others. */
export function putFiles(folder: string, files: Files): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

/** The same for the same files with the same bytes. */
export function hashFiles(files: Files): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hasher.update(`${name}\0${bytes.length}\0`);
    hasher.update(bytes);
  }
  return hasher.digest("hex");
}

/** What is wrong where one file is not as the other. */
export function sameBytes(before: string, after: string): string[] {
  return readFileSync(before).equals(readFileSync(after)) ? [] : [`${after} was changed`];
}
