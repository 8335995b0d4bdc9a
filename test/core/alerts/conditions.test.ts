// When something bad is told, and when it is not.
import { expect, test } from "bun:test";

import { conditionsOfChecks } from "../../../core/alerts/check-rules.ts";
import { CHECK_RULES } from "../../../core/alerts/kinds.ts";
import { evaluate } from "../../../core/alerts/rules.ts";
import type { AlertSettings } from "../../../core/alerts/settings.ts";
import type { RuleState } from "../../../core/alerts/state.ts";
import { conditionKey, parseState } from "../../../core/alerts/state.ts";
import type { Check, CheckName, Verdict } from "../../../core/health/report.ts";
import { CHECKS } from "../../../core/health/report.ts";
import { CAUGHT_UP, makeCheck, makeSettings, MINUTE_MS, NOON_MS } from "../../helpers/alert-lab.ts";

const RULED = CHECKS.filter((name) => CHECK_RULES[name] !== undefined);
const OF_VALIDATOR = (name: CheckName): string | null =>
  name.startsWith("validator.") ? "alice" : null;

/** Evaluations one after the other, a minute between them; returns what each told. */
function run(
  reports: readonly (readonly Check[])[],
  more: Partial<AlertSettings> = {},
  minutes = 1,
): string[][] {
  let state: RuleState = CAUGHT_UP;
  const open = new Map<string, "info" | "warning" | "critical">();
  return reports.map((checks, i) => {
    const nowMs = NOON_MS + i * minutes * MINUTE_MS;
    const found = evaluate(state, open, { checks, facts: null }, makeSettings([], more), nowMs);
    // What is remembered goes through the disk.
    state = parseState(JSON.stringify(found.state));
    for (const event of found.events) {
      if (event.action === "recover") open.delete(conditionKey(event));
      else open.set(conditionKey(event), event.severity);
    }
    return found.events.map(({ action, kind, severity }) => `${action} ${severity} ${kind}`);
  });
}

function series(name: CheckName, ...verdicts: Verdict[]): Check[][] {
  return verdicts.map((verdict) => [makeCheck(name, verdict, OF_VALIDATOR(name))]);
}

test.each([...RULED])("%s turning critical is raised once and its end told once", (name) => {
  const kind = CHECK_RULES[name]?.kind;
  const verdicts = ["ok", "critical", "critical", "critical", "ok", "ok"] as const;
  const told = run(series(name, ...verdicts)).flat();
  expect(told).toEqual([`raise critical ${kind}`, `recover critical ${kind}`]);
});

test.each([...RULED])("%s as a warning is raised when seen twice in a row, not before", (name) => {
  const kind = CHECK_RULES[name]?.kind;
  expect(run(series(name, "warning", "ok", "warning", "ok")).flat()).toEqual([]);
  expect(run(series(name, "warning", "warning", "warning", "ok"))).toEqual([
    [],
    [`raise warning ${kind}`],
    [],
    [`recover warning ${kind}`],
  ]);
});

test.each([...RULED])("%s that becomes unknown neither raises nor recovers", (name) => {
  expect(run(series(name, "unknown", "unknown", "unknown")).flat()).toEqual([]);
  const told = run(series(name, "critical", "critical", "unknown", "unknown", "critical")).flat();
  expect(told).toEqual([`raise critical ${CHECK_RULES[name]?.kind}`]);
});

test("checks that have no alert of their own are told to nobody", () => {
  const silent = CHECKS.filter((name) => CHECK_RULES[name] === undefined);
  expect(silent.length).toBeGreaterThan(5);
  for (const name of silent) {
    expect(run(series(name, "critical", "critical", "ok")).flat()).toEqual([]);
  }
});

test("a warning that becomes critical is told again, and one end is told", () => {
  expect(run(series("node.peers", "warning", "warning", "critical", "warning", "ok"))).toEqual([
    [],
    ["raise warning peers-low"],
    ["raise critical peers-low"],
    [],
    ["recover critical peers-low"],
  ]);
});

