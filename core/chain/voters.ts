// Who votes: a runtime call in the best block's state.
import type { Link } from "./link.ts";
import { callRuntime } from "./rpc.ts";
import { readKeys, ScaleReader } from "./scale.ts";

/** GRANDPA keys that vote on what follows the best block; 0x hex. */
export async function fetchVoters(link: Link, hash?: string): Promise<string[]> {
  const name = "GrandpaApi_grandpa_authorities";
  const reader = new ScaleReader(await callRuntime(link, name, hash), name);
  const voters = readKeys(reader, 8); // each with its weight
  reader.end();
  return voters;
}
