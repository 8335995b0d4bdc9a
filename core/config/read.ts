// A configuration file's text, or why it has none.
import { readFileSync, statSync } from "node:fs";

/** Nobody writes this much by hand: it is some other file. */
const LARGEST_BYTES = 1_000_000;

export type FileText = { text: string } | { problem: string } | "absent";

export function readConfigFile(path: string): FileText {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { problem: "is a folder, expected a file" };
    // A pipe or a device would be waited for.
    if (!stat.isFile()) return { problem: "is no regular file" };
    if (stat.size > LARGEST_BYTES) return { problem: "is larger than 1 MB; not read" };
    return decode(readFileSync(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    const reason = code === "EACCES" || code === "EPERM" ? "permission denied" : code;
    return { problem: `cannot be read: ${reason || String(error)}` };
  }
}

function decode(bytes: Uint8Array): FileText {
  if (bytes.includes(0)) return { problem: "is a binary file, expected TOML" };
  try {
    // A byte order mark is dropped by the decoder.
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { problem: "is not UTF-8 text, expected TOML" };
  }
}
