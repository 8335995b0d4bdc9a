// Three machines in one view: three network namespaces, in each a devnet, a daemon and a validator of its own, and a fourth from
// which they are watched. As root: bun test/fleet/run.ts
import { existsSync, readdirSync, writeFileSync } from "node:fs";

import { $ } from "bun";
import { join } from "pathe";

import { temporaryFolder } from "../helpers/sync-process.ts";
import { HAVE_TMUX, openTerminal } from "../helpers/tmux.ts";

const PROJECT = join(import.meta.dir, "../..");
const MACHINES = ["berlin", "paris", "tokyo"] as const;
const TOKEN = "a-token-of-this-test";

if (process.getuid?.() !== 0 || Bun.which("ip") === null || !HAVE_TMUX) {
  process.stdout.write("skipped: namespaces want root, iproute2 and tmux\n");
  process.exit(0);
}

const prefix = `mvm${process.pid}`;
const hub = `${prefix}hub`;
using folder = temporaryFolder();
const children: Bun.Subprocess[] = [];
let failures = 0;

function spaceOf(machine: string): string {
  return `${prefix}${machine}`;
}

function addressOf(machine: string): string {
  return `10.77.0.${MACHINES.findIndex((each) => each === machine) + 1}`;
}

/** A wire from each machine to a bridge that only the watcher's namespace has. */
async function buildNetwork(): Promise<void> {
  await $`ip netns add ${hub}`;
  await $`ip -n ${hub} link set lo up`;
  await $`ip -n ${hub} link add bridge type bridge`;
  await $`ip -n ${hub} addr add 10.77.0.100/24 dev bridge`;
  await $`ip -n ${hub} link set bridge up`;
  for (const machine of MACHINES) {
    const space = spaceOf(machine);
    await $`ip netns add ${space}`;
    await $`ip -n ${hub} link add to-${machine} type veth peer name eth0 netns ${space}`;
    await $`ip -n ${hub} link set to-${machine} master bridge up`;
    await $`ip -n ${space} link set lo up`;
    await $`ip -n ${space} addr add ${addressOf(machine)}/24 dev eth0`;
    await $`ip -n ${space} link set eth0 up`;
  }
}

function start(space: string, log: string, ...words: string[]): Bun.Subprocess {
  const out = Bun.file(folder.file(log));
  const child = Bun.spawn(["ip", "netns", "exec", space, process.execPath, ...words], {
    ...{ cwd: PROJECT, stdio: ["ignore", out, Bun.file(folder.file(`${log}.err`))] },
    env: { ...process.env, HOME: folder.path },
  });
  children.push(child);
  return child;
}

/** Ports are the usual ones: in each namespace they are free. */
async function startMachine(machine: string): Promise<Bun.Subprocess> {
  const keystore = folder.file(`keystore-${machine}`);
  const shape = ["--seed", machine, "--history", "500", "--keystore", keystore];
  start(spaceOf(machine), `devnet-${machine}`, "examples/devnet/main.ts", ...shape);
  // A daemon refuses a keystore that is not there: it is made by the devnet's start.
  while (!existsSync(keystore) || readdirSync(keystore).length < 3) await Bun.sleep(50);
  const config = folder.file(`${machine}.toml`);
  writeFileSync(
    config,
    `[rpc]\nurl = "ws://127.0.0.1:9944"\n[database]\npath = "${folder.file(`${machine}.db`)}"\n` +
      `[validator]\nkeystore_path = "${keystore}"\nlabel = "${machine}-1"\n` +
      `[metrics]\nlisten = "${addressOf(machine)}:9616"\ntoken = "${TOKEN}"\n`,
  );
  const words = ["commands/sync.ts", "--daemon", "--config", config];
  return start(spaceOf(machine), `sync-${machine}`, ...words);
}

function check(what: string, holds: boolean): void {
  process.stdout.write(`${holds ? "ok   " : "FAIL "} ${what}\n`);
  if (!holds) failures += 1;
}

async function status(...flags: string[]): Promise<{ code: number; out: string }> {
  const words = ["netns", "exec", hub, process.execPath, "commands/status.ts", ...flags];
  const ran = await $`ip ${words}`.cwd(PROJECT).nothrow().quiet();
  return { code: ran.exitCode, out: ran.stdout.toString() };
}

async function watch(): Promise<void> {
  const daemons = await Promise.all(MACHINES.map(startMachine));
  const config = folder.file("fleet.toml");
  writeFileSync(folder.file("token"), TOKEN);
  const entries = MACHINES.map(
    (machine) =>
      `[[remote]]\nname = "${machine}"\nurl = "http://${addressOf(machine)}:9616"\ntoken_file = "token"\n`,
  );
  writeFileSync(config, entries.join(""));
  const flags = ["--remote", "all", "--config", config];
  const deadline = performance.now() + 60_000;
  while (
    /unreachable|not looked/.test((await status(...flags)).out) &&
    performance.now() < deadline
  )
    await Bun.sleep(500);
  const before = await status(...flags);
  process.stdout.write(`${before.out}\n`);
  for (const machine of MACHINES)
    check(
      `${machine} tells of its validator`,
      new RegExp(`^${machine} .* 1 `, "m").test(before.out),
    );
  const view = ["ip", "netns", "exec", hub, process.execPath, join(PROJECT, "commands/view.ts")];
  await using terminal = await openTerminal(flags, { width: 120, height: 30, command: view });
  const shown = await terminal.until(/tokyo +tokyo-1/);
  process.stdout.write(`${shown}\n`);
  for (const machine of MACHINES)
    check(`${machine} has a row`, new RegExp(`${machine} +${machine}-1 +#\\d+`).test(shown));
  daemons[1]?.kill("SIGKILL");
  const gone = await terminal.until(/✗ paris .*[\s\S]*unreachable/);
  process.stdout.write(`${gone}\n`);
  check("the one that is gone stands first", /^▶?.*✗ paris/m.test(gone.split("\n")[3] ?? ""));
  const after = await status(...flags);
  check("and makes the exit code", after.code === 2 && after.out.startsWith("CRITICAL"));
}

try {
  await buildNetwork();
  await watch();
} catch (error) {
  for (const machine of MACHINES) {
    const log = await Bun.file(folder.file(`sync-${machine}.err`)).text();
    process.stdout.write(`${machine}:\n${log.slice(-2000)}\n`);
  }
  throw error;
} finally {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map(async (child) => await child.exited));
  for (const space of [...MACHINES.map(spaceOf), hub])
    await $`ip netns del ${space}`.nothrow().quiet();
}
process.exit(failures === 0 ? 0 : 1);
