// View 7: the node's company.
import type { Peer } from "../../core/view/messages.ts";
import type { Mark } from "../models/health.ts";
import { markOf } from "../models/health.ts";
import { paintRule } from "../painter.ts";
import type { Column } from "../table.ts";
import { paintTable } from "../table.ts";
import { formatNumber } from "../text.ts";
import type { Role } from "../theme.ts";
import type { Screen, View } from "../view.ts";

/** Behind the best by no more than this is up to date. */
const NEAR = 10;

interface PeerRow extends Peer {
  behind: number | null;
}

export const peers: View = {
  id: "peers",
  title: "Peers",
  short: "Peers",
  // Peers come from the node; the chain's standing is asked for meanwhile.
  question: () => ({ about: "dashboard" }),
  rows: (screen) => shown(screen).map(({ id }) => id),
  paint: (painter, screen) => {
    const { node } = screen.known;
    const rows = shown(screen);
    const near = rows.filter(({ behind }) => behind !== null && behind <= NEAR).length;
    const listed = Array.isArray(node?.peerList) ? `, ${near}/${rows.length} up to date` : "";
    const health = companyOf(screen);
    paintRule(painter, 0, "Peers", [
      [`${health.glyph} `, health.role],
      [`${formatNumber(node?.peers ?? null)} peers${directionsOf(screen)}${listed}`],
    ]);
    return paintTable(painter.inside(0, 1, painter.width, painter.height - 1), {
      columns: COLUMNS,
      rows,
      keyOf: ({ id }) => id,
      list: screen.ui.lists.peers,
      empty: whyNone(screen),
    });
  },
  open: (_, id) => ({ kind: "peer", id }),
  copy: (_, id) => id,
  matches: (_, id, text) => id.toLowerCase().includes(text.toLowerCase()),
};

/** What the check of the number of peers says. */
function companyOf({ known: { health } }: Screen): Mark {
  return markOf(health?.checks.find(({ name }) => name === "node.peers")?.verdict ?? "unknown");
}

/** By the node's metrics, where the list itself does not say. */
function directionsOf({ known: { health } }: Screen): string {
  const { peersIn = null, peersOut = null } = health?.facts.machine ?? {};
  return peersIn === null || peersOut === null ? "" : ` (↓${peersIn} ↑${peersOut})`;
}

/** Hidden is not none. */
function whyNone({ known: { node } }: Screen): string {
  if (node?.state === "down") return "? the node is away";
  if (node === null || node.peerList === null) return "the node was not asked yet";
  if (node.peerList === "hidden") {
    return `hidden by safe RPC: the node tells their number (${formatNumber(node.peers)}), not who they are`;
  }
  // A node that syncs from scratch, or has just started, may have none for a while.
  return node.syncing === true ? "none yet, the node is syncing" : "✗ none";
}

function shown({ known: { node } }: Screen): PeerRow[] {
  if (node === null || !Array.isArray(node.peerList)) return [];
  // Both as they were when the list was told: the node has gone on since.
  const best = node.peersBest;
  return node.peerList.map((peer) => ({
    ...peer,
    behind: best === null || peer.best === null ? null : Math.max(0, best - peer.best),
  }));
}

function syncOf({ behind }: PeerRow): readonly [string, Role] {
  if (behind === null) return ["?", "muted"];
  return behind <= NEAR ? ["✓", "ok"] : ["○ behind", "warn"];
}

/** Who opened the connection: they came to us, or we went to them. */
const DIRECTIONS = { in: "↓", out: "↑", none: "?" } as const;

const COLUMNS: readonly Column<PeerRow>[] = [
  { title: "Sync", width: 8, cell: syncOf },
  { title: "Best", width: 10, right: true, cell: ({ best }) => formatNumber(best) },
  { title: "Behind", width: 8, right: true, cell: ({ behind }) => formatNumber(behind) },
  { title: "Dir", width: 3, cell: ({ direction }) => DIRECTIONS[direction ?? "none"] },
  { title: "Roles", width: 10, cell: ({ roles }) => roles },
  { title: "Peer", width: 20, upTo: 54, cell: ({ id }) => id },
  {
    title: "Address",
    width: 24,
    upTo: 60,
    optional: 1,
    cell: ({ address }) => [address ?? "?", "muted"],
  },
];
