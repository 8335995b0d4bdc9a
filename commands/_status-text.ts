// A health report as text: the Rust tool's lines, then what is not as it should be.
import pc from "picocolors";

import { clean } from "../core/harmless.ts";
import type { HealthFacts, ValidatorReport } from "../core/health/facts.ts";
import type { HealthReport } from "../core/health/health.ts";
import type { Check, CheckName, Verdict } from "../core/health/report.ts";
import type { Screen } from "./_output.ts";
import { EXPLAINED } from "./_status-explain.ts";

type Colors = ReturnType<typeof pc.createColors>;

const SIGN: Record<Verdict, string> = { ok: "✓", warning: "⚠", critical: "✗", unknown: "?" };

export function formatHealth(report: HealthReport, screen: Screen, explain: boolean): string {
  const colors = pc.createColors(screen.terminal && pc.isColorSupported);
  const { facts, checks } = report;
  const parts = [
    formatVerdict(report, colors),
    formatNode(facts, checks),
    ...facts.validators.map((each) => formatValidator(each, checks, colors)),
    explain ? formatAll(checks, screen, colors) : formatTroubles(checks, screen, colors),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function paint(verdict: Verdict, text: string, colors: Colors): string {
  const { green, yellow, red, dim } = colors;
  const paints = { ok: green, warning: yellow, critical: red, unknown: dim };
  return paints[verdict](text);
}

/** One line by itself says how it stands: what a monitoring server shows. */
function formatVerdict({ worst, checks }: HealthReport, colors: Colors): string {
  const word = paint(worst, worst.toUpperCase(), colors);
  const bad = checks.filter(({ verdict }) => verdict === worst && worst !== "ok");
  if (bad.length > 0) return `${word} - ${bad.map(({ name }) => name).join(", ")}`;
  const open = checks.filter(({ verdict }) => verdict === "unknown").length;
  const fine = checks.length - open;
  return `${word} - ${fine} checks fine${open === 0 ? "" : `, ${open} not known`}`;
}

function verdictOf(checks: readonly Check[], name: CheckName, subject?: string): Verdict {
  const found = checks.find(
    (each) => each.name === name && (subject === undefined || each.subject === subject),
  );
  return found?.verdict ?? "unknown";
}

function messageOf(checks: readonly Check[], name: CheckName, subject?: string): string {
  const found = checks.find(
    (each) => each.name === name && (subject === undefined || each.subject === subject),
  );
  return clean(found?.message ?? "");
}

function formatNode({ node, sidechain, mainchain }: HealthFacts, checks: readonly Check[]): string {
  const syncing = SIGN[verdictOf(checks, "node.syncing")];
  return [
    `Node: ${told(node.chain)} | Version: ${told(node.version)} | ${clean(node.url)}`,
    `Health: ${SIGN[worstOfNode(checks)]} | Syncing: ${syncing} | Peers: ${told(node.peers)}`,
    `Block: ${told(node.best)} | Finalized: ${told(node.finalized)} | Sync: ${formatSync(node)}`,
    ...(node.proposed === null ? [] : [`Blocks produced: ${node.proposed} since the node started`]),
    `Sidechain: epoch ${told(sidechain.epoch)} slot ${told(sidechain.slot)} | ` +
      `Mainchain: epoch ${told(mainchain.epoch)} slot ${told(mainchain.slot)}`,
    `Database: ${describeDatabase(checks)}`,
  ].join("\n");
}

function told(value: string | number | null): string {
  return value === null ? "?" : clean(String(value));
}

function formatSync({ best, target }: HealthFacts["node"]): string {
  if (best === null) return "?";
  return `${((100 * best) / Math.max(1, target ?? best, best)).toFixed(2)}%`;
}

function worstOfNode(checks: readonly Check[]): Verdict {
  const node = checks.filter(({ name }) => name.startsWith("node.") || name.startsWith("chain."));
  const order: readonly Verdict[] = ["critical", "warning", "ok"];
  return order.find((each) => node.some(({ verdict }) => verdict === each)) ?? "unknown";
}

function describeDatabase(checks: readonly Check[]): string {
  const present = messageOf(checks, "database.present");
  const lag = messageOf(checks, "database.lag");
  return lag === "" ? present : `${present}, ${lag}`;
}

function formatValidator(
  validator: ValidatorReport,
  checks: readonly Check[],
  colors: Colors,
): string {
  // What is not known is said once, below, with what to do.
  const message = (name: CheckName): string =>
    verdictOf(checks, name, validator.id) === "unknown"
      ? "?"
      : messageOf(checks, name, validator.id);
  return [
    colors.bold(clean(validator.id)),
    `  Keys: ${formatKeys(validator)}`,
    `  Registration: ${formatRegistration(validator, message("validator.registration"))}`,
    `  Committee: ${formatCommittee(validator)}`,
    ...(validator.turns === null
      ? []
      : [`  Expected blocks: ~${validator.turns} per sidechain epoch`]),
    ...(validator.stake === null ? [] : [`  Stake: ${formatStake(validator.stake)}`]),
    `  Production: ${message("validator.production")}`,
    `  Last block: ${message("validator.last-block")}`,
    `  Next slot: ${message("validator.next-slot")}`,
    `  GRANDPA: ${message("validator.grandpa")}`,
  ].join("\n");
}

/** ✓ the node has it, ✗ it has not, or the keystore has not, ? nobody says. */
function formatKeys({ keys, keysProblem }: ValidatorReport): string {
  return (["sidechain", "aura", "grandpa"] as const)
    .map((kind) => {
      const held = keys.filter((each) => each.kind === kind && each.held);
      // A keystore that cannot be listed may hold it.
      if (held.length === 0) return `${kind} ${keysProblem === null ? "✗" : "?"}`;
      // Old keys may be gone from the node; what counts is the one in use.
      const used = held.filter((each) => each.registered === true);
      const asked = used.length > 0 ? used : held;
      const loaded = asked.map((each) => each.loaded);
      return `${kind} ${loaded.includes(true) ? "✓" : loaded.includes(null) ? "?" : "✗"}`;
    })
    .join(" | ");
}

export function formatRegistration(validator: ValidatorReport, message: string): string {
  const { registration, registrationReason } = validator;
  switch (registration) {
    case "permissioned":
      return "✓ Permissioned candidate";
    case "registered":
      return registrationReason === null
        ? "✓ Registered (valid)"
        : `⚠ Registered (valid), a newer registration is INVALID: ${clean(registrationReason)}`;
    case "invalid":
      return `⚠ Registered but INVALID: ${clean(registrationReason ?? "no reason is given")}`;
    case "pending":
      return `✓ ${message}`;
    case "none":
      return "✗ Not registered";
    case "unknown":
      return `? Unable to check: ${clean(registrationReason ?? "not told")}`;
  }
}

export function formatCommittee({ seats, seatsTotal }: ValidatorReport): string {
  if (seats === null || seatsTotal === null) return "? Unable to check";
  if (seats === 0) return `- Not elected this epoch (${seatsTotal} total)`;
  const share = ((100 * seats) / Math.max(1, seatsTotal)).toFixed(2);
  return `✓ Elected (${seats} seats / ${seatsTotal} total = ${share}% selection)`;
}

function formatStake(lovelace: number): string {
  return `${Math.round(lovelace / 1e6).toLocaleString("en")} ADA`;
}

/** Worst first; what is not known last and in short, for it asks for little. */
function formatTroubles(checks: readonly Check[], screen: Screen, colors: Colors): string {
  const bad = (["critical", "warning"] as const).flatMap((verdict) =>
    checks.filter((each) => each.verdict === verdict),
  );
  const open = Map.groupBy(
    checks.filter(({ verdict }) => verdict === "unknown"),
    ({ message, subject, hint }) => JSON.stringify([reasonOf(message), subject, hint]),
  );
  return [
    ...bad.flatMap((each) => formatCheck(each, screen, colors)),
    ...[...open.values()].flatMap((group) => formatOpen(group, screen, colors)),
  ].join("\n");
}

function reasonOf(message: string): string {
  return message.slice(message.indexOf(": ") + 2);
}

function formatOpen(group: readonly Check[], screen: Screen, colors: Colors): string[] {
  const [first, ...others] = group;
  if (first === undefined) return [];
  if (others.length === 0) return formatCheck(first, screen, colors);
  const names = group.map(({ name }, i) => (i === 0 ? name : name.replace(/^.*\./, "")));
  return formatCheck(
    { ...first, message: reasonOf(first.message) },
    screen,
    colors,
    names.join(", "),
  );
}

function formatCheck(
  each: Check,
  screen: Screen,
  colors: Colors,
  name: string = each.name,
): string[] {
  const { verdict, subject, message, hint } = each;
  const about = subject === null ? "" : ` ${clean(subject)}`;
  const sign = paint(verdict, SIGN[verdict], colors);
  return [
    ...wrap(`${name}${about}: ${clean(message)}`, screen, 2).map((line, i) =>
      i === 0 ? `${sign} ${line.trimStart()}` : line,
    ),
    ...(hint === null ? [] : wrap(`→ ${clean(hint)}`, screen, 4).map((line) => colors.dim(line))),
  ];
}

function formatAll(checks: readonly Check[], screen: Screen, colors: Colors): string {
  return checks
    .map((each) => {
      const lines = formatCheck(each, screen, colors);
      const explained = wrap(EXPLAINED[each.name], screen, 4).map((line) => colors.dim(line));
      return [...lines, ...explained].join("\n");
    })
    .join("\n");
}

/** Broken between words at the screen's width; into a pipe nothing is broken. */
function wrap(text: string, { width }: Screen, indent: number): string[] {
  const space = " ".repeat(indent);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + Bun.stringWidth(`${line} ${word}`) > width) {
      lines.push(space + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, space + line];
}
