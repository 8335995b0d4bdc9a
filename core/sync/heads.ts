// One ordered stream of heads, pushed by subscriptions and, where they are silent or absent, polled.
import type { Subscription } from "../chain/link.ts";
import type { HeadKind } from "../chain/rpc.ts";
import { fetchFinalized, fetchHeader, subscribeHeads } from "../chain/rpc.ts";
import { MonitorError } from "../errors.ts";
import type { Header } from "../types.ts";
import type { Session } from "./context.ts";

export interface Head {
  kind: Exclude<HeadKind, "all">;
  header: Header;
}

/** A head further away than this is fetched as a range. */
export const NEAR = 64;

/** Heads come one a slot, and forks are few: so many that wait for us are no chain's. */
const MOST_WAITING = 1024;

function flood(url: string): MonitorError {
  return new MonitorError("bad-reply", `${url}: more heads at once than a chain has`);
}

/** Headers that are no best head go to `side` as they come. Ends with an error when the link dies, and silently when asked to stop. */
export async function* followHeads(session: Session): AsyncGenerator<Head> {
  const { link, signal } = session;
  const queue: Head[] = [];
  let failure: unknown;
  let wake = Promise.withResolvers<void>();
  let pushed = false;
  const subscriptions: Subscription[] = [];

  function push(kind: Head["kind"], header: Header): void {
    if (queue.length >= MOST_WAITING) return fail(flood(link.url));
    queue.push({ kind, header });
    wake.resolve();
  }
  function toSide(header: Header): void {
    if (header.number > session.tip.number + NEAR) return;
    if (session.side.size >= MOST_WAITING) fail(flood(link.url));
    else session.side.set(header.hash, header);
  }
  function fail(error: unknown): void {
    failure ??= error;
    wake.resolve();
  }

  async function poll(): Promise<void> {
    if (!session.options.finalizedOnly) push("best", await fetchHeader(link));
    push("finalized", await fetchFinalized(link));
  }

  if (link.subscribe !== undefined) {
    const kinds: HeadKind[] = session.options.finalizedOnly
      ? ["finalized"]
      : ["all", "best", "finalized"];
    for (const kind of kinds) {
      const onHeader = (header: Header): void => {
        pushed = true;
        if (kind === "all") toSide(header);
        else push(kind, header);
      };
      subscriptions.push(await subscribeHeads(link, kind, onHeader, fail));
    }
  }
  // What came before the first push, and what is missed when pushes stop: subscriptions may go silent.
  await poll();
  let polling = false;
  function pollUnlessPushed(): void {
    if (pushed || polling) {
      pushed = false;
      return;
    }
    polling = true;
    poll()
      .catch(fail)
      .finally(() => (polling = false));
  }
  const { live } = session.options;
  let timer = setInterval(pollUnlessPushed, live.settings.pollIntervalMs);
  const stopListening = live.listen(({ pollIntervalMs }, before) => {
    if (pollIntervalMs === before.pollIntervalMs) return;
    clearInterval(timer);
    timer = setInterval(pollUnlessPushed, pollIntervalMs);
  });
  link.closed.then(fail, fail);
  try {
    while (!signal.aborted) {
      const head = queue.shift();
      if (head !== undefined) {
        yield head;
      } else if (failure !== undefined) {
        throw failure;
      } else {
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    }
  } finally {
    stopListening();
    clearInterval(timer);
    for (const subscription of subscriptions) subscription.close();
  }
}
