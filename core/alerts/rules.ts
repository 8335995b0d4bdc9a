// One evaluation: what was remembered, what the checks and the chain say now, and what is to be told. Pure.
import type { Check } from "../health/report.ts";
import type { ChainFacts } from "./chain-facts.ts";
import { stepChain } from "./chain-rules.ts";
import { conditionsOfChecks } from "./check-rules.ts";
import { judgeConditions } from "./conditions.ts";
import type { AlertEvent, Condition } from "./event.ts";
import { VALIDATOR_KINDS } from "./kinds.ts";
import type { AlertSettings } from "./settings.ts";
import type { OpenTroubles, RuleState } from "./state.ts";
import { conditionKey } from "./state.ts";

export interface Evidence {
  /** Null: not looked this time. */
  checks: readonly Check[] | null;
  /** Null: the file is behind, or knows nothing yet; production is not judged then. */
  facts: ChainFacts | null;
}

interface Evaluation {
  state: RuleState;
  /** In the order they are to be told. */
  events: AlertEvent[];
}

export function evaluate(
  state: RuleState,
  open: OpenTroubles,
  { checks, facts }: Evidence,
  settings: AlertSettings,
  nowMs: number,
): Evaluation {
  const step = facts === null ? null : stepChain(state.chain, facts, settings, nowMs);
  // A first sync is behind by nature: that is no alarm before it has once caught up.
  const first = state.chain === null && facts === null;
  const conditions = [
    ...conditionsOfChecks(checks ?? [], settings).filter(
      ({ kind }) => !(first && kind === "sync-behind"),
    ),
    ...(step?.conditions ?? []),
    ...(facts === null ? [] : endUnwatched(open, facts.validators, checks)),
    ...endStandby(open, checks ?? []),
  ];
  const judged = judgeConditions(state, open, conditions, nowMs, settings.cooldownMs);
  return {
    state: {
      version: state.version,
      bad: judged.bad,
      raised: judged.raised,
      chain: step?.memory ?? state.chain,
    },
    events: [...(step?.notes ?? []), ...judged.events],
  };
}

/** Troubles of a validator that is not ours any more would stay open for ever. */
function endUnwatched(
  open: OpenTroubles,
  validators: readonly string[],
  checks: readonly Check[] | null,
): Condition[] {
  // Checks may know a validator the chain has not met yet; without them nobody can say it is gone.
  if (checks === null) return [];
  const watched = new Set([...validators, ...checks.map(({ subject }) => subject)]);
  return [...open.keys()].flatMap((key) => {
    const split = key.indexOf("|");
    const [kind, subject] = [key.slice(0, split), key.slice(split + 1)];
    if (!isValidatorKind(kind) || watched.has(subject)) return [];
    const message = `${subject} is not watched any more.`;
    return [{ kind, subject, verdict: "ok", message, details: {}, graceMs: null }];
  });
}

/** With a single node left in the configuration nothing is said of others, so nothing would end it. */
function endStandby(open: OpenTroubles, checks: readonly Check[]): Condition[] {
  const kind = "standby-unreachable";
  const isLooked = checks.length === 0 || checks.some(({ name }) => name === "node.standby");
  if (isLooked || !open.has(conditionKey({ kind, subject: "" }))) return [];
  const message = "A single node is configured now.";
  return [{ kind, subject: "", verdict: "ok", message, details: {}, graceMs: null }];
}

function isValidatorKind(kind: string): kind is Condition["kind"] {
  return VALIDATOR_KINDS.has(kind);
}
