// mvm alerts: a test that tells the truth by its exit code, and the list of what was told.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { join } from "pathe";

import { openWatch } from "../../core/alerts/watch.ts";
import { openWritable } from "../../core/storage/open.ts";
import type { Receiver } from "../helpers/alert-lab.ts";
import {
  channelTo,
  countedPost,
  makeCheck,
  makeSettings,
  openHandClock,
  openKeptLog,
  openReceiver,
  settle,
} from "../helpers/alert-lab.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/alerts.ts");
const folder = temporaryFolder();
const file = folder.file("mvm.db");
let receiver: Receiver;

beforeAll(async () => {
  receiver = openReceiver();
  using writable = openWritable(file);
  openWritable(folder.file("empty.db"))[Symbol.dispose]();
  const settings = makeSettings([channelTo(receiver.url)], { cooldownMs: 0 });
  let checks = [makeCheck("node.peers", "critical"), makeCheck("host.disk", "critical")];
  const watch = openWatch({
    ...{ db: writable.db, settings, log: openKeptLog(), clock: openHandClock() },
    ...{ post: countedPost, checks: async () => checks },
  });
  await watch.everyMinute();
  await settle();
  receiver.answer(() => new Response("no", { status: 503 }));
  checks = [makeCheck("node.peers", "ok")];
  await watch.everyMinute();
  await settle();
  await watch.close();
});

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const DURING_THAT_DAY: unknown = expect.stringMatching(/^2026-08-03T.*Z$/);

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function run(words: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder.path,
    env: { HOME: folder.path, PATH: process.env["PATH"] ?? "", ...env },
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err };
}

test("list says what was raised and recovered, and who was told", async () => {
  const { code, out, err } = await run(["list", "-d", file]);
  expect([code, err]).toEqual([0, ""]);
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^ID +TIME \(UTC\) +SEVERITY +KIND +SENT +MESSAGE$/);
  expect(lines[1]).toMatch(/^ 3 .* recovered +peers-low +hook: waiting \(answered 503\) /);
  expect(lines[2]).toMatch(/^ 2 .* critical, open +disk-low +hook /);
  expect(lines[3]).toMatch(/^ 1 .* critical +peers-low +hook /);
});

test("list --json has the fields of the contract; --open and --limit choose", async () => {
  const { out } = await run(["list", "-d", file, "--json", "--open"]);
  expect(JSON.parse(out)).toEqual([
    {
      ...{ id: 2, action: "raise", kind: "disk-low", subject: null, severity: "critical" },
      ...{ message: "host.disk is critical.", incident: 2, open: true },
      time: DURING_THAT_DAY,
      details: { check: "host.disk", value: 7, unit: null, hint: null },
      deliveries: [
        {
          ...{ channel: "hook", state: "sent", attempts: 1, error: null },
          sentAt: DURING_THAT_DAY,
        },
      ],
    },
  ]);
  const limited = await run(["list", "-d", file, "--json", "--limit", "1"]);
  expect(JSON.parse(limited.out)).toMatchObject([{ id: 3, incident: 1, open: false }]);
});

test("an empty list is said in words, and is an empty JSON list", async () => {
  const empty = ["-d", folder.file("empty.db")];
  expect((await run(["list", ...empty])).out).toBe("No alerts yet.\n");
  expect((await run(["list", "--open", ...empty])).out).toBe("Nothing is open.\n");
  expect((await run(["list", "--json", ...empty])).out).toBe("[]\n");
  expect((await run(["list", "-d", folder.file("none.db")])).code).toBe(74);
});

test("test sends one message and exits 0; a receiver that says no makes it 1", async () => {
  receiver.received.length = 0;
  receiver.answer(() => new Response("ok"));
  const env = { MVM_ALERTS_WEBHOOK_URL: `${receiver.url}/hunter2` };
  const fine = await run(["test"], env);
  expect([fine.code, fine.err]).toEqual([0, ""]);
  expect(fine.out).toMatch(/webhook +webhook +sent/);
  expect(receiver.received).toMatchObject([{ path: "/hunter2", body: { kind: "test" } }]);
  receiver.answer(() => new Response("no", { status: 403 }));
  const refused = await run(["test", "--channel", "webhook", "--json"], env);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out)).toEqual([
    { channel: "webhook", type: "webhook", ok: false, error: "answered 403" },
  ]);
  expect(refused.out + refused.err).not.toContain("hunter2");
});

test("--dry-run prints the request without its secrets and sends nothing", async () => {
  receiver.received.length = 0;
  const env = { MVM_ALERTS_WEBHOOK_URL: `${receiver.url}/hunter2?key=hunter2` };
  for (const more of [[], ["--json"]]) {
    const { code, out } = await run(["test", "--dry-run", ...more], env);
    expect(code).toBe(0);
    expect(out).not.toContain("hunter2");
    expect(out).toContain(`${receiver.url}/****`);
    expect(out).toContain("This is a test");
  }
  expect(receiver.received).toEqual([]);
});

test("no channel is a matter of configuration, an unknown one of usage", async () => {
  const none = await run(["test"]);
  expect(none.code).toBe(78);
  expect(none.err).toContain("no alert channel is configured");
  const unknown = await run(["test", "--channel", "pager"], {
    MVM_ALERTS_WEBHOOK_URL: receiver.url,
  });
  expect(unknown.code).toBe(64);
  expect(unknown.err).toContain("known: webhook");
});
