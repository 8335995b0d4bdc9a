// No key of a list's entry without effect: each one, changed in a file, changes whom we watch, or what is sent where.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";

import { addressed } from "../../../core/alerts/address.ts";
import { FORMATS } from "../../../core/alerts/channels/formats.ts";
import type { OutgoingRequest } from "../../../core/alerts/channels/message.ts";
import { toMessage } from "../../../core/alerts/channels/message.ts";
import type { Channel } from "../../../core/alerts/settings.ts";
import { alertSettings } from "../../../core/alerts/settings.ts";
import { LISTS } from "../../../core/config/lists.ts";
import { loadConfig } from "../../../core/config/load.ts";
import type { Config } from "../../../core/config/schema.ts";
import type { Remote } from "../../../core/fleet/remote.ts";
import { chooseRemotes } from "../../../core/fleet/remote.ts";
import type { OurValidator } from "../../../core/ours.ts";
import { readOurs } from "../../../core/ours.ts";
import { temporaryFolder } from "../../helpers/sync-process.ts";
import { openPlace } from "./place.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

type Entry = Record<string, string | boolean>;

async function load(list: string, entry: Entry): Promise<Config> {
  using place = openPlace();
  const lines = Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  place.write("project", `[[${list}]]\n${lines.join("\n")}\n`);
  return (await loadConfig(place.options)).values;
}

const HOOK = { name: "a", type: "webhook", url: "https://h.example/a" };

async function channel(entry: Entry): Promise<Channel | undefined> {
  return alertSettings(await load("alerts.channel", { ...HOOK, ...entry })).channels[0];
}

const ALERT = {
  ...({ id: 1, incident: 1, action: "raise", kind: "node-stalled", subject: "" } as const),
  ...{ severity: "warning" as const, message: "x", details: "{}", atMs: 0, once: null },
};

async function request(entry: Entry): Promise<OutgoingRequest> {
  const found = await channel(entry);
  if (found === undefined) throw new Error("no channel");
  return FORMATS[found.type](toMessage(ALERT, { instance: "i", chain: null }), found, 0);
}

/** Who is told of a warning, and from when on, at eleven in the evening. */
async function whom(entry: Entry): Promise<unknown> {
  const at = new Date(2026, 7, 3, 23).getTime();
  const found = await channel(entry);
  return addressed(found === undefined ? [] : [found], at)(ALERT, null);
}

async function ours(entry: Entry): Promise<OurValidator[]> {
  return readOurs((await load("validator", entry)).validators);
}

function keystore(name: string, digit: string): string {
  const path = folder.file(name);
  mkdirSync(path, { recursive: true });
  writeFileSync(`${path}/61757261${digit.repeat(64)}`, "");
  return path;
}

function keysFile(name: string, digit: string): string {
  const path = folder.file(`${name}.json`);
  const [key, sidechain] = [`0x${digit.repeat(64)}`, `0x02${digit.repeat(64)}`];
  const keys = { sidechain_pub_key: sidechain, aura_pub_key: key, grandpa_pub_key: key };
  writeFileSync(path, JSON.stringify(keys));
  return path;
}

type Proof = () => Promise<[one: unknown, other: unknown]>;

const VALIDATOR: Record<string, Proof> = {
  keystore_path: async () => [
    (await ours({ keystore_path: keystore("one", "1") }))[0]?.aura,
    (await ours({ keystore_path: keystore("two", "2") }))[0]?.aura,
  ],
  keys_file: async () => [
    (await ours({ keys_file: keysFile("one", "1") }))[0]?.aura,
    (await ours({ keys_file: keysFile("two", "2") }))[0]?.aura,
  ],
  label: async () => [
    (await ours({ keystore_path: keystore("one", "1"), label: "A" }))[0]?.id,
    (await ours({ keystore_path: keystore("one", "1"), label: "B" }))[0]?.id,
  ],
};

const CHANNEL: Record<string, Proof> = {
  name: async () => [(await channel({ name: "b" }))?.name, (await channel({ name: "c" }))?.name],
  type: async () => [
    (await request({ type: "webhook" })).body,
    (await request({ type: "slack" })).body,
  ],
  url: async () => [(await request({})).url, (await request({ url: "https://h.example/b" })).url],
  token: async () => [
    (await request({ type: "ntfy" })).headers,
    (await request({ type: "ntfy", token: "t" })).headers,
  ],
  secret: async () => [(await request({})).headers, (await request({ secret: "s" })).headers],
  chat_id: async () => [
    (await request({ type: "telegram", token: "1:a", chat_id: "5" })).body,
    (await request({ type: "telegram", token: "1:a", chat_id: "6" })).body,
  ],
  min_severity: async () => [
    await whom({ min_severity: "warning" }),
    await whom({ min_severity: "critical" }),
  ],
  quiet_hours: async () => [
    await whom({ quiet_hours: "22:00-07:00" }),
    await whom({ quiet_hours: "01:00-07:00" }),
  ],
  enabled: async () => [await whom({ enabled: true }), await whom({ enabled: false })],
};

const MACHINE = { url: "http://h.example:9616" };

async function remote(entry: Entry): Promise<Remote | undefined> {
  const { remotes } = await load("remote", { ...MACHINE, ...entry });
  return chooseRemotes(["all"], remotes, null)[0];
}

const REMOTE: Record<string, Proof> = {
  name: async () => [(await remote({}))?.name, (await remote({ name: "b" }))?.name],
  url: async () => [(await remote({}))?.url, (await remote({ url: "http://i.example" }))?.url],
  token: async () => [(await remote({ token: "s" }))?.token, (await remote({ token: "t" }))?.token],
};

const PROOFS = { validator: VALIDATOR, "alerts.channel": CHANNEL, remote: REMOTE };

test("every key of every list has a proof", () => {
  const keys = (lists: Record<string, object>): string[] =>
    Object.entries(lists).flatMap(([list, entry]) =>
      Object.keys(entry).map((key) => `${list}.${key}`),
    );
  expect(keys(PROOFS).toSorted()).toEqual(keys(LISTS).toSorted());
});

describe.each(Object.entries(PROOFS))("of %s, changing it changes what happens:", (_, proofs) => {
  test.each(Object.entries(proofs))("%s", async (_key, proof) => {
    const [one, other] = await proof();
    expect(one).toBeDefined();
    expect(one).not.toEqual(other);
  });
});