test("the node must be away for the grace period, and may be away untold when that is wanted", () => {
  const away = series("node.reachable", "critical", "critical", "critical");
  const raised = "raise critical node-unreachable";
  expect(run(away, { downGraceMs: 2 * MINUTE_MS })).toEqual([[], [], [raised]]);
  expect(run(away, { downGraceMs: 0 })).toEqual([[raised], [], []]);
  expect(run(away, { alertOnDown: false }).flat()).toEqual([]);
  expect(run(series("node.reachable", "critical", "ok", "critical", "ok")).flat()).toEqual([]);
});

test("a node that is away raises one alert and not those of everything that hangs on it", () => {
  const all = RULED.filter((name) => CHECK_RULES[name]?.causes !== undefined);
  const bad = [
    makeCheck("node.reachable", "critical"),
    ...all.map((n) => makeCheck(n, "critical")),
  ];
  const told = run([bad, bad, bad]).flat();
  expect(told).toEqual(["raise critical node-unreachable"]);
});

test("a chain that stands still raises no alert about our own sync", () => {
  const bad = [makeCheck("chain.block-age", "critical"), makeCheck("database.lag", "critical")];
  expect(run([bad, bad]).flat()).toEqual(["raise critical node-stalled"]);
});

test("flapping is one alert within the cooldown, and the next one says how often", () => {
  const flapping = series(
    "chain.db-sync",
    "critical",
    "ok",
    "critical",
    "ok",
    "critical",
    "critical",
  );
  const told = run([...flapping, ...series("chain.db-sync", "critical")], {
    cooldownMs: 6 * MINUTE_MS,
  });
  expect(told.map((each) => each.length)).toEqual([1, 1, 0, 0, 0, 0, 1]);
  let state = CAUGHT_UP;
  const open = new Map<string, "critical">();
  let last = "";
  for (const [i, checks] of [...flapping, ...series("chain.db-sync", "critical")].entries()) {
    const settings = makeSettings([], { cooldownMs: 6 * MINUTE_MS });
    const nowMs = NOON_MS + i * MINUTE_MS;
    const found = evaluate(state, open, { checks, facts: null }, settings, nowMs);
    state = found.state;
    for (const event of found.events) {
      if (event.action === "raise") open.set(conditionKey(event), "critical");
      else open.delete(conditionKey(event));
      last = event.message;
    }
  }
  expect(last).toContain("2 times more since");
});

test("without cooldown each return is told", () => {
  const told = run(series("chain.db-sync", "critical", "ok", "critical", "ok"), { cooldownMs: 0 });
  expect(told.map((each) => each.length)).toEqual([1, 1, 1, 1]);
});

test("two validators and two disks are troubles of their own", () => {
  const checks = [
    makeCheck("validator.keystore", "critical", "alice"),
    makeCheck("validator.keystore", "critical", "bob"),
    makeCheck("host.disk", "critical"),
    makeCheck("database.disk", "critical"),
  ];
  expect(run([checks, checks]).flat()).toHaveLength(4);
});

test("every check's condition carries its number, unit and hint", () => {
  const check: Check = {
    ...makeCheck("node.peers", "critical"),
    unit: "peers",
    hint: "see mvm status",
  };
  const [condition] = conditionsOfChecks([check], makeSettings([]));
  expect(condition?.details).toEqual({
    ...{ check: "node.peers", value: 7, unit: "peers", hint: "see mvm status" },
  });
});

test("a key missing in one keystore explains its own mismatch, and not that of another validator", () => {
  const checks = [
    makeCheck("validator.keystore", "critical", "alice"),
    makeCheck("validator.keys-match", "critical", "alice"),
    makeCheck("validator.keystore", "ok", "bob"),
    makeCheck("validator.keys-match", "critical", "bob"),
  ];
  const told = conditionsOfChecks(checks, makeSettings([])).map(conditionKey);
  expect(told).toEqual(["key-missing|alice", "key-missing|bob", "keys-mismatch|bob"]);
});
