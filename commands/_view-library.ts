// The native library under the dashboard: the file an installation brings, else the copy inside the executable.
import { existsSync } from "node:fs";

import type { CliRenderer, CliRendererConfig } from "@opentui/core";
import { dirname, join } from "pathe";

import { describeError, MonitorError } from "../core/errors.ts";

/** Where the library looks below a folder it is told of. */
const LIBRARY = `@opentui/core-${process.platform}-${process.arch}/libopentui.so`;

/**
 * The folder of the library beside an executable: `../lib/mvm` as installed, `lib/mvm` as built. Null where there is
 * none: the executable then unpacks its own into the folder for temporary files, which must be let run code.
 */
export function findLibrary(executable: string): string | null {
  const here = dirname(executable);
  const folders = [join(here, "../lib/mvm"), join(here, "lib/mvm")];
  return folders.find((folder) => existsSync(join(folder, LIBRARY))) ?? null;
}

/** The screen. Throws `config` when the library cannot be loaded here. */
export async function openRenderer(config: CliRendererConfig): Promise<CliRenderer> {
  // From the sources the package manager's file fits; one that was installed may be of another version.
  const isCompiled = Bun.main.startsWith("/$bunfs/");
  const folder = isCompiled ? findLibrary(process.execPath) : null;
  if (folder !== null) process.env["OTUI_ASSET_ROOT"] ??= folder;
  try {
    const { createCliRenderer } = await import("@opentui/core");
    return await createCliRenderer(config);
  } catch (error) {
    const message = `the dashboard cannot load its library: ${describeError(error)}`;
    const hint = `put ${LIBRARY} into ../lib/mvm beside the executable's folder, or let temporary files run; --once needs neither`;
    throw new MonitorError("config", message, { hint });
  }
}
