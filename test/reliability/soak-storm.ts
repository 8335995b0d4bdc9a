// The storm: every kind of fault, drawn from a deck so that all of them come, in an order that is never the same.
import { Database } from "bun:sqlite";
import { renameSync, rmSync } from "node:fs";

import { openReadable } from "../../core/storage/open.ts";
import type { Random } from "./chance.ts";
import type { Stage } from "./soak-stage.ts";
import { SLOTS_PER_EPOCH } from "./soak-stage.ts";

export interface Weather {
  stage: Stage;
  random: Random;
  /** The chain goes on by so many slots. */
  step: (slots: number) => Promise<void>;
}

type Fault = (weather: Weather) => Promise<void>;

/** A spoilt node for so many slots, then a sound one. */
const spoilt =
  (words: (random: Random) => string, slots: number, cut = false): Fault =>
  async ({ stage, random, step }) => {
    await stage.command(`faults ${words(random)}`);
    if (cut) await stage.command("drop");
    await step(slots);
    await stage.command("faults none");
    if (cut) await stage.command("drop");
  };

/** The disk or the file in someone else's hands while the chain goes on. */
function held(take: (stage: Stage) => () => void, slots: number, waitMs = 0): Fault {
  return async ({ stage, step }) => {
    const giveBack = take(stage);
    try {
      await step(slots);
      await Bun.sleep(waitMs);
    } finally {
      giveBack();
    }
  };
}

function fillDisk({ disk }: Stage): () => void {
  if (disk === null) throw new Error("there is no disk to fill");
  const ballast = `${disk}/ballast`;
  // Until no more goes in, whatever the daemon takes or gives back meanwhile.
  Bun.spawnSync(["dd", "if=/dev/zero", `of=${ballast}`, "bs=64k"], { stderr: "ignore" });
  return () => rmSync(ballast);
}

function readLong({ file }: Stage): () => void {
  const db = openReadable(file);
  db.run("BEGIN");
  db.query("SELECT count(*) FROM blocks").get();
  return () => db.close();
}

function writeLong({ file }: Stage): () => void {
  const db = new Database(file);
  // A daemon that is writing itself has its turn first.
  db.run("PRAGMA busy_timeout = 5000");
  db.run("BEGIN IMMEDIATE");
  return () => {
    db.run("ROLLBACK");
    db.close();
  };
}

async function freeze({ stage, random, step }: Weather): Promise<void> {
  await step(5);
  process.kill(stage.devnet.pid, "SIGSTOP");
  await Bun.sleep(random.between(500, 2500));
  process.kill(stage.devnet.pid, "SIGCONT");
}

/** Away for longer than the node keeps states. */
const pruned: Fault = async ({ stage, step }) => {
  await stage.command("faults silent=true");
  await stage.command("drop");
  await stage.command("pruning 16");
  await step(2 * SLOTS_PER_EPOCH);
  await stage.command("faults none");
  await stage.command("drop");
  await stage.caughtUp(60_000);
  await stage.command("pruning 256");
};

const reload: Fault = async ({ stage, random, step }) => {
  const good = `batch_size = ${random.between(20, 200)}\n[log]\nlevel = "${random.pick(["info", "debug"])}"\n`;
  stage.configure(random.number() < 0.3 ? "batch_size = nonsense\n" : good);
  stage.daemon().kill("SIGHUP");
  await step(10);
  stage.configure(good);
};

const rotateLog: Fault = async ({ stage, step }) => {
  renameSync(stage.logFile, `${stage.logFile}.1`);
  stage.daemon().kill("SIGHUP");
  await step(5);
};

const moveClock: Fault = async ({ stage, random, step }) => {
  stage.setClock(random.pick(["+90s", "-90s", "+7200s", "-3600s", "+400d"]));
  await step(30);
  await Bun.sleep(300);
  stage.setClock("+0s");
};

let runtime = 1_000_000;
let rotated = 0;

