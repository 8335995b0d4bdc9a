// From a trouble to a receiver and back: each told once, to each channel, in order, whatever the receivers do.
import { afterEach, beforeEach, expect, test } from "bun:test";

import { CHECK_RULES, TITLES } from "../../../core/alerts/kinds.ts";
import { post } from "../../../core/alerts/post.ts";
import type { AlertSettings, Channel } from "../../../core/alerts/settings.ts";
import type { Watch, WatchOptions } from "../../../core/alerts/watch.ts";
import { openWatch } from "../../../core/alerts/watch.ts";
import type { Check } from "../../../core/health/report.ts";
import { CHECKS } from "../../../core/health/report.ts";
import { readAlerts } from "../../../core/queries/alerts.ts";
import { writeAlerts } from "../../../core/storage/alerts.ts";
import type { WritableDatabase } from "../../../core/storage/open.ts";
import { openWritable } from "../../../core/storage/open.ts";
import type { HandClock, KeptLog, Receiver } from "../../helpers/alert-lab.ts";
import {
  CAUGHT_UP,
  channelTo,
  countedPost,
  everyChannel,
  makeCheck,
  makeSettings,
  MINUTE_MS,
  NOON_MS,
  openHandClock,
  openKeptLog,
  openReceiver,
  settle,
} from "../../helpers/alert-lab.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";

let folder: ReturnType<typeof temporaryFolder>;
let file: WritableDatabase;
let receiver: Receiver;
let clock: HandClock;
let log: KeptLog;
let checks: Check[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  file = openWritable(folder.file("mvm.db"));
  writeAlerts(file.db, [], JSON.stringify(CAUGHT_UP), () => []);
  receiver = openReceiver();
  clock = openHandClock();
  log = openKeptLog();
  checks = [];
});

afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  file[Symbol.dispose]();
  folder[Symbol.dispose]();
});

function watch(
  channels: readonly Channel[],
  more: Partial<AlertSettings> = {},
  options: Partial<WatchOptions> = {},
): Watch {
  const settings = makeSettings(channels, { cooldownMs: 0, ...more });
  const given = { db: file.db, settings, clock, log, checks: async () => checks };
  return openWatch({ ...given, post: countedPost, timeoutMs: 10_000, ...options });
}

/** What the checks say from now on, looked at once a minute. */
async function minute(watching: Watch, ...report: Check[]): Promise<void> {
  checks = report;
  await clock.advance(MINUTE_MS);
  await watching.everyMinute();
  await settle();
}

function told(path = "/hook"): string[] {
  return receiver.received
    .filter((each) => each.path === path)
    .map(({ body }) => `${String(body["action"])} ${String(body["kind"])}`);
}

const KINDS = CHECKS.flatMap((name) => {
  const kind = CHECK_RULES[name]?.kind;
  return kind === undefined ? [] : [[kind, name] as const];
});

test.each(KINDS)(
  "%s (%s): raise and recovery arrive exactly once in every format",
  async (kind, name) => {
    const watching = watch(everyChannel(receiver.url), { downGraceMs: 0 });
    const subject = name.startsWith("validator.") ? "alice" : null;
    for (const verdict of ["ok", "critical", "critical", "unknown", "ok", "ok"] as const) {
      await minute(watching, makeCheck(name, verdict, subject));
    }
    await watching.close();
    const title = TITLES[kind];
    const texts = (path: string): string[] =>
      receiver.received.filter((each) => each.path === path).map(({ text }) => text);
    const paths = ["/webhook", "/discord", "/slack", "/bot123:abc/sendMessage", "/"];
    for (const path of paths) {
      expect(texts(path)).toHaveLength(2);
      expect(texts(path)[0]).toContain(`CRITICAL ${title}`);
      expect(texts(path)[1]).toContain(`RECOVERED ${title}`);
    }
    const [trigger, resolve] = receiver.received.filter(({ path }) => path === "/pagerduty");
    expect([trigger?.body["event_action"], resolve?.body["event_action"]]).toEqual([
      "trigger",
      "resolve",
    ]);
    expect(String(resolve?.body["dedup_key"])).toBe(String(trigger?.body["dedup_key"]));
    expect(receiver.received).toHaveLength(12);
  },
);

test("the trouble of another node ends with the list of nodes, and not while nothing was looked at", async () => {
  const watching = watch([channelTo(receiver.url)]);
  const away = makeCheck("node.standby", "critical");
  const others = makeCheck("node.peers", "ok");
  await minute(watching, others, away);
  await minute(watching);
  watching.afterBlock();
  expect(told()).toEqual(["raise standby-unreachable"]);
  await minute(watching, others);
  await minute(watching, others);
  expect(told().slice(1)).toEqual(["recover standby-unreachable"]);
  await watching.close();
});

