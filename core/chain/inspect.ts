// One block as the node has it, in words.
import { describeError, isCode, MonitorError } from "../errors.ts";
import type { DigestWords } from "./digest-words.ts";
import { describeLog } from "./digest-words.ts";
import type { Extrinsic } from "./extrinsics.ts";
import { fetchNamer } from "./extrinsics.ts";
import type { Link } from "./link.ts";
import type { WholeBlock } from "./rpc.ts";
import { fetchHash, fetchWholeBlock } from "./rpc.ts";
import { loadSealVerifier } from "./seal.ts";

export interface InspectedBlock {
  stateRoot: string;
  extrinsicsRoot: string;
  /** Runtime that built it, by its own digest. */
  specVersion: number | null;
  digest: DigestWords[];
  extrinsics: Extrinsic[];
  /** Why the calls have no names; null when they were looked up. */
  unnamed: string | null;
  /** Whether the seal fits the author, checked now; null = no author known. */
  sealFits: boolean | null;
}

/** @param author Aura key, 0x hex. Throws `discarded` when the node does not know the block. */
export async function inspectBlock(
  link: Link,
  hash: string,
  author: string | null,
): Promise<InspectedBlock> {
  const block = await fetchWholeBlock(link, hash);
  const fits = author === null ? null : (await loadSealVerifier())(block.header, author);
  return {
    stateRoot: block.stateRoot,
    extrinsicsRoot: block.extrinsicsRoot,
    specVersion: block.header.digest.specVersion,
    digest: block.logs.map(describeLog),
    ...(await nameExtrinsics(link, block)),
    sealFits: fits,
  };
}

async function nameExtrinsics(
  link: Link,
  block: WholeBlock,
): Promise<Pick<InspectedBlock, "extrinsics" | "unnamed">> {
  try {
    const genesis = await fetchHash(link, 0);
    const namer = await fetchNamer(link, block, genesis ?? "");
    if (namer !== null) return { extrinsics: namer(block.extrinsics), unnamed: null };
    return {
      extrinsics: unnamed(block),
      unnamed: "the state that held its runtime's metadata is pruned",
    };
  } catch (error) {
    if (!(error instanceof MonitorError) || isCode(error, "stopped")) throw error;
    return { extrinsics: unnamed(block), unnamed: describeError(error) };
  }
}

function unnamed({ extrinsics }: WholeBlock): Extrinsic[] {
  return extrinsics.map((hex, index) => ({
    index,
    bytes: (hex.length - 2) / 2,
    kind: null,
    pallet: null,
    call: null,
    args: null,
  }));
}
