// No key of [alerts] and of its channels without effect: each one, changed in a file, changes what a receiver gets.
import { afterEach, beforeEach, expect, test } from "bun:test";

import { alertSettings } from "../../../core/alerts/settings.ts";
import type { Watch } from "../../../core/alerts/watch.ts";
import { openWatch } from "../../../core/alerts/watch.ts";
import { LISTS } from "../../../core/config/lists.ts";
import { loadConfig } from "../../../core/config/load.ts";
import type { DottedKey } from "../../../core/config/schema.ts";
import type { Value } from "../../../core/config/spec.ts";
import type { Check } from "../../../core/health/report.ts";
import { writeAlerts } from "../../../core/storage/alerts.ts";
import { writeOurs } from "../../../core/storage/authorities.ts";
import { bindConstants } from "../../../core/storage/meta.ts";
import type { WritableDatabase } from "../../../core/storage/open.ts";
import { openWritable } from "../../../core/storage/open.ts";
import { openWriter } from "../../../core/storage/write.ts";
import type { Position } from "../../../core/types.ts";
import type { HandClock, KeptLog, Receiver } from "../../helpers/alert-lab.ts";
import {
  CAUGHT_UP,
  countedPost,
  makeCheck,
  MINUTE_MS,
  openHandClock,
  openKeptLog,
  openReceiver,
  settle,
} from "../../helpers/alert-lab.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { BERT, buildChain, CHAIN, GENESIS } from "../storage/build-chain.ts";
import { openPlace } from "./place.ts";

// BERT, who is ours, has every third slot: 3001, 3004, …; an epoch begins with slot 3000.
const FIRST = 3000;
let folder: ReturnType<typeof temporaryFolder>;
let file: WritableDatabase;
let receiver: Receiver;
let clock: HandClock;
let tip: Position;
let checks: Check[];
let log: KeptLog;

beforeEach(() => {
  folder = temporaryFolder();
  receiver = openReceiver();
});

afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

type Section = Record<string, Value>;

const toToml = (keys: Section): string =>
  Object.entries(keys)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join("");

/** A new database at noon, watched with these settings read from a file. */
async function begin(section: Section, channel: Section | null = null): Promise<Watch> {
  file = openWritable(folder.file(`${Bun.randomUUIDv7()}.db`));
  receiver.received.length = 0;
  clock = openHandClock();
  [tip, checks] = [GENESIS, []];
  using place = openPlace();
  const all = { enabled: true, cooldown_secs: 0, webhook_url: `${receiver.url}/hook`, ...section };
  const list = channel === null ? "" : `[[alerts.channel]]\n${toToml(channel)}`;
  place.write("project", `[alerts]\n${toToml(all)}${list}`);
  const settings = alertSettings((await loadConfig(place.options)).values);
  log = openKeptLog();
  return openWatch({
    ...{ db: file.db, settings, clock, log, post: countedPost },
    checks: async () => checks,
  });
}

/** What arrives at an address when the checks say this, a minute after the other. */
async function toldOf(
  section: Section,
  reports: readonly Check[][],
  path = "/hook",
  channel: Section | null = null,
): Promise<string[]> {
  const watch = await begin(section, channel);
  writeAlerts(file.db, [], JSON.stringify(CAUGHT_UP), () => []);
  for (const report of reports) {
    checks = report;
    await clock.advance(MINUTE_MS);
    await watch.everyMinute();
    await settle();
  }
  await watch.close();
  file[Symbol.dispose]();
  return toldAt(path);
}

/** What is raised once these slots have blocks; the first one is where the watch begins. */
async function toldOfSlots(section: Section, slots: readonly number[], arrived = settle) {
  const watch = await begin(section);
  bindConstants(file.db, CHAIN);
  openWriter(file.db, CHAIN).start(GENESIS);
  writeOurs(file.db, [{ aura: BERT, label: "bert" }]);
  for (const stretch of [slots.slice(0, 1), slots.slice(1)]) {
    const blocks = buildChain(tip, stretch);
    tip = blocks.at(-1)?.position ?? tip;
    const { number, hash, slot } = tip;
    openWriter(file.db, CHAIN).commit({ blocks, finalized: { number, hash } });
    clock.set(((slot ?? 0) + 1) * CHAIN.slotDurationMs);
    watch.afterBlock();
    await settle();
  }
  await watch.everyMinute();
  await arrived();
  await watch.close();
  file[Symbol.dispose]();
  return toldAt("/hook").filter((each) => each.startsWith("raise"));
}

