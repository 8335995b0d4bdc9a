#!/usr/bin/env bun
// The devnet on the command line.
import { createInterface, type Interface } from "node:readline";

import { defineCommand, parseArgs, renderUsage } from "citty";

import { runControl } from "./control.ts";
import { type Devnet, startDevnet } from "./devnet.ts";
import {
  FLAGS,
  type Flags,
  optionalNumber,
  optionalText,
  optionsOf,
  rejectUnknown,
  UsageError,
} from "./flags.ts";

const EXIT_USAGE = 64;

const command = defineCommand({
  meta: { name: "devnet", description: "A Midnight-shaped node to try the monitor on" },
  args: FLAGS,
});

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Commands typed or piped in, one after another; their end is not the devnet's end. */
function readControl(devnet: Devnet): Interface {
  let turn = Promise.resolve();
  return createInterface({ input: process.stdin }).on("line", (line) => {
    if (line.trim() !== "") turn = turn.then(async () => say(await runControl(devnet, line)));
  });
}

function untilSignalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

function restartRegularly(devnet: Devnet, everySeconds: number, downMs: number): Timer {
  return setInterval(() => {
    say(`devnet restarting, away for ${downMs} ms`);
    devnet
      .restart(downMs)
      .catch((error: unknown) => say(`devnet restart failed: ${String(error)}`));
  }, everySeconds * 1000);
}

async function run(flags: Flags): Promise<void> {
  const signalled = untilSignalled();
  const devnet = await startDevnet(optionsOf(flags));
  const keystore = optionalText(flags, "keystore");
  if (keystore !== undefined) await devnet.writeKeystore(keystore, 0);
  const everySeconds = optionalNumber(flags, "restart-every");
  const downMs = optionalNumber(flags, "restart-down-ms") ?? 0;
  const restarts =
    everySeconds === undefined ? undefined : restartRegularly(devnet, everySeconds, downMs);
  const { best } = devnet.truth();
  say(`devnet ready ${devnet.url} blocks ${best} metrics ${devnet.metricsUrl}`);
  const control = flags["control"] === true ? readControl(devnet) : undefined;
  await signalled;
  control?.close();
  clearInterval(restarts);
  const truthFile = optionalText(flags, "truth");
  if (truthFile !== undefined) await Bun.write(truthFile, JSON.stringify(devnet.truth()));
  await devnet.stop();
}

export async function main(raw: string[]): Promise<number> {
  if (raw.includes("--help") || raw.includes("-h")) {
    process.stdout.write(`${await renderUsage(command)}\n`);
    return 0;
  }
  try {
    rejectUnknown(raw);
    await run(parseArgs<typeof FLAGS>(raw, FLAGS));
    return 0;
  } catch (error) {
    say(`devnet: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UsageError ? EXIT_USAGE : 1;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
