// What comes from others: on which terms, from where, and that nothing of it runs when it is installed.
import { describe, expect, test } from "bun:test";

import packageJson from "../../package.json" with { type: "json" };
import {
  formatThirdParty,
  refuseShipped,
  refuseTools,
  textsOf,
  toolPackages,
} from "../../scripts/licences.ts";
import { installedPackages, readLock } from "../../scripts/lock.ts";
import { packagesInside } from "../../scripts/parts.ts";

const names = (packages: readonly { name: string; licence: string }[]): string[] =>
  packages.map(({ name, licence }) => `${name}: ${licence}`);

const madeUp = (licence: string, name = "made-up") => ({
  ...{ name, licence, version: "1.0.0", sum: "", folder: "", scripts: [] },
});

describe("Licences", () => {
  test("of all that is inside an executable are among those allowed there", async () => {
    const inside = await packagesInside();
    expect(inside.length).toBeGreaterThan(20);
    expect(names(refuseShipped(inside))).toEqual([]);
  });

  test("of all that is used to work on it are among those allowed for tools", async () => {
    expect(names(refuseTools(await toolPackages()))).toEqual([]);
  });

  test("that are not allowed are named: a tool's in a release, one unknown, one not told", () => {
    const tool = madeUp("GPL-3.0-only", "@substrate/connect");
    const others = [madeUp("AGPL-3.0-only"), madeUp("not told"), madeUp("MIT OR GPL-3.0-only")];
    expect(refuseShipped([madeUp("MIT"), tool, ...others])).toEqual([tool, ...others]);
    expect(refuseTools([madeUp("MIT"), tool, ...others])).toEqual(others);
    expect(refuseShipped([madeUp("MIT AND LGPL-2.1-or-later")])).toHaveLength(1);
  });

  test("are in the list that goes with a release, to the letter, and so is the runtime's", async () => {
    const inside = await packagesInside();
    const list = formatThirdParty(inside);
    for (const each of inside) {
      expect(list).toContain(`${each.name} ${each.version}: ${each.licence}\n`);
      for (const text of textsOf(each)) expect(list).toContain(text);
    }
    // What a package has taken in from others lies deeper in it, packed even.
    const taken = inside.filter((each) => textsOf(each).length > 1).map(({ name }) => name);
    expect(taken).toEqual(expect.arrayContaining(["citty", "confbox", "giget"]));
    expect(list).toContain(`Bun ${Bun.version}, MIT`);
    expect(formatThirdParty(await packagesInside())).toBe(list);
  });

  test("without a text are refused: there would be nothing to pass on", () => {
    expect(() => formatThirdParty([{ ...madeUp("MIT"), folder: "units" }])).toThrow(
      "made-up has no text of its licence",
    );
  });
});

describe("The list of parts", () => {
  test("names what is inside with licence and sum, and no tool", async () => {
    const { stdout } = Bun.spawnSync([process.execPath, "scripts/sbom.ts"], {
      cwd: `${import.meta.dir}/../..`,
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own script wrote it
    const { components } = JSON.parse(stdout.toString()) as {
      components: { name: string; licenses: unknown[]; hashes?: { content: string }[] }[];
    };
    const inside = await packagesInside();
    expect(components.map(({ name }) => name)).toEqual(["bun", ...inside.map(({ name }) => name)]);
    for (const { licenses } of components) expect(licenses).toHaveLength(1);
    for (const { hashes } of components.slice(1))
      expect(hashes?.[0]?.content).toMatch(/^[0-9a-f]{128}$/);
    expect(components.some(({ name }) => /typescript|oxlint|knip|smoldot/.test(name))).toBe(false);
  });
});

describe("The lock file", () => {
  test("has a sum for every package, all from the usual registry: no git, address, file or folder", () => {
    const wrong = [...readLock()].filter(
      ([, entry]) =>
        entry.length !== 4 ||
        entry[1] !== "" ||
        !/^(?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(entry[0]) ||
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry[3]),
    );
    expect(wrong).toEqual([]);
    expect(readLock().size).toBeGreaterThan(80);
  });

  test("is of exact versions: what we want by name is one version and no range", () => {
    const wanted = { ...packageJson.dependencies, ...packageJson.devDependencies };
    for (const [name, version] of Object.entries(wanted)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(readLock().get(name)?.[0]).toBe(`${name}@${version}`);
    }
  });
});

describe("Installing", () => {
  test("runs nothing of any package: none has a script for it, and none is trusted with one", () => {
    const packages = installedPackages();
    expect(packages.length).toBeGreaterThan(80);
    expect(packages.filter(({ scripts }) => scripts.length > 0)).toEqual([]);
    expect(Object.keys(packageJson)).not.toContain("trustedDependencies");
    const own = Object.keys(packageJson.scripts);
    expect(own.filter((name) => /^(?:pre|post)?(?:install|prepare)$/.test(name))).toEqual([]);
  });
});
