// The JSON of the other commands as it is documented: a small devnet at a fixed time of day. After a wanted change:
//   MVM_WRITE_EXAMPLES=1 bun test test/examples/commands-json.test.ts && bun fmt
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";

import { join } from "pathe";

import type { AnyCommand } from "../../commands/_main.ts";
import { alertsCommand } from "../../commands/alerts.ts";
import { configCommand } from "../../commands/config.ts";
import { importCommand } from "../../commands/import.ts";
import { keysCommand } from "../../commands/keys.ts";
import { scheduleCommand } from "../../commands/schedule.ts";
import { statusCommand } from "../../commands/status.ts";
import { verifyCommand } from "../../commands/verify.ts";
import { openWatch } from "../../core/alerts/watch.ts";
import { openWritable } from "../../core/storage/open.ts";
import { writeRustDatabase } from "../core/import/rust-database.ts";
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
import type { World } from "../helpers/health-world.ts";
import { openWorld, runCommand, writeSettings } from "../helpers/health-world.ts";
import { namesIn } from "../helpers/json-names.ts";

const FOLDER = join(import.meta.dir, "../../examples/json");
const WRITE = process.env["MVM_WRITE_EXAMPLES"] === "1";
let world: World;
let config: string;

beforeAll(async () => {
  world = await openWorld({ missRate: 0.05 });
  config = await writeSettings(world);
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Ports, folders and whatever is measured on this machine are not the same twice. */
function steady(text: string): string {
  return text
    .replaceAll(world.path("").replace(/\/$/, ""), "/var/lib/mvm")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:9944");
}

/** Values that are measured, by the name of their field, and what stands for them. */
const MEASURED: Record<string, unknown> = {
  ...{ latencyMs: 4, bytes: 98_304, workers: 2, bytesIn: 48_123_456, bytesOut: 51_987_654 },
  startedAt: "2026-11-20T06:00:00.000Z",
};
const MEASURED_CHECKS: Record<string, object> = {
  "node.latency": { value: 4, message: "an answer takes 4 ms" },
  "database.disk": { value: 82_476_146_688, message: "0.1 MB; 30 % of its disk is free" },
};

function replaceMeasured(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(replaceMeasured);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, each]): [string, unknown] => [
    name,
    name in MEASURED && each !== null ? MEASURED[name] : replaceMeasured(each),
  ]);
  const name: unknown = "name" in value ? value.name : null;
  const measured = typeof name === "string" ? MEASURED_CHECKS[name] : undefined;
  return { ...Object.fromEntries(fields), ...measured };
}

async function compare(name: string, out: string): Promise<void> {
  const answer = replaceMeasured(JSON.parse(steady(out)));
  const path = join(FOLDER, `${name}.json`);
  if (WRITE) await Bun.write(path, JSON.stringify(answer, null, 2));
  const example: unknown = await Bun.file(path).json();
  expect(answer).toEqual(example);
}

async function ask(command: AnyCommand, ...words: string[]): Promise<string> {
  const { out, err } = await runCommand(command, [...words, "--json"], world.devnet.timeMs());
  expect(err).toBe("");
  return out;
}

const node = (): string[] => ["-r", world.devnet.url];
const keystore = (): string[] => ["-K", world.keystore];

test("status.json is what mvm status --json prints", async () => {
  const place = [...node(), "-M", world.devnet.metricsUrl, "-d", world.file, ...keystore()];
  await compare("status", await ask(statusCommand, ...place, "--config", config));
});

for (const what of ["show", "verify"]) {
  test(`keys-${what}.json is what mvm keys ${what} --json prints`, async () => {
    const place = [...node(), "-d", world.file, ...keystore()];
    await compare(`keys-${what}`, await ask(keysCommand, what, ...place, "--config", config));
  });
}

test("schedule.json is what mvm schedule --json prints", async () => {
  const flags = ["--limit", "4", "--min", "30s", "-d", world.file, ...node(), ...keystore()];
  await compare("schedule", await ask(scheduleCommand, ...flags));
});

test("schedule-can-restart.json is what mvm schedule --can-restart --json prints", async () => {
  const flags = ["--can-restart", "2m", "-d", world.file, ...node(), ...keystore()];
  await compare("schedule-can-restart", await ask(scheduleCommand, ...flags));
});

test("verify.json is what mvm verify --json prints of a file with a fault", async () => {
  const file = world.path("wrong.db");
  await Bun.write(file, Bun.file(world.file));
  {
    using writable = openWritable(file);
    writable.db.run("UPDATE missed SET author = NULL WHERE slot = (SELECT min(slot) FROM missed)");
  }
  const flags = ["-d", file, ...node(), "--sample", "20", "--seed", "7"];
  await compare("verify", await ask(verifyCommand, ...flags));
});

test("import.json is what mvm import --json prints of a file with faults", async () => {
  const source = world.path("rust.db");
  writeRustDatabase(
    world.devnet,
    { file: source, slotsPerEpoch: 40 },
    "DELETE FROM blocks WHERE block_number BETWEEN 50 AND 54",
    "UPDATE blocks SET author_key = (SELECT sidechain_key FROM validators WHERE id = 3) WHERE block_number IN (120, 121)",
    "UPDATE blocks SET block_hash = '0x12' WHERE block_number = 90",
  ).close();
  const flags = ["--from-mvm", source, "-d", world.path("imported.db"), ...node(), "--dry-run"];
  await compare("import", await ask(importCommand, ...flags));
});

test("alerts-list.json is what mvm alerts list --json prints", async () => {
  const file = world.path("alerts.db");
  await using receiver = openReceiver();
  {
    using writable = openWritable(file);
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
  }
  await compare("alerts-list", await ask(alertsCommand, "list", "-d", file));
});

test("config-show.json is what mvm config show --json prints", async () => {
  await compare("config-show", await ask(configCommand, "show", "--config", config));
});

/** The names of a section's table. */
function describedIn(readme: string, command: string): string[] {
  const sections = readme.split(/^## /m);
  const section = sections.find((each) => each.startsWith(`\`mvm ${command}\``)) ?? "";
  return [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name ?? "");
}

test("the README has a line for every field of every command, and for no other", async () => {
  const readme = await Bun.file(join(FOLDER, "README.md")).text();
  for (const command of ["status", "keys", "schedule", "verify", "import", "alerts", "config"]) {
    const files = readdirSync(FOLDER).filter(
      (name) => name.startsWith(`${command}-`) || name === `${command}.json`,
    );
    expect(files.length).toBeGreaterThan(0);
    const values = await Promise.all(
      files.map(async (name): Promise<unknown> => await Bun.file(join(FOLDER, name)).json()),
    );
    const described = describedIn(readme, command).toSorted();
    expect({ command, described }).toEqual({
      command,
      described: [...new Set(values.flatMap(namesIn))].toSorted(),
    });
  }
});
