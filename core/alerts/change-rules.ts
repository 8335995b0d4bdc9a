// Notes of what changed around our validators: seats, keys, registration, runtime. Pure.
import { epochOf } from "../time.ts";
import type { KeyChange, Upgrade } from "./chain-changes.ts";
import type { ChainFacts } from "./chain-facts.ts";
import type { AlertEvent } from "./event.ts";
import type { ChainMemory } from "./state.ts";
import { describeSubject } from "./words.ts";

type Note = Omit<AlertEvent, "action" | "atMs" | "once"> & { once: string };

interface Changes {
  notes: AlertEvent[];
  nextTold: Record<string, number>;
}

export function changeNotes(before: ChainMemory, facts: ChainFacts, nowMs: number): Changes {
  const next = nextNotes(before, facts);
  const notes = [
    ...seatNotes(before, facts),
    ...next.notes,
    ...facts.keyChanges.map(keyNote),
    ...facts.upgrades.map(upgradeNote),
  ];
  return {
    notes: notes.map((note) => ({ ...note, action: "note", atMs: nowMs })),
    nextTold: next.nextTold,
  };
}

function seatNotes(before: ChainMemory, { seats, finalized, chain }: ChainFacts): Note[] {
  const epoch = epochOf(finalized.slot, chain);
  return Object.entries(seats ?? {}).flatMap(([validator, now]) => {
    const was = before.seats[validator];
    if (was === undefined || was > 0 === now > 0) return [];
    return [seatNote(validator, { seats: now, epoch, when: "now" })];
  });
}

/** Told once an epoch and validator, as soon as the next list is known. */
function nextNotes(
  { nextTold }: ChainMemory,
  { seats, next }: ChainFacts,
): { notes: Note[]; nextTold: Record<string, number> } {
  const told = { ...nextTold };
  const notes: Note[] = [];
  for (const [validator, then] of Object.entries(next?.seats ?? {})) {
    const now = seats?.[validator];
    if (next === null || now === undefined || now > 0 === then > 0) continue;
    if (told[validator] === next.epoch) continue;
    told[validator] = next.epoch;
    notes.push(seatNote(validator, { seats: then, epoch: next.epoch, when: "next" }));
  }
  return { notes, nextTold: told };
}

function seatNote(
  validator: string,
  { seats, epoch, when }: { seats: number; epoch: number; when: "now" | "next" },
): Note {
  const name = describeSubject(validator);
  const entered = seats > 0;
  const kind = entered ? "committee-entered" : "committee-left";
  const count = `${seats} ${seats === 1 ? "seat" : "seats"}`;
  const what = entered ? `${count} in epoch ${epoch}` : `no seat in epoch ${epoch}`;
  const word = when === "now" ? "has" : "will have";
  return {
    ...{ kind, subject: validator, severity: "info" },
    message: `${name} ${word} ${what}.`,
    details: { epoch, committee_seats: seats, when },
    once: `${kind}:${validator}:${when}:${epoch}`,
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
