// Manual pages: one for each executable, without a warning from those who read such pages.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";

import { basename } from "pathe";

import { EXECUTABLES } from "../../scripts/executables.ts";
import { writeManPages } from "../../scripts/man.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const folder = temporaryFolder();
let pages: string[] = [];

beforeAll(async () => {
  pages = await writeManPages(folder.path);
});

afterAll(() => folder[Symbol.dispose]());

test("there is one for every executable", () => {
  expect(pages.map((page) => basename(page))).toEqual(EXECUTABLES.map(({ name }) => `${name}.1`));
  expect(pages.length).toBeGreaterThanOrEqual(2);
});

test("each has its sections in the usual order", () => {
  for (const page of pages) {
    const titles = [...readFileSync(page, "utf8").matchAll(/^\.SH (.+)$/gm)].map(
      ([, title]) => title,
    );
    const all =
      "NAME,SYNOPSIS,DESCRIPTION,COMMANDS,OPTIONS,ENVIRONMENT,FILES,EXIT STATUS,EXAMPLES,SEE ALSO";
    const wanted = all.split(",").filter((title) => title !== "COMMANDS" || titles.includes(title));
    expect(titles).toEqual(wanted);
  }
});

describe("read by others", () => {
  const hasMandoc = Bun.which("mandoc") !== null;
  const hasMan = Bun.which("man") !== null && Bun.which("groff") !== null;
  if (!hasMandoc || !hasMan) process.stderr.write("skipped: mandoc, man or groff is not here\n");

  test.if(hasMandoc)("mandoc has nothing to say against one", () => {
    for (const page of pages) {
      const { stdout } = Bun.spawnSync(["mandoc", "-T", "lint", "-W", "warning", page]);
      expect(stdout.toString()).toBe("");
    }
  });

  test.if(hasMan)("man shows options as they are typed, and warns of nothing", () => {
    for (const page of pages) {
      const { stdout, stderr } = Bun.spawnSync(["man", "-l", "--warnings=w", page], {
        env: { ...process.env, LC_ALL: "C.UTF-8", MANWIDTH: "80", MANPAGER: "cat" },
      });
      expect(stderr.toString()).toBe("");
      expect(stdout.toString()).toContain("--no-color");
      expect(stdout.toString()).toContain("~/.config/mvm/config.toml");
      expect(stdout.toString()).toContain("MVM_RPC_URL");
    }
  });
});
