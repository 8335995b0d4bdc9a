// A small database written through the real writer, and the same facts as plain lists to count by hand.
import { judge } from "../../core/attribution.ts";
import { writeCandidates, writeOurs } from "../../core/storage/authorities.ts";
import { bindConstants, bindToChain, writeMainchain } from "../../core/storage/meta.ts";
import { openWritable } from "../../core/storage/open.ts";
import type { Writer } from "../../core/storage/write.ts";
import { openWriter } from "../../core/storage/write.ts";
import { mainchainFromChainName } from "../../core/time.ts";
import type { JudgedBlock, Position } from "../../core/types.ts";
import { seeded } from "./seeded.ts";

export const CHAIN = { slotDurationMs: 6000, slotsPerEpoch: 20 };
export const NAME = "Midnight Preview";
export const GENESIS = hash("genesis");
const START_HASH = hash("parent of the first");
const START_SLOT = 297_000_003;
/** Deeper than any reorganisation here. */
const FINALITY_LAG = 5;

/** Seven keys on duty, of which the last owns few seats, and two candidates that never are. */
export const KEYS = Array.from({ length: 9 }, (_, i) => hash(`aura ${i}`));
export const ON_DUTY = 7;
export const OURS = KEYS[2] ?? "";
export const LABEL = "alice";
/** Every key has one but the first, whose owner no node could name. */
export function sidechainOf(aura: string): string | null {
  return aura === KEYS[0] ? null : `0x02${hash(`sidechain ${aura}`).slice(2)}`;
}

export interface PlainBlock {
  number: number;
  hash: string;
  parentHash: string;
  slot: number;
  author: string | null;
  /** The list in force when it was made; null = not known. */
  rota: readonly string[] | null;
  attribution: JudgedBlock["attribution"];
  seal: JudgedBlock["seal"];
  extrinsics: number | null;
}

export interface Fixture {
  file: string;
  firstNumber: number;
  startHash: string;
  startSlot: number;
  finalized: number;
  /** Canonical, by number. */
  blocks: PlainBlock[];
  orphans: PlainBlock[];
}

interface Made {
  judged: JudgedBlock;
  plain: PlainBlock;
}

/** Writes `count` blocks with missed slots, orphans, reorganisations and unknown authors at the start. */
export function writeFixture(file: string, count: number, firstNumber = 41): Fixture {
  // The same hashes whatever else this process wrote before.
  salt = 0;
  using writable = openWritable(file);
  const { db } = writable;
  bindToChain(db, { name: NAME, genesisHash: GENESIS, block1Hash: null });
  bindConstants(db, CHAIN);
  const mainchain = mainchainFromChainName(NAME);
  if (mainchain !== undefined) writeMainchain(db, mainchain);
  const writer = openWriter(db, CHAIN);
  writeIdentities(db);
  const start: Position = {
    number: firstNumber - 1,
    hash: START_HASH,
    slot: START_SLOT,
    authorities: null,
  };
  writer.start(start);
  const { blocks, orphans, finalized } = grow(writer, start, count);
  return {
    file,
    firstNumber,
    startHash: START_HASH,
    startSlot: START_SLOT,
    finalized,
    blocks,
    orphans,
  };
}

function writeIdentities(db: Parameters<typeof writeCandidates>[0]): void {
  const candidates = KEYS.map((aura, i) => ({
    aura,
    sidechain: sidechainOf(aura),
    grandpa: hash(`grandpa ${i}`),
    registration: i % 2 === 0 ? ("permissioned" as const) : ("registered" as const),
  }));
  writeCandidates(db, candidates);
  writeOurs(db, [{ aura: OURS, label: LABEL }]);
}