test("a receiver down for ten minutes gets everything afterwards, in order and once", async () => {
  const watching = watch([channelTo(receiver.url)]);
  receiver.answer(() => new Response("down", { status: 503 }));
  const peers = (verdict: "ok" | "critical"): Check => makeCheck("node.peers", verdict);
  await minute(watching, peers("critical"));
  await minute(watching, peers("ok"), makeCheck("chain.db-sync", "critical"));
  await minute(watching, peers("critical"));
  for (let i = 0; i < 7; i++) await minute(watching, peers("critical"));
  // Only the first of them was tried: the others wait behind it.
  expect(new Set(told())).toEqual(new Set(["raise peers-low"]));
  const tries = told().length;
  expect(tries).toBeGreaterThan(3);
  expect(tries).toBeLessThan(12);
  receiver.answer(() => new Response("ok"));
  receiver.received.length = 0;
  await clock.advance(10 * MINUTE_MS);
  await settle();
  expect(told()).toEqual([
    ...["raise peers-low", "recover peers-low", "raise db-sync-lag", "raise peers-low"],
  ]);
  expect(log.lines.filter((line) => line.includes("answered 503"))[0]).toStartWith("warn");
  expect(log.lines.filter((line) => line.startsWith("warn") && line.includes("503"))).toHaveLength(
    1,
  );
  await watching.close();
});

test("one channel that hangs does not delay another, nor the look itself", async () => {
  await using stuck = openReceiver();
  stuck.answer(() => new Promise<Response>(() => undefined));
  const channels = [channelTo(stuck.url, { name: "stuck" }), channelTo(receiver.url)];
  // Not counted: the test does not wait for the one that hangs either.
  const watching = watch(channels, {}, { post, timeoutMs: 2000 });
  await minute(watching, makeCheck("node.peers", "critical"));
  await receiver.until(1);
  await minute(watching, makeCheck("node.peers", "ok"));
  await receiver.until(2);
  await stuck.until(1);
  expect(told()).toEqual(["raise peers-low", "recover peers-low"]);
  expect(log.lines.join("\n")).not.toContain("channel stuck");
  while (!log.lines.join("\n").includes("channel stuck")) await Bun.sleep(20);
  expect(log.lines.join("\n")).toContain("channel stuck: no answer within 2 s");
  const [, raise] = readAlerts(file.db, { open: false, limit: 9 });
  expect(raise?.deliveries).toMatchObject([
    { channel: "hook", state: "sent" },
    { channel: "stuck", state: "pending", attempts: 1 },
  ]);
  await watching.close();
});

test("a receiver that asks for patience is given it", async () => {
  const watching = watch([channelTo(receiver.url)]);
  receiver.answer(() => new Response("slow", { status: 429, headers: { "retry-after": "120" } }));
  await minute(watching, makeCheck("node.peers", "critical"));
  await clock.advance(119_000);
  expect(told()).toHaveLength(1);
  receiver.answer(() => new Response("ok"));
  await clock.advance(2000);
  expect(told()).toHaveLength(2);
  await watching.close();
});

test("a message refused for what it says is given up after three tries, and the next one goes", async () => {
  const watching = watch([channelTo(receiver.url)]);
  let refuse = true;
  receiver.answer(() =>
    refuse ? Response.json({ message: "invalid payload" }, { status: 400 }) : new Response("ok"),
  );
  await minute(watching, makeCheck("node.peers", "critical"));
  await clock.advance(MINUTE_MS);
  expect(told()).toHaveLength(3);
  refuse = false;
  await minute(watching, makeCheck("node.peers", "ok"));
  const [recovery, raise] = readAlerts(file.db, { open: false, limit: 9 });
  expect(raise?.deliveries).toMatchObject([
    { state: "dropped", attempts: 3, error: "answered 400: invalid payload" },
  ]);
  expect(recovery?.deliveries).toMatchObject([{ state: "sent" }]);
  await watching.close();
});

test("what no one takes for three days is given up and said", async () => {
  const watching = watch([channelTo(receiver.url)]);
  receiver.answer(() => new Response("gone", { status: 404 }));
  await minute(watching, makeCheck("node.peers", "critical"));
  clock.set(NOON_MS + 3 * 24 * 60 * MINUTE_MS + 5 * MINUTE_MS);
  await minute(watching, makeCheck("node.peers", "critical"));
  const [raise] = readAlerts(file.db, { open: false, limit: 9 });
  expect(raise?.deliveries).toMatchObject([{ state: "dropped", error: "given up: answered 404" }]);
  expect(log.lines.join("\n")).toContain("1 alerts given up");
  await watching.close();
});

