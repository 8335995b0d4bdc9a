// The files as one: c12 lays the environment chosen over its file, and each file over those below it.
import { createDefu } from "defu";
import { dirname } from "pathe";

import type { Layer, Values } from "./layer.ts";

/** By itself the library adds lists up. */
const layOver = createDefu((into, key, upper) => {
  if (!Array.isArray(upper)) return false;
  into[key] = upper;
  return true;
});

/** `layers` as searched, highest first. */
export async function mergeLayers(layers: readonly Layer[]): Promise<Values> {
  let merged: Values = {};
  for (const layer of layers.toReversed()) {
    if (layer.parts.length > 0) merged = await mergeLayer(layer, merged);
  }
  return merged;
}

/**
 * c12 gets what we read from the file. By itself it would follow a symbolic link `mvm.toml` to a script and run it, look
 * into .config beside the file, and stumble over a byte order mark.
 */
async function mergeLayer({ path, parts }: Layer, below: Values): Promise<Values> {
  // Most runs have no file; they need not wait for the library.
  const c12 = await import("c12");
  const base = parts.at(-1)?.values ?? {};
  const chosen = parts.length > 1 ? parts[0]?.values : undefined;
  const { config } = await c12.loadConfig<Values>({
    cwd: dirname(path),
    configFile: path,
    rcFile: false,
    globalRc: false,
    packageJson: false,
    dotenv: false,
    extend: false,
    giget: false,
    envName: false,
    // For scripts, of which there are none; it would keep /tmp/jiti for them, a name that others can take first.
    jitiOptions: { fsCache: false },
    merger: (...sources) => sources.reduce<Values>((upper, each) => layOver(upper, each ?? {}), {}),
    ...(chosen === undefined ? {} : { overrides: chosen }),
    resolve: () => ({ config: base, configFile: path, cwd: dirname(path), source: path }),
    defaultConfig: below,
  });
  return config;
}
