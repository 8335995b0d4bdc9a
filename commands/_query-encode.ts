// Blocks as JSON and CSV, written out field by field: three times as fast as asking what each field is.
import { spellOut } from "../core/harmless.ts";
import type { BlockRecord } from "../core/queries/blocks.ts";
import { csvField } from "./_query-answer.ts";

function quoted(text: string | null): string {
  return text === null ? "null" : `"${text}"`;
}

/** Hex, times and our own words need no escaping; a label does, for JSON and for terminals. The order is that of the record. */
export function blockJson(block: BlockRecord): string {
  const label = block.label === null ? "null" : spellOut(JSON.stringify(block.label));
  return (
    `{"number":${block.number},"hash":"${block.hash}","parentHash":${quoted(block.parentHash)},` +
    `"slot":${block.slot},"epoch":${block.epoch},"mainchainEpoch":${block.mainchainEpoch},` +
    `"time":${quoted(block.time)},"authorAura":${quoted(block.authorAura)},` +
    `"authorSidechain":${quoted(block.authorSidechain)},"label":${label},"ours":${block.ours},` +
    `"attribution":"${block.attribution}","sealVerified":${block.sealVerified},` +
    `"canonical":${block.canonical},"finalized":${block.finalized},"extrinsics":${block.extrinsics}}`
  );
}

/** The order is that of BLOCK_FIELDS. */
export function blockCsv(block: BlockRecord): string {
  const label =
    block.label === null ? "" : csvField(block.label.split("\n").map(spellOut).join("\n"));
  return (
    `${block.number},${block.hash},${block.parentHash ?? ""},${block.slot},${block.epoch ?? ""},` +
    `${block.mainchainEpoch ?? ""},${block.time ?? ""},${block.authorAura ?? ""},` +
    `${block.authorSidechain ?? ""},${label},${block.ours},${block.attribution},` +
    `${block.sealVerified ?? ""},${block.canonical},${block.finalized},${block.extrinsics ?? ""}`
  );
}
