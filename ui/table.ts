// Rows in columns that fit: the list of every view.
import type { ListState } from "./list.ts";
import { settle } from "./list.ts";
import type { Painter, Span } from "./painter.ts";
import { pad, widthOf } from "./text.ts";
import type { Role } from "./theme.ts";

export interface Column<T> {
  title: string;
  cell: (row: T) => readonly [text: string, role?: Role] | string;
  width: number;
  right?: boolean;
  /** Takes what room is left, up to this width. */
  upTo?: number;
  /** Left out where there is no room, highest first. */
  optional?: number;
}

export interface TableOptions<T> {
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  list: ListState;
  /** Column marked as the one sorted by. */
  sorted?: string | undefined;
  /** By its other end. */
  reversed?: boolean;
  /** Said where there are no rows. */
  empty: string;
}

/** Draws a header and as many rows as there is room for; returns how many that is. */
export function paintTable<T>(painter: Painter, options: TableOptions<T>): number {
  const { rows, keyOf, list, empty, sorted, reversed = false } = options;
  const columns = fitColumns(options.columns, painter.width - 2);
  const room = Math.max(0, painter.height - 1);
  const header = columns.map(({ title, width, right }) =>
    pad(title === sorted ? `${title}${reversed ? "↑" : "↓"}` : title, width, right),
  );
  painter.text(1, 0, header.join(" "), "muted", { bold: true });
  if (rows.length === 0) {
    painter.text(1, 1, empty, "muted");
    return room;
  }
  const { index, top } = settle(list, rows.map(keyOf), room);
  for (const [y, row] of rows.slice(top, top + room).entries()) {
    const selected = top + y === index;
    const spans = columns.flatMap((column): Span[] => {
      const cell = column.cell(row);
      const [text, role] = typeof cell === "string" ? [cell, undefined] : cell;
      return [[pad(text, column.width, column.right), role], [" "]];
    });
    if (selected) painter.clear({ y: y + 1, height: 1 }, { selected });
    painter.place(0, y + 1, painter.width, { kind: "row", key: keyOf(row) });
    // The mark says where the cursor is even without colours.
    painter.text(0, y + 1, selected ? "▶" : " ", "accent", { selected });
    painter.spans(1, y + 1, spans, { selected });
  }
  return room;
}

/** Columns that fit, stretched into the room that is left. */
export function fitColumns<T>(columns: readonly Column<T>[], width: number): Column<T>[] {
  const total = (some: readonly Column<T>[]): number =>
    some.reduce((sum, column) => sum + Math.max(column.width, widthOf(column.title)) + 1, -1);
  let shown = columns.map((column) => ({
    ...column,
    width: Math.max(column.width, widthOf(column.title)),
  }));
  while (total(shown) > width) {
    const last = Math.max(...shown.map(({ optional }) => optional ?? 0));
    if (last === 0) break;
    shown = shown.filter(({ optional }) => optional !== last);
  }
  let left = width - total(shown);
  for (const column of shown) {
    const more = Math.max(0, Math.min(left, (column.upTo ?? column.width) - column.width));
    column.width += more;
    left -= more;
  }
  return shown;
}
