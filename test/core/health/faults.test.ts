// One fault at a time: exactly the right checks turn, and the exit code follows.
import { expect, test } from "bun:test";

import { changes, openWorld } from "../../helpers/health-world.ts";
import { FAULTS, others } from "./fault-list.ts";

test("a healthy validator: every check is ok, and the exit code is 0", async () => {
  await using world = await openWorld();
  const { code, report } = await world.status();
  expect(report.checks.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
  expect(report.checks).toHaveLength(30);
  expect(report.worst).toBe("ok");
  expect(code).toBe(0);
});

for (const { name, cause, turns, code } of FAULTS) {
  test(`${name} → ${Object.keys(turns).length} checks turn, exit ${code}`, async () => {
    await using world = await openWorld();
    const before = await world.status();
    const flags = (await cause(world)) ?? [];
    const after = await world.status(...flags);
    for (const other of others.splice(0)) await other.stop();
    expect(changes(before, after)).toEqual(turns);
    expect(after.code).toBe(code);
  });
}

const RUNTIMES: [name: string, specVersion: number, unknown: string[]][] = [
  ["12000, whose committees are ids alone", 12_000, ["next-committee"]],
  ["18000, which has the old method alone", 18_000, []],
  ["2001000, which queues one committee more", 2_001_000, ["next-committee"]],
];

for (const [name, specVersion, hidden] of RUNTIMES) {
  test(`a healthy validator on safe RPC and runtime ${name}: nothing is bad`, async () => {
    const options = { specVersion, statusSlot: false, rpcMethods: "safe" } as const;
    const ariadneShape = specVersion < 18_000 ? "old" : "new";
    await using world = await openWorld({ ...options, ariadneShape });
    const { code, verdicts } = await world.status();
    const unknown = [
      "node.clock",
      "validator.loaded",
      ...hidden.map((each) => `validator.${each}`),
    ];
    const notOk = Object.entries(verdicts).filter(([, verdict]) => verdict !== "ok");
    expect(Object.fromEntries(notOk)).toEqual(
      Object.fromEntries(unknown.map((each) => [each, "unknown"])),
    );
    expect(code).toBe(0);
  });
}
