// Is the validator all right? One look at everything, judged.
import type { Link } from "../chain/link.ts";
import type { OurValidator } from "../ours.ts";
import { worstOf } from "./check.ts";
import { checkChain } from "./checks-chain.ts";
import { checkDatabase } from "./checks-database.ts";
import { checkKeys, checkKeystore } from "./checks-keys.ts";
import { checkNode } from "./checks-node.ts";
import { checkValidator } from "./checks-validator.ts";
import type { HealthFacts } from "./facts.ts";
import { describeFacts } from "./facts.ts";
import { readFileState, readGenesis } from "./file.ts";
import { checkHost } from "./host.ts";
import type { Observation, ObserveOptions } from "./observe.ts";
import { observe } from "./observe.ts";
import { hasAnyKey } from "./our-keys.ts";
import type { Check, Verdict } from "./report.ts";
import type { SituationInput, Wishes } from "./situation.ts";
import { assemble } from "./situation.ts";
import { gatherFacts } from "./validator-facts.ts";

export interface HealthReport {
  /** ISO 8601, UTC. */
  at: string;
  worst: Verdict;
  checks: Check[];
  facts: HealthFacts;
}

export interface HealthInput extends Wishes, Omit<ObserveOptions, "node" | "genesisHash"> {
  databasePath: string;
  /** Used in place of a connection of its own to one of `nodes`. */
  node?: Link;
  /** The last look, for trends. */
  previous?: Observation | null;
}

export interface Look {
  report: HealthReport;
  /** For the next look's trends. */
  observation: Observation;
}

/** Looks at node, chain, machine and file, and judges. Takes no longer than `timeoutMs`. */
export async function checkHealth(input: HealthInput): Promise<Look> {
  const { nodes, node = nodes, databasePath } = input;
  const genesisHash = nodes.length > 1 ? readGenesis(databasePath) : null;
  const observation = await observe({ ...input, node, genesisHash });
  const fileState = readFileState(input.databasePath, input.ours);
  return { report: judgeHealth({ ...input, observation, fileState }), observation };
}

/** The judgement alone. Pure. */
export function judgeHealth(input: SituationInput): HealthReport {
  const situation = assemble(input);
  const validators = input.ours.map((our: OurValidator) => gatherFacts(our, situation));
  const checks = [
    ...checkNode(situation),
    ...checkChain(situation),
    ...checkHost(situation),
    ...checkDatabase(situation),
    ...validators.flatMap((facts) =>
      // Without a single key there is nothing to ask for but why.
      hasAnyKey(facts.our)
        ? [...checkKeys(facts, situation), ...checkValidator(facts, situation)]
        : [checkKeystore(facts)],
    ),
  ];
  return {
    at: new Date(situation.nowMs).toISOString(),
    worst: worstOf(checks),
    checks,
    facts: describeFacts(situation, validators),
  };
}
