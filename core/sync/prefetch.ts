/**
 * Maps items to promises with at most `window` under way, yielding results in order. What comes next is
 * being fetched while the consumer works on what it has.
 */
export async function* prefetch<In, Out>(
  items: AsyncIterable<In> | Iterable<In>,
  window: number,
  fetch: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const underWay: Promise<Out>[] = [];
  for await (const item of items) {
    const promise = fetch(item);
    // A failure is thrown when its turn comes; until then it must not count as unhandled.
    promise.catch(() => undefined);
    underWay.push(promise);
    if (underWay.length < window) continue;
    const next = underWay.shift();
    if (next !== undefined) yield await next;
  }
  for (const promise of underWay) yield await promise;
}
