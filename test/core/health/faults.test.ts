// One fault at a time: exactly the right checks turn, the exit code follows, and each channel is told of it once and
// of its end once.
import { expect, test } from "bun:test";

import { openAlarm } from "../../helpers/alarm.ts";
import { changes, openWorld } from "../../helpers/health-world.ts";
import { CHAIN_FAULTS } from "./chain-faults.ts";
import type { Told } from "./fault-alerts.ts";
import { openMending, TOLD } from "./fault-alerts.ts";
import { FAULTS, others } from "./fault-list.ts";
import { NODE_FAULTS } from "./node-faults.ts";

test("a healthy validator: every check is ok, and the exit code is 0", async () => {
  await using world = await openWorld();
  const { code, report } = await world.status();
  expect(report.checks.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
  expect(report.checks).toHaveLength(31);
  expect(report.worst).toBe("ok");
  expect(code).toBe(0);
});

const ALL = [...FAULTS, ...NODE_FAULTS, ...CHAIN_FAULTS];

test("each fault of the list is in the table of what is told, and no other", () => {
  expect(Object.keys(TOLD)).toEqual(ALL.map(({ name }) => name));
});

const NOT_IN_THE_TABLE: Told = { raises: ["not in the table of what is told"] };

for (const { name, cause, turns, code } of ALL) {
  const { raises, notes = [], after = [], follow = 0, mend } = TOLD[name] ?? NOT_IN_THE_TABLE;
  const told = raises.length === 0 ? "nothing raised" : raises.join(", ");
  test(`${name} → ${Object.keys(turns).length} checks turn, exit ${code}, ${told}`, async () => {
    await using world = await openWorld();
    await using alarm = openAlarm(world);
    const undo = openMending(world);
    const healthy = await world.status();
    await alarm.look(healthy);
    const flags = (await cause(world)) ?? [];
    const faulty = await world.status(...flags);
    for (const other of others.splice(0)) await other.stop();
    expect(changes(healthy, faulty)).toEqual(turns);
    expect(faulty.code).toBe(code);

    await alarm.look(faulty);
    await alarm.follow(follow);
    await alarm.lookAgain();
    await alarm.lookAgain();
    expect(alarm.told()).toEqual([...raises, ...notes].sort());

    await undo();
    await mend?.(world, alarm);
    await alarm.look(await world.status());
    await alarm.lookAgain();
    const recoveries = raises.map((each) => each.replace(/^[A-Z]+/, "RECOVERED"));
    expect(alarm.told()).toEqual([...recoveries, ...after].sort());
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
