import { describe, expect, test } from "bun:test";

import { openRandom } from "./chance.ts";
import { isFlat, trendOf } from "./flat.ts";

const random = openRandom("flat");
const noisy = (slope: number) =>
  Array.from({ length: 240 }, (_, at) => ({ at, value: 100 + slope * at + random.number() * 10 }));

describe("A row of samples", () => {
  test("that only trembles has no trend", () => {
    expect(isFlat(trendOf(noisy(0)))).toBeTrue();
  });

  test("that climbs under its trembling has one, of the right size", () => {
    const trend = trendOf(noisy(0.1));
    expect(isFlat(trend)).toBeFalse();
    expect(Math.abs((trend?.slope ?? 0) - 0.1)).toBeLessThan(0.02);
  });

  test("that is too short tells nothing", () => {
    expect(trendOf([{ at: 1, value: 1 }])).toBeNull();
  });
});
