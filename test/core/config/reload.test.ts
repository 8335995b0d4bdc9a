// What a new configuration changes in a running process.
import { expect, test } from "bun:test";

import { loadConfig } from "../../../core/config/load.ts";
import { describeChange, diffSettings } from "../../../core/config/reload.ts";
import type { Config, Settings } from "../../../core/config/schema.ts";
import { KEYS } from "../../../core/config/schema.ts";
import { openPlace } from "./place.ts";

async function settings(flags: Partial<Settings> = {}): Promise<Config> {
  using place = openPlace();
  return (await loadConfig({ ...place.options, flags })).values;
}

test("nothing changed, nothing to tell", async () => {
  expect(diffSettings(await settings(), await settings())).toEqual({
    applied: [],
    needsRestart: [],
  });
});

test("reloadable keys are in effect, the others need a restart", async () => {
  const after = await settings({
    ...{ "log.level": "debug", "sync.batch_size": 7, "validator.label": "home" },
    ...{ "rpc.timeout_ms": 5000, "database.path": "/var/lib/mvm.db" },
  });
  const { applied, needsRestart } = diffSettings(await settings(), after);
  expect(applied.map(describeChange)).toEqual([
    "validator.label not set → home",
    "sync.batch_size 100 → 7",
    "log.level info → debug",
  ]);
  expect(needsRestart.map(describeChange)).toEqual([
    "rpc.timeout_ms 30000 → 5000",
    "database.path ./mvm.db → /var/lib/mvm.db",
  ]);
});

test("a secret is never shown, only that it changed", async () => {
  const secret = KEYS.find(({ spec }) => spec.secret === true)?.dotted ?? "";
  expect(secret).toBe("alerts.webhook_url");
  const before = await settings({ "alerts.webhook_url": "https://example.org/one" });
  const after = await settings({ "alerts.webhook_url": "https://example.org/two" });
  const lines = diffSettings(before, after).applied.map(describeChange);
  expect(lines).toEqual(["alerts.webhook_url changed"]);
  const url = await settings({ "rpc.url": "ws://me:password@node:9944" });
  const [line = ""] = diffSettings(before, url).needsRestart.map(describeChange);
  expect(line).toContain("node:9944");
  expect(line).not.toContain("password");
});

test("lists of tables are compared as a whole and counted, not shown", async () => {
  const one = Object.assign(await settings(), { validators: [{ label: "a" }] });
  const two = Object.assign(await settings(), { validators: [{ label: "a" }, { label: "b" }] });
  expect(diffSettings(one, two).applied.map(describeChange)).toEqual([
    "validators 1 entry → 2 entries",
  ]);
  const other = Object.assign(await settings(), { validators: [{ label: "c" }] });
  expect(diffSettings(one, other).applied.map(describeChange)).toEqual(["validators changed"]);
  expect(diffSettings(one, one).applied).toEqual([]);
});
