// A canary in every place a secret is configured: it is used, and seen nowhere else.
import { Database } from "bun:sqlite";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import type { Receiver } from "../helpers/alert-lab.ts";
import { openReceiver } from "../helpers/alert-lab.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { openTally } from "./neighbour-kit.ts";
import type { Tally } from "./neighbour-kit.ts";
import { crashOf, runMvm } from "./run-command.ts";
import type { Ran } from "./run-command.ts";

/** Every secret begins so. */
const CANARY = "canary7x";
/** Where the token must be shown to be let in, the tool that asks is not ours. */
const TOKEN = `${CANARY}-metrics-token-long-enough-for-it`;

type Folder = ReturnType<typeof temporaryFolder>;

/** How they are given: in the file, by files of their own, by the environment. */
const WAYS = ["plain", "files", "environment"] as const;
type Way = (typeof WAYS)[number];

export async function runSecrets(ways: readonly Way[] = WAYS): Promise<Tally> {
  const tally = openTally("secrets");
  await using devnet = await startSmallDevnet({ history: 60 });
  for (const way of ways) {
    await using receiver = openReceiver();
    using folder = temporaryFolder();
    // A receiver that repeats what it was sent, and refuses it.
    receiver.answer(() =>
      Response.json({ message: echo(receiver), description: echo(receiver) }, { status: 500 }),
    );
    const port = await freePort();
    const given = configure(folder, receiver.url, port, way);
    for (const words of commandsOf(folder, devnet.url)) {
      judge(tally, await runMvm(words, { cwd: folder.path, env: given }));
    }
    await runDaemon(tally, { folder, receiver, url: devnet.url, port, env: given });
    judgeFiles(tally, folder, way);
  }
  judgeUnits(tally);
  return tally;
}

function echo({ received }: Receiver): string {
  const last = received.at(-1);
  return last === undefined
    ? ""
    : `${last.path} ${Object.values(last.headers).join(" ")} ${last.text}`;
}

const TYPES = ["webhook", "discord", "slack", "telegram", "pagerduty", "ntfy"];

interface Secret {
  /** Table, key, variable. */
  table: string;
  key: string;
  env: string;
  value: string;
}

function configure(
  folder: Folder,
  receiver: string,
  port: number,
  way: Way,
): Record<string, string> {
  const secrets: Secret[] = [
    {
      table: "alerts",
      key: "webhook_url",
      env: "MVM_ALERTS_WEBHOOK_URL",
      value: `${receiver}/${CANARY}-webhook`,
    },
    {
      table: "alerts",
      key: "webhook_secret",
      env: "MVM_ALERTS_WEBHOOK_SECRET",
      value: `${CANARY}-signing`,
    },
    {
      table: "alerts",
      key: "deadman_url",
      env: "MVM_ALERTS_DEADMAN_URL",
      value: `${receiver}/${CANARY}-deadman`,
    },
    { table: "metrics", key: "token", env: "MVM_METRICS_TOKEN", value: TOKEN },
  ];
  const channels = TYPES.map(
    (type) =>
      `[[alerts.channel]]\nname = "to-${type}"\ntype = "${type}"\n` +
      ["token", "secret", "url"]
        .filter((key) => isOf(type, key))
        .map((key) =>
          entry(folder, key, key === "url" ? `${receiver}/${CANARY}-${type}` : valueOf(type), way),
        )
        .join("") +
      (type === "telegram" ? 'chat_id = "1"\n' : ""),
  );
  const tables = { alerts: "enabled = true\n", metrics: `listen = "127.0.0.1:${port}"\n` };
  const own = Object.entries(tables).map(([table, more]) => {
    const lines = secrets
      .filter((each) => each.table === table && way !== "environment")
      .map(({ key, value }) => entry(folder, key, value, way));
    return `[${table}]\n${more}${lines.join("")}`;
  });
  const remote = `[[remote]]\nname = "here"\nurl = "http://127.0.0.1:${port}"\n${entry(folder, "token", TOKEN, way)}`;
  writeFileSync(folder.file("mvm.toml"), [...own, ...channels, remote].join("\n"), { mode: 0o600 });
  const env =
    way === "environment" ? secrets.map(({ env: name, value }) => [name, value] as const) : [];
  return { HOME: folder.path, ...Object.fromEntries(env) };
}

function isOf(type: string, key: string): boolean {
  if (key === "url") return true;
  if (key === "secret") return type === "webhook";
  return type === "telegram" || type === "pagerduty" || type === "ntfy";
}

function valueOf(type: string): string {
  return type === "telegram" ? `123:${CANARY}` : `${CANARY}${"0".repeat(24)}`;
}

let files = 0;

function entry(folder: Folder, key: string, value: string, way: Way): string {
  if (way !== "files") return `${key} = "${value}"\n`;
  const name = `secret-${files++}`;
  writeFileSync(folder.file(name), `${value}\n`, { mode: 0o600 });
  return `${key}_file = "${name}"\n`;
}

