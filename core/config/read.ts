// A configuration file's text, or why it has none.
import type { Stats } from "node:fs";
import { readFileSync, statSync } from "node:fs";

import { dirname } from "pathe";

import { readRegularFile } from "../regular-file.ts";

/** Nobody writes this much by hand: it is some other file. */
const LARGEST_BYTES = 256 * 1024;
const REFUSED = {
  folder: "is a folder, expected a file",
  "no file": "is no regular file",
  "too large": "is larger than 256 KB; not read",
};
/** The parser's time grows with the square of the keys, and a list of a thousand entries has fewer. */
const MOST_KEYS = 6000;

/** `isOpen`: everybody on this machine may read it. */
export type FileText = { text: string; isOpen: boolean } | { problem: string } | "absent";

export function readConfigFile(path: string): FileText {
  try {
    const file = readRegularFile(path, LARGEST_BYTES);
    if ("refused" in file) return { problem: REFUSED[file.refused] };
    return decode(file.bytes, (file.stats.mode & 0o004) !== 0);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    // A socket.
    if (code === "ENXIO") return { problem: REFUSED["no file"] };
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    if (code === "EACCES" || code === "EPERM") {
      return { problem: `cannot be read: permission denied${describeWayIn(path)}` };
    }
    return { problem: `cannot be read: ${code || String(error)}` };
  }
}

/** Whether it is enough to join a group, and which: what is installed may be read by the service's. */
function describeWayIn(path: string): string {
  // Where the folder is closed too, the file itself cannot be asked.
  const place = statOrNull(path) ?? statOrNull(dirname(path));
  if (place === null || (place.mode & 0o040) === 0 || place.gid === 0) return "";
  const group = nameOfGroup(place.gid) ?? String(place.gid);
  return `; its group may: join the group ${group} (usermod -aG ${group} NAME, then log in again)`;
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    // Closed as well.
    return null;
  }
}

/** Null where groups come from elsewhere than the file. */
function nameOfGroup(gid: number): string | null {
  try {
    const lines = readFileSync("/etc/group", "utf8").split("\n");
    return lines.find((line) => line.split(":")[2] === String(gid))?.split(":")[0] ?? null;
  } catch {
    return null;
  }
}

function decode(bytes: Uint8Array, isOpen: boolean): FileText {
  if (isUtf16(bytes)) return { problem: "is UTF-16 text, expected UTF-8" };
  if (bytes.includes(0)) return { problem: "is a binary file, expected TOML" };
  try {
    // A byte order mark is dropped by the decoder.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (countKeys(text) > MOST_KEYS)
      return { problem: `has more than ${MOST_KEYS} keys; not read` };
    return { text, isOpen };
  } catch {
    return { problem: "is not UTF-8 text, expected TOML" };
  }
}

/** By its byte order mark. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** At least as many as there are: every key has an equals sign, every table a bracket. */
function countKeys(text: string): number {
  return text.match(/=|^[ \t]*\[/gm)?.length ?? 0;
}
