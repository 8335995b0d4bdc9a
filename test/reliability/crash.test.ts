// Interrupted at every point, in a short form of crash.ts.
import { afterAll, describe, expect, test } from "bun:test";

import { seeded } from "../helpers/seeded.ts";
import { BROKEN_CASES, CASES } from "./crash/cases.ts";
import { NAMES_ALONE, NOTHING, openDisk } from "./crash/disk.ts";
import { runCase } from "./crash/run.ts";
import { openTracer } from "./crash/trace.ts";
import type { Change } from "./crash/trace.ts";

const LONG_MS = 60_000;
const BRIEF = ["config init", "config init --force", "PID file", "log rotation"];
const SOME = ["first sync, 15 commits", "migration from version 1", "import with a node"];
const THREE = 3;
const ENOUGH = 24;

const tracer = openTracer();
if (tracer === null) {
  process.stderr.write("notice: crash points are skipped: no gcc, or programs may not be traced\n");
}
afterAll(() => tracer?.[Symbol.dispose]());

async function faultsOf(name: string, points: number): Promise<string[]> {
  const found = [...CASES, ...BROKEN_CASES].find((each) => each.name === name);
  if (tracer === null || found === undefined) throw new Error(`no case is called ${name}`);
  const { kills, powerLosses, faults } = await runCase(
    tracer,
    found,
    { points, draws: 1 },
    seeded(1),
  );
  expect([kills > 0, powerLosses > 0]).toEqual([true, true]);
  return faults;
}

describe.skipIf(tracer === null)("Ended by SIGKILL or a power loss", () => {
  for (const name of BRIEF) {
    test(
      `at any of its calls, what is left is whole and the next attempt goes through: ${name}`,
      async () => expect(await faultsOf(name, Infinity)).toEqual([]),
      LONG_MS,
    );
  }

  for (const name of SOME) {
    test(
      `at some of its calls, the file opens and the work resumes to the truth: ${name}`,
      async () => expect(await faultsOf(name, THREE)).toEqual([]),
      LONG_MS,
    );
  }

  for (const { name } of BROKEN_CASES) {
    test(
      `what is broken on purpose is found out: ${name}`,
      async () => expect(await faultsOf(name, ENOUGH)).not.toEqual([]),
      LONG_MS,
    );
  }
});

describe("A disk after a power loss", () => {
  const change = (kind: Change["kind"], path: string, more: Partial<Change> = {}): Change => ({
    ...{ kind, path, result: 0, offset: 0, other: "", data: Buffer.alloc(0) },
    ...more,
  });
  const write = (path: string, text: string): Change =>
    change("write", path, { data: Buffer.from(text), result: text.length });
  const textAt = (files: Map<string, Buffer>, name: string): string | undefined =>
    files.get(name)?.toString();

  test("has what was synced, and of the rest as much as luck will have it", () => {
    const disk = openDisk("/f", new Map([["a", Buffer.from("old")]]));
    disk.apply(write("/f/a", "new"));
    expect(textAt(disk.afterPowerLoss(NOTHING), "a")).toBe("old");
    expect(textAt(disk.present(), "a")).toBe("new");
    disk.apply(change("sync", "/f/a"));
    expect(textAt(disk.afterPowerLoss(NOTHING), "a")).toBe("new");
  });

  test("may have a file under its new name and nothing in it, where it was not synced before", () => {
    const disk = openDisk("/f", new Map([["a", Buffer.from("old")]]));
    disk.apply(change("create", "/f/b"));
    disk.apply(write("/f/b", "new"));
    disk.apply(change("rename", "/f/b", { other: "/f/a" }));
    expect(textAt(disk.afterPowerLoss(NAMES_ALONE), "a")).toBe("");
    expect(textAt(disk.afterPowerLoss(NOTHING), "a")).toBe("old");
  });

  test("keeps a name once its folder is synced, and loses what only ever was in memory", () => {
    const disk = openDisk("/f", new Map());
    disk.apply(change("create", "/f/a"));
    disk.apply(change("create", "/f/a-shm"));
    expect(disk.afterPowerLoss(NOTHING).size).toBe(0);
    disk.apply(change("sync", "/f"));
    expect([...disk.afterPowerLoss(NOTHING).keys()]).toEqual(["a"]);
  });
});
