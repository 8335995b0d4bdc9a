// The programs a release is made of. A role has one of its own so that a unit carries nothing it does not need.
import { existsSync } from "node:fs";

import { join } from "pathe";

import type { AnyCommand } from "../commands/_command.ts";

const ROOT = join(import.meta.dir, "..");
/** Roles that run by themselves, and the umbrella with everything in it. */
const ROLES = ["sync", "status", "view", "mvm"];

export interface Executable {
  name: string;
  entry: string;
  /** A worker is a file of its own inside the executable. */
  workers: readonly string[];
}

const SCREEN_THREADS = ["commands/_view-worker.ts", "commands/_view-demo.ts"];
const SERVING_THREAD = "core/api/api-worker.ts";
const WORKERS: Readonly<Record<string, readonly string[]>> = {
  sync: [SERVING_THREAD],
  view: SCREEN_THREADS,
  mvm: ["core/verify/seal-worker.ts", SERVING_THREAD, ...SCREEN_THREADS],
};

export const EXECUTABLES: readonly Executable[] = ROLES.map((role) => ({
  name: role === "mvm" ? "mvm" : `mvm-${role}`,
  entry: `commands/${role}.ts`,
  workers: WORKERS[role] ?? [],
})).filter(({ entry }) => existsSync(join(ROOT, entry)));

/** The command an entry script runs. */
export async function loadCommand({ name, entry }: Executable): Promise<AnyCommand> {
  const exportName = `${name.replace("mvm-", "")}Command`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- entries export their command by this name
  const exported = (await import(join(ROOT, entry))) as Record<string, AnyCommand | undefined>;
  const command = exported[exportName];
  if (command === undefined) throw new Error(`${entry} exports no ${exportName}`);
  return command;
}
