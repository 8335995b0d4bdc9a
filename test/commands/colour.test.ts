// Colours: the flag over NO_COLOR over FORCE_COLOR over the terminal. In real processes, with and without a terminal.
import { expect, test } from "bun:test";

import { join } from "pathe";

import { applyColourFlag, screenColours, wantsColour } from "../../commands/_colour.ts";
import { openTerminal } from "../helpers/terminal.ts";

const SCRIPT = join(import.meta.dir, "../../commands/mvm.ts");
const PAINTED = "\u001b[";

test("a stream is painted by this order", () => {
  const cases: [boolean, Record<string, string>, boolean][] = [
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: "dumb" }, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [false, { FORCE_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [true, { FORCE_COLOR: "" }, true],
    [false, { FORCE_COLOR: "3", NO_COLOR: "1" }, false],
    [false, { CI: "true" }, false],
  ];
  for (const [isTTY, env, painted] of cases) {
    expect({ isTTY, env, painted: wantsColour({ isTTY }, env) }).toEqual({ isTTY, env, painted });
  }
});

test("a whole screen gets as many colours as the terminal has", () => {
  const cases: [Record<string, string>, ReturnType<typeof screenColours>][] = [
    [{ TERM: "xterm-256color" }, "all"],
    [{ TERM: "xterm" }, "all"],
    [{ TERM: "tmux-256color", COLORTERM: "truecolor" }, "all"],
    [{ TERM: "linux" }, "sixteen"],
    [{ TERM: "xterm-16color" }, "sixteen"],
    [{ TERM: "linux", COLORTERM: "truecolor" }, "all"],
    [{ TERM: "vt100" }, "none"],
    [{ TERM: "linux", NO_COLOR: "1" }, "none"],
  ];
  for (const [env, colours] of cases) {
    expect({ env, colours: screenColours({ isTTY: true }, env) }).toEqual({ env, colours });
  }
});

test.each([
  ["--color", "FORCE_COLOR"],
  ["--color=true", "FORCE_COLOR"],
  ["--no-color=false", "FORCE_COLOR"],
  ["--no-color", "NO_COLOR"],
  ["--color=false", "NO_COLOR"],
])("%s sets %s", (flag, name) => {
  const was = { ...process.env };
  try {
    applyColourFlag(["x", flag]);
    expect([process.env["FORCE_COLOR"], process.env["NO_COLOR"]]).toEqual(
      name === "FORCE_COLOR" ? ["1", undefined] : [undefined, "1"],
    );
  } finally {
    for (const each of ["FORCE_COLOR", "NO_COLOR"]) delete process.env[each];
    Object.assign(process.env, was);
  }
});

test("a flag behind -- is not one", () => {
  const was = { ...process.env };
  applyColourFlag(["x", "--", "--color"]);
  expect(process.env).toEqual(was);
});

async function piped(words: string[], env: Record<string, string> = {}): Promise<string> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...words], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return out + err;
}

test("into a pipe help and errors are plain unless forced", async () => {
  for (const words of [["--help"], ["snyc"]]) {
    expect(await piped(words)).not.toContain(PAINTED);
    expect(await piped(words, { FORCE_COLOR: "1" })).toContain(PAINTED);
    expect(await piped([...words, "--color"])).toContain(PAINTED);
    expect(await piped([...words, "--no-color"], { FORCE_COLOR: "1" })).not.toContain(PAINTED);
  }
});

test("a terminal gets colours, unless --no-color or NO_COLOR says no", async () => {
  const ask = async (words: string[], env: Record<string, string> = {}): Promise<string> => {
    // The shell stays a while: a terminal that is gone cannot be read to its end.
    const line = `${process.execPath} ${SCRIPT} ${words.join(" ")}; echo d''one`;
    await using terminal = openTerminal(
      ["sh", "-c", `${line}; sleep 20`],
      { TERM: "xterm", ...env },
      import.meta.dir,
    );
    return await terminal.shows("done");
  };
  expect(await ask(["--help"])).toContain(PAINTED);
  expect(await ask(["--no-color", "--help"])).not.toContain(PAINTED);
  expect(await ask(["--help"], { NO_COLOR: "1" })).not.toContain(PAINTED);
});
