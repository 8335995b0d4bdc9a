// A process killed between an event and its delivery: the next one delivers, once.
import { expect, test } from "bun:test";

import { readAlerts } from "../../../core/queries/alerts.ts";
import { openReadable } from "../../../core/storage/open.ts";
import { openReceiver } from "../../helpers/alert-lab.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { WATCH_PROCESS } from "../../helpers/watch-process.ts";

interface Watcher extends AsyncDisposable {
  end: (signal: NodeJS.Signals) => Promise<number>;
}

/** Returns once it has looked. */
async function startWatch(...words: string[]): Promise<Watcher> {
  const child = Bun.spawn([process.execPath, WATCH_PROCESS, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toBe("looked\n");
  return {
    end: async (signal) => {
      child.kill(signal);
      return await child.exited;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

function statesOf(file: string): string[] {
  using db = openReadable(file);
  return readAlerts(db, { open: false, limit: 99 }).flatMap(({ id, action, deliveries }) =>
    deliveries.map(({ channel, state }) => `${id} ${action} ${channel} ${state}`),
  );
}

test("killed before anything left, the alert is delivered by the next process exactly once", async () => {
  using folder = temporaryFolder();
  await using receiver = openReceiver();
  const file = folder.file("mvm.db");
  for (let kill = 0; kill < 3; kill++) {
    await using held = await startWatch(file, receiver.url, "critical", "held");
    await held.end("SIGKILL");
    expect(receiver.received).toEqual([]);
    expect(statesOf(file)).toEqual(["1 raise one sending", "1 raise two sending"]);
  }
  await using next = await startWatch(file, receiver.url, "critical", "sent");
  await receiver.until(2);
  expect(await next.end("SIGTERM")).toBe(0);
  await using last = await startWatch(file, receiver.url, "ok", "sent");
  await receiver.until(4);
  expect(await last.end("SIGTERM")).toBe(0);
  const told = receiver.received.map(({ path, body }) => `${path} ${String(body["action"])}`);
  expect(told.sort()).toEqual(["/one raise", "/one recover", "/two raise", "/two recover"]);
  expect(statesOf(file).map((state) => state.split(" ").at(-1))).toEqual(Array(4).fill("sent"));
}, 60_000);

test("killed while the receiver held the request, it is repeated with the same id", async () => {
  using folder = temporaryFolder();
  await using receiver = openReceiver();
  const file = folder.file("mvm.db");
  // It took the message, and nobody lives to hear its yes: the one window no sender can close.
  receiver.answer(() => new Promise<Response>(() => undefined));
  await using first = await startWatch(file, receiver.url, "critical", "sent");
  await receiver.until(2);
  await first.end("SIGKILL");
  receiver.answer(() => new Response("ok"));
  await using next = await startWatch(file, receiver.url, "critical", "sent");
  await receiver.until(4);
  expect(await next.end("SIGTERM")).toBe(0);
  for (const path of ["/one", "/two"]) {
    const tries = receiver.received.filter((each) => each.path === path);
    expect(tries).toHaveLength(2);
    expect(new Set(tries.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(new Set(tries.map(({ body }) => body["id"])).size).toBe(1);
  }
  expect(receiver.received).toHaveLength(4);
}, 60_000);
