// What the file knows about its chain: identity and constants.
import type { Database } from "bun:sqlite";

import { MonitorError } from "../errors.ts";
import type { ChainConstants, ChainIdentity, MainchainParams } from "../types.ts";

/** Set once the chain's list of candidates was stored. */
export const CANDIDATES_LISTED = "candidates_listed";

export function readMeta(db: Database, key: string): string | null {
  const row = db
    .prepare<{ value: string }, [string]>("SELECT value FROM meta WHERE key = ?")
    .get(key);
  return row?.value ?? null;
}

export function writeMeta(db: Database, key: string, value: string): void {
  db.prepare("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value").run(
    key,
    value,
  );
}

export function readIdentity(db: Database): ChainIdentity | null {
  const genesisHash = readMeta(db, "genesis_hash");
  if (genesisHash === null) return null;
  return {
    genesisHash,
    name: readMeta(db, "chain_name") ?? "unknown",
    block1Hash: readMeta(db, "block1_hash"),
  };
}

/** In words why a chain is not the one a file is bound to; null = it is, as far as both are known. */
export function describeDifference(bound: ChainIdentity, chain: ChainIdentity): string | null {
  const isReset =
    bound.block1Hash !== null && chain.block1Hash !== null && bound.block1Hash !== chain.block1Hash;
  const isOther = bound.genesisHash !== chain.genesisHash;
  if (!isOther && !isReset) return null;
  const which = isOther ? `(genesis ${chain.genesisHash})` : "restarted from the same genesis";
  return `the database holds ${bound.name} (genesis ${bound.genesisHash}), the node serves ${chain.name} ${which}`;
}

/** Binds the file to a chain, or refuses one it is not bound to. Throws `wrong-chain`. */
export function bindToChain(db: Database, chain: ChainIdentity): void {
  const bound = readIdentity(db);
  const difference = bound === null ? null : describeDifference(bound, chain);
  if (difference !== null) {
    throw new MonitorError("wrong-chain", difference, {
      hint: "check the node's address, or name another file with --db-path",
    });
  }
  db.transaction(() => {
    writeMeta(db, "genesis_hash", chain.genesisHash);
    writeMeta(db, "chain_name", chain.name);
    if (chain.block1Hash !== null) writeMeta(db, "block1_hash", chain.block1Hash);
  })();
}

export function readConstants(db: Database): ChainConstants | null {
  const slotDurationMs = readMeta(db, "slot_duration_ms");
  const slotsPerEpoch = readMeta(db, "slots_per_epoch");
  if (slotDurationMs === null || slotsPerEpoch === null) return null;
  return { slotDurationMs: Number(slotDurationMs), slotsPerEpoch: Number(slotsPerEpoch) };
}

/** Stores the constants once. A chain may not change them while running, so a change is refused. */
export function bindConstants(db: Database, constants: ChainConstants): void {
  const bound = readConstants(db);
  if (bound !== null && !Bun.deepEquals(bound, constants)) {
    throw new MonitorError(
      "wrong-chain",
      `the chain's epochs changed from ${bound.slotsPerEpoch} slots of ${bound.slotDurationMs} ms to ` +
        `${constants.slotsPerEpoch} of ${constants.slotDurationMs} ms`,
      { hint: "epochs already stored would be renumbered: start a new database with --db-path" },
    );
  }
  db.transaction(() => {
    writeMeta(db, "slot_duration_ms", String(constants.slotDurationMs));
    writeMeta(db, "slots_per_epoch", String(constants.slotsPerEpoch));
  })();
}

export function readMainchain(db: Database): MainchainParams | null {
  const text = readMeta(db, "mainchain");
  // Written by writeMainchain alone.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return text === null ? null : (JSON.parse(text) as MainchainParams);
}

export function writeMainchain(db: Database, params: MainchainParams): void {
  writeMeta(db, "mainchain", JSON.stringify(params));
}
