// Cases of files that are no database: the configuration, the PID file, the log that is rotated.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { rotate } from "../../../commands/_log-rotate.ts";
import { writePidFile } from "../../../commands/_pidfile.ts";
import { formatExample } from "../../../core/config/example.ts";
import { initConfig } from "../../../core/config/init.ts";
import type { Case, World } from "./world.ts";
import { textOf, writer } from "./world.ts";

const textAt = (file: string): string | null =>
  existsSync(file) ? readFileSync(file, "utf8") : null;

const OLD = "# the operator's own\n";

/** A case whose check needs no node. */
const fileCase = (
  name: string,
  world: Omit<World, "check" | typeof Symbol.asyncDispose> & {
    check: (folder: string, killed: boolean) => string[];
  },
): Case => ({
  name,
  open: async () =>
    await Promise.resolve({
      ...world,
      check: async (folder: string, _: number, killed: boolean) => {
        try {
          return await Promise.resolve({ faults: world.check(folder, killed), unopened: false });
        } catch (error) {
          return { faults: [textOf(error)], unopened: true };
        }
      },
      [Symbol.asyncDispose]: async () => await Promise.resolve(),
    }),
});

/** Whole or as before; and the next attempt makes it whole. */
function checkConfig(file: string, before: string | null): string[] {
  const left = textAt(file);
  const faults = left === before || left === formatExample() ? [] : [`half a file: ${left}`];
  initConfig(file, left !== null);
  return textAt(file) === formatExample() ? faults : [...faults, "not written by the next attempt"];
}

const newConfig = fileCase("config init", {
  // Its folder is made too.
  program: (folder) => writer("config", join(folder, "mvm/mvm.toml")),
  check: (folder) => checkConfig(join(folder, "mvm/mvm.toml"), null),
});

const replacedConfig = fileCase("config init --force", {
  prepare: (folder) => writeFileSync(join(folder, "mvm.toml"), OLD),
  program: (folder) => writer("config", join(folder, "mvm.toml"), "force"),
  check: (folder) => checkConfig(join(folder, "mvm.toml"), OLD),
});

const pidFile = fileCase("PID file", {
  program: (folder) => writer("pid", join(folder, "mvm.pid")),
  check: (folder, killed) => {
    const file = join(folder, "mvm.pid");
    const left = textAt(file);
    // A power cut ends the process it names too, so what it leaves tells nobody anything.
    const faults = killed && left !== null && !/^\d+\n$/.test(left) ? [`half a PID: ${left}`] : [];
    using _file = writePidFile(file);
    const now = textAt(file);
    return now === `${process.pid}\n` ? faults : [...faults, `the next one finds ${now}`];
  },
});

const KEPT = 3;
const LOGS = ["", ".1", ".2", ".3"];

const rotation = fileCase("log rotation", {
  prepare: (folder) => {
    for (const end of LOGS) writeFileSync(join(folder, `mvm.log${end}`), `lines${end}\n`);
  },
  program: (folder) => writer("rotate", join(folder, "mvm.log"), String(KEPT)),
  check: (folder) => {
    const held = (): string[] =>
      readdirSync(folder).map((name) => textAt(join(folder, name)) ?? "");
    const lost = (from: readonly string[], ends: readonly string[]): string[] =>
      ends.filter((end) => !from.includes(`lines${end}\n`)).map((end) => `mvm.log${end} is lost`);
    // The oldest one goes.
    const faults = lost(held(), LOGS.slice(0, KEPT));
    const file = join(folder, "mvm.log");
    if (!existsSync(file)) writeFileSync(file, "lines after\n");
    rotate(file, KEPT);
    return existsSync(file) ? [...faults, "not rotated by the next attempt"] : faults;
  },
});

export const FILE_CASES: readonly Case[] = [newConfig, replacedConfig, pidFile, rotation];
