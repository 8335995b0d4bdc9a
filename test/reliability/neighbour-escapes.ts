// Real commands over texts that would drive a terminal: nothing of them comes out raw.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { seeded } from "../helpers/seeded.ts";
import type { Stage } from "./hostile-stage.ts";
import { openHostileStage } from "./hostile-stage.ts";
import type { Random } from "./mutate.ts";
import type { Tally } from "./neighbour-kit.ts";
import { findRaw, hostileWord, openTally } from "./neighbour-kit.ts";
import type { Ran, RunOptions } from "./run-command.ts";
import { crashOf, runMvm, runOnTerminal } from "./run-command.ts";

/**
 * Rounds of all commands, each with other texts.
 * @param share of the commands
 */
export async function runEscapes(rounds: number, seed: number, share = 1): Promise<Tally> {
  const tally = openTally("texts with terminal escapes");
  const random = seeded(seed);
  await using devnet = await startSmallDevnet({ history: 120 });
  for (let round = 0; round < rounds; round++) {
    await using stage = await openHostileStage(devnet, random);
    for (const words of commandsOf(stage, random)) {
      // One of them writes the log that is looked at.
      if (random() > share && !words.includes("--log-file")) continue;
      judge(tally, await runMvm(words, optionsOf(stage, random)));
    }
    for (const words of screensOf(stage)) {
      judge(tally, await runOnTerminal(words, { cwd: stage.folder, env: { HOME: stage.folder } }));
    }
    judgeFiles(tally, stage);
  }
  return tally;
}

function optionsOf(stage: Stage, random: Random): RunOptions {
  const value = hostileWord(random, "value").replaceAll("\0", "");
  const hostile = { LANG: value, TZ: value, TERM: value, COLUMNS: value, XDG_CONFIG_HOME: value };
  return { cwd: stage.folder, env: random() < 0.5 ? { HOME: stage.folder } : hostile };
}

function commandsOf(stage: Stage, random: Random): string[][] {
  const { node, database, config, keystore, aura } = stage;
  const unseen = (text: string): string =>
    stage.file(hostileWord(random, text).replaceAll(/[\p{Cc}/\\]/gu, ""));
  const path = (text: string): string =>
    stage.file(hostileWord(random, text).replaceAll(/[\0/\\]/g, ""));
  const word = hostileWord(random, "word").replaceAll("\0", "");
  const db = ["-d", database];
  const all = ["--config", config, "-r", node.url, ...db];
  const broken = path("broken");
  writeFileSync(
    broken,
    `${hostileWord(random, "x")} = ${hostileWord(random, "1")}\n[rpc]\nurl = "${word}"\n`,
  );
  const known = stage.file("known_validators.toml");
  writeFileSync(
    known,
    `[[validators]]\nsidechain_key = "${word.replaceAll(/["\\]/g, "")}"\nlabel = "\u202eb"\n`,
  );
  mkdirSync(stage.file("old"), { recursive: true });
  return [
    ...[
      "stats",
      "coverage",
      "blocks",
      "orphans",
      "missed",
      "epochs",
      "committee",
      "validators",
      "performance",
      "gaps",
    ].flatMap((each) => [
      ["query", each, ...db],
      ["query", each, ...db, "--json"],
    ]),
    ...["blocks", "validators", "missed"].map((each) => ["query", each, ...db, "--csv"]),
    ["query", "validator", aura, ...db],
    ["query", "validator", word, ...db],
    ["query", "block", "7", ...db, "-r", node.url],
    ["status", ...all],
    ["status", ...all, "--json"],
    ["status", ...all, "--explain", "--keystore", keystore],
    ["status", "-r", `ws://${word}:1`, ...db],
    ["keys", "show", "--config", config, "--keystore", keystore],
    ["keys", "verify", ...all, "--keystore", keystore],
    ["alerts", "list", ...db],
    ["alerts", "list", ...db, "--json"],
    ["schedule", ...all],
    ["schedule", ...all, "--json"],
    ["verify", ...all, "--sample", "5"],
    ["verify", ...db, "--offline", "--json"],
    ["view", "--once", ...all],
    ["view", "--once", "--json", ...all],
    ["config", "show", "--config", config],
    ["config", "show", "--config", config, "--json"],
    ["config", "validate", "--config", broken],
    ["config", "validate", "--config", broken, "--json"],
    ["config", "show", "--config", path("absent")],
    ["sync", "--once", "--config", config, "-r", node.url, "-d", unseen("new.db"), "-vv"],
    ["sync", "--once", "-r", node.url, "-d", stage.file("two.db"), "-vv", "--log-format", "json"],
    [
      "sync",
      "--once",
      "-r",
      node.url,
      "-d",
      stage.file("three.db"),
      "-vv",
      "--log-file",
      stage.file("log"),
    ],
    ["sync", "--once", "-r", node.url, "-d", database],
    ["import", "--from-mvm", path("old.db"), "--offline"],
    ["query", "stats", "-d", path("none.db")],
    [word],
    ["query", `--${word}`],
    ["query", "blocks", "--since", word, ...db],
  ];
}

function screensOf({ node, database, config }: Stage): string[][] {
  const all = ["--config", config, "-r", node.url, "-d", database];
  return [
    ["status", ...all],
    ["query", "validators", "-d", database],
    ["alerts", "list", "-d", database],
    ["view", "--once", ...all],
  ];
}

function judge(tally: Tally, ran: Ran): void {
  tally.cases += 1;
  if (ran.code !== 0) tally.refused += 1;
  const crash = crashOf(ran);
  if (crash !== null) tally.crashes.push(crash);
  for (const text of [ran.out, ran.err]) {
    const raw = findRaw(text);
    if (raw !== null) tally.leaks.push(`${ran.words.slice(0, 2).join(" ")}: ${raw}`);
  }
}

function judgeFiles(tally: Tally, stage: Stage): void {
  const path = stage.file("log");
  if (!existsSync(path)) return void tally.crashes.push("no log file was written");
  const raw = findRaw(readFileSync(path, "utf8"));
  if (raw !== null) tally.leaks.push(`log file: ${raw}`);
}
