// Notes of what changed around our validators: seats, keys, registration, runtime. Pure.
import { epochOf } from "../time.ts";
import type { Attendance, Committee } from "./attendance.ts";
import { attend } from "./attendance.ts";
import type { KeyChange, Upgrade } from "./chain-changes.ts";
import type { ChainFacts } from "./chain-facts.ts";
import type { AlertEvent } from "./event.ts";
import { describeSubject } from "./words.ts";

type Note = Omit<AlertEvent, "action" | "atMs" | "once"> & { once: string };

export function changeNotes(
  turnouts: readonly Seen[],
  facts: ChainFacts,
  nowMs: number,
): AlertEvent[] {
  const notes = [
    ...turnouts.map(turnoutNote),
    ...facts.keyChanges.map(keyNote),
    ...facts.upgrades.map(upgradeNote),
  ];
  return notes.map((note) => ({ ...note, action: "note", atMs: nowMs }));
}

/** News of a committee, now or next. */
interface Seen extends Committee {
  validator: string;
  news: "entered" | "left";
  when: "now" | "next";
  /** Committees in a row without a seat, up to this one. */
  absent: number;
}

/** Counts the committee in force and, as soon as it is known, the next one. */
export function attendCommittees(
  before: Readonly<Record<string, Attendance>>,
  { seats, next, finalized, chain }: ChainFacts,
): { attendance: Record<string, Attendance>; turnouts: Seen[] } {
  const attendance = { ...before };
  const turnouts: Seen[] = [];
  const committees = [
    { when: "now", epoch: epochOf(finalized.slot, chain), seats: seats ?? {} },
    { when: "next", epoch: next?.epoch ?? 0, seats: next?.seats ?? {} },
  ] as const;
  for (const { when, epoch, seats: all } of committees) {
    for (const [validator, own] of Object.entries(all)) {
      const committee = { epoch, seats: own };
      const { attendance: now, news } = attend(attendance[validator], committee);
      attendance[validator] = now;
      if (news !== null) turnouts.push({ ...committee, validator, news, when, absent: now.absent });
    }
  }
  return { attendance, turnouts };
}

function turnoutNote({ validator, news, when, epoch, seats, absent }: Seen): Note {
  const name = describeSubject(validator);
  const kind = news === "entered" ? "committee-entered" : "committee-left";
  const has = when === "now" ? "has" : "will have";
  const count = `${seats} ${seats === 1 ? "seat" : "seats"}`;
  const what =
    news === "entered"
      ? `${name} ${has} ${count} in epoch ${epoch}.`
      : `${name} ${has} no seat in epoch ${epoch}, as in the ${absent - 1} before: longer than chance explains.`;
  return {
    ...{ kind, subject: validator, severity: "info" },
    message: what,
    details: { epoch, committee_seats: seats, when, epochs_without: absent },
    once: `${kind}:${validator}:${epoch}`,
  };
}

function keyNote({ id, validator, kind, before, after, source, atBlock }: KeyChange): Note {
  const registration = kind === "registration";
  const where = source === "chain" ? "on chain" : "in the keystore";
  const what = registration ? "registration" : `${kind} key`;
  return {
    kind: registration ? "registration-changed" : "keys-changed",
    subject: validator,
    severity: "warning",
    message: `The ${what} of ${describeSubject(validator)} changed ${where} from ${shown(before)} to ${shown(after)}.`,
    details: { key: kind, before, after, source, block: atBlock },
    once: `key-change:${id}`,
  };
}

function shown(value: string | null): string {
  return value === null ? "none" : describeSubject(value);
}

function upgradeNote({ fromBlock, specVersion, before }: Upgrade): Note {
  return {
    ...{ kind: "runtime-upgrade", subject: "", severity: "info" },
    message: `The chain's runtime changed from ${before} to ${specVersion} at block ${fromBlock}.`,
    details: { block: fromBlock, spec_version: specVersion, before },
    once: `runtime:${fromBlock}`,
  };
}
