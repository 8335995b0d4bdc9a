// What the soak plays on: a devnet with its own clock, a daemon that is started again whenever it ends, and the disk it
// writes to, small enough to be filled.
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { memoryMb } from "../bench/view-screen.ts";
import type { DevnetProcess } from "../helpers/devnet-process.ts";
import { startDevnetProcess } from "../helpers/devnet-process.ts";
import { storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const SYNC = join(import.meta.dir, "../../commands/sync.ts");
const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
/** A request of the daemon's waits no longer: what hangs is noticed in a minute of chain time. */
const TIMEOUT_MS = 1500;
const RESTART_MS = 200;
export const SLOTS_PER_EPOCH = 300;

export interface Stage extends AsyncDisposable {
  devnet: DevnetProcess;
  file: string;
  logFile: string;
  /** Room that can be taken away on the disk of the database; null: no disk of its own here. */
  disk: string | null;
  /** Whether the daemon's clock can be moved. */
  hasClock: boolean;
  daemon: () => Bun.Subprocess;
  /** Ends of the daemon that nobody asked for. */
  crashes: string[];
  /** Sends a signal that ends it, and waits until another one runs. */
  end: (signal: "SIGKILL" | "SIGTERM") => Promise<void>;
  /** Rewrites the configuration; takes effect with SIGHUP. */
  configure: (more: string) => void;
  /** The daemon's clock against the real one. */
  setClock: (offset: string) => void;
  heads: () => Promise<{ best: number; finalized: number }>;
  /** Waits until all that the node has is stored; false: not within that many ms. */
  caughtUp: (withinMs: number) => Promise<boolean>;
  command: (line: string) => Promise<void>;
}

function mount(folder: string): boolean {
  const made = ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", folder];
  return Bun.spawnSync(made, { stdio: ["ignore", "ignore", "ignore"] }).exitCode === 0;
}

/** A process that has just begun is ended by SIGHUP: it is ready once the kernel says that it catches it. */
function catchesHangups(pid: number): boolean {
  try {
    const caught = /SigCgt:\s+([0-9a-f]+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return (BigInt(`0x${caught ?? "0"}`) & 1n) === 1n;
  } catch {
    return false;
  }
}

export async function openStage(seed: string, endSlot: number): Promise<Stage> {
  const folder = temporaryFolder();
  // Not on the small disk: what it said last must not be lost with it.
  const outside = temporaryFolder();
  const hasDisk = mount(folder.path);
  const hasClock = existsSync(FAKETIME);
  const file = folder.file("mvm.db");
  const logFile = folder.file("sync.log");
  const config = folder.file("mvm.toml");
  const clock = outside.file("clock");
  const keystore = outside.file("keystore");
  const errors = outside.file("stderr");
  const devnet = await startDevnetProcess(
    ...["--seed", seed, "--history", "600", "--slots-per-epoch", String(SLOTS_PER_EPOCH)],
    ...["--miss-rate", "0.02", "--fork-rate", "0.01", "--fork-depth", "3", "--pruning", "256"],
    ...["--end-slot", String(endSlot), "--keystore", keystore],
  );
  const configure = (more: string): void =>
    writeFileSync(
      config,
      `[rpc]\nurl = "${devnet.url}"\ntimeout_ms = ${TIMEOUT_MS}\nretry_initial_delay_ms = 100\n` +
        `retry_max_delay_ms = 2000\n[database]\npath = "${file}"\n[validator]\n` +
        `keystore_path = "${keystore}"\n[daemon]\nlog_file = "${logFile}"\n[sync]\npoll_interval_secs = 1\n${more}`,
    );
  const setClock = (offset: string): void => writeFileSync(clock, offset);
  configure("");
  setClock("+0s");

  const crashes: string[] = [];
  let [stopping, asked] = [false, false];
  let child = start();

  function start(): Bun.Subprocess {
    const fd = openSync(errors, "a");
    const started = Bun.spawn([process.execPath, SYNC, "--config", config, "--daemon"], {
      stdio: ["ignore", "ignore", fd],
      env: {
        ...{ PATH: process.env["PATH"], HOME: "/nonexistent", NO_COLOR: "1" },
        ...(hasClock && {
          ...{ LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: "1" },
          FAKETIME_DONT_FAKE_MONOTONIC: "1",
        }),
      },
    });
    closeSync(fd);
    void started.exited.then(async (code) => {
      if (stopping) return;
      if (!asked) crashes.push(`exit ${code}: ${readFileSync(errors, "utf8").slice(-2000)}`);
      asked = false;
      await Bun.sleep(RESTART_MS);
      if (!stopping) child = start();
    });
    return started;
  }

  const heads = async (): Promise<{ best: number; finalized: number }> =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the devnet's own words
    JSON.parse(await devnet.command("heads")) as { best: number; finalized: number };

  return {
    ...{ devnet, file, logFile, hasClock, crashes, configure, setClock, heads },
    disk: hasDisk ? folder.path : null,
    daemon: () => child,
    end: async (signal) => {
      asked = true;
      const ended = child;
      ended.kill(signal);
      while (child === ended || !catchesHangups(child.pid)) await Bun.sleep(20);
    },
    caughtUp: async (withinMs) => {
      const { best, finalized } = await heads();
      for (const until = performance.now() + withinMs; performance.now() < until;) {
        const stored = storedHeights(file);
        if (stored.last >= best && stored.finalized >= finalized) return true;
        await Bun.sleep(20);
      }
      return false;
    },
    command: async (line) => {
      const answer = await devnet.command(line);
      if (!answer.startsWith("ok")) throw new Error(`the devnet on "${line}": ${answer}`);
    },
    [Symbol.asyncDispose]: async () => {
      stopping = true;
      child.kill("SIGTERM");
      await child.exited;
      await devnet[Symbol.asyncDispose]();
      if (hasDisk) Bun.spawnSync(["umount", folder.path]);
      folder[Symbol.dispose]();
      outside[Symbol.dispose]();
    },
  };
}

/** Resident megabytes and open descriptors of a process. */
export function usageOf(pid: number): { mb: number; descriptors: number } {
  return { mb: memoryMb(pid), descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
