// Whose work is in a release, on which terms: bun scripts/licences.ts > THIRD-PARTY. Only licences named here may come in.
import { readFileSync } from "node:fs";

import { join } from "pathe";

import { installedPackages, type Package } from "./lock.ts";
import { packagesInside } from "./parts.ts";

const ROOT = join(import.meta.dir, "..");

/** Of what is shipped: free to pass on with a notice. */
const SHIPPED = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD"]);
/** A library in a file of its own, which whoever wants can replace; its notices and its source's address lie beside it. */
const LIBRARIES = new Map([[/^@opentui\/core-linux-/, "MIT AND LGPL-2.1-or-later"]]);
/** Of what is used to test and goes nowhere. */
const TOOLS = new Map([
  [/^@substrate\/connect/, "GPL-3.0-only"],
  [/^smoldot$/, "GPL-3.0-or-later WITH Classpath-exception-2.0"],
]);

const isNamed = (list: Map<RegExp, string>, { name, licence }: Package): boolean =>
  [...list].some(([pattern, wanted]) => pattern.test(name) && licence === wanted);

/** What may not be in a release. */
export function refuseShipped(packages: readonly Package[]): Package[] {
  return packages.filter((each) => !SHIPPED.has(each.licence) && !isNamed(LIBRARIES, each));
}

/** What may not even be used. */
export function refuseTools(packages: readonly Package[]): Package[] {
  return refuseShipped(packages).filter((each) => !isNamed(TOOLS, each));
}

/** Packages by licence, most first. */
export function countLicences(packages: readonly Package[]): [licence: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** Installed for work on mvm, and no part of it. */
export async function toolPackages(): Promise<Package[]> {
  const inside = new Set((await packagesInside()).map(({ folder }) => folder));
  return installedPackages().filter(({ folder }) => !inside.has(folder));
}

/** Those of what a package has taken in from others lie deeper. */
const IS_TEXT =
  /^(?:[^/]+\/)*(?:third-party-)?(?:licen[cs]e|copying|notice|copyright|authors|patents|ffmpeg)[^/.]*(?:\.md|\.txt)?(?:\.gz)?$/i;

/** What a package wants passed on, file by file. */
export function textsOf({ folder }: Package): string[] {
  return [...new Bun.Glob("**/*").scanSync(join(ROOT, folder))]
    .filter((name) => IS_TEXT.test(name) && !name.includes("node_modules/"))
    .sort()
    .map((name) => readText(join(ROOT, folder, name)).trim());
}

function readText(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? Buffer.from(Bun.gunzipSync(bytes)) : bytes).toString("utf8");
}

const RUNTIME = `The runtime
===========

Each executable holds Bun ${Bun.version}, MIT, (c) Oven and contributors. Bun links JavaScriptCore and WebKit (LGPL-2) and TinyCC
(LGPL-2.1), and libraries under MIT, BSD, Apache-2.0, zlib, ICU's and OpenSSL's licences. Its list, their texts and how to build it
anew with another WebKit: https://github.com/oven-sh/bun/blob/bun-v${Bun.version}/LICENSE.md and
https://github.com/oven-sh/WebKit. mvm is MIT with all its sources: an executable is built with such a Bun by "bun run build".

The dashboard's library brings tree-sitter's grammars of JavaScript, TypeScript, Markdown and Zig, each MIT:
https://github.com/tree-sitter and https://github.com/tree-sitter-grammars.
`;

/** The same text is told once, under the names of all it goes with. */
export function formatThirdParty(packages: readonly Package[]): string {
  const byText = new Map<string, Package[]>();
  for (const each of packages) {
    const text = textsOf(each).join("\n\n");
    if (text === "") throw new Error(`${each.name} has no text of its licence`);
    byText.set(text, [...(byText.get(text) ?? []), each]);
  }
  const parts = [...byText].map(([text, those]) => {
    const names = those.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
    return [...names, "-".repeat(72), "", text, ""].join("\n");
  });
  const head = "mvm holds work of others, listed here with the terms it came on.\n";
  return [head, RUNTIME, `The packages\n============\n`, ...parts].join("\n");
}

if (import.meta.main) process.stdout.write(formatThirdParty(await packagesInside()));
