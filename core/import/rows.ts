// Rows of the Rust tool's tables, each taken for what it is worth.
import { clean } from "../harmless.ts";
import type { RustDatabase } from "./source.ts";

export interface RustBlock {
  number: number;
  hash: string;
  parentHash: string;
  slot: number;
  /** Of this chain; null in shapes that had none, 0 where it was never filled in. */
  epoch: number | null;
  /** Of Cardano, as it was when they synced the block. */
  mainchainEpoch: number | null;
  timestampMs: number | null;
  /** Sidechain key; null = they did not know. */
  author: string | null;
  extrinsics: number | null;
}

/** A row that cannot be a block. */
export interface Rejected {
  number: number | null;
  why: string;
}

export interface RustValidator {
  sidechain: string;
  aura: string | null;
  label: string | null;
  ours: boolean;
}

/** At six seconds each, in two hundred thousand years. */
const LAST_SLOT = 1_000_000_000_000;

/** By ascending number. */
export function* readRustBlocks({ db, columns }: RustDatabase): Generator<RustBlock | Rejected> {
  const known = columns("blocks");
  const column = (name: string): string => (known.has(name) ? name : "NULL");
  const rows = db
    .prepare<Record<string, unknown>, []>(
      `SELECT block_number AS number, block_hash AS hash, parent_hash AS parent, slot_number AS slot,
         ${column("sidechain_epoch")} AS epoch, ${column("epoch")} AS mainchain, ${column("timestamp")} AS seconds,
         ${column("author_key")} AS author, ${column("extrinsics_count")} AS extrinsics
       FROM blocks ORDER BY block_number`,
    )
    .iterate();
  for (const row of rows) yield parseBlock(row);
}

export function isRejected(row: RustBlock | Rejected): row is Rejected {
  return "why" in row;
}

function parseBlock(row: Record<string, unknown>): RustBlock | Rejected {
  const number = wholeNumber(row["number"]);
  if (number === null || number > 0xffff_ffff) return { number: null, why: "no block number" };
  const hash = parseKey(row["hash"], 32);
  const parentHash = parseKey(row["parent"], 32);
  const slot = wholeNumber(row["slot"]);
  if (hash === null) return { number, why: "its hash is no hash" };
  if (parentHash === null) return { number, why: "its parent hash is no hash" };
  // A digest they could not read became slot 0.
  if (slot === null || slot === 0) return { number, why: "it has no slot" };
  if (slot > LAST_SLOT) return { number, why: "its slot is beyond any" };
  const seconds = wholeNumber(row["seconds"]);
  return {
    number,
    hash,
    parentHash,
    slot,
    epoch: wholeNumber(row["epoch"]),
    mainchainEpoch: wholeNumber(row["mainchain"]),
    timestampMs: seconds === null ? null : seconds * 1000,
    author: parseKey(row["author"], 33),
    extrinsics: wholeNumber(row["extrinsics"]),
  };
}

/** Those with a sidechain key; later rows of the same key win. */
export function readRustValidators({ db, columns }: RustDatabase): RustValidator[] {
  const known = columns("validators");
  if (!known.has("sidechain_key")) return [];
  const column = (name: string): string => (known.has(name) ? name : "NULL");
  return db
    .prepare<Record<string, unknown>, []>(
      `SELECT sidechain_key AS sidechain, ${column("aura_key")} AS aura, ${column("label")} AS label,
         ${column("is_ours")} AS ours FROM validators ORDER BY rowid`,
    )
    .all()
    .flatMap((row) => {
      const sidechain = parseKey(row["sidechain"], 33);
      if (sidechain === null) return [];
      const label = labelOf(row["label"]);
      return {
        sidechain,
        aura: parseKey(row["aura"], 32),
        label,
        ours: row["ours"] === 1,
      };
    });
}

/** Validators whose counter of blocks is not the number of rows that name them; null where there is no counter. */
export function countDriftedTotals({ db, columns }: RustDatabase): number | null {
  if (!columns("validators").has("total_blocks") || !columns("blocks").has("author_key"))
    return null;
  const drifted = db
    .prepare<{ n: number }, []>(
      `WITH made AS (SELECT author_key AS key, count(*) AS n FROM blocks GROUP BY author_key)
       SELECT count(*) AS n FROM validators v LEFT JOIN made ON made.key = v.sidechain_key
       WHERE coalesce(v.total_blocks, 0) <> coalesce(made.n, 0)`,
    )
    .get();
  return drifted?.n ?? 0;
}

/** As long as one of the configuration may be: a name is shown beside others. */
const LONGEST_LABEL = 64;

function labelOf(value: unknown): string | null {
  const label = typeof value === "string" ? clean(value.trim()) : "";
  return label === ""
    ? null
    : Array.from(label.slice(0, 2 * LONGEST_LABEL))
        .slice(0, LONGEST_LABEL)
        .join("");
}

function wholeNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function parseKey(value: unknown, bytes: number): string | null {
  if (typeof value !== "string") return null;
  const hex = value.toLowerCase().replace(/^0x/, "");
  return hex.length === 2 * bytes && /^[0-9a-f]+$/.test(hex) ? `0x${hex}` : null;
}
