// Who sits when: a seat list drawn from the candidates the way Ariadne does it.
import type { Candidate } from "./keys.ts";
import { type Sequence, sequence } from "./random.ts";
import { compact, toHex, u32, u64, vecOf } from "./scale.ts";

export interface Committee {
  /** Candidate index per seat; slot s belongs to seats[s % seats.length]. */
  seats: readonly number[];
  /** Compact(n) and n aura keys. */
  authorities: Buffer;
  /** Compact(n) and n (grandpa key, weight 1). */
  voters: Buffer;
  /** The two consensus logs a rotation to this committee leaves in the header. */
  logs: readonly [aura: string, grandpa: string];
}

export interface DParameter {
  permissioned: number;
  registered: number;
}

export function dParameter(seats: number): DParameter {
  const permissioned = Math.max(1, Math.round(seats / 5));
  return { permissioned, registered: seats - permissioned };
}

function consensusLog(engine: string, payload: Buffer): string {
  return toHex(
    Buffer.concat([Buffer.from([4]), Buffer.from(engine), compact(payload.length), payload]),
  );
}

function seatCommittee(candidates: readonly Candidate[], seats: readonly number[]): Committee {
  const seated = seats.map((index) => {
    const candidate = candidates[index];
    if (!candidate) throw new Error(`devnet: no candidate ${index}`);
    return candidate;
  });
  const authorities = vecOf(seated.map((c) => c.auraPair.publicKey));
  const weight = u64(1);
  const voters = vecOf(seated.map((c) => Buffer.concat([c.gran, weight])));
  const tag = Buffer.from([1]);
  return {
    seats,
    authorities,
    voters,
    logs: [
      consensusLog("aura", Buffer.concat([tag, authorities])),
      consensusLog("FRNK", Buffer.concat([tag, voters, u32(0)])),
    ],
  };
}

export function genesisCommittee(candidates: readonly Candidate[]): Committee {
  const permissioned = candidates.filter((c) => c.permissioned);
  const first = permissioned.length > 0 ? permissioned : candidates.filter((c) => c.valid);
  return seatCommittee(
    candidates,
    first.map((c) => c.index),
  );
}

/** Guaranteed seats by whole shares, the rest by chance over the remainders. */
function fillSeats(
  pool: readonly [index: number, weight: number][],
  count: number,
  luck: Sequence,
) {
  const total = pool.reduce((sum, [, weight]) => sum + weight, 0);
  const seats: number[] = [];
  const remainders = pool.map(([index, weight]) => {
    const share = (weight / total) * count;
    for (let i = 0; i < Math.floor(share + 1e-9); i++) seats.push(index);
    return Math.max(0, share - Math.floor(share + 1e-9));
  });
  const rest = remainders.reduce((sum, r) => sum + r, 0);
  while (seats.length < count) {
    let at = (luck.uint32() / 0x1_0000_0000) * rest;
    let chosen = remainders.findIndex((r) => (at -= r) < 0);
    if (chosen < 0) chosen = 0;
    seats.push(pool[chosen]?.[0] ?? 0);
  }
  return seats;
}

/** The same for (seed, epoch) wherever it is asked, so both sides of a fork agree. */
export function drawCommittee(
  candidates: readonly Candidate[],
  seed: string,
  seatCount: number,
  epoch: number,
  mayBeSeated: (candidate: Candidate) => boolean = (candidate) => candidate.valid,
): Committee {
  const luck = sequence(`${seed}|committee|${epoch}`);
  const valid = candidates.filter(mayBeSeated);
  const permissioned = valid
    .filter((c) => c.permissioned)
    .map((c): [number, number] => [c.index, 1]);
  const registered = valid
    .filter((c) => !c.permissioned)
    .map((c): [number, number] => [c.index, c.stake]);
  const wanted = dParameter(seatCount);
  // An empty class leaves all its seats to the other.
  const forPermissioned =
    registered.length === 0 ? seatCount : permissioned.length === 0 ? 0 : wanted.permissioned;
  const seats = [
    ...(forPermissioned > 0 ? fillSeats(permissioned, forPermissioned, luck) : []),
    ...(seatCount > forPermissioned
      ? fillSeats(registered, seatCount - forPermissioned, luck)
      : []),
  ];
  for (let i = seats.length - 1; i > 0; i--) {
    const j = luck.below(i + 1);
    const [a, b] = [seats[i] ?? 0, seats[j] ?? 0];
    seats[i] = b;
    seats[j] = a;
  }
  return seatCommittee(candidates, seats);
}
