#!/usr/bin/env bun
// mvm-config: shows, checks and starts a configuration.
import { homedir } from "node:os";

import type { ArgsDef } from "citty";
import { defineCommand } from "citty";
import { resolve } from "pathe";

import { formatExample } from "../core/config/example.ts";
import { initConfig } from "../core/config/init.ts";
import { readLabels } from "../core/config/labels.ts";
import type { LoadOptions } from "../core/config/load.ts";
import { inspectConfig, loadConfig } from "../core/config/load.ts";
import { describeSettings } from "../core/config/rows.ts";
import { userConfigPath } from "../core/config/search.ts";
import { formatSetting } from "../core/config/value.ts";
import { MonitorError } from "../core/errors.ts";
import { runAsScript, VERSION } from "./_main.ts";
import { formatTable, openScreen, writeOut } from "./_output.ts";
import { readSettingFlags, settingFlags } from "./_setting-flags.ts";
import { configFlags, configPlaces, noticeDatabase } from "./_settings.ts";

const EXIT_CONFIG = 78;
const SYSTEM_FILE = "/etc/mvm/config.toml";

const json = {
  json: { type: "boolean", default: false, description: "JSON instead of text" },
} satisfies ArgsDef;

function loadOptions(
  given: Parameters<typeof configPlaces>[0],
  rawArgs: readonly string[],
): LoadOptions {
  return { ...configPlaces(given), ...readSettingFlags(rawArgs) };
}

const show = defineCommand({
  meta: {
    name: "show",
    description: "Every key, its value and where that came from",
    examples: [
      { line: "--env staging", does: "of one environment" },
      { line: "--batch-size 50 --json", does: "with flags, for a script" },
    ],
  },
  args: { ...settingFlags, ...configFlags, ...json },
  run: async ({ args, rawArgs }) => {
    const loaded = await loadConfig(loadOptions(args, rawArgs));
    const settings = describeSettings(loaded);
    const { environment, files } = loaded;
    const told = settings.map(({ status, ...row }) => ({ ...row, used: status === null }));
    const text = args.json
      ? JSON.stringify({ environment, files, settings: told }, null, 2)
      : formatTable(
          settings,
          [
            { title: "KEY", cell: ({ key }) => key },
            { title: "VALUE", cell: ({ value }) => formatSetting(value) ?? "-" },
            { title: "SOURCE", cell: ({ source }) => source },
            { title: "", cell: ({ status }) => (status === null ? "" : "no effect") },
          ],
          openScreen(),
        );
    await writeOut(text);
    return 0;
  },
});

const validate = defineCommand({
  meta: {
    name: "validate",
    description: "Check files and environment; exit code 0 or 78",
    examples: [{ line: "--config /etc/mvm/config.toml", does: "all that is wrong with a file" }],
  },
  args: { ...settingFlags, ...configFlags, ...json },
  run: async ({ args, rawArgs }) => {
    const options = loadOptions(args, rawArgs);
    const known = readLabels(options);
    if (args.json) {
      const { problems, notices, files, loaded } = await inspectConfig(options);
      const valid = loaded !== null;
      const place = loaded === null ? [] : noticeDatabase(loaded.values.database.path);
      const all = [...notices, ...known.notices, ...place];
      const body = { valid, problems, notices: all, files };
      await writeOut(JSON.stringify(body, null, 2));
      return valid ? 0 : EXIT_CONFIG;
    }
    const loaded = await loadConfig(options);
    const read = loaded.files.filter(({ status }) => status === "loaded").map(({ path }) => path);
    const lines = [
      `valid: ${read.length === 0 ? "no file found" : read.join(", ")}`,
      ...[...loaded.notices, ...known.notices, ...noticeDatabase(loaded.values.database.path)].map(
        (notice) => `notice: ${notice}`,
      ),
    ];
    await writeOut(lines.join("\n"));
    return 0;
  },
});

const paths = defineCommand({
  meta: {
    name: "paths",
    description: "Files looked for, highest priority first",
    examples: [{ line: "", does: "where is looked, and what was found" }],
  },
  args: { ...configFlags, ...json },
  run: async ({ args }) => {
    const { files } = await inspectConfig(loadOptions(args, []));
    const columns = [
      { title: "FILE", cell: ({ path }: { path: string }) => path },
      { title: "STATUS", cell: ({ status }: { status: string }) => status },
    ];
    await writeOut(
      args.json ? JSON.stringify(files, null, 2) : formatTable(files, columns, openScreen()),
    );
    return 0;
  },
});

const example = defineCommand({
  meta: {
    name: "example",
    description: "A file with every key, commented",
    examples: [{ line: "> mvm.toml", does: "a file to start from" }],
  },
  run: async () => {
    await writeOut(formatExample().trimEnd());
    return 0;
  },
});

const init = defineCommand({
  meta: {
    name: "init",
    description: "Write the example where it will be found",
    examples: [
      { line: "", does: "where it will be found" },
      { line: "--path ./mvm.toml", does: "in this folder" },
    ],
  },
  args: {
    force: { type: "boolean", default: false, description: "replace a file that is there" },
    path: {
      type: "string",
      valueHint: "FILE",
      description: `instead of ~/.config/mvm/config.toml (as root: ${SYSTEM_FILE})`,
    },
  },
  run: async ({ args }) => {
    const path = args.path === undefined ? defaultPath() : resolve(args.path);
    initConfig(path, args.force);
    await writeOut(`wrote ${path}`);
    return 0;
  },
});

function defaultPath(): string {
  if (process.getuid?.() === 0) return SYSTEM_FILE;
  const path = userConfigPath({ env: process.env, home: homedir() });
  if (path === null) throw new MonitorError("usage", "no home folder; name a file with --path");
  return path;
}

export const configCommand = defineCommand({
  meta: {
    name: "mvm-config",
    version: VERSION,
    description: "Show, check and start a configuration.",
    examples: [
      { line: "show --env staging", does: "every setting of an environment, and its source" },
      { line: "validate --config /etc/mvm/config.toml", does: "all that is wrong with a file" },
      { line: "init", does: "write a commented file to start from" },
    ],
  },
  args: configFlags,
  subCommands: { show, validate, paths, example, init },
});

if (import.meta.main) await runAsScript(configCommand);
