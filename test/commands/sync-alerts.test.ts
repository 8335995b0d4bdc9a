// Alerts and metrics of a real mvm-sync: killed, without its receiver, told anew by SIGHUP, and scraped.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";

import { parseNumber, parseObject } from "../../core/parse.ts";
import { readAlerts } from "../../core/queries/alerts.ts";
import { openReadable } from "../../core/storage/open.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { reachTip, startSmallDevnet } from "../core/chain/small-devnet.ts";
import type { Receiver } from "../helpers/alert-lab.ts";
import { openReceiver } from "../helpers/alert-lab.ts";
import type { SyncProcess } from "../helpers/sync-process.ts";
import { startSync, temporaryFolder } from "../helpers/sync-process.ts";

const LONG_MS = 120_000;
/** Has seats in every epoch. */
const WATCHED = 8;
const SLOT_MS = 6000;

interface Stage extends AsyncDisposable {
  devnet: Devnet;
  file: string;
  configure: (...lines: string[]) => void;
  start: () => SyncProcess;
  /** Slots of ours that were missed, to the last one that is certain. */
  missed: () => number[];
}

async function openStage(): Promise<Stage> {
  const folder = temporaryFolder();
  const file = folder.file("mvm.db");
  const config = folder.file("mvm.toml");
  const keystore = folder.file("keystore");
  const options = { missRate: 0, operator: WATCHED, rpcMethods: "unsafe" } as const;
  // At the present time: the process has no clock but the real one.
  const endSlot = Math.floor(Date.now() / SLOT_MS);
  const devnet = await startSmallDevnet({ ...options, endSlot, history: 100 });
  await devnet.writeKeystore(keystore, WATCHED);
  return {
    devnet,
    file,
    configure: (...lines) =>
      writeFileSync(
        config,
        [`[validator]\nkeystore_path = "${keystore}"\nlabel = "home"`, ...lines, ""].join("\n"),
      ),
    start: () => startSync(devnet.url, file, "--config", config),
    missed: () =>
      devnet
        .truth()
        .missed.filter(({ author }) => author === devnet.validator(WATCHED).aura)
        .map(({ slot }) => slot),
    [Symbol.asyncDispose]: async () => {
      await devnet.stop();
      folder[Symbol.dispose]();
    },
  };
}

/** Sleeps until a turn of ours has no block, and on until it is certain. Returns the slots: two may follow each other. */
async function oversleep(stage: Stage, sync: SyncProcess): Promise<number[]> {
  const { devnet, file, missed } = stage;
  const before = missed().length;
  devnet.setAbsent([WATCHED]);
  while (missed().length === before) {
    await devnet.step(1);
    await reachTip(devnet, sync, file);
  }
  devnet.setAbsent([]);
  for (let i = 0; i < 4; i++) {
    await devnet.step(1);
    await reachTip(devnet, sync, file);
  }
  return missed().slice(before);
}

async function following(stage: Stage): Promise<SyncProcess> {
  const sync = stage.start();
  await sync.until("following", () => sync.log().includes("synced at"));
  // The first look is where looking begins.
  await stage.devnet.step(1);
  await reachTip(stage.devnet, sync, stage.file);
  return sync;
}

/** How far the alerts of missed slots are; the chain, stepped by hand, runs ahead of the clock, and that is told too. */
function statesIn(file: string): string[] {
  using db = openReadable(file);
  return readAlerts(db, { open: false, limit: 99 })
    .filter(({ kind }) => kind === "missed-slot")
    .flatMap(({ deliveries }) => deliveries.map(({ state }) => state));
}

/** Slots it was told of, in the order they came. */
function slotsTold(received: Receiver["received"]): number[] {
  return received
    .filter(({ body }) => body["kind"] === "missed-slot")
    .map(({ body }) => parseNumber(parseObject(body["details"], "details")["slot"], "slot"));
}

function allSent(file: string, count: number): boolean {
  const states = statesIn(file);
  return states.length === count && states.every((state) => state === "sent");
}

const ALERTS = (url: string): string =>
  `[alerts]\nenabled = true\n[[alerts.channel]]\nname = "hook"\ntype = "webhook"\nurl = "${url}/hook"`;

async function stopped(sync: SyncProcess): Promise<void> {
  sync.kill("SIGTERM");
  expect(await sync.exited).toBe(0);
}

