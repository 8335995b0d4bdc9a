// A change of the runtime that is decided and not yet in force, as the state has it.
import { parseHex } from "../parse.ts";
import type { Link } from "./link.ts";
import { ScaleReader } from "./scale.ts";

/** twox128("System") ‖ twox128("AuthorizedUpgrade"): a hash of code that anybody may now hand in. */
const AUTHORIZED = "0x26aa394eea5630e07c48ae0c9558cef72fa9f1bf25567808771bff091dc89ecd";
/** twox128("System") ‖ twox128("BlocksTillUpgrade"), of runtimes from 1.0 on: the code is in, and waits. */
const BLOCKS_LEFT = "0x26aa394eea5630e07c48ae0c9558cef780d91f7bae1e867e65b4dc9da051c4e2";

export interface PendingUpgrade {
  /** Of the authorized code, blake2b-256, 0x hex; null once it is handed in. */
  codeHash: string | null;
  /** Until it is in force; null where nobody has handed it in. */
  blocksLeft: number | null;
}

/**
 * Null: none is pending in the state of that block. Both items are the frame's own; a value of another shape than
 * Substrate's is a `bad-reply`, never a guess.
 */
export async function fetchPendingUpgrade(
  link: Link,
  hash: string,
): Promise<PendingUpgrade | null> {
  const [authorized, left] = await Promise.all([
    fetchStored(link, AUTHORIZED, hash),
    fetchStored(link, BLOCKS_LEFT, hash),
  ]);
  if (authorized === null && left === null) return null;
  return {
    codeHash: authorized === null ? null : decodeAuthorization(authorized),
    blocksLeft: left === null ? null : decodeBlocks(left),
  };
}

async function fetchStored(link: Link, key: string, hash: string): Promise<string | null> {
  const path = "state_getStorage";
  const value = await link.request(path, [key, hash]);
  return value === null ? null : parseHex(value, path);
}

function decodeAuthorization(hex: string): string {
  const reader = new ScaleReader(hex, "System.AuthorizedUpgrade");
  const codeHash = `0x${reader.hex(32)}`;
  reader.u8(); // whether its version is checked
  reader.end();
  return codeHash;
}

function decodeBlocks(hex: string): number {
  const reader = new ScaleReader(hex, "System.BlocksTillUpgrade");
  const blocks = reader.u8();
  reader.end();
  return blocks;
}
