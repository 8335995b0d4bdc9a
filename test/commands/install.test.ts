// The Rust tool's install and uninstall: not done here, but the next command is named, and a script does not go on.
import { expect, spyOn, test } from "bun:test";

import { main } from "../../commands/_main.ts";
import { mvmCommand } from "../../commands/mvm.ts";

test("both say what to run, and exit 64", async () => {
  for (const [words, script] of [
    [["install"], "./install.sh"],
    [["install", "uninstall"], "./uninstall.sh"],
    [["install", "uninstall", "--remove-data"], "./uninstall.sh --remove-data"],
  ] as const) {
    let err = "";
    using _err = spyOn(process.stderr, "write").mockImplementation((text) => {
      err += String(text);
      return true;
    });
    expect(await main(mvmCommand, words)).toBe(64);
    expect(err.trimEnd().endsWith(`sudo ${script}`)).toBe(true);
  }
});
