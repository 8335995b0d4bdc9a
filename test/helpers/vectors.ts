// Headers and replies recorded from real chains. They lie beside the repository; without them their tests are skipped.
import { existsSync } from "node:fs";

import { join } from "pathe";

import { parseHeader } from "../../core/chain/header.ts";
import type { Header } from "../../core/types.ts";

const FOLDER = join(import.meta.dir, "../../../shared/vectors");

export const HAVE_VECTORS = existsSync(FOLDER);

if (!HAVE_VECTORS) {
  process.stderr.write(`recorded headers are not in ${FOLDER}: their tests are skipped\n`);
}

export interface RecordedHeader {
  hash: string;
  header: { number: string; parentHash: string; digest: { logs: string[] } };
  scale: string;
  preHash: string;
  slot: number;
  sealValidFor?: string;
}

export interface RecordedChain {
  genesisAuthorities: string[];
  genesis: { hash: string; header?: unknown };
  headers: RecordedHeader[];
}

/** A file as the shape the test expects; the tests compare what is in it, so a lie shows there. */
export async function readVectors<T>(name: string): Promise<T> {
  const value: unknown = await Bun.file(join(FOLDER, `${name}.json`)).json();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as T;
}

/** Metadata of a real runtime, as a node serves it, and the file it lies in. */
export async function readMetadata(version: string): Promise<{ file: string; hex: string }> {
  const file = join(FOLDER, `metadata/${version}.scale`);
  return { file, hex: `0x${(await Bun.file(file).bytes()).toHex()}` };
}

export function parseAll(chain: { headers: readonly RecordedHeader[] }): Header[] {
  return chain.headers.map(({ header }) => parseHeader(header, "recorded"));
}
