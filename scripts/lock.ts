// The lock file: every package there may be, and of those installed here what they say of themselves.
import { existsSync, readFileSync } from "node:fs";

import { join } from "pathe";

const ROOT = join(import.meta.dir, "..");

/** Name with version, registry (empty: the usual one), what it wants, SHA-512. */
export type LockEntry = readonly [id: string, registry: string, wants: object, sum: string];

/** By path: a version of its own stands under the package that wants it, `pkg-types/confbox`. */
export function readLock(): ReadonlyMap<string, LockEntry> {
  const text = readFileSync(join(ROOT, "bun.lock"), "utf8");
  // The lock file is JSON with trailing commas, and Bun wrote it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { packages } = Bun.JSONC.parse(text) as { packages: Record<string, LockEntry> };
  return new Map(Object.entries(packages));
}

export interface Package {
  name: string;
  version: string;
  /** As it says of itself, in SPDX's words. */
  licence: string;
  /** SHA-512 of its archive, hex. */
  sum: string;
  /** Relative to the repository. */
  folder: string;
  /** Of the scripts that run when it is installed. */
  scripts: string[];
}

/** `a/@b/c` is node_modules/a/node_modules/@b/c. */
function folderOf(path: string): string {
  const names = path.match(/(?:@[^/]+\/)?[^/]+/g) ?? [];
  return names.map((name) => `node_modules/${name}`).join("/");
}

interface Manifest {
  license?: unknown;
  scripts?: Record<string, string>;
}

const INSTALL_SCRIPTS = new Set(["preinstall", "install", "postinstall"]);

/** Those of the lock file that are here: others are for other systems. */
export function installedPackages(): Package[] {
  return [...readLock()].flatMap(([path, [id, , , sum]]) => {
    const folder = folderOf(path);
    const file = join(ROOT, folder, "package.json");
    if (!existsSync(file)) return [];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a manifest is that, or nothing is read from it
    const { license, scripts = {} } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    const at = id.lastIndexOf("@");
    // Without a script of its own, a binding.gyp has one made up for it.
    const gyp = existsSync(join(ROOT, folder, "binding.gyp")) ? ["binding.gyp"] : [];
    return [
      {
        ...{ name: id.slice(0, at), version: id.slice(at + 1), folder },
        licence: typeof license === "string" ? license : "not told",
        sum: Buffer.from(sum.replace("sha512-", ""), "base64").toString("hex"),
        scripts: [...Object.keys(scripts).filter((name) => INSTALL_SCRIPTS.has(name)), ...gyp],
      },
    ];
  });
}
