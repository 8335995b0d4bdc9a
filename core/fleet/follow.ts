// Other machines looked at again and again, each at its own pace; what all said last is told whenever one said something.
import type { FleetTold } from "../view/messages.ts";
import { lookAt } from "./look.ts";
import type { Remote, RemoteLook } from "./remote.ts";

/** Goes on for as long as the thread does. Returns what makes all be asked now. */
export function followFleet(
  remotes: readonly Remote[],
  { timeoutMs, everyMs }: { timeoutMs: number; everyMs: number },
  tell: (fleet: FleetTold) => void,
): () => void {
  const looks = new Map<string, RemoteLook>();
  let wake = Promise.withResolvers<void>();

  async function follow(remote: Remote): Promise<never> {
    for (;;) {
      looks.set(remote.url, await lookAt(remote, timeoutMs));
      const machines = remotes.flatMap(({ url }) => looks.get(url) ?? []);
      tell({ atMs: Date.now(), machines });
      await Promise.race([Bun.sleep(everyMs), wake.promise]);
    }
  }

  for (const remote of remotes) void follow(remote);
  return () => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
}
