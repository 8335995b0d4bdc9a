// The settings that may change while syncing. They are read where they are used, each time anew.
import type { OurKey } from "../storage/authorities.ts";
import type { KeySet } from "../storage/key-changes.ts";

export interface LiveSettings {
  /** Blocks per request and per transaction. */
  batchSize: number;
  pollIntervalMs: number;
  /** Aura keys of our validators. */
  ours: readonly OurKey[];
  /** Keystores whose changes are recorded, by folder. */
  keystores: ReadonlyMap<string, KeySet>;
  /** Names of other validators by sidechain key, 0x hex. */
  labels: ReadonlyMap<string, string>;
}

export interface Live {
  readonly settings: Readonly<LiveSettings>;
  /** Tells every listener of the new settings and of the old ones. */
  update: (changes: Partial<LiveSettings>) => void;
  /** Returns how to stop listening. A listener may throw: `update` then throws it too, after all were told. */
  listen: (listener: Listener) => () => void;
}

type Listener = (after: Readonly<LiveSettings>, before: Readonly<LiveSettings>) => void;

export function openLive(initial: LiveSettings): Live {
  let settings = initial;
  const listeners = new Set<Listener>();
  return {
    get settings() {
      return settings;
    },
    update: (changes) => {
      const before = settings;
      settings = { ...settings, ...changes };
      const failures: unknown[] = [];
      for (const listener of listeners) {
        try {
          listener(settings, before);
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
