// The real logrotate with examples/logrotate/mvm, on the log of a real mvm-sync.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { join } from "pathe";

import type { JsonLine } from "./log-options.ts";
import { parseLines } from "./log-options.ts";

const EXAMPLE = join(import.meta.dir, "../../examples/logrotate/mvm");

/** Null where there is none. */
export const logrotate = Bun.which("logrotate", { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` });

function ask(...command: string[]): string {
  return Bun.spawnSync(command).stdout.toString().trim();
}

/** Folder for logs, as strict as logrotate wants it. */
export function makeLogFolder(path: string): string {
  mkdirSync(path);
  chmodSync(path, 0o750);
  return path;
}

export interface Rotator {
  /** Rotates once; throws with what it complains of. */
  rotate: () => Promise<void>;
}

/** The example with this folder, user and process in the places of the real ones. Old files kept: 14, unless told. */
export function openRotator(logs: string, pid: number, scratch: string, kept = 14): Rotator {
  const replaced = [
    ["/var/log/mvm/*.log", `${logs}/*.log`],
    ["create 0640 mvm mvm", `create 0640 ${ask("id", "-un")} ${ask("id", "-gn")}`],
    ["systemctl kill -s HUP mvm-sync.service", `kill -HUP ${pid}`],
    ["rotate 14", `rotate ${kept}`],
  ] as const;
  const text = replaced.reduce(
    (whole, [from, to]) => {
      if (!whole.includes(from)) throw new Error(`the example has no "${from}"`);
      return whole.replace(from, to);
    },
    readFileSync(EXAMPLE, "utf8"),
  );
  const [config, state] = [join(scratch, "logrotate.conf"), join(scratch, "state")];
  writeFileSync(config, text, { mode: 0o644 });
  return {
    rotate: async () => {
      const turn = Bun.spawn([logrotate ?? "", "-s", state, "-f", config], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      const [complaints, code] = await Promise.all([turn.stderr.text(), turn.exited]);
      if (code !== 0 || complaints !== "") throw new Error(`logrotate: ${code} ${complaints}`);
    },
  };
}

/** Every line of every file, old ones included. Throws where one is no JSON. */
export function readRotatedLines(logs: string): JsonLine[] {
  return readdirSync(logs).flatMap((name) => {
    const bytes = readFileSync(join(logs, name));
    return parseLines((name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
  });
}

/** How often each method was asked by these lines; a batch counts its calls. */
export function countRequests(lines: readonly JsonLine[]): Record<string, number> {
  const seen: Record<string, number> = {};
  for (const { method, calls } of lines) {
    if (typeof method === "string") seen[method] = (seen[method] ?? 0) + Number(calls);
  }
  return seen;
}
