// How long a broken file takes from start to exit code, beside a command that reads none.
//   bun test/bench/config.ts [ROUNDS]
import { chmodSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { BROKEN_FILES } from "../helpers/broken-files.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const rounds = Number(process.argv[2] ?? 7);
// root reads what nobody may: it gives that right away, where it can.
const drop = process.getuid?.() === 0 ? Bun.which("setpriv") : null;
const unprivileged = drop === null ? [] : [drop, "--bounding-set=-dac_override,-dac_read_search"];
const SCRIPT = join(import.meta.dir, "../../commands/config.ts");
using folder = temporaryFolder();

function measure(...words: string[]): { medianMs: number; worstMs: number; code: number } {
  const times: number[] = [];
  let code = 0;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    const env = { HOME: "/nonexistent", PATH: process.env["PATH"] ?? "" };
    const command = [...unprivileged, process.execPath, SCRIPT, ...words];
    code = Bun.spawnSync(command, { cwd: folder.path, env }).exitCode;
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { medianMs: times[times.length >> 1] ?? 0, worstMs: times.at(-1) ?? 0, code };
}

function print(name: string, { medianMs, worstMs, code }: ReturnType<typeof measure>): void {
  const times = `${medianMs.toFixed(0).padStart(5)} ms  worst ${worstMs.toFixed(0).padStart(5)} ms`;
  process.stdout.write(`${name.padEnd(24)} ${times}  exit ${code}\n`);
}

print("example, no file", measure("example"));
for (const { name, bytes, mode = 0o640 } of BROKEN_FILES) {
  const file = folder.file("mvm.toml");
  writeFileSync(file, bytes);
  chmodSync(file, mode);
  print(name, measure("validate", "--config", file));
  chmodSync(file, 0o640);
}
const thousand = (text: string): string =>
  Array.from(
    { length: 1000 },
    (_, i) => `[[validator]]\nkeystore_path = "/keys/${i}"\n${text}`,
  ).join("");
writeFileSync(folder.file("mvm.toml"), thousand(""));
print("1000 validators", measure("validate"));
writeFileSync(folder.file("mvm.toml"), `${thousand("")}[sync]\nbatch_size = = 1\n`);
print("1000 and a mistake", measure("validate"));
