// The last hundred slots as a strip, and what was counted in it.
import type { TimelineRow } from "../../core/view/messages.ts";
import type { Role } from "../theme.ts";

interface Cell {
  glyph: string;
  role: Role;
}

export interface ProductionModel {
  /** Oldest first. */
  cells: Cell[];
  made: number;
  missed: number;
  ours: number;
  oursMissed: number;
  /** Of the others' missed ones: those somebody made a losing block in. */
  orphaned: number;
}

/** @param rows newest first */
export function productionModel(rows: readonly TimelineRow[], slots: number): ProductionModel {
  const model = { made: 0, missed: 0, ours: 0, oursMissed: 0, orphaned: 0 };
  const cells: Cell[] = [];
  const lost = new Set<number>();
  for (const row of rows) if (row.kind === "orphan") lost.add(row.slot);
  for (const row of rows) {
    if (row.kind === "orphan") continue;
    for (let i = 0; i < row.slots && cells.length < slots; i++) {
      cells.push(cellOf(row, lost.has(row.slot)));
      count(model, row, lost.has(row.slot));
    }
  }
  return { ...model, cells: cells.reverse() };
}

function cellOf(row: TimelineRow, orphaned: boolean): Cell {
  if (row.kind === "block") {
    return row.ours ? { glyph: "█", role: "ours" } : { glyph: "▄", role: "accent" };
  }
  if (row.ours) return { glyph: orphaned ? "○" : "✗", role: "bad" };
  return orphaned ? { glyph: "○", role: "warn" } : { glyph: "·", role: "muted" };
}

function count(model: Omit<ProductionModel, "cells">, row: TimelineRow, orphaned: boolean): void {
  if (row.kind === "block") {
    model.made += 1;
    if (row.ours) model.ours += 1;
    return;
  }
  model.missed += 1;
  if (row.ours) model.oursMissed += 1;
  else if (orphaned) model.orphaned += 1;
}
