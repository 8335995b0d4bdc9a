import { connect } from "../../core/chain/connect.ts";
// Metadata of a real runtime with some bytes changed, through the library that decodes it, and bodies through what comes of it.
import { fetchNamer } from "../../core/chain/extrinsics.ts";
import type { Link } from "../../core/chain/link.ts";
import type { WholeBlock } from "../../core/chain/rpc.ts";
import { fetchWholeBlock } from "../../core/chain/rpc.ts";
import { MonitorError } from "../../core/errors.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { seeded } from "../helpers/seeded.ts";
import { HAVE_VECTORS, readMetadata } from "../helpers/vectors.ts";
import type { Random } from "./mutate.ts";
import { pick } from "./mutate.ts";

const SLOWEST_MS = 1000;
/** Most of what decides how the rest is read stands at the beginning. */
const HEAD_SHARE = 0.02;

export interface MetadataRun {
  cases: number;
  /** Decoded, and the body named by it or left unnamed. */
  decoded: number;
  refused: number;
  crashes: string[];
  slowestMs: number;
}

function spoil(hex: string, random: Random): string {
  let spoilt = hex;
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    const share = random() < 0.5 ? HEAD_SHARE : 1;
    const at = 2 + 2 * Math.floor(((spoilt.length - 2) / 2) * random() * share);
    const byte = pick(random, ["ff", "00", "03", "fe", "7f"]);
    const rest = spoilt.slice(at + 2);
    spoilt = spoilt.slice(0, at) + pick(random, [byte + rest, byte + rest, rest, ""]);
  }
  return spoilt;
}

async function blockOf(metadataFile: string): Promise<WholeBlock> {
  const devnet = await startDevnet({
    ...{ history: 10, validators: 3, permissioned: 1, seats: 3, metadataFile },
  });
  const link = await connect(devnet.url);
  const block = await fetchWholeBlock(link, devnet.truth().blocks[9]?.hash ?? "");
  link.close();
  await devnet.stop();
  return block;
}

/** Null where no metadata is recorded beside the repository. */
export async function runMetadataLayer(cases: number, seed: number): Promise<MetadataRun | null> {
  if (!HAVE_VECTORS) return null;
  const { file, hex } = await readMetadata("1.0.0");
  const block = await blockOf(file);
  const random = seeded(seed);
  const run: MetadataRun = { cases, decoded: 0, refused: 0, crashes: [], slowestMs: 0 };
  for (let i = 0; i < cases; i++) {
    const spoilt = spoil(hex, random);
    const version = { specVersion: block.header.digest.specVersion, apis: [] };
    const link: Link = {
      ...{ url: "replayed", transport: "http", batch: async () => [] },
      request: async (method) => (method === "state_getMetadata" ? spoilt : version),
      closed: Promise.withResolvers<MonitorError>().promise,
      close: () => undefined,
    };
    const startedAt = performance.now();
    try {
      // Another chain each time: namers are kept by chain and runtime.
      const namer = await fetchNamer(link, block, `chain ${seed} ${i}`);
      const named = namer?.(block.extrinsics).length;
      if (named !== block.extrinsics.length) run.crashes.push(`case ${i}: ${named} named`);
      run.decoded++;
    } catch (error) {
      if (error instanceof MonitorError) run.refused++;
      else run.crashes.push(`case ${i}: ${String(error)}`);
    }
    const tookMs = performance.now() - startedAt;
    run.slowestMs = Math.max(run.slowestMs, tookMs);
    if (tookMs > SLOWEST_MS) run.crashes.push(`case ${i} took ${tookMs} ms`);
  }
  return run;
}
