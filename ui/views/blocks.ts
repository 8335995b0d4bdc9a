// View 2: every block back to the first, with the slots nobody filled and the blocks that lost.
import { epochOf, slotTimeMs } from "../../core/time.ts";
import type { ChainConstants } from "../../core/types.ts";
import type { TimelineFacts, TimelineRow } from "../../core/view/messages.ts";
import { NO_CHAIN, NO_NODE } from "../models/standing.ts";
import { paintRule } from "../painter.ts";
import { authorOf } from "../panels/recent.ts";
import type { Column } from "../table.ts";
import { paintTable } from "../table.ts";
import { formatTime } from "../text.ts";
import type { Role } from "../theme.ts";
import type { Screen, View } from "../view.ts";
import { factsIn } from "../view.ts";

export const blocks: View = {
  id: "blocks",
  title: "Blocks",
  short: "Blocks",
  filters: true,
  question: ({ around, oursOnly: ours }) => ({ about: "timeline", around, ours }),
  rows: (screen) => shown(screen).map(({ key }) => key),
  paint: (painter, screen) => {
    const facts = timeline(screen);
    const { chain } = facts;
    const span =
      chain.first === null || chain.last === null
        ? "none stored"
        : `#${chain.first.number} … #${chain.last.number}`;
    paintRule(painter, 0, screen.ui.oursOnly ? "Blocks: ours" : "Blocks", [[span, "muted"]]);
    return paintTable(painter.inside(0, 1, painter.width, painter.height - 1), {
      columns: columnsOf(chain.constants),
      rows: shown(screen),
      keyOf: ({ key }) => key,
      list: screen.ui.lists.blocks,
      empty: screen.ui.oursOnly ? "none of ours" : "no block yet: `mvm sync` stores them",
    });
  },
  open: (screen, key) => {
    const row = shown(screen).find((each) => each.key === key);
    if (row === undefined) return null;
    if (row.number === null) return { kind: "slot", row };
    return { kind: "block", number: row.number, hash: row.kind === "orphan" ? row.hash : null };
  },
  copy: (screen, key) => {
    const row = shown(screen).find((each) => each.key === key);
    return row?.hash ?? row?.author ?? null;
  },
};

/** From the file; with a node alone, what was seen of it. */
function timeline(screen: Screen): TimelineFacts {
  const stored = factsIn(screen, "timeline");
  if (stored !== null && stored.rows.length > 0) return stored;
  const { constants, finalized, recent } = screen.known.node ?? NO_NODE;
  return { chain: { ...NO_CHAIN, constants, finalized }, rows: recent, toStart: false };
}

function shown(screen: Screen): readonly TimelineRow[] {
  const { rows } = timeline(screen);
  return screen.ui.oursOnly ? rows.filter((row) => row.ours) : rows;
}

const STATES: Record<TimelineRow["kind"], readonly [string, Role]> = {
  block: ["·", "muted"],
  missed: ["✗ missed", "warn"],
  skipped: ["✗ missed", "warn"],
  orphan: ["○ orphan", "warn"],
};

function stateOf(row: TimelineRow): readonly [string, Role] {
  if (row.kind === "missed" && row.ours) return ["✗ missed", "bad"];
  if (row.kind === "block" && row.finalized) return ["✓ final", "ok"];
  return STATES[row.kind];
}

function columnsOf(constants: ChainConstants | null): Column<TimelineRow>[] {
  return [
    { title: "Block", width: 9, cell: ({ number }) => (number === null ? "–" : `#${number}`) },
    { title: "Slot", width: 10, cell: ({ slot }) => String(slot) },
    {
      title: "Epoch",
      width: 8,
      optional: 1,
      cell: ({ slot }) => [constants === null ? "?" : `${epochOf(slot, constants)}`, "epoch"],
    },
    {
      title: "Time (UTC)",
      width: 19,
      optional: 2,
      cell: ({ slot }) => (constants === null ? "?" : formatTime(slotTimeMs(slot, constants))),
    },
    { title: "State", width: 8, cell: stateOf },
    { title: "Extr", width: 4, right: true, cell: extrinsicsOf },
    { title: "Seal", width: 4, optional: 4, cell: sealOf },
    {
      title: "Author",
      width: 17,
      upTo: 40,
      cell: (row) => {
        if (row.kind === "skipped") return [`${row.slots} slots without a block`, "warn"];
        const [text, role] = authorOf(row, 40);
        return role === undefined ? text : [text, role];
      },
    },
    { title: "Hash", width: 20, upTo: 66, optional: 3, cell: ({ hash }) => [hash ?? "", "muted"] },
  ];
}

function extrinsicsOf({ kind, extrinsics }: TimelineRow): string {
  if (kind === "missed" || kind === "skipped") return "";
  return extrinsics === null ? "?" : String(extrinsics);
}

function sealOf({ kind, seal }: TimelineRow): readonly [string, Role] {
  if (kind === "missed" || kind === "skipped" || seal === null) return ["", "muted"];
  return seal ? ["✓", "ok"] : ["✗", "bad"];
}
