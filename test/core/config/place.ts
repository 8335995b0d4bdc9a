// A machine of its own for a configuration: working folder, home and the system's folders.
import { mkdirSync, writeFileSync } from "node:fs";

import { dirname, join } from "pathe";

import type { LoadOptions } from "../../../core/config/load.ts";
import { loadConfig } from "../../../core/config/load.ts";
import { MonitorError } from "../../../core/errors.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

export const LAYERS = ["project", "user", "system", "opt"] as const;
type LayerName = (typeof LAYERS)[number];

export interface Place extends Disposable {
  paths: Record<LayerName, string>;
  options: LoadOptions;
  /** Writes a layer's file and returns its path. */
  write: (layer: LayerName, text: string | Uint8Array) => string;
}

export function openPlace(): Place {
  const folder = temporaryFolder();
  const at = (name: string): string => folder.file(name);
  const paths = {
    project: at("work/mvm.toml"),
    user: at("home/.config/mvm/config.toml"),
    system: at("etc/mvm/config.toml"),
    opt: at("opt/midnight/mvm/config/config.toml"),
  };
  for (const path of Object.values(paths)) mkdirSync(dirname(path), { recursive: true });
  return {
    paths,
    options: {
      ...{ cwd: at("work"), home: at("home"), env: {}, flags: {} },
      roots: { opt: at("opt"), etc: at("etc") },
    },
    write: (layer, text) => {
      writeFileSync(paths[layer], text);
      return paths[layer];
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** What loading says is wrong, line by line, with the project file's path shortened to FILE. */
export async function problemsOf(place: Place, more: Partial<LoadOptions> = {}): Promise<string[]> {
  try {
    await loadConfig({ ...place.options, ...more });
  } catch (error) {
    if (!(error instanceof MonitorError) || error.code !== "config") throw error;
    return error.message.replaceAll(join(place.paths.project), "FILE").split("\n");
  }
  return [];
}
