// The answers of `mvm keys` as text, in the Rust tool's three sections.
import pc from "picocolors";

import { clean } from "../core/harmless.ts";
import { worstOf } from "../core/health/check.ts";
import type { ValidatorReport } from "../core/health/facts.ts";
import type { HealthReport } from "../core/health/health.ts";
import type { KeyReport } from "../core/health/key-report.ts";
import type { Check, Verdict } from "../core/health/report.ts";
import type { KeyList } from "../core/keys.ts";
import type { Screen } from "./_output.ts";
import { formatKey } from "./_output.ts";
import { formatCommittee, formatRegistration } from "./_status-text.ts";

const NOBODY = "no keys of ours: name a keystore with --keystore, or in the configuration";

export function formatKeyLists(lists: readonly KeyList[], screen: Screen): string {
  if (lists.length === 0) return NOBODY;
  const { bold, dim, yellow } = pc.createColors(screen.terminal && pc.isColorSupported);
  return lists
    .map(({ id, keystore, keys, problem }) =>
      [
        bold(clean(id)),
        ...(keystore === null ? [] : [`  ${dim("keystore")}  ${clean(keystore)}`]),
        ...(problem === null ? [] : [`  ${yellow("⚠")} ${clean(problem)}`]),
        ...keys.flatMap(({ kind, scheme, key, ss58 }) => [
          // The longest key then ends where 80 columns do.
          `  ${kind.padEnd(9)} ${key}`,
          `  ${dim(scheme.padEnd(9))} ${ss58}`,
        ]),
      ].join("\n"),
    )
    .join("\n\n");
}

export interface Verification {
  worst: Verdict;
  checks: Check[];
  validators: ValidatorReport[];
  /** Aura keys whose mark in the database differs from what is held: the sync is to be told. */
  unmarked: string[];
}

/** What of a report is about keys. The node's own state counts where nothing could be asked without it. */
export function judgeKeys({ checks, facts }: HealthReport): Verification {
  const about = checks.filter(
    ({ name, verdict }) =>
      name.startsWith("validator.") ||
      name === "node.reachable" ||
      // To have none is no fault; not to be able to use it is.
      (name === "database.present" && (verdict === "warning" || verdict === "critical")),
  );
  const keys = facts.validators.flatMap((each) => each.keys);
  const unmarked = keys.filter(({ held, marked }) => held && marked === false);
  return {
    worst: facts.validators.length === 0 ? "unknown" : worstOf(about),
    checks: about,
    validators: facts.validators,
    unmarked: unmarked.map(({ key }) => key),
  };
}

export function formatVerification(data: Verification, screen: Screen): string {
  if (data.validators.length === 0) return NOBODY;
  const parts = data.validators.map((each) => formatOne(each, data.checks, screen));
  return [...parts, formatSummary(data)].join("\n\n");
}

function formatOne(validator: ValidatorReport, checks: readonly Check[], screen: Screen): string {
  const { bold } = pc.createColors(screen.terminal && pc.isColorSupported);
  const own = (name: Check["name"]): string =>
    clean(
      checks.find((each) => each.name === name && each.subject === validator.id)?.message ?? "",
    );
  const { total } = validator;
  const unusable = checks.find(({ name }) => name === "database.present")?.message;
  return [
    bold(clean(validator.id)),
    "",
    "Key Status",
    ...validator.keys.map((key) => `  ${formatKeyLine(key, screen)}`),
    "",
    "Registration Status",
    `  ${formatRegistration(validator, own("validator.registration"))}`,
    `  Keys: ${own("validator.keys-match")}`,
    `  Committee: ${formatCommittee(validator)}`,
    "",
    "Block Production Statistics",
    ...(total === null
      ? [`  ${unusable === undefined ? "no database: `mvm sync` keeps one" : clean(unusable)}`]
      : [
          `  Total: ${total.made} made, ${total.missed} missed, ${total.orphaned} orphaned since the first stored block`,
          `  This epoch: ${own("validator.production")}`,
          `  Last block: ${own("validator.last-block")}`,
        ]),
  ].join("\n");
}

function formatKeyLine(key: KeyReport, screen: Screen): string {
  const sign = !key.held || key.loaded === false ? "✗" : key.loaded === true ? "✓" : "?";
  return `${sign} ${key.kind.padEnd(10)}${formatKey(key.key, screen)}  ${describeKey(key)}`;
}

function describeKey({ held, loaded, registered, seated, stale, marked }: KeyReport): string {
  if (!held) return "registered, but not among our keys";
  if (stale === true) return "left over: neither registered nor seated, and harmless";
  return [
    loaded === null ? "loaded: not told" : loaded ? "loaded" : "not loaded",
    registered === null ? "registered: not known" : registered ? "registered" : "not registered",
    ...(seated === true ? ["seated"] : []),
    ...(marked === true ? ["marked as ours"] : []),
  ].join(", ");
}

function formatSummary({ worst, checks, unmarked }: Verification): string {
  const bad = checks.filter(({ verdict }) => verdict === "critical" || verdict === "warning");
  return [
    `Summary: ${worst.toUpperCase()}`,
    ...bad.flatMap(({ subject, message, hint }) => [
      `  ${subject === null ? "" : `${clean(subject)}: `}${clean(message)}`,
      ...(hint === null ? [] : [`    → ${clean(hint)}`]),
    ]),
    ...(unmarked.length === 0
      ? []
      : [
          `  the database does not mark ${unmarked.length === 1 ? "one key" : `${unmarked.length} keys`} as ours`,
          "    → give mvm-sync the same keystore and restart it (systemctl restart mvm-sync)",
        ]),
  ].join("\n");
}
