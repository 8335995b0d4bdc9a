// A small devnet, its database, a keystore and a machine: all that a status looks at, each real, each breakable.
import { setSystemTime, spyOn } from "bun:test";

import type { AnyCommand } from "../../commands/_main.ts";
import { main } from "../../commands/_main.ts";
import { statusCommand } from "../../commands/status.ts";
import type { HealthReport } from "../../core/health/health.ts";
import type { Verdict } from "../../core/health/report.ts";
import type { SyncOptions } from "../../core/sync/context.ts";
import { defaultLive, defaultOptions } from "../../core/sync/defaults.ts";
import { openLive } from "../../core/sync/live.ts";
import { sync } from "../../core/sync/sync.ts";
import type { Devnet, DevnetOptions } from "../../examples/devnet/devnet.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { storedHeights, temporaryFolder } from "./sync-process.ts";

/** A registered candidate whose stake gives it many seats in every epoch; found by looking. */
const WATCHED = 8;

export interface World extends AsyncDisposable {
  devnet: Devnet;
  /** Validator of the devnet that is watched. */
  index: number;
  file: string;
  keystore: string;
  path: (name: string) => string;
  /** Text of the machine's metrics; null: the exporter is off. */
  machine: string | null;
  /** Settings of the configuration, as TOML lines by section. */
  settings: Record<string, string>;
  /** Brings the database up to the node's tip. */
  sync: () => Promise<void>;
  /** Some slots under a running sync, each stored, and final where it is, before the work that follows it. */
  follow: (slots: number, work: () => Promise<void>) => Promise<void>;
  status: (...flags: string[]) => Promise<Status>;
}

export interface Status {
  code: number;
  report: HealthReport;
  /** Every check's verdict, by name. */
  verdicts: Record<string, Verdict>;
}

export const MACHINE = `
node_filesystem_size_bytes{device="/dev/a",fstype="ext4",mountpoint="/"} 1e+12
node_filesystem_avail_bytes{device="/dev/a",fstype="ext4",mountpoint="/"} 4e+11
node_filesystem_size_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 1e+06
node_filesystem_avail_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 0
node_memory_MemTotal_bytes 3.2e+10
node_memory_MemAvailable_bytes 1.6e+10
`;

export async function openWorld(options: Partial<DevnetOptions> = {}): Promise<World> {
  const folder = temporaryFolder();
  const devnet = await startSmallDevnet({
    missRate: 0,
    rpcMethods: "unsafe",
    operator: WATCHED,
    ...options,
  });
  const index = WATCHED;
  const keystore = folder.file("keystore");
  await devnet.writeKeystore(keystore, index);
  const exporter = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      world.machine === null ? new Response("", { status: 503 }) : new Response(world.machine),
  });
  const world: World = {
    devnet,
    index,
    file: folder.file("mvm.db"),
    keystore,
    path: folder.file,
    machine: MACHINE,
    settings: {
      rpc: `node_exporter_url = "${exporter.url.href}"`,
      view: 'expected_ip = "127.0.0."',
      chain: 'network = "devnet"',
      alerts: "threshold_percent = 50\nmin_expected_blocks = 5",
    },
    sync: () => sync(syncSettings(world, true), HOOKS, new AbortController().signal),
    follow: (slots, work) => followInProcess(world, slots, work),
    status: (...flags) => runStatus(world, flags),
    [Symbol.asyncDispose]: async () => {
      await exporter.stop(true);
      await devnet.stop();
      folder[Symbol.dispose]();
    },
  };
  await world.sync();
  return world;
}

const QUIET = () => undefined;
const LOG = {
  ...{ error: QUIET, warn: QUIET, info: QUIET, debug: QUIET, trace: QUIET },
  enabled: () => false,
};

const HOOKS = { log: LOG, onProgress: QUIET, onBlock: QUIET, onSynced: QUIET };

function syncSettings({ devnet, file, index }: World, once: boolean): SyncOptions {
  const live = openLive(
    defaultLive({ ours: [{ aura: devnet.validator(index).aura, label: null }] }),
  );
  return defaultOptions(devnet.url, file, { live, once, verifySeals: "none" });
}

async function followInProcess(
  world: World,
  slots: number,
  work: () => Promise<void>,
): Promise<void> {
  const aborter = new AbortController();
  const running = sync(syncSettings(world, false), HOOKS, aborter.signal);
  try {
    for (let i = 0; i < slots; i++) {
      await world.devnet.step(1);
      await reachTip(world);
      await work();
    }
  } finally {
    aborter.abort();
    await running;
  }
}

async function reachTip({ devnet, file }: World): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const [stored, { best, finalized }] = [storedHeights(file), devnet.truth()];
    if (stored.last >= best && stored.finalized >= finalized) return;
    if (performance.now() > deadline) throw new Error(`${best} and ${finalized} are not stored`);
    await Bun.sleep(1);
  }
}

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** A command line in this process, at the devnet's time of day. */
export async function runCommand(
  command: AnyCommand,
  argv: readonly string[],
  atMs?: number,
): Promise<Ran> {
  let out = "";
  let err = "";
  using _out = spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  using _err = spyOn(process.stderr, "write").mockImplementation((text) => {
    err += Bun.stripANSI(String(text));
    return true;
  });
  if (atMs !== undefined) setSystemTime(new Date(atMs));
  try {
    return { code: await main(command, argv), out, err };
  } finally {
    setSystemTime();
  }
}

export async function writeSettings(world: World): Promise<string> {
  const path = world.path("mvm.toml");
  const sections = Object.entries(world.settings).map(([name, lines]) => `[${name}]\n${lines}\n`);
  await Bun.write(path, sections.join("\n"));
  return path;
}

async function runStatus(world: World, flags: readonly string[]): Promise<Status> {
  const { devnet, file, keystore } = world;
  const config = await writeSettings(world);
  const given = ["--json", "--config", config, "--timeout", "2", "-d", file, "-K", keystore];
  // A node given again would be a further one.
  const node = flags.includes("-r") ? [] : ["-r", devnet.url];
  const { code, out, err } = await runCommand(
    statusCommand,
    [...given, ...node, "-M", devnet.metricsUrl, ...flags],
    devnet.timeMs(),
  );
  if (err !== "") throw new Error(err);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the test then looks at
  const report = JSON.parse(out) as HealthReport;
  return {
    code,
    report,
    verdicts: Object.fromEntries(report.checks.map(({ name, verdict }) => [name, verdict])),
  };
}

/** What is not as it was: check → verdict now, or "absent". */
export function changes(before: Status, after: Status): Record<string, string> {
  const names = new Set([...Object.keys(before.verdicts), ...Object.keys(after.verdicts)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const now = after.verdicts[name] ?? "absent";
      return now === before.verdicts[name] ? [] : [[name, now]];
    }),
  );
}
