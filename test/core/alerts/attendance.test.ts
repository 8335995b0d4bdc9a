// In and out by chance is no news; away for good is.
import { expect, test } from "bun:test";

import type { Attendance } from "../../../core/alerts/attendance.ts";
import { attend, firstAttendance } from "../../../core/alerts/attendance.ts";
import { draw, seedNumber } from "../../../examples/devnet/random.ts";

interface Run {
  attendance: Attendance;
  told: string[];
}

/** Seats by epoch, from the one after the last counted. */
function run(attendance: Attendance, seats: readonly number[]): Run {
  const told: string[] = [];
  let now = attendance;
  for (const each of seats) {
    const step = attend(now, { epoch: now.epoch + 1, seats: each });
    now = step.attendance;
    if (step.news !== null) told.push(`${step.news} ${now.epoch}`);
  }
  return { attendance: now, told };
}

/** Epochs with a seat at this chance each. */
function drawn(chance: number, epochs: number, seed: string): number[] {
  const number = seedNumber(seed);
  return Array.from({ length: epochs }, (_, i) => (draw(number, 0, i) < chance ? 1 : 0));
}

test("one in every committee is told after three without, and back at its first seat", () => {
  const start = firstAttendance({ epoch: 1, seats: 3 });
  expect(run(start, [2, 3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 2]).told).toEqual([]);
  expect(run(start, [2, 2, 2, 0, 0, 0, 0, 2, 2]).told).toEqual(["left 7", "entered 9"]);
});

test("one that was not in at the start says nothing until it is", () => {
  const start = firstAttendance({ epoch: 1, seats: 0 });
  expect(run(start, [0, 0, 0, 0, 0, 1]).told).toEqual(["entered 7"]);
});

test("a committee counts once, and an older one not at all", () => {
  const start = firstAttendance({ epoch: 10, seats: 1 });
  const once = attend(start, { epoch: 11, seats: 0 }).attendance;
  expect(attend(once, { epoch: 11, seats: 0 }).attendance).toBe(once);
  expect(attend(once, { epoch: 10, seats: 1 }).attendance).toBe(once);
});

test.each([0.05, 0.1, 0.3, 0.5, 0.9])(
  "a stake seated by chance in %d of all committees is told of seldom, and leaving for good is told",
  (chance) => {
    // Half-hour epochs: three weeks.
    const { attendance, told } = run(
      firstAttendance({ epoch: 1, seats: 1 }),
      drawn(chance, 1000, `seed ${chance}`),
    );
    expect(told.length).toBeLessThanOrEqual(10);
    // Once its habit is known it is quiet: one false departure in sixteen days, at most.
    expect(told.filter((each) => Number(each.split(" ")[1]) > 200).length).toBeLessThanOrEqual(2);
    const { told: end } = run(
      attendance.member ? attendance : firstAttendance({ epoch: 1001, seats: 1 }),
      Array<number>(400).fill(0),
    );
    expect(end).toHaveLength(1);
    expect(end[0]).toStartWith("left");
  },
);
