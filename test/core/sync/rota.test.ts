import { describe, expect, test } from "bun:test";

import { inferRota } from "../../../core/sync/rota.ts";

/** Authors of these slots under a list. */
function authorsOf(list: readonly string[], slots: Iterable<number>): Map<number, string> {
  const authors = new Map<number, string>();
  for (const slot of slots) authors.set(slot, list[slot % list.length] ?? "");
  return authors;
}

function* range(from: number, to: number, step = 1): Generator<number> {
  for (let slot = from; slot < to; slot += step) yield slot;
}

describe("a rota told by its blocks", () => {
  test("is found with its order and repeated seats, wherever the blocks begin", () => {
    const list = ["a", "b", "a", "c", "d", "b", "e"];
    for (const from of [0, 1, 5, 297_426_104]) {
      expect(inferRota(authorsOf(list, range(from, from + 20 * list.length)))).toEqual(list);
    }
  });

  test("of one seat is the one author", () => {
    expect(inferRota(authorsOf(["a"], range(10, 110)))).toEqual(["a"]);
  });

  test("is found although slots were missed, once every seat was seen", () => {
    const list = Array.from({ length: 30 }, (_, i) => `k${i}`);
    const slots = [...range(1000, 1200)].filter((slot) => slot % 11 !== 0);
    expect(inferRota(authorsOf(list, slots))).toEqual(list);
  });

  test("stays unknown below three proven blocks a seat", () => {
    const list = Array.from({ length: 60 }, (_, i) => `k${i}`);
    expect(inferRota(authorsOf(list, range(0, 179)))).toBeNull();
    expect(inferRota(authorsOf(list, range(0, 180)))).toEqual(list);
    expect(inferRota(new Map())).toBeNull();
  });

  test("stays unknown while one seat was never seen", () => {
    const list = ["a", "b", "c", "d", "e"];
    const slots = [...range(0, 200)].filter((slot) => slot % 5 !== 3);
    expect(inferRota(authorsOf(list, slots))).toBeNull();
  });

  test("stays unknown when blocks of two lists are mixed", () => {
    const first = authorsOf(["a", "b", "c"], range(0, 60));
    const second = authorsOf(["b", "c", "a", "d"], range(60, 120));
    expect(inferRota(new Map([...first, ...second]))).toBeNull();
  });

  test("with a shorter rhythm in it is the shortest that explains every block", () => {
    // Seats that repeat exactly: turns are the same under both lengths.
    expect(inferRota(authorsOf(["a", "b", "a", "b"], range(0, 100)))).toEqual(["a", "b"]);
  });

  test("is not made of three blocks in a row by one author", () => {
    // One in 144 where twelve keys share the seats: a coincidence, not a list of one seat.
    expect(inferRota(authorsOf(["a"], range(10, 13)))).toBeNull();
    expect(inferRota(authorsOf(["a", "b"], range(10, 16)))).toBeNull();
  });
});
