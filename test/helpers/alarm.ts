// A watch beside a world: what a running mvm-sync would tell of it, to a receiver of each kind, on a clock moved by hand.
import { Database } from "bun:sqlite";

import type { AlertSettings } from "../../core/alerts/settings.ts";
import { openWatch } from "../../core/alerts/watch.ts";
import type { Check } from "../../core/health/report.ts";
import { readOurs } from "../../core/ours.ts";
import {
  countedPost,
  everyChannel,
  makeSettings,
  MINUTE_MS,
  openHandClock,
  openKeptLog,
  openReceiver,
  settle,
} from "./alert-lab.ts";
import type { Status, World } from "./health-world.ts";
import { openReading, SERVICE_PATHS } from "./payloads.ts";

export interface Alarm extends AsyncDisposable {
  /** The look of a minute, at what a status found. */
  look: (status: Status) => Promise<void>;
  /** The same again, a minute later. */
  lookAgain: () => Promise<void>;
  /** Some slots: each block stored and looked at. */
  follow: (slots: number) => Promise<void>;
  /** What came since it was last asked, sorted; throws unless each service was told the same. */
  told: () => string[];
}

export function openAlarm(world: World, more: Partial<AlertSettings> = {}): Alarm {
  const receiver = openReceiver();
  const db = new Database(world.file, { strict: true });
  db.run("PRAGMA busy_timeout = 5000");
  const { devnet, keystore } = world;
  const clock = openHandClock(devnet.timeMs());
  const log = openKeptLog();
  let checks: readonly Check[] = [];
  let laterMs = 0;
  const watch = openWatch({
    ...{ db, clock, log, post: countedPost, checks: async () => checks },
    settings: makeSettings(everyChannel(receiver.url), {
      ...{ cooldownMs: 0, thresholdPercent: 50 },
      ...more,
    }),
    ours: () => readOurs([{ keystore_path: keystore, keys_file: null, label: null }]),
  });
  const read = openReading();

  async function atPresent(work: () => Promise<void> | void): Promise<void> {
    clock.set(devnet.timeMs() + laterMs);
    await work();
    await settle();
  }

  return {
    look: async (status) => {
      ({ checks } = status.report);
      laterMs = 0;
      await atPresent(watch.everyMinute);
    },
    lookAgain: async () => {
      laterMs += MINUTE_MS;
      await atPresent(watch.everyMinute);
    },
    follow: async (slots) => {
      laterMs = 0;
      if (slots > 0) await world.follow(slots, async () => await atPresent(watch.afterBlock));
    },
    told: () => {
      const told = read(receiver.received.splice(0));
      const [first = "", ...others] = SERVICE_PATHS;
      const expected = told[first] ?? [];
      for (const path of others) {
        if (!Bun.deepEquals(told[path], expected)) {
          throw new Error(`${path} was told ${String(told[path])}, ${first} ${String(expected)}`);
        }
      }
      const complaints = log.lines.filter((line) => line.includes("could not"));
      if (complaints.length > 0) throw new Error(complaints.join("\n"));
      return [...expected].sort();
    },
    [Symbol.asyncDispose]: async () => {
      await watch.close();
      db.close();
      await receiver[Symbol.asyncDispose]();
    },
  };
}
