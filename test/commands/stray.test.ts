// Errors that no command waits for: of a timer, a listener, a promise nobody holds. They end the process as a defect does.
import { expect, test } from "bun:test";

import { join } from "pathe";

const MAIN = join(import.meta.dir, "../../commands/_main.ts");

function runStray(how: string, ...words: string[]): { code: number; out: string; err: string } {
  const script = `
    const { runAsScript } = await import(${JSON.stringify(MAIN)});
    const args = { json: { type: "boolean", default: false } };
    const run = async () => { ${how}; await Bun.sleep(20_000); };
    await runAsScript({ meta: { name: "tool" }, args, run });`;
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, "-e", script, "--", "tool", ...words],
    { env: { PATH: process.env["PATH"] ?? "" }, timeout: 15_000 },
  );
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

test.each([
  ["a timer", 'setTimeout(() => { throw new TypeError("stray") }, 1)'],
  ["a promise", 'void Promise.reject(new TypeError("stray"))'],
])("of %s", (_, how) => {
  const plain = runStray(how);
  expect([plain.code, plain.out]).toEqual([70, ""]);
  expect(plain.err).toMatch(/this is a bug, please report it:\nTypeError: stray/);
  const json = runStray(how, "--json");
  expect([json.code, json.out]).toEqual([70, ""]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what this test is about
  const { error } = JSON.parse(json.err) as { error: { code: string; message: string } };
  expect(error.code).toBe("bug");
  expect(error.message).toContain("TypeError: stray");
});
