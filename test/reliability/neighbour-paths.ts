// PID files and log files whose names somebody else got at first.
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";

import { writePidFile } from "../../commands/_pidfile.ts";
import { describeCrash as describeViewCrash } from "../../commands/_view-crash.ts";
import { MonitorError } from "../../core/errors.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import type { Tally } from "./neighbour-kit.ts";
import { findRaw, openTally, tryCase } from "./neighbour-kit.ts";
import type { Ran } from "./run-command.ts";
import { crashOf, runMvm } from "./run-command.ts";

const NOBODY = 65_534;
const VICTIM = "what somebody else wrote\n";

interface Trick {
  /** Makes what stands under the name; returns the words that name it. */
  make: (folder: string, victim: string) => string[];
  /** By what it ends. */
  code: number;
  /** The file it leads to may be written: it is meant so. */
  writes?: boolean;
}

const LOG = (path: string): string[] => ["--log-file", path];
const PID = (path: string): string[] => ["--pid-file", path];

const TRICKS: Record<string, Trick> = {
  "log: a link of another user's": {
    make: (folder, victim) => {
      symlinkSync(victim, `${folder}/log`);
      lchownSync(`${folder}/log`, NOBODY, NOBODY);
      return LOG(`${folder}/log`);
    },
    code: 78,
  },
  "log: a link of our own": {
    make: (folder, victim) => {
      symlinkSync(victim, `${folder}/log`);
      return LOG(`${folder}/log`);
    },
    ...{ code: 0, writes: true },
  },
  "log: a folder": { make: (folder) => LOG(folder), code: 78 },
  "log: a pipe nobody reads": {
    make: (folder) => {
      Bun.spawnSync(["mkfifo", `${folder}/log`]);
      return LOG(`${folder}/log`);
    },
    code: 78,
  },
  "log: /dev/full": { make: () => LOG("/dev/full"), code: 0 },
  "log: in a folder that is none": {
    make: (folder, victim) => LOG(`${folder}/../${victim}/log`),
    code: 78,
  },
  "log: a way around": {
    make: (folder) => LOG(`${folder}/../${folder.split("/").at(-1) ?? ""}/./log`),
    code: 0,
  },
  "log: a loop": {
    make: (folder) => {
      symlinkSync(`${folder}/log`, `${folder}/log`);
      return LOG(`${folder}/log`);
    },
    code: 78,
  },
  "log: a folder everybody writes": {
    make: (folder) => {
      mkdirSync(`${folder}/open`);
      chmodSync(`${folder}/open`, 0o1777);
      return LOG(`${folder}/open/log`);
    },
    code: 0,
  },
  "PID: a link": {
    make: (folder, victim) => {
      symlinkSync(victim, `${folder}/pid`);
      return PID(`${folder}/pid`);
    },
    code: 0,
  },
  "PID: a folder": { make: (folder) => PID(folder), code: 78 },
  "PID: a pipe": {
    make: (folder) => {
      Bun.spawnSync(["mkfifo", `${folder}/pid`]);
      return PID(`${folder}/pid`);
    },
    code: 0,
  },
  "PID: /dev/full": { make: (folder) => PID(`${folder}/none/pid`), code: 78 },
};

export async function runPaths(): Promise<Tally> {
  const tally = openTally("PID file and log paths");
  await using devnet = await startSmallDevnet({ history: 20 });
  for (const [name, trick] of Object.entries(TRICKS)) {
    using folder = temporaryFolder();
    // Who is not root can make no link of another user's.
    if (name.includes("another user") && process.getuid?.() !== 0) continue;
    const victim = `${folder.path}/victim`;
    writeFileSync(victim, VICTIM);
    const words = trick.make(folder.path, victim);
    const ran = await runMvm(
      ["sync", "--once", "-r", devnet.url, "-d", folder.file("db"), ...words],
      { cwd: folder.path },
    );
    judgeTrick(tally, name, { trick, ran, victim, folder: folder.path });
  }
  await runPlanted(tally);
  return tally;
}

interface Outcome {
  trick: Trick;
  ran: Ran;
  victim: string;
  folder: string;
}

function judgeTrick(tally: Tally, name: string, { trick, ran, victim, folder }: Outcome): void {
  tally.cases += 1;
  if (ran.code !== 0) tally.refused += 1;
  const crash = crashOf(ran);
  if (crash !== null) tally.crashes.push(crash);
  if (ran.code !== trick.code)
    tally.crashes.push(`${name}: ended by ${ran.code}: ${ran.err.slice(-300)}`);
  const isWritten = readFileSync(victim, "utf8") !== VICTIM;
  if (isWritten && trick.writes !== true) tally.leaks.push(`${name}: another's file was written`);
  if (findRaw(ran.out + ran.err) !== null) tally.leaks.push(`${name}: raw escapes`);
  const left = [...new Bun.Glob("pid.*").scanSync(folder)];
  if (left.length > 0) tally.crashes.push(`${name}: left ${left.join()}`);
}

/** Names that can be told beforehand, taken before we come to them. */
async function runPlanted(tally: Tally): Promise<void> {
  using folder = temporaryFolder();
  const victim = folder.file("victim");
  const untouched = (what: string): void => {
    if (readFileSync(victim, "utf8") !== VICTIM)
      tally.leaks.push(`${what}: another's file was written`);
  };
  writeFileSync(victim, VICTIM);
  await tryCase(tally, "PID: its temporary name is a link", () => {
    symlinkSync(victim, folder.file(`pid.${process.pid}`));
    using _pid = writePidFile(folder.file("pid"));
    untouched("PID: its temporary name is a link");
    if (readFileSync(folder.file("pid"), "utf8") !== `${process.pid}\n`) throw new Error("no PID");
  });
  await tryCase(tally, "PID: its temporary name is a folder", () => {
    mkdirSync(folder.file(`pid.${process.pid}`));
    using _pid = writePidFile(folder.file("pid"));
  });
  rmSync(folder.file(`pid.${process.pid}`), { recursive: true, force: true });
  await tryCase(tally, "PID: replaced by a pipe while we run", () => {
    {
      using _pid = writePidFile(folder.file("pid"));
      rmSync(folder.file("pid"));
      Bun.spawnSync(["mkfifo", folder.file("pid")]);
    }
    if (!existsSync(folder.file("pid"))) throw new Error("another's pipe was removed");
  });
  await tryCase(tally, "the crash file is a link", () => {
    const crash = `/tmp/mvm-view-${process.pid}.log`;
    rmSync(crash, { force: true });
    symlinkSync(victim, crash);
    const told = describeViewCrash(new Error("\u001b[2J ws://me:hunter2@host"));
    rmSync(crash);
    untouched("the crash file is a link");
    if (findRaw(told) !== null || told.includes("hunter2")) tally.leaks.push(told);
    throw new MonitorError("stopped", "as it should be");
  });
}
