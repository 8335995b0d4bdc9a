// Everything known about one block.
import type { BlockRecord } from "../../core/queries/blocks.ts";
import { epochOf, slotTimeMs } from "../../core/time.ts";
import type { ChainConstants } from "../../core/types.ts";
import type { InspectFacts, TimelineRow } from "../../core/view/messages.ts";
import type { Span } from "../painter.ts";
import { formatNumber } from "../text.ts";

type Call = NonNullable<InspectFacts["found"]>["extrinsics"][number];

const ATTRIBUTIONS: Record<BlockRecord["attribution"], string> = {
  unknown: "the author is not known",
  schedule: "by slot and the parent's committee",
  seal: "by the seal: a known key fits it",
};

/** What a node alone shows of a block; null for a slot without one. */
export function recordOf(row: TimelineRow, constants: ChainConstants | null): BlockRecord | null {
  const { number, hash, slot, author, label, ours, finalized, seal, extrinsics } = row;
  if (number === null || hash === null) return null;
  return {
    ...{ number, hash, slot, label, ours, finalized, extrinsics, parentHash: null },
    ...{ authorAura: author, authorSidechain: null, sealVerified: seal, mainchainEpoch: null },
    attribution: author === null ? "unknown" : "schedule",
    canonical: row.kind === "block",
    epoch: constants === null ? null : epochOf(slot, constants),
    time: constants === null ? null : new Date(slotTimeMs(slot, constants)).toISOString(),
  };
}

export function blockLines(block: BlockRecord | null, inspected: InspectFacts | null): Span[][] {
  if (block === null) return [[["No such block is stored.", "warn"]]];
  const line = (name: string, ...value: Span[]): Span[] => [[name.padEnd(17), "muted"], ...value];
  const time = block.time === null ? "?" : `${block.time.slice(0, 19).replace("T", " ")} UTC`;
  return [
    line("Hash", [block.hash]),
    line("Parent", [block.parentHash ?? "? the block before is not stored"]),
    line(
      "Chain",
      block.canonical ? ["canonical"] : ["○ orphaned: it lost against another", "warn"],
    ),
    line("Finalized", block.finalized ? ["✓ yes", "ok"] : ["not yet", "muted"]),
    line("Slot", [String(block.slot)]),
    line("Time", [time]),
    line("Epoch", [formatNumber(block.epoch), "epoch"]),
    line("Cardano epoch", [formatNumber(block.mainchainEpoch), "epoch"]),
    line("Author", ...authorOf(block)),
    line("Cross-chain key", [block.authorSidechain ?? "? not known"]),
    line("How known", [ATTRIBUTIONS[block.attribution]]),
    line("Seal", sealOf(block)),
    line("Extrinsics", [block.extrinsics === null ? "? body not seen" : `${block.extrinsics}`]),
    ...nodeLines(inspected?.hash === block.hash ? inspected : null),
  ];
}

/** @param told null = not answered yet */
function nodeLines(told: InspectFacts | null): Span[][] {
  if (told === null) return [[["Node             asking …", "muted"]]];
  const line = (name: string, ...value: Span[]): Span[] => [[name.padEnd(17), "muted"], ...value];
  const { found } = told;
  if (found === null) return [line("Node", [`? ${told.missing}`, "muted"])];
  const unnamed: Span = [found.unnamed === null ? "" : `without names: ${found.unnamed}`, "warn"];
  return [
    line("State root", [found.stateRoot]),
    line("Extrinsics root", [found.extrinsicsRoot]),
    line("Runtime", [formatNumber(found.specVersion), "epoch"]),
    [],
    [["Calls  ", "title"], unnamed],
    ...found.extrinsics.map(callLine),
  ];
}

function callLine({ index, pallet, call, kind, bytes }: Call): Span[] {
  const name = pallet === null || call === null ? "? unknown" : `${pallet}.${call}`;
  return [
    [`#${index}`.padEnd(5), "muted"],
    [name.padEnd(44)],
    [` ${(kind ?? "?").padEnd(8)}${bytes} bytes`, "muted"],
  ];
}

function authorOf({ authorAura, label, ours }: BlockRecord): Span[] {
  if (authorAura === null) return [["? unknown", "muted"]];
  const name: Span[] = label === null ? [] : [[`${label} `, "ours"]];
  return [
    ...(ours ? [["★ ", "ours"] as const] : []),
    ...name,
    [authorAura, ours ? "ours" : "text"],
  ];
}

function sealOf({ sealVerified }: BlockRecord): Span {
  if (sealVerified === null) return ["not checked", "muted"];
  return sealVerified ? ["✓ verified", "ok"] : ["✗ does not fit the author", "bad"];
}