function commandsOf(folder: Folder, url: string): string[][] {
  const db = ["-d", folder.file("mvm.db"), "-r", url];
  return [
    ["config", "show"],
    ["config", "show", "--json"],
    ["config", "validate"],
    ["config", "paths"],
    ["sync", "--once", ...db, "-vv"],
    ["status", ...db, "-vv"],
    ["status", ...db, "--json", "--log-level", "trace", "--log-file", folder.file("status.log")],
    ["keys", "verify", ...db],
    ["alerts", "test"],
    ["alerts", "test", "--json", "-vv"],
    ["alerts", "test", "--dry-run"],
    ["alerts", "test", "--dry-run", "--json"],
    ["alerts", "list", ...db.slice(0, 2), "--json"],
    ["view", "--once", "--json", ...db],
    ["verify", ...db, "--sample", "3", "-vv"],
    ["status", "--remote", "here"],
  ];
}

/** Shown by whatever may be written down: the command line of the process as well. */
function judge(tally: Tally, ran: Ran): void {
  tally.cases += 1;
  if (ran.code !== 0) tally.refused += 1;
  const crash = crashOf(ran);
  if (crash !== null) tally.crashes.push(crash);
  see(tally, ran.words.slice(0, 3).join(" "), ran.out + ran.err + ran.shown);
}

function see(tally: Tally, where: string, text: string): void {
  const at = text.indexOf(CANARY);
  if (at >= 0) tally.leaks.push(`${where}: ${text.slice(Math.max(0, at - 60), at + 40)}`);
}

interface Daemon {
  folder: Folder;
  receiver: Receiver;
  url: string;
  port: number;
  env: Record<string, string>;
}

/** The service as it runs, with an alert to send: its log at trace, what it serves, what it starts. */
async function runDaemon(
  tally: Tally,
  { folder, receiver, url, port, env }: Daemon,
): Promise<void> {
  const database = folder.file("mvm.db");
  plantAlert(database);
  const words = [
    "sync",
    "-d",
    database,
    "-r",
    url,
    "--log-level",
    "trace",
    "--log-file",
    folder.file("sync.log"),
  ];
  const sent = receiver.received.length;
  const running = runMvm(words, { cwd: folder.path, env, forMs: 7000 });
  for (let tries = 0; tries < 60 && !(await isServing(port)); tries++) await Bun.sleep(100);
  for (const path of [
    "metrics",
    "api/v1/status",
    "api/v1/alerts",
    "api/v1/validators",
    "api/v1/blocks?limit=3",
    "api/v1/openapi.json",
    "healthz",
    "readyz",
    "nothing",
  ]) {
    const headers = { authorization: `Bearer ${TOKEN}` };
    for (const options of [{ headers }, {}]) {
      const answer = await fetch(`http://127.0.0.1:${port}/${path}`, options).catch(() => null);
      tally.cases += 1;
      if (answer !== null)
        see(
          tally,
          `served /${path}`,
          `${JSON.stringify([...answer.headers])}${await answer.text()}`,
        );
    }
  }
  const ran = await running;
  judge(tally, ran);
  if (receiver.received.length === sent)
    tally.crashes.push("nothing was sent: its secrets were not used");
}

async function freePort(): Promise<number> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("") });
  const { port } = server;
  await server.stop(true);
  return port ?? 0;
}

async function isServing(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
  await answer?.body?.cancel();
  return answer !== null;
}

/** To be told to every channel at once. */
function plantAlert(path: string): void {
  using db = new Database(path);
  db.run(
    `INSERT INTO alerts (at_ms, action, kind, subject, severity, message, details) VALUES (${Date.now()}, 'note', 'test', '', 'critical', 'x', '{}')`,
  );
  for (const channel of [
    "default",
    "webhook",
    "discord",
    "slack",
    "telegram",
    "pagerduty",
    "ntfy",
  ]) {
    db.prepare(
      "INSERT OR REPLACE INTO deliveries (alert, channel, state, next_at_ms) VALUES ((SELECT max(id) FROM alerts), ?, 'pending', 0)",
    ).run(channel);
  }
}

/** Everything that was written: databases, logs; but the configuration and the secrets' own files. */
function judgeFiles(tally: Tally, folder: Folder, way: Way): void {
  for (const name of new Bun.Glob("**/*").scanSync({ cwd: folder.path, dot: true })) {
    if (name === "mvm.toml" || name.startsWith("secret-")) continue;
    tally.cases += 1;
    see(tally, `${way}: ${name}`, readFileSync(folder.file(name), "latin1"));
  }
  if (!existsSync(folder.file("sync.log"))) tally.crashes.push("no log was written");
}

/** What a core dump would hold. */
function judgeUnits(tally: Tally): void {
  const units = join(import.meta.dir, "../../units");
  for (const name of readdirSync(units).filter((each) => each.endsWith(".service"))) {
    tally.cases += 1;
    if (!/^LimitCORE=0$/m.test(readFileSync(join(units, name), "utf8")))
      tally.leaks.push(`${name} allows core dumps`);
  }
}
