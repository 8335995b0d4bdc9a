// One line of text, one action: what --control reads from standard input.
import type { Devnet } from "./devnet.ts";
import { type Faults, NO_FAULTS } from "./options.ts";

function wholeNumber(text: string | undefined, what: string): number {
  if (text === undefined || !/^\d+$/.test(text)) throw new Error(`${what} expected`);
  return Number(text);
}

/** "latencyMs=200 silent=true" */
function parseFaults(words: readonly string[]): Partial<Faults> {
  const faults: Record<string, number | boolean> = {};
  for (const word of words) {
    const [name = "", value = ""] = word.split("=");
    const like: unknown = Object.entries(NO_FAULTS).find(([known]) => known === name)?.[1];
    if (typeof like === "number") faults[name] = wholeNumber(value, `a number for ${name}`);
    else if (typeof like === "boolean") faults[name] = value !== "false";
    else throw new Error(`unknown fault "${name}"`);
  }
  return faults;
}

type Action = (devnet: Devnet, words: readonly string[]) => Promise<void> | void;

const ACTIONS: Record<string, Action> = {
  step: (devnet, [slots]) => devnet.step(slots === undefined ? 1 : wholeNumber(slots, "slots")),
  fork: (devnet, [depth, before]) =>
    devnet.fork(
      wholeNumber(depth, "depth"),
      before === undefined ? undefined : wholeNumber(before, "slots before the epoch's end"),
    ),
  restart: (devnet, [downMs]) => devnet.restart(wholeNumber(downMs, "milliseconds")),
  drop: (devnet) => devnet.dropConnections(),
  "db-sync": (devnet, [state]) => devnet.setDbSync(state !== "down"),
  pruning: (devnet, [window]) =>
    devnet.setPruning(window === "archive" ? "archive" : wholeNumber(window, "blocks")),
  "rotate-keys": (devnet, [index]) => void devnet.rotateKeys(wholeNumber(index, "a validator")),
  upgrade: (devnet, [version]) => devnet.upgrade(wholeNumber(version, "a runtime version")),
  faults: (devnet, words) => devnet.setFaults(words[0] === "none" ? NO_FAULTS : parseFaults(words)),
};

/** Answers one line: "ok …", or what was wrong with the command. */
export async function runControl(devnet: Devnet, line: string): Promise<string> {
  const [name = "", ...words] = line.trim().split(/\s+/);
  if (name === "truth") return JSON.stringify(devnet.truth());
  if (name === "heads") return JSON.stringify(devnet.heads());
  const action = ACTIONS[name];
  if (!action)
    return `unknown command "${name}"; known: ${Object.keys(ACTIONS).join(", ")}, heads, truth`;
  try {
    await action(devnet, words);
    return `ok ${line.trim()}`;
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