test(
  "killed with an alert that has nobody to take it, mvm-sync delivers it once when both are back",
  async () => {
    await using stage = await openStage();
    const gone = openReceiver();
    const { url } = gone;
    await gone[Symbol.asyncDispose]();
    stage.configure(ALERTS(url));
    let slots: number[] = [];
    {
      await using sync = await following(stage);
      slots = await oversleep(stage, sync);
      await sync.until("alerts", () => statesIn(stage.file).length === slots.length);
      sync.kill("SIGKILL");
      await sync.exited;
    }
    expect(statesIn(stage.file)).not.toContain("sent");
    await using receiver = openReceiver(Number(new URL(url).port));
    for (let start = 0; start < 2; start++) {
      await using sync = await following(stage);
      await sync.until("sent", () => allSent(stage.file, slots.length));
      await stopped(sync);
    }
    expect(slotsTold(receiver.received)).toEqual(slots);
  },
  LONG_MS,
);

test(
  "a receiver that says no, and then yes, is told each alert once and in order",
  async () => {
    await using stage = await openStage();
    await using receiver = openReceiver();
    receiver.answer(() => new Response("not now", { status: 503 }));
    stage.configure(ALERTS(receiver.url));
    await using sync = await following(stage);
    const slots = [...(await oversleep(stage, sync)), ...(await oversleep(stage, sync))];
    await sync.until("alerts", () => statesIn(stage.file).length === slots.length);
    expect(statesIn(stage.file)).not.toContain("sent");
    const refused = receiver.received.length;
    receiver.answer(() => new Response("ok"));
    await sync.until("sent", () => allSent(stage.file, slots.length));
    await stopped(sync);
    expect(slotsTold(receiver.received.slice(refused))).toEqual(slots);
  },
  LONG_MS,
);

test(
  "SIGHUP switches alerts on: what was before is not told, what comes is",
  async () => {
    await using stage = await openStage();
    await using receiver = openReceiver();
    stage.configure("[alerts]\nenabled = false");
    await using sync = await following(stage);
    expect(await oversleep(stage, sync)).not.toEqual([]);
    expect(statesIn(stage.file)).toEqual([]);
    stage.configure(ALERTS(receiver.url));
    sync.kill("SIGHUP");
    await sync.until("the word", () => sync.log().includes("alerts.enabled"));
    expect(sync.log()).toContain("alerts.enabled false → true, in effect");
    // The first look is where looking begins.
    await stage.devnet.step(1);
    await reachTip(stage.devnet, sync, stage.file);
    const slots = await oversleep(stage, sync);
    await sync.until("sent", () => allSent(stage.file, slots.length));
    await stopped(sync);
    expect(slotsTold(receiver.received)).toEqual(slots);
  },
  LONG_MS,
);

/** It judges by the older text format, where a counter's help goes by the whole name: that alone is no fault. */
function complaintsOf(promtool: string, text: string): string[] {
  const { stdout, stderr } = Bun.spawnSync([promtool, "check", "metrics"], {
    stdin: Buffer.from(text),
  });
  const lines = `${stdout.toString()}${stderr.toString()}`.split("\n");
  return lines.filter((line) => line !== "" && !line.endsWith("_total no help text"));
}

const PROMTOOL = Bun.which("promtool");

test(
  `its metrics are scraped, promtool ${PROMTOOL === null ? "is not here to judge them" : "finds no fault with them"}, and it says when it is ready`,
  async () => {
    await using stage = await openStage();
    stage.configure('[metrics]\nlisten = "127.0.0.1:0"');
    await using sync = await following(stage);
    await sync.until("metrics", () => /metrics at http/.test(sync.log()));
    const url = /metrics at (http\S+\/)metrics/.exec(sync.log())?.[1] ?? "";
    // The checks' own series come with the first look.
    const scrape = async (): Promise<string> => await (await fetch(`${url}metrics`)).text();
    const deadline = performance.now() + 20_000;
    while (!/^mvm_check\w*\{/m.test(await scrape()) && performance.now() < deadline) {
      await Bun.sleep(100);
    }
    const text = await scrape();
    expect(text).toContain('check="node.reachable"');
    expect((await fetch(`${url}readyz`)).status).toBe(200);
    if (PROMTOOL !== null) expect(complaintsOf(PROMTOOL, text)).toEqual([]);
    await stopped(sync);
  },
  LONG_MS,
);
