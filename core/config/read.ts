// A configuration file's text, or why it has none.
import { readFileSync, statSync } from "node:fs";

/** Nobody writes this much by hand: it is some other file. */
const LARGEST_BYTES = 256 * 1024;
/** The parser's time grows with the square of the keys, and a list of a thousand entries has fewer. */
const MOST_KEYS = 6000;

/** `isOpen`: everybody on this machine may read it. */
export type FileText = { text: string; isOpen: boolean } | { problem: string } | "absent";

export function readConfigFile(path: string): FileText {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { problem: "is a folder, expected a file" };
    // A pipe or a device would be waited for.
    if (!stat.isFile()) return { problem: "is no regular file" };
    if (stat.size > LARGEST_BYTES) return { problem: "is larger than 256 KB; not read" };
    return decode(readFileSync(path), (stat.mode & 0o004) !== 0);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    const reason = code === "EACCES" || code === "EPERM" ? "permission denied" : code;
    return { problem: `cannot be read: ${reason || String(error)}` };
  }
}

function decode(bytes: Uint8Array, isOpen: boolean): FileText {
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

/** At least as many as there are: every key has an equals sign, every table a bracket. */
function countKeys(text: string): number {
  return text.match(/=|^\s*\[/gm)?.length ?? 0;
}
