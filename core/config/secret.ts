// Secrets in files of their own: what a credential of systemd is, or a file only the service may read.
import { isAbsolute, join, resolve } from "pathe";

import { readRegularFile } from "../regular-file.ts";

/** No token or address is longer. */
const LONGEST_BYTES = 16 * 1024;

export interface SecretPlace {
  env: Record<string, string | undefined>;
  home: string;
  /** Folder of whatever named the file. */
  folder: string;
}

/** A relative name means systemd's credentials where there are any, else the folder of the configuration. */
export function resolveSecret(name: string, { env, home, folder }: SecretPlace): string {
  if (name.startsWith("~/") && home !== "") return join(home, name.slice(2));
  const credentials = env["CREDENTIALS_DIRECTORY"] ?? "";
  return resolve(isAbsolute(credentials) ? credentials : folder, name);
}

/** Its one line without the space around it. A problem names the file and nothing of what is in it. */
export function readSecret(path: string): { text: string } | { problem: string } {
  try {
    const file = readRegularFile(path, LONGEST_BYTES);
    if ("refused" in file) {
      const isLarge = file.refused === "too large";
      const what = isLarge ? "is larger than 16 KB; not read" : "is no regular file";
      return { problem: `${path} ${what}` };
    }
    const text = new TextDecoder("utf-8", { fatal: true }).decode(file.bytes).trim();
    if (text === "") return { problem: `${path} is empty` };
    return /\p{Cc}/u.test(text) ? { problem: `${path} is not one line of text` } : { text };
  } catch (error) {
    return { problem: `${path} ${describeFailure(error)}` };
  }
}

function describeFailure(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") return "is not there";
  if (code === "EACCES" || code === "EPERM") return "cannot be read: permission denied";
  if (code === "ENXIO") return "is no regular file";
  return error instanceof TypeError ? "is not UTF-8 text" : `cannot be read: ${code}`;
}
