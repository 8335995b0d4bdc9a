// News of the file, the node and the checks: kept, and drawn where it changes anything.
import type { HealthTold, Report } from "../core/view/messages.ts";
import { follow } from "./actions/move.ts";
import { askForPopup } from "./asking.ts";
import type { Desk } from "./desk.ts";
import { redraw, screenOf } from "./desk.ts";
import { withAnswer, withBeat, withFailure, withHealth } from "./feed.ts";

export function hear(desk: Desk, report: Report): void {
  if (!take(desk, report)) return;
  desk.ui = follow(screenOf(desk), desk.room.list);
  redraw(desk);
}

/** Whether there is anything new to draw. Being heard again is drawn with the next second, where it is shown at all. */
function take(desk: Desk, report: Report): boolean {
  const { known } = desk;
  switch (report.kind) {
    case "node":
      desk.known = { ...known, node: report.facts };
      return true;
    case "heard":
      if (known.node !== null) {
        desk.known = { ...known, node: { ...known.node, heardAtMs: report.atMs } };
      }
      return false;
    case "health":
      desk.known = withHealth(known, report.health);
      return !isSameHealth(known.health, report.health);
    case "same":
      desk.known = withBeat(known, desk.watched?.about ?? "dashboard", desk.options.nowMs());
      return false;
    case "watched":
      takeAnswer(desk, report);
      return true;
    case "inspected":
      desk.known = { ...known, inspected: report.facts };
      return true;
    case "fleet":
      desk.known = { ...known, fleet: report.fleet };
      return true;
    case "answered":
      return false;
  }
}

function isSameHealth(before: HealthTold | null, after: HealthTold): boolean {
  return Bun.deepEquals({ ...before, atMs: 0 }, { ...after, atMs: 0 });
}

function takeAnswer(desk: Desk, { answer, failure }: Report & { kind: "watched" }): void {
  const { nowMs } = desk.options;
  if (answer !== null) desk.known = withAnswer(desk.known, answer, nowMs());
  if (failure !== null) desk.known = withFailure(desk.known, failure, nowMs());
  if (answer !== null && desk.ui.popup !== null) askForPopup(desk);
  if (desk.ui.message === "refreshing …") desk.ui = { ...desk.ui, message: "" };
}
