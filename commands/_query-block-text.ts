// One block as text.
import type { DigestWords } from "../core/chain/digest-words.ts";
import type { Extrinsic } from "../core/chain/extrinsics.ts";
import type { InspectedBlock } from "../core/chain/inspect.ts";
import type { BlockDetails } from "../core/queries/block.ts";
import type { Column, Screen } from "./_output.ts";
import { formatKey, formatPairs, formatTable, formatTime } from "./_output.ts";
import { blockColumns, missedColumns } from "./_query-tables.ts";

export interface BlockAnswer extends BlockDetails {
  /** What the node adds; null when it was not asked, away, or does not know the block. */
  node: InspectedBlock | null;
  /** Why there is nothing from the node. */
  nodeMissing: string | null;
}

export function formatBlock(answer: BlockAnswer, screen: Screen): string {
  return [header(answer, screen), ...sections(answer, screen)].join("\n\n");
}

function header(answer: BlockAnswer, screen: Screen): string {
  const { number, slot, epoch, time, node } = answer;
  return formatPairs(
    [
      ["block", String(number)],
      ["lost", answer.canonical ? null : "yes: not on the canonical chain"],
      ["hash", answer.hash],
      ["parent", known(answer.parentHash)],
      ["state root", node?.stateRoot ?? null],
      ["extrinsics root", node?.extrinsicsRoot ?? null],
      ["slot", `${slot}, epoch ${known(epoch)}`],
      ["time (UTC)", formatTime(time) || "unknown"],
      ["author", describeAuthor(answer)],
      ["seat", describeSeat(answer)],
      ["known by", answer.attribution],
      ["seal", describeSeal(answer)],
      ["runtime", known(node?.specVersion ?? answer.specVersion)],
      ["final", answer.finalized ? "yes" : "no"],
      ["missed before", String(answer.missedBefore)],
      ["extrinsics", known(node?.extrinsics.length ?? answer.extrinsics)],
      ["node", answer.nodeMissing],
    ],
    screen,
  );
}

function describeAuthor({ authorAura, label }: BlockAnswer): string {
  return authorAura === null ? "unknown" : `${authorAura}${label === null ? "" : `, ${label}`}`;
}

function known(value: number | string | null): string {
  return value === null ? "unknown" : String(value);
}

function describeSeat({ seat, committeeSize }: BlockAnswer): string {
  return seat === null ? "unknown" : `${seat} of ${committeeSize}`;
}

function describeSeal({ sealVerified, node }: BlockAnswer): string {
  const fits = node?.sealFits ?? null;
  if (fits !== null) return fits ? "fits the author, checked now" : "does NOT fit the author";
  if (sealVerified === null) return "not checked";
  return sealVerified ? "fits the author" : "fits no known key";
}

function sections({ node, missed, rivals }: BlockAnswer, screen: Screen): string[] {
  const all: string[] = [];
  if (node !== null) {
    all.push(`digest\n${formatTable(node.digest, digestColumns(screen), screen)}`);
    const why = node.unnamed === null ? "" : ` (without names: ${node.unnamed})`;
    all.push(`extrinsics${why}\n${formatTable(node.extrinsics, callColumns(screen), screen)}`);
  }
  if (missed.length > 0) {
    all.push(`missed before\n${formatTable(missed, missedColumns(screen), screen)}`);
  }
  if (rivals.length > 0) {
    all.push(`others of this height\n${formatTable(rivals, blockColumns(screen), screen)}`);
  }
  return all;
}

function digestColumns(screen: Screen): Column<DigestWords>[] {
  return [
    { title: "kind", cell: (log) => log.kind },
    { title: "engine", cell: (log) => log.engine ?? "" },
    { title: "says", cell: (log) => shortenHex(log.words, screen) },
    { title: "bytes", right: true, cell: (log) => String(log.bytes) },
  ];
}

function callColumns(screen: Screen): Column<Extrinsic>[] {
  return [
    { title: "#", right: true, cell: (each) => String(each.index) },
    {
      title: "call",
      cell: ({ pallet, call, bytes }) =>
        pallet === null || call === null ? `unknown (${bytes} bytes)` : `${pallet}.${call}`,
    },
    { title: "kind", cell: (each) => each.kind ?? "" },
    { title: "bytes", right: true, cell: (each) => String(each.bytes) },
    { title: "arguments", optional: true, cell: (each) => formatArgs(each, screen) },
  ];
}

function formatArgs({ args }: Extrinsic, screen: Screen): string {
  return Object.entries(args ?? {})
    .map(([name, value]) => `${name}: ${shortenHex(value, screen)}`)
    .join(", ");
}

function shortenHex(words: string, screen: Screen): string {
  return words.replaceAll(/0x[0-9a-f]{20,}/g, (hex) => formatKey(hex, screen));
}
