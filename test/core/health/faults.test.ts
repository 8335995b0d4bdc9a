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