function toldAt(path: string): string[] {
  return receiver.received
    .filter((each) => each.path === path)
    .map(({ body }) => `${String(body["action"])} ${String(body["kind"])}`);
}

const critical = (name: Check["name"]): Check[] => [makeCheck(name, "critical")];
const warning = (name: Check["name"]): Check[] => [makeCheck(name, "warning")];
const ok = (name: Check["name"]): Check[] => [makeCheck(name, "ok")];

const PROOFS: { [K in DottedKey as K extends `alerts.${string}` ? K : never]?: () => unknown } = {
  "alerts.enabled": async () => {
    const few = [critical("node.peers")];
    expect(await toldOf({ enabled: true }, few)).toEqual(["raise peers-low"]);
    expect(await toldOf({ enabled: false }, few)).toEqual([]);
  },
  "alerts.webhook_url": async () => {
    const few = [critical("node.peers")];
    const elsewhere = { webhook_url: `${receiver.url}/elsewhere` };
    expect(await toldOf(elsewhere, few)).toEqual([]);
    expect(await toldOf(elsewhere, few, "/elsewhere")).toEqual(["raise peers-low"]);
  },
  "alerts.webhook_secret": async () => {
    const signed = async (section: Section): Promise<string | undefined> => {
      await toldOf(section, [critical("node.peers")]);
      return receiver.received[0]?.headers["x-mvm-signature"];
    };
    expect(await signed({})).toBeUndefined();
    expect(await signed({ webhook_secret: "one" })).toStartWith("sha256=");
  },
  "alerts.cooldown_secs": async () => {
    const again = [critical("node.peers"), ok("node.peers"), critical("node.peers")];
    const raises = async (cooldown_secs: number): Promise<number> =>
      (await toldOf({ cooldown_secs }, again)).filter((each) => each.startsWith("raise")).length;
    expect([await raises(0), await raises(3600)]).toEqual([2, 1]);
  },
  "alerts.quiet_hours": async () => {
    const twice = [warning("chain.db-sync"), warning("chain.db-sync")];
    expect(await toldOf({ quiet_hours: "13:00-14:00" }, twice)).toEqual(["raise db-sync-lag"]);
    expect(await toldOf({ quiet_hours: "11:00-13:00" }, twice)).toEqual([]);
  },
  "alerts.alert_on_down": async () => {
    const away = [critical("node.reachable"), critical("node.reachable")];
    const down = async (alert_on_down: boolean): Promise<string[]> =>
      await toldOf({ alert_on_down, node_down_secs: 0 }, away);
    expect(await down(true)).toEqual(["raise node-unreachable"]);
    expect(await down(false)).toEqual([]);
  },
  "alerts.node_down_secs": async () => {
    const away = [critical("node.reachable"), critical("node.reachable")];
    expect(await toldOf({ node_down_secs: 60 }, away)).toEqual(["raise node-unreachable"]);
    expect(await toldOf({ node_down_secs: 61 }, away)).toEqual([]);
  },
  "alerts.missed_in_row": async () => {
    const missesTwo = [FIRST, FIRST + 2, FIRST + 3, FIRST + 5];
    expect(await toldOfSlots({ missed_in_row: 2 }, missesTwo)).toEqual(["raise missed-in-row"]);
    expect(await toldOfSlots({ missed_in_row: 3 }, missesTwo)).toEqual([]);
  },
  "alerts.threshold_percent": async () => {
    const makesHalf = [FIRST, FIRST + 1, FIRST + 2, FIRST + 5];
    const low = async (threshold_percent: number): Promise<string[]> =>
      await toldOfSlots({ threshold_percent, min_expected_blocks: 1 }, makesHalf);
    expect(await low(51)).toEqual(["raise not-producing"]);
    expect(await low(50)).toEqual([]);
  },
  "alerts.min_expected_blocks": async () => {
    const makesHalf = [FIRST, FIRST + 1, FIRST + 2, FIRST + 5];
    const low = async (min_expected_blocks: number): Promise<string[]> =>
      await toldOfSlots({ min_expected_blocks }, makesHalf);
    expect(await low(2)).toEqual(["raise not-producing"]);
    expect(await low(3)).toEqual([]);
  },
  "alerts.deadman_url": async () => {
    const allWell = [FIRST, FIRST + 1];
    await toldOfSlots({}, allWell);
    expect(receiver.received).toEqual([]);
    const deadman_url = `${receiver.url}/alive`;
    await toldOfSlots({ deadman_url }, allWell, async () => await receiver.until(1));
    expect(receiver.received.map(({ path }) => path)).toEqual(["/alive"]);
  },
};

