// A keystore folder as a node leaves it: the file name holds the public key.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Candidate } from "./keys.ts";

const KEY_TYPES = { aura: "61757261", gran: "6772616e", crch: "63726368" } as const;

export async function writeKeystore(folder: string, candidate: Candidate): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const names = [
    KEY_TYPES.aura + candidate.auraHex.slice(2),
    KEY_TYPES.gran + candidate.granHex.slice(2),
    KEY_TYPES.crch + candidate.sidechainHex.slice(2),
  ];
  for (const name of names)
    await writeFile(join(folder, name), JSON.stringify(`//devnet//${candidate.index}`), {
      mode: 0o600,
    });
}