test("quiet hours hold what is not critical until their end, in order; critical passes", async () => {
  const night = new Date(2026, 7, 3, 23).getTime();
  clock.set(night);
  const quietHours = { from: 22 * 60, to: 7 * 60 };
  const watching = watch([channelTo(receiver.url, { quietHours })]);
  const lag = makeCheck("chain.db-sync", "warning");
  await minute(watching, lag);
  await minute(watching, lag);
  await minute(watching, lag, makeCheck("node.peers", "critical"));
  expect(told()).toEqual(["raise peers-low"]);
  await minute(watching, makeCheck("chain.db-sync", "ok"), makeCheck("node.peers", "ok"));
  expect(told()).toEqual(["raise peers-low", "recover peers-low"]);
  await clock.advance(new Date(2026, 7, 4, 7).getTime() - clock.nowMs() - 1000);
  expect(told()).toHaveLength(2);
  await clock.advance(2000);
  expect(told().slice(2)).toEqual(["raise db-sync-lag", "recover db-sync-lag"]);
  await watching.close();
});

test("a warning held for the night that becomes critical is told once, as critical", async () => {
  clock.set(new Date(2026, 7, 3, 23).getTime());
  const watching = watch([channelTo(receiver.url, { quietHours: { from: 22 * 60, to: 7 * 60 } })]);
  for (const verdict of ["warning", "warning", "critical", "ok"] as const) {
    await minute(watching, makeCheck("node.peers", verdict));
  }
  await clock.advance(12 * 60 * MINUTE_MS);
  expect(told()).toEqual(["raise peers-low", "recover peers-low"]);
  expect(receiver.received.map(({ body }) => body["severity"])).toEqual(["critical", "critical"]);
  await watching.close();
});

test("a channel hears of what is bad enough for it, and of its end only if it heard of the trouble", async () => {
  const severe = channelTo(receiver.url, {
    name: "severe",
    url: `${receiver.url}/severe`,
    min_severity: "critical",
  });
  const watching = watch([channelTo(receiver.url), severe]);
  for (const verdict of ["warning", "warning", "ok"] as const) {
    await minute(watching, makeCheck("node.peers", verdict));
  }
  expect(told()).toEqual(["raise peers-low", "recover peers-low"]);
  expect(told("/severe")).toEqual([]);
  for (const verdict of ["warning", "warning", "critical", "ok"] as const) {
    await minute(watching, makeCheck("node.peers", verdict));
  }
  expect(told("/severe")).toEqual(["raise peers-low", "recover peers-low"]);
  await watching.close();
});

test("a restart in the middle of a trouble raises nothing again and still tells its end", async () => {
  const first = watch([channelTo(receiver.url)]);
  await minute(first, makeCheck("node.peers", "critical"));
  await first.close();
  const second = watch([channelTo(receiver.url)]);
  await minute(second, makeCheck("node.peers", "critical"));
  await minute(second, makeCheck("node.peers", "ok"));
  await second.close();
  expect(told()).toEqual(["raise peers-low", "recover peers-low"]);
});

test("switched off nothing is looked at or sent, and what happened meanwhile is no news later", async () => {
  const watching = watch([channelTo(receiver.url)]);
  await minute(watching, makeCheck("node.peers", "critical"));
  const off = makeSettings([channelTo(receiver.url)], { enabled: false });
  watching.reload(off);
  await minute(watching, makeCheck("node.peers", "ok"));
  watching.reload({ ...off, enabled: true });
  await minute(watching, makeCheck("node.peers", "ok"));
  expect(told()).toEqual(["raise peers-low"]);
  expect(readAlerts(file.db, { open: true, limit: 9 })).toEqual([]);
  await watching.close();
});

test("a channel repaired by a reload gets what waited for it", async () => {
  const watching = watch([channelTo(receiver.url, { type: "webhook", url: "no address" })]);
  await minute(watching, makeCheck("node.peers", "critical"));
  expect(log.lines.join("\n")).toContain("channel hook: its address cannot be read");
  watching.reload(makeSettings([channelTo(receiver.url)], { cooldownMs: 0 }));
  await clock.advance(MINUTE_MS);
  expect(told()).toEqual(["raise peers-low"]);
  await watching.close();
});

test("checks that fail end nothing and raise nothing, and the log says so", async () => {
  const watching = watch([channelTo(receiver.url)]);
  await minute(watching, makeCheck("node.peers", "critical"));
  await watching.close();
  const checking = async () => {
    throw new Error("no checks today");
  };
  const broken = watch([channelTo(receiver.url)], {}, { checks: checking });
  await broken.everyMinute();
  await settle();
  expect(told()).toEqual(["raise peers-low"]);
  expect(log.lines.join("\n")).toContain("the checks failed: no checks today");
  await broken.close();
});

test("a file that cannot be written is a line in the log, not the end", async () => {
  const watching = watch([channelTo(receiver.url)]);
  file.db.run("DROP TABLE open_alerts");
  checks = [makeCheck("node.peers", "critical")];
  await watching.everyMinute();
  watching.afterBlock();
  expect(log.lines.filter((line) => line.includes("alerts could not be written"))).toHaveLength(2);
  await watching.close();
});
