// What an executable may be built for, and which pieces of the screen there are for it.
import { existsSync } from "node:fs";

import { join } from "pathe";

const ROOT = join(import.meta.dir, "..");

export const TARGETS = ["linux-x64", "linux-x64-baseline", "linux-arm64"] as const;
export type Target = (typeof TARGETS)[number];

/** The one this machine runs. Null on a machine we build nothing for. */
export function ownTarget(): Target | null {
  return TARGETS.find((each) => each === `${process.platform}-${process.arch}`) ?? null;
}

/** The folder of the native part of the screen; null when it is not installed. */
export function screenOf(target: Target): { name: string; folder: string } | null {
  const name = `@opentui/core-${target.replace("-baseline", "")}`;
  const folder = join(ROOT, "node_modules", name);
  return existsSync(join(folder, "libopentui.so")) ? { name, folder } : null;
}

/** The screen's library names a native part for each platform; those that are not here stay out. */
export function absentScreens(): string[] {
  const linux = ["linux-x64", "linux-arm64", "linux-x64-musl", "linux-arm64-musl"];
  const others = ["darwin-x64", "darwin-arm64", "win32-x64", "win32-arm64"];
  return [...linux, ...others]
    .map((platform) => `@opentui/core-${platform}`)
    .filter((name) => !existsSync(join(ROOT, "node_modules", name)));
}
