// Who sits in a committee, and on which seats?
import type { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import { decodeSeats } from "../storage/codes.ts";
import { readConstants } from "../storage/meta.ts";
import { epochFirstSlot, epochOf } from "../time.ts";
import { openFinder } from "./place.ts";
import { ratio } from "./production.ts";
import { readEnds } from "./summary.ts";
import { readRanking } from "./validators.ts";

export interface SeatRecord {
  epoch: number;
  /** The Aura key that sits there. */
  aura: string;
  sidechain: string | null;
  label: string | null;
  ours: boolean;
  registration: string;
  seats: number;
  /** seats / size of the committee */
  seatShare: number | null;
  /** Numbers of the seats, from 0: slot s belongs to seat s modulo the committee's size. */
  positions: number[];
}

export interface Committee {
  epoch: number;
  /** The last block it does not decide; null for one to come. */
  afterBlock: number | null;
  size: number;
  /** Most seats first. */
  members: SeatRecord[];
}

/**
 * The committee of an epoch, of the last stored one when none is named, or the one to come.
 * Throws `usage` with the reason when it is not known.
 */
export function readCommittee(db: Database, which: { epoch?: number } | "next"): Committee {
  const chain = readConstants(db);
  const { first, last } = readEnds(db);
  if (chain === null || first === null || last === null) {
    throw new MonitorError("usage", "no committee is known yet", { hint: "run `mvm sync` first" });
  }
  const current = epochOf(last.slot, chain);
  if (which === "next") return readUpcoming(db, current);
  const { epoch = current } = which;
  const oldest = epochOf(first.slot, chain);
  if (epoch > current && readUpcomingEpochs(db).includes(epoch)) return readUpcoming(db, epoch - 1);
  if (epoch < oldest || epoch > current) {
    throw new MonitorError("usage", `nothing is stored of epoch ${epoch}`, {
      hint: `the database holds epochs ${oldest} to ${current}`,
    });
  }
  const blockAt = openFinder(db);
  const block = blockAt(epochFirstSlot(epoch, chain));
  const begun = blockAt(epochFirstSlot(epoch + 1, chain)) > block;
  const row = db
    .query<{ after: number; seats: Uint8Array }, [number]>(
      `SELECT after_block AS after, seats FROM committees WHERE after_block <= ?
       ORDER BY after_block DESC LIMIT 1`,
    )
    .get(begun ? block : block - 1);
  if (row === null) {
    throw new MonitorError("usage", `the committee of epoch ${epoch} is not known`, {
      hint: "the first list the node still told is of a later epoch",
    });
  }
  return describe(db, epoch, row.after, decodeSeats(row.seats));
}

function readUpcomingEpochs(db: Database): number[] {
  return db
    .query<{ epoch: number }, []>("SELECT epoch FROM upcoming")
    .all()
    .map(({ epoch }) => epoch);
}

function readUpcoming(db: Database, after: number): Committee {
  const row = db
    .query<{ epoch: number; seats: Uint8Array }, [number]>(
      "SELECT epoch, seats FROM upcoming WHERE epoch > ? ORDER BY epoch LIMIT 1",
    )
    .get(after);
  if (row === null) {
    throw new MonitorError("usage", `no committee after epoch ${after} is known yet`, {
      hint: "a running `mvm sync` reads it from the chain once it is decided",
    });
  }
  return describe(db, row.epoch, null, decodeSeats(row.seats));
}

function describe(
  db: Database,
  epoch: number,
  afterBlock: number | null,
  seats: readonly number[],
): Committee {
  const positions = Map.groupBy(seats.keys(), (position) => seats[position] ?? 0);
  const auras = readAuras(db);
  const holders = readRanking(db).map(({ validator }) => validator);
  const members = [...positions].map(([id, theirs]) => {
    const aura = auras.get(id) ?? "";
    const holder = holders.find((each) => each.auras.includes(aura));
    return {
      epoch,
      aura,
      sidechain: holder?.sidechain ?? null,
      label: holder?.label ?? null,
      ours: holder?.ours ?? false,
      registration: holder?.registration ?? "unknown",
      seats: theirs.length,
      seatShare: ratio(theirs.length, seats.length),
      positions: theirs,
    };
  });
  members.sort((a, b) => b.seats - a.seats || (a.aura < b.aura ? -1 : 1));
  return { epoch, afterBlock, size: seats.length, members };
}

function readAuras(db: Database): Map<number, string> {
  const rows = db
    .query<{ id: number; aura: string }, []>(
      "SELECT id, '0x' || lower(hex(aura)) AS aura FROM authorities",
    )
    .all();
  return new Map(rows.map(({ id, aura }) => [id, aura]));
}