function grow(
  writer: Writer,
  start: Position,
  count: number,
): Pick<Fixture, "blocks" | "orphans" | "finalized"> {
  const random = seeded(7);
  const chain: Made[] = [];
  const orphans: PlainBlock[] = [];
  let finalized = start.number;
  const tip = (): Position => chain.at(-1)?.judged.position ?? start;

  while (chain.length < count) {
    const dice = random();
    if (dice < 0.06 && chain.length > 30) {
      const lost = chain.splice(-1 - Math.floor(random() * 3));
      orphans.push(...lost.map(({ plain }) => plain));
      const rewindTo = tip().number;
      for (let i = 0; i <= lost.length; i++) chain.push(make(tip(), random));
      writer.commit({
        rewindTo,
        blocks: chain.slice(-lost.length - 1).map(({ judged }) => judged),
      });
    } else {
      const before = tip();
      const next = make(before, random);
      const sibling = dice < 0.12 ? [make(before, random)] : [];
      orphans.push(...sibling.map(({ plain }) => plain));
      chain.push(next);
      writer.commit({ blocks: [next.judged], orphans: sibling.map(({ judged }) => judged) });
    }
    const final = chain.at(-1 - FINALITY_LAG)?.plain;
    if (final === undefined || final.number <= finalized) continue;
    finalized = final.number;
    writer.commit({ blocks: [], finalized: { number: final.number, hash: final.hash } });
  }
  return { blocks: chain.map(({ plain }) => plain), orphans, finalized };
}

let salt = 0;

function make(parent: Position, random: () => number): Made {
  const header = makeHeader(parent, random);
  const { number, hash: own, parentHash } = header;
  const { slot } = header.digest;
  const judged = judge(parent, { header, extrinsics: random() < 0.1 ? null : number % 5 });
  const rota = parent.authorities;
  const scheduled = rota?.[slot % rota.length] ?? null;
  const settled = scheduled === null ? settle(judged, random) : null;
  if (judged.author !== null) judged.seal = seal(random);
  const author = settled ?? scheduled;
  const how = settled === null ? "schedule" : "seal";
  const plain: PlainBlock = {
    number,
    hash: own,
    parentHash,
    slot,
    author,
    rota,
    attribution: author === null ? "unknown" : how,
    seal: judged.seal,
    extrinsics: judged.extrinsics,
  };
  return { judged, plain };
}

function makeHeader(parent: Position, random: () => number) {
  const number = parent.number + 1;
  const skipped = random() < 0.15 ? Math.floor(random() * 4) : 0;
  return {
    number,
    hash: hash(`block ${number} ${salt++}`),
    parentHash: parent.hash,
    digest: {
      engine: "aura" as const,
      slot: (parent.slot ?? 0) + 1 + skipped,
      authorityIndex: null,
      newAuthorities: number % 17 === 0 ? seats(random) : null,
      specVersion: number < 100 ? 1_000_000 : 1_001_000,
      seal: null,
    },
    preHash: () => new Uint8Array(32),
  };
}

/** Some of the first blocks are settled by their seal, as if it had been tried against the keys. */
function settle(judged: JudgedBlock, random: () => number): string | null {
  const author = random() < 0.4 ? (KEYS[judged.header.number % 3] ?? null) : null;
  if (author === null) return null;
  Object.assign(judged, { author, attribution: "seal" });
  return author;
}

function seal(random: () => number): JudgedBlock["seal"] {
  const dice = random();
  return dice < 0.5 ? "unchecked" : dice < 0.95 ? "verified" : "mismatch";
}

function seats(random: () => number): string[] {
  return Array.from(
    { length: 20 },
    () => KEYS[Math.floor(random() ** 1.5 * ON_DUTY)] ?? KEYS[0] ?? "",
  );
}

export interface Count {
  made: number[];
  missed: number[];
  orphaned: number[];
}

/** Slots by key ("unknown" for nobody's), newest last, counted one by one from the plain lists. */
export function countByHand({ blocks, orphans, startSlot }: Fixture): Map<string, Count> {
  const counts = new Map<string, Count>();
  function of(author: string | null): Count {
    const key = author ?? "unknown";
    const count = counts.get(key) ?? { made: [], missed: [], orphaned: [] };
    counts.set(key, count);
    return count;
  }
  let next = startSlot + 1;
  for (const { slot, author, rota } of blocks) {
    for (; next < slot; next++) of(rota?.[next % rota.length] ?? null).missed.push(next);
    of(author).made.push(slot);
    next = slot + 1;
  }
  for (const { slot, author } of orphans) of(author).orphaned.push(slot);
  return counts;
}

function hash(text: string): string {
  return `0x${new Bun.CryptoHasher("sha256").update(text).digest("hex")}`;
}
