import { describe, expect, test } from "bun:test";

import { prefetch } from "../../../core/sync/prefetch.ts";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("fetching ahead", () => {
  test("keeps the order although later replies come first", async () => {
    const finish: (() => void)[] = [];
    const fetched = collect(
      prefetch([0, 1, 2, 3], 4, async (item) => {
        await new Promise<void>((resolve) => (finish[item] = resolve));
        return item;
      }),
    );
    await until(() => finish.length === 4);
    for (const each of finish.toReversed()) each();
    expect(await fetched).toEqual([0, 1, 2, 3]);
  });

  for (const window of [1, 3]) {
    test(`never has more than ${window} under way`, async () => {
      let underWay = 0;
      let most = 0;
      const fetched = await collect(
        prefetch([1, 2, 3, 4, 5, 6, 7], window, async (item) => {
          underWay += 1;
          most = Math.max(most, underWay);
          await Bun.sleep(1);
          underWay -= 1;
          return item;
        }),
      );
      expect(fetched).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(most).toBe(window);
    });
  }

  test("asks for the next items while the consumer is at work", async () => {
    const asked: number[] = [];
    const items = prefetch([1, 2, 3, 4, 5], 3, async (item) => {
      asked.push(item);
      return item;
    });
    expect((await items.next()).value).toBe(1);
    expect(asked).toEqual([1, 2, 3]);
    await items.return(undefined);
    expect(asked).toEqual([1, 2, 3]);
  });

  test("throws a failure at its place, after all that came before it", async () => {
    const seen: number[] = [];
    const failing = prefetch([1, 2, 3, 4], 4, async (item) => {
      if (item === 3) throw new Error("no reply");
      await Bun.sleep(5); // the failure is there first
      return item;
    });
    const consuming = (async () => {
      for await (const item of failing) seen.push(item);
    })();
    await expect(consuming).rejects.toThrow("no reply");
    expect(seen).toEqual([1, 2]);
  });

  test("of a failing source ends with the source's failure", async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      await Bun.sleep(0);
      throw new Error("no more");
    }
    const fetched = collect(prefetch(source(), 1, async (item) => item));
    await expect(fetched).rejects.toThrow("no more");
  });

  test("of nothing is nothing", async () => {
    expect(await collect(prefetch([], 4, async (item) => item))).toEqual([]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1);
}
