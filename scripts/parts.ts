// What the executables are made of: the packages of which the bundler takes at least one file.
import { EXECUTABLES } from "./executables.ts";
import { installedPackages, type Package } from "./lock.ts";
import { absentScreens } from "./targets.ts";

/** By name and version. */
export async function packagesInside(): Promise<Package[]> {
  const folders = await bundledFolders();
  return installedPackages()
    .filter(({ folder }) => folders.has(folder))
    .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

async function bundledFolders(): Promise<Set<string>> {
  const entries = new Set(EXECUTABLES.flatMap(({ entry, workers }) => [entry, ...workers]));
  const { metafile } = await Bun.build({
    ...{ entrypoints: [...entries], root: ".", target: "bun", format: "esm", splitting: true },
    ...{ external: absentScreens(), metafile: true },
  });
  const files = Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []);
  if (folders.length === 0) throw new Error("the bundler named no file of any package");
  return new Set(folders);
}
