// A database for the dashboard, written by the real writer, the same bytes each time; and news of a node.
import type { Database } from "bun:sqlite";

import { judge } from "../../core/attribution.ts";
import type { Check } from "../../core/health/report.ts";
import type { AlertRow } from "../../core/storage/alerts.ts";
import { writeAlerts } from "../../core/storage/alerts.ts";
import { writeCandidates, writeOurs } from "../../core/storage/authorities.ts";
import { encodeSeats } from "../../core/storage/codes.ts";
import { bindConstants, bindToChain, writeMainchain } from "../../core/storage/meta.ts";
import { openWritable } from "../../core/storage/open.ts";
import { writeRecords } from "../../core/storage/records.ts";
import type { Writer } from "../../core/storage/write.ts";
import { openWriter } from "../../core/storage/write.ts";
import { mainchainFromChainName, slotTimeMs } from "../../core/time.ts";
import type { JudgedBlock, Position } from "../../core/types.ts";
import type { HealthTold, NodeFacts } from "../../core/view/messages.ts";
import { seeded } from "./seeded.ts";

export const CHAIN = { slotDurationMs: 6000, slotsPerEpoch: 100 };
const NAME = "Midnight Preview";
const FIRST_SLOT = 294_758_000;
const FINALITY_LAG = 2;

export interface ViewFixture {
  file: string;
  /** All of them, the first ones ours. */
  keys: readonly string[];
  tip: Position;
  /** A moment of the last slot. */
  nowMs: number;
}

export interface FixtureOptions {
  blocks: number;
  validators?: number;
  ours?: number;
  /** With forks, alerts, records and key changes. */
  events?: boolean;
}

export function writeViewFixture(file: string, options: FixtureOptions): ViewFixture {
  const { blocks, validators = 40, ours = 1, events = true } = options;
  using writable = openWritable(file);
  const { db } = writable;
  const keys = Array.from({ length: validators }, (_, i) => hash(`aura ${i}`));
  bindToChain(db, { name: NAME, genesisHash: hash("genesis"), block1Hash: null });
  bindConstants(db, CHAIN);
  const mainchain = mainchainFromChainName(NAME);
  if (mainchain !== undefined) writeMainchain(db, mainchain);
  writeIdentities(db, keys, ours);
  const writer = openWriter(db, CHAIN);
  const start = { number: 0, hash: hash("genesis"), slot: null, authorities: seatsAt(keys, 0) };
  writer.start(start);
  const tip = grow(writer, start, keys, blocks, events);
  if (events) writeEvents(db, writer, keys, tip);
  return { file, keys, tip, nowMs: slotTimeMs(tip.slot ?? 0, CHAIN) + 4000 };
}

/** One more block on a tip, as a daemon would write it. */
export function addBlock(writer: Writer, tip: Position, skipped = 0): Position {
  const block = makeBlock(tip, (tip.slot ?? FIRST_SLOT) + 1 + skipped, "main", null);
  writer.commit({ blocks: [block] });
  return block.position;
}

function writeIdentities(db: Database, keys: readonly string[], ours: number): void {
  writeCandidates(
    db,
    keys.map((aura, i) => ({
      aura,
      sidechain: `0x02${hash(`sidechain ${i}`).slice(2)}`,
      grandpa: hash(`grandpa ${i}`),
      registration: i % 3 === 0 ? ("permissioned" as const) : ("registered" as const),
    })),
  );
  const labels = ["MyValidator", "Ñandú-2", "backup"];
  writeOurs(
    db,
    keys.slice(0, ours).map((aura, i) => ({ aura, label: labels[i] ?? null })),
  );
}

