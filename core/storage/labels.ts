// Names of other validators. Ours have the operator's own, which these never touch.
import type { Database } from "bun:sqlite";

import { toHex } from "./codes.ts";

interface Row {
  id: number;
  sidechain: Uint8Array | null;
  label: string | null;
}

/** Names these validators, by sidechain key (0x hex); returns how many rows changed. Others keep their names. */
export function writeLabels(db: Database, labels: ReadonlyMap<string, string>): number {
  const select = db.prepare<Row, []>("SELECT id, sidechain, label FROM authorities WHERE ours = 0");
  const update = db.prepare("UPDATE authorities SET label = ? WHERE id = ?");
  return db.transaction(() => {
    let changes = 0;
    for (const { id, sidechain, label } of select.all()) {
      const wanted = sidechain === null ? undefined : labels.get(toHex(sidechain));
      // A name that came from elsewhere, from an import for one, stays.
      if (wanted === undefined || wanted === label) continue;
      update.run(wanted, id);
      changes += 1;
    }
    return changes;
  })();
}