/** By what the report calls them. */
const FAULTS: Readonly<Record<string, Fault>> = {
  "node restarted": async ({ stage, random, step }) => {
    await stage.command(`restart ${random.between(50, 800)}`);
    await step(10);
  },
  "connections cut": async ({ stage, step }) => {
    await stage.command("drop");
    await step(10);
  },
  "cut after every few replies": spoilt((r) => `dropEvery=${r.between(5, 40)}`, 40),
  "half-open: accepts, never answers": spoilt(() => "silent=true", 20, true),
  "node frozen (SIGSTOP)": freeze,
  "WebSocket refused": spoilt(() => "rejectWebSocket=true", 30, true),
  "wrong replies": spoilt((r) => `wrongEvery=${r.between(2, 30)}`, 60),
  "truncated replies": spoilt((r) => `truncateEvery=${r.between(3, 40)}`, 30),
  "oversized replies": spoilt((r) => `oversizeEvery=${r.between(10, 40)}`, 20),
  "slow replies": spoilt((r) => `latencyMs=${r.between(20, 300)}`, 10),
  "reordered replies": spoilt((r) => `reorderEvery=${r.between(2, 5)}`, 60),
  "reorg up to 20 deep": async ({ stage, random, step }) => {
    const depth = random.between(1, 20);
    await stage.command(`fork ${depth}`);
    await step(2 * depth + 5);
  },
  "reorg across an epoch": async ({ stage, random, step }) => {
    const depth = random.between(2, 20);
    await stage.command(`fork ${depth} ${random.between(1, depth)}`);
    await step(SLOTS_PER_EPOCH + 2 * depth);
  },
  "empty epoch": spoilt(() => "stalled=true", SLOTS_PER_EPOCH + 40),
  "finality stalled": spoilt(() => "finalityStalled=true", 80),
  "db-sync away": async ({ stage, step }) => {
    await stage.command("db-sync down");
    await step(60);
    await stage.command("db-sync up");
  },
  "states pruned": pruned,
  "runtime upgraded": async ({ stage, step }) => {
    await stage.command(`upgrade ${(runtime += 1000)}`);
    await step(10);
  },
  "keys rotated": async ({ stage, step }) => {
    await stage.command(`rotate-keys ${rotated++ % 20}`);
    await step(10);
  },
  "node's clock ahead": spoilt((r) => `clockSkewMs=${r.between(10_000, 9_000_000)}`, 30),
  "daemon's clock moved": moveClock,
  "disk full, then freed": held(fillDisk, 40, 500),
  "file held by a reader": held(readLong, 60),
  "file locked by a writer": held(writeLong, 30, 800),
  "log rotated": rotateLog,
  SIGHUP: reload,
  SIGTERM: async ({ stage, step }) => {
    const ended = stage.end("SIGTERM");
    await step(20);
    await ended;
  },
  "kill -9": async ({ stage, random, step }) => {
    await step(random.between(1, 20));
    await stage.end("SIGKILL");
  },
};

/** They begin a new process, whose memory says nothing of the old one's. */
const ENDING: readonly string[] = ["SIGTERM", "kill -9"];

export interface Storm {
  counts: Map<string, number>;
  /** The next fault of the deck. @param sparing leaves the process alive */
  next: (weather: Weather, sparing: boolean) => Promise<string>;
}

/** @param only one kind and no other, to look for what it does */
export function openStorm({ disk, hasClock }: Stage, random: Random, only?: string): Storm {
  const kinds = Object.keys(FAULTS).filter(
    (kind) =>
      (only === undefined || kind === only) &&
      (disk !== null || kind !== "disk full, then freed") &&
      (hasClock || kind !== "daemon's clock moved"),
  );
  const counts = new Map<string, number>(kinds.map((kind) => [kind, 0]));
  let deck: string[] = [];
  return {
    counts,
    next: async (weather, sparing) => {
      let kind: string | undefined;
      do {
        if (deck.length === 0) deck = random.shuffle(kinds);
        kind = deck.pop();
      } while (kind === undefined || (sparing && ENDING.includes(kind)));
      await FAULTS[kind]?.(weather);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      return kind;
    },
  };
}