test.each(Object.entries(PROOFS))("%s", async (_, proof) => {
  await proof();
});

/** What a channel receives, one report a minute: the paths, headers and bodies. */
async function sentTo(channel: Section, ...reports: Check[][]) {
  const given = { name: "team", type: "webhook", url: `${receiver.url}/team`, ...channel };
  await toldOf({}, reports.length > 0 ? reports : [critical("node.peers")], "", given);
  return receiver.received.filter(({ path }) => path !== "/hook");
}

const CHANNEL_PROOFS: { [K in keyof (typeof LISTS)["alerts.channel"]]: () => Promise<void> } = {
  name: async () => {
    receiver.answer(() => new Response("gone", { status: 404 }));
    await sentTo({ name: "night-shift" });
    expect(log.lines.join("\n")).toContain("channel night-shift: ");
    expect(log.lines.join("\n")).not.toContain("channel team: ");
  },
  type: async () => {
    expect((await sentTo({ type: "webhook" }))[0]?.body).toMatchObject({ kind: "peers-low" });
    expect((await sentTo({ type: "discord" }))[0]?.body).not.toHaveProperty("kind");
  },
  url: async () => {
    const [sent] = await sentTo({ url: `${receiver.url}/elsewhere` });
    expect(sent?.path).toBe("/elsewhere");
  },
  token: async () => {
    const topic = { type: "ntfy", url: `${receiver.url}/topic` };
    expect((await sentTo(topic))[0]?.headers["authorization"]).toBeUndefined();
    const [sent] = await sentTo({ ...topic, token: "tk_one" });
    expect(sent?.headers["authorization"]).toBe("Bearer tk_one");
  },
  secret: async () => {
    expect((await sentTo({}))[0]?.headers["x-mvm-signature"]).toBeUndefined();
    expect((await sentTo({ secret: "one" }))[0]?.headers["x-mvm-signature"]).toBeString();
  },
  chat_id: async () => {
    const bot = { type: "telegram", url: receiver.url, token: "123:abc" };
    for (const chat_id of ["-1001", "-1002"]) {
      expect((await sentTo({ ...bot, chat_id }))[0]?.body["chat_id"]).toBe(chat_id);
    }
  },
  min_severity: async () => {
    const lag = warning("chain.db-sync");
    expect(await sentTo({ min_severity: "warning" }, lag, lag)).toHaveLength(1);
    expect(await sentTo({ min_severity: "critical" }, lag, lag)).toEqual([]);
  },
  quiet_hours: async () => {
    const lag = warning("chain.db-sync");
    expect(await sentTo({ quiet_hours: "13:00-14:00" }, lag, lag)).toHaveLength(1);
    expect(await sentTo({ quiet_hours: "11:00-13:00" }, lag, lag)).toEqual([]);
  },
  enabled: async () => {
    expect(await sentTo({ enabled: true })).toHaveLength(1);
    expect(await sentTo({ enabled: false })).toEqual([]);
  },
};

test.each(Object.keys(LISTS["alerts.channel"]))("[[alerts.channel]] %s", async (name) => {
  const proofs = new Map(Object.entries(CHANNEL_PROOFS));
  expect(proofs.has(name)).toBe(true);
  await proofs.get(name)?.();
});