function grow(
  writer: Writer,
  start: Position,
  keys: readonly string[],
  count: number,
  events: boolean,
): Position {
  const random = seeded(11);
  let tip = start;
  let batch: JudgedBlock[] = [];
  let orphans: JudgedBlock[] = [];
  while (tip.number < count) {
    const dice = random();
    const skipped = dice < 0.05 ? 1 + Math.floor(dice * 60) : 0;
    const slot = tip.slot === null ? FIRST_SLOT : tip.slot + 1 + skipped;
    const epoch = Math.floor(slot / CHAIN.slotsPerEpoch);
    const isRotation = epoch !== Math.floor((tip.slot ?? FIRST_SLOT) / CHAIN.slotsPerEpoch);
    if (events && skipped > 0 && dice < 0.02) orphans.push(makeBlock(tip, slot - 1, "lost", null));
    const block = makeBlock(tip, slot, "main", isRotation ? seatsAt(keys, epoch) : null);
    batch.push(block);
    tip = block.position;
    if (batch.length < 1000 && tip.number < count) continue;
    writer.commit({ blocks: batch, orphans, finalized: batch.at(-1 - FINALITY_LAG)?.header });
    batch = [];
    orphans = [];
  }
  return tip;
}

function makeBlock(
  parent: Position,
  slot: number,
  branch: string,
  list: readonly string[] | null,
): JudgedBlock {
  const number = parent.number + 1;
  const block = judge(parent, {
    header: {
      number,
      hash: hash(`${branch} ${number}`),
      parentHash: parent.hash,
      digest: {
        ...{ engine: "aura", slot, authorityIndex: null, newAuthorities: list },
        ...{ specVersion: 1_000_000, seal: null },
      },
      preHash: () => new Uint8Array(32),
    },
    extrinsics: 3 + (number % 4),
  });
  return { ...block, seal: number % 7 === 0 ? "unchecked" : "verified" };
}

/** Early ones have more seats than late ones. */
function seatsAt(keys: readonly string[], epoch: number): string[] {
  const random = seeded(epoch + 1);
  return Array.from(
    { length: CHAIN.slotsPerEpoch },
    () => keys[Math.floor(random() ** 1.4 * keys.length)] ?? "",
  );
}

function writeEvents(db: Database, writer: Writer, keys: readonly string[], tip: Position): void {
  const epoch = Math.floor((tip.slot ?? 0) / CHAIN.slotsPerEpoch);
  const next = encodeSeats(seatsAt(keys, epoch + 1).map(writer.dictionary.idOf));
  const at = slotTimeMs(tip.slot ?? 0, CHAIN);
  db.prepare("INSERT INTO upcoming VALUES (?, ?, ?)").run(epoch + 1, next, at);
  const levels = ["info", "info", "warn", "debug", "error"] as const;
  const records = Array.from({ length: 60 }, (_, i) => ({
    ...{ atMs: at - (60 - i) * 30_000, level: levels[i % levels.length] ?? "info" },
    ...{ message: `message ${i} of the daemon`, fields: { block: i } },
  }));
  writeRecords(db, records);
  const raise = { action: "raise" as const, subject: "", details: "{}", once: null };
  const down = { ...raise, kind: "node-down", severity: "critical" };
  const missed = { ...raise, kind: "missed", subject: "MyValidator", severity: "warning" };
  const alerts: AlertRow[] = [
    { ...down, atMs: at - 7_200_000, message: "the node did not answer for 2 min" },
    { ...down, action: "recover", atMs: at - 7_000_000, message: "the node answers again" },
    { ...missed, atMs: at - 300_000, message: "missed slot 294758990" },
  ];
  writeAlerts(db, alerts, "{}", () => []);
  db.prepare(
    `INSERT INTO key_changes (seen_at_ms, at_block, source, validator, kind, before, after)
    VALUES (?, ?, 'chain', ?, 'aura', ?, ?)`,
  ).run(
    ...[at - 86_400_000, 10, `0x02${hash("sidechain 0").slice(2)}`],
    ...[hash("an older key"), keys[0] ?? ""],
  );
}

