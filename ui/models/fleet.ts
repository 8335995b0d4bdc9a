// Other machines as rows: one for each validator, one for a machine that tells of none; the worst first.
import type { RemoteLook, RemoteStatus, RemoteValidator } from "../../core/fleet/remote.ts";
import { byVerdict } from "../../core/fleet/remote.ts";
import type { Verdict } from "../../core/health/report.ts";
import type { FleetTold } from "../../core/view/messages.ts";

export interface FleetRow {
  key: string;
  verdict: Verdict;
  machine: RemoteLook;
  status: RemoteStatus | null;
  validator: RemoteValidator | null;
}

/** Null: none has said anything yet. */
export function fleetRows(fleet: FleetTold | null): FleetRow[] {
  return byVerdict((fleet?.machines ?? []).flatMap(rowsOf));
}

function rowsOf(machine: RemoteLook): FleetRow[] {
  const { status, name } = machine;
  if (status === null || status.validators.length === 0)
    return [{ key: name, verdict: machine.verdict, machine, status, validator: null }];
  return status.validators.map((validator) => ({
    key: `${name} ${validator.id}`,
    // What troubles the machine troubles all on it; one of another validator does not.
    verdict: worseOf(validator.verdict, sharedVerdict(machine, status)),
    machine,
    status,
    validator,
  }));
}

function sharedVerdict(machine: RemoteLook, { troubles }: RemoteStatus): Verdict {
  if (machine.verdict === "unknown") return "unknown";
  return troubles.find(({ subject }) => subject === null)?.verdict ?? "ok";
}

function worseOf(a: Verdict, b: Verdict): Verdict {
  return byVerdict([{ verdict: a }, { verdict: b }])[0]?.verdict ?? "unknown";
}

/** What there is to say of a row, the worst first. */
export function troublesOf({
  machine,
  status,
  validator,
}: FleetRow): { verdict: Verdict; text: string }[] {
  const own = (status?.troubles ?? []).filter(
    ({ subject }) => subject === null || subject === validator?.id,
  );
  const lines = own.map(({ verdict, name, message }) => ({ verdict, text: `${name}: ${message}` }));
  // Its problem is its worst check, where it is not that it says nothing.
  if (machine.hint === null) return lines;
  const { verdict, problem, hint } = machine;
  return [{ verdict, text: `${problem ?? ""} → ${hint}` }, ...lines];
}

export function countVerdicts(rows: readonly FleetRow[]): Record<Verdict, number> {
  const counts = { ok: 0, warning: 0, critical: 0, unknown: 0 };
  for (const { verdict } of rows) counts[verdict] += 1;
  return counts;
}
