// What the node's present state says, against what the file keeps of it: constants, identities, the next committee.
import type { Database } from "bun:sqlite";

import type { Link } from "../chain/link.ts";
import { fetchRuntimeVersion } from "../chain/rpc.ts";
import {
  fetchCommittee,
  fetchConstants,
  fetchNextCommittee,
  queuesCommittees,
} from "../chain/runtime.ts";
import { isCode } from "../errors.ts";
import { toHex } from "../storage/codes.ts";
import { readConstants } from "../storage/meta.ts";
import { readFinalized } from "../storage/position.ts";
import { readUpcoming } from "../storage/upcoming.ts";
import type { Candidate } from "../types.ts";
import type { Findings } from "./findings.ts";

interface Question {
  db: Database;
  link: Link;
  findings: Findings;
}

/** What the node does not tell is not judged. */
export async function checkNodeState(question: Question): Promise<void> {
  await Promise.all([
    passOver(() => compareConstants(question)),
    passOver(() => compareIdentities(question)),
    passOver(() => compareUpcoming(question)),
  ]);
}

async function passOver(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCode(error, "rpc", "discarded", "bad-reply")) throw error;
  }
}

async function compareConstants({ db, link, findings }: Question): Promise<void> {
  const stored = readConstants(db);
  const told = await fetchConstants(link);
  if (stored === null || Bun.deepEquals(stored, told)) return;
  const describe = (each: typeof told): string =>
    `${each.slotsPerEpoch} slots of ${each.slotDurationMs} ms`;
  findings.add(
    "state",
    null,
    `an epoch is stored as ${describe(stored)}, the node says ${describe(told)}`,
  );
}

/** Of the seats there are now: the other keys their holders have on chain. */
async function compareIdentities({ db, link, findings }: Question): Promise<void> {
  const select = db.prepare<
    { sidechain: Uint8Array | null; grandpa: Uint8Array | null },
    [Uint8Array]
  >("SELECT sidechain, grandpa FROM authorities WHERE aura = ?");
  const members = new Map((await fetchCommittee(link)).map((member) => [member.aura, member]));
  for (const member of members.values()) {
    const row = select.get(Buffer.from(member.aura.slice(2), "hex"));
    if (row === null) continue;
    for (const kind of ["sidechain", "grandpa"] as const) {
      const stored = row[kind] === null ? null : toHex(row[kind]);
      compareKey(findings, member, kind, stored);
    }
  }
}

/** A key that is not known yet is no mistake. */
function compareKey(
  findings: Findings,
  member: Candidate,
  kind: "sidechain" | "grandpa",
  stored: string | null,
): void {
  const told = member[kind];
  if (told === null || stored === null || stored === told) return;
  const words = `the ${kind} key of ${member.aura} is ${told}, stored is ${stored}`;
  findings.add("identity", null, words);
}

/** A sync that runs beside us stores it a moment after the block that sets it. */
const SECOND_LOOK_MS = 1000;

/** As the last final block has it: that one does not change any more. */
async function compareUpcoming(question: Question): Promise<void> {
  const { link, findings } = question;
  // There the list that is called next is not the one that follows.
  if (queuesCommittees(await fetchRuntimeVersion(link))) return;
  let wrong = await findWrongUpcoming(question);
  if (wrong === null) return;
  await Bun.sleep(SECOND_LOOK_MS);
  wrong = await findWrongUpcoming(question);
  if (wrong === null) return;
  findings.add("upcoming", null, `the committee kept for epoch ${wrong} is not the node's`);
}

/** The epoch whose committee is stored otherwise than the node says it; null = none. */
async function findWrongUpcoming({ db, link }: Question): Promise<number | null> {
  const finalized = readFinalized(db);
  const next = finalized === null ? null : await fetchNextCommittee(link, finalized.hash);
  const stored = next === null ? null : readUpcoming(db, next.epoch);
  if (next === null || stored === null) return null;
  const told = next.members.map(({ aura }) => aura);
  return Bun.deepEquals(stored, told) ? null : next.epoch;
}
