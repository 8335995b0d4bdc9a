#!/usr/bin/env bun
// What comes from others, and what the executable touches: bun test/reliability/dependencies.ts, as a user who may run strace.
import { join } from "pathe";

import { audit } from "../../scripts/audit.ts";
import { countLicences, refuseShipped, refuseTools, toolPackages } from "../../scripts/licences.ts";
import { installedPackages, readLock } from "../../scripts/lock.ts";
import { packagesInside } from "../../scripts/parts.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { installWithoutScripts } from "./clean-install.ts";
import { provenance, table, writeSection } from "./report.ts";
import { HAVE_STRACE } from "./strace.ts";
import { runAll } from "./touches-stage.ts";
import { judge, openVerdict } from "./touches.ts";

const ROOT = join(import.meta.dir, "../..");
const faults: string[] = [];

async function licences(): Promise<string> {
  const inside = await packagesInside();
  const tools = await toolPackages();
  const refused = [...refuseShipped(inside), ...refuseTools(tools)];
  faults.push(...refused.map(({ name, licence }) => `${name}: ${licence}`));
  const counts = [new Map(countLicences(inside)), new Map(countLicences(tools))] as const;
  const all = new Set([...counts[0].keys(), ...counts[1].keys()]);
  return table(
    ["licence", "inside the executables", "tools, not shipped"],
    [
      ...[...all].map((name) => [name, counts[0].get(name) ?? 0, counts[1].get(name) ?? 0]),
      ["not allowed", refuseShipped(inside).length, refuseTools(tools).length],
    ],
  );
}

function sources(): string {
  const lock = [...readLock().values()];
  const summed = lock.filter(([, , , sum]) => sum.startsWith("sha512-")).length;
  const elsewhere = lock.filter(([, registry]) => registry !== "").length;
  const scripted = installedPackages().filter(({ scripts }) => scripts.length > 0);
  const { advisories, why } = audit();
  const clean = installWithoutScripts();
  if (clean.problem !== "") faults.push(clean.problem);
  if (summed < lock.length || elsewhere > 0) faults.push("the lock file");
  faults.push(...scripted.map(({ name }) => `${name} has an install script`));
  faults.push(...(advisories ?? []).map(({ name, title }) => `${name}: ${title}`));
  const day = new Date().toISOString().slice(0, 10);
  return table(
    ["what", "found"],
    [
      ["packages in the lock file", lock.length],
      ["of these with a sum, SHA-512", summed],
      ["of these from elsewhere than the registry", elsewhere],
      ["install scripts among those installed", scripted.length],
      [
        "installed with --ignore-scripts, built, started",
        clean.problem === "" ? clean.version : "no",
      ],
      [`advisories on ${day}`, advisories?.length ?? `not known: ${why}`],
    ],
  );
}

async function touches(): Promise<string> {
  if (!HAVE_STRACE) return "What is touched was not looked at: strace is not here, or not allowed.";
  using folder = temporaryFolder();
  const built = folder.file("dist");
  const build = Bun.spawn([process.execPath, "scripts/build.ts", "--folder", built], {
    ...{ cwd: ROOT, stdout: "ignore" },
  });
  if ((await build.exited) !== 0) throw new Error("the build failed");
  const verdict = openVerdict();
  const runs: string[] = [];
  let calls = 0;
  await runAll([`${built}/mvm`], (run, place) => {
    judge(run, place, verdict);
    runs.push(run.name);
    calls += run.touched.calls;
  });
  faults.push(...verdict.faults);
  const plain = (words: string): string => words.replaceAll(/[*`]/g, "");
  const rows = [...verdict.kept].map(([{ way, words }, things]) => [
    way,
    plain(words),
    things.size,
  ]);
  const keyFiles = verdict.faults.filter((each) => each.includes("key file")).length;
  return [
    `${runs.length} commands under strace, ${calls} calls: ${runs.join(", ")}.`,
    table(
      ["it", "what", "different ones"],
      [...rows, ["opens", "key files", keyFiles], ["touches", "else", verdict.faults.length]],
    ),
  ].join("\n\n");
}

const parts = [await licences(), sources(), await touches()];
for (const each of faults) process.stderr.write(`wrong: ${each}\n`);
await writeSection(
  "dependencies",
  [`${faults.length} faults.`, ...parts, provenance("bun test/reliability/dependencies.ts")].join(
    "\n\n",
  ),
);
process.exitCode = faults.length === 0 ? 0 : 1;