/** A healthy node at this tip. */
export function nodeAt({ tip, nowMs }: ViewFixture): NodeFacts {
  const { number, slot } = tip;
  return {
    ...{ url: "ws://localhost:9944", state: "up", failure: null, heardAtMs: nowMs - 1000 },
    ...{ chain: NAME, version: "1.0.2-abcdef", transport: "websocket", constants: CHAIN },
    ...{ best: { number, slot: slot ?? 0 }, finalized: number - FINALITY_LAG },
    ...{
      mainchain: null,
      peers: 3,
      syncing: false,
      highest: number,
      recent: [],
      peersBest: number,
    },
    peerList: [
      {
        id: "12D3KooWAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        roles: "AUTHORITY",
        best: number,
        ...{ direction: "in" as const, address: "/ip4/192.0.2.1/tcp/30333" },
      },
      {
        id: "12D3KooWBbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        roles: "FULL",
        best: number - 40,
        ...{ direction: "out" as const, address: "/ip4/192.0.2.2/tcp/30333" },
      },
      {
        id: "12D3KooWCccccccccccccccccccccccccccccccccccccccccccccc",
        ...{ roles: "FULL", best: null, direction: null, address: null },
      },
    ],
  };
}

const CHECKS: Check[] = [
  check("node.reachable", null, "ok", "answers in 4 ms"),
  check("node.peers", null, "warning", "3 peers, fewer than 8"),
  check("validator.keystore", "MyValidator", "ok", "three keys in the keystore"),
  check("validator.loaded", "MyValidator", "ok", "the node holds the keys"),
  check("validator.grandpa", "MyValidator", "unknown", "hidden by safe RPC"),
];

function check(
  name: Check["name"],
  subject: string | null,
  verdict: Check["verdict"],
  message: string,
): Check {
  return { name, subject, verdict, message, value: null, unit: null, hint: null };
}

/** A look at the first of ours just now: one key not loaded, its votes hidden. */
export function healthAt({ keys, tip, nowMs }: ViewFixture): HealthTold {
  const key = { held: true, loaded: true, registered: true, seated: true, stale: false };
  const names = { aura: keys[0] ?? "", grandpa: hash("grandpa 0") };
  const unknown = { best: null, target: null, proposed: null, specVersion: null };
  return {
    atMs: nowMs - 2000,
    checks: CHECKS,
    facts: {
      node: {
        ...{ url: "ws://localhost:9944", chain: NAME, version: "1.0.2-abcdef", latencyMs: 4 },
        ...{ transport: "websocket", peers: 3, syncing: false, finalized: null, ...unknown },
      },
      machine: {
        ...{ peerId: "12D3KooWQnRm5xLqN2bXv7yT9uJkPzDcF3sAeHg8MwVoUi4rLtYb", poolReady: 2 },
        ...{ address: "203.0.113.7:30333", peersIn: 1, peersOut: 2, load: 0.42 },
        startedAt: new Date(nowMs - 3 * 86_400_000 - 4 * 3_600_000).toISOString(),
        ...{ bytesIn: 48_123_456_789, bytesOut: 51_987_654_321 },
        ...{ memoryUsedPercent: 64, diskFreePercent: 31 },
      },
      sidechain: { epoch: null, slot: tip.slot },
      mainchain: { epoch: null, slot: null },
      database: {
        ...{ path: "mvm.db", first: 1, last: tip.number, lastTime: null },
        ...{ finalized: null, bytes: null },
      },
      validators: [
        {
          ...{ id: "MyValidator", label: "MyValidator", keystore: "/keystore", keysProblem: null },
          keys: [
            { ...key, kind: "aura", key: names.aura, marked: true },
            { ...key, kind: "grandpa", key: names.grandpa, loaded: false, marked: null },
          ],
          ...{ registration: "registered", registrationReason: null, eligibleFrom: null },
          ...{ stake: null, seats: 4, seatsTotal: 100, nextSeats: 5, nextSeatsTotal: 100 },
          ...{ turns: 4, made: 2, missed: 0, orphaned: 0, total: null, lastBlock: null },
          ...{ nextSlot: null, nextSlotTime: null, voting: null },
        },
      ],
    },
  };
}

function hash(text: string): string {
  return `0x${new Bun.CryptoHasher("sha256").update(text).digest("hex")}`;
}
