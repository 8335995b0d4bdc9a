// Where the script of a thread is: beside us in the sources, a file of its own inside an executable.

/** The root of what is compiled in. Chunks lie there, entry scripts in their folders below it. */
const INSIDE = /^.*(?:\$bunfs|~BUN)\/root\//;

/** `path` from the repository's root, without its ending. The build keeps the tree: see `scripts/build.ts`. */
export function workerUrl(path: string): URL {
  const root = INSIDE.exec(import.meta.url)?.[0];
  if (root === undefined) return new URL(`../${path}.ts`, import.meta.url);
  return new URL(`${root}${path}.js`);
}
