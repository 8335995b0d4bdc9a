// View 8: when our turns come, and when there is time for maintenance.
import { epochFirstSlot, epochOf, slotTimeMs } from "../../core/time.ts";
import type { ChainConstants } from "../../core/types.ts";
import type { Turn, Turns } from "../../core/view/messages.ts";
import type { ScheduleModel, TurnModel } from "../models/schedule.ts";
import { placeTurns, scheduleModel } from "../models/schedule.ts";
import { turnsOf } from "../models/standing.ts";
import type { Painter, Span } from "../painter.ts";
import { paintRule } from "../painter.ts";
import type { Column } from "../table.ts";
import { paintTable } from "../table.ts";
import { formatAge, formatClock, formatCountdown, formatTime, shortKey } from "../text.ts";
import type { Role } from "../theme.ts";
import type { Screen, View } from "../view.ts";
import { factsIn } from "../view.ts";

const STATES: Record<Turn["state"], readonly [glyph: string, word: string, role: Role]> = {
  ahead: ["▲", "ahead", "accent"],
  made: ["✓", "made", "ok"],
  missed: ["✗", "missed", "bad"],
  orphaned: ["○", "orphaned", "warn"],
};

export const schedule: View = {
  id: "schedule",
  title: "Schedule",
  short: "Sched",
  question: () => ({ about: "schedule" }),
  rows: (screen) => shown(screen).map(keyOf),
  paint: (painter, screen) => {
    const facts = factsIn(screen, "schedule");
    const constants = facts?.chain.constants ?? null;
    const turns = facts === null ? null : turnsOf(facts, screen.known.node, screen.nowMs);
    if (turns === null || constants === null) {
      paintRule(painter, 0, "Schedule", []);
      painter.text(1, 1, facts === null ? "not read yet" : "? no committee known yet", "muted");
      return 0;
    }
    const model = scheduleModel(turns, constants, screen.nowMs);
    const head = painter.inside(0, 0, painter.width, 8);
    paintHead(head, turns, model, constants, screen.nowMs);
    return paintTable(painter.inside(0, 8, painter.width, painter.height - 8), {
      columns: columnsOf(constants, screen.nowMs),
      rows: shown(screen),
      keyOf,
      list: screen.ui.lists.schedule,
      empty: "no turn of ours in these epochs",
    });
  },
  copy: (screen, key) => shown(screen).find((turn) => keyOf(turn) === key)?.author ?? null,
  matches: (screen, key, text) => {
    const turn = shown(screen).find((each) => keyOf(each) === key);
    const words = `${turn?.slot} ${turn?.label ?? ""} ${turn?.author}`;
    return words.toLowerCase().includes(text.toLowerCase());
  },
};

function keyOf({ slot }: Turn): string {
  return String(slot);
}

/** Next turn first, then the later ones, then those behind us, newest first. */
function shown(screen: Screen): TurnModel[] {
  const facts = factsIn(screen, "schedule");
  const constants = facts?.chain.constants ?? null;
  const told = facts === null ? null : turnsOf(facts, screen.known.node, screen.nowMs);
  if (told === null || constants === null) return [];
  const { turns } = scheduleModel(told, constants, screen.nowMs);
  const ahead = turns.filter(({ state }) => state === "ahead");
  return [...ahead, ...turns.filter(({ state }) => state !== "ahead").reverse()];
}

function paintHead(
  painter: Painter,
  turns: Turns,
  { next, quiet, turns: list }: ScheduleModel,
  chain: ChainConstants,
  nowMs: number,
): void {
  const epoch = epochOf(turns.from, chain);
  const span = turns.nextKnown
    ? `epochs ${epoch} and ${epoch + 1}`
    : `epoch ${epoch}; the next is not known yet`;
  const countdown = next === null ? noneOf(turns) : `in ${formatCountdown(next.atMs - nowMs)}`;
  paintRule(painter, 0, `Our turns: ${span}`, [
    ["next: ", "muted"],
    [countdown, "title"],
  ]);
  paintLine(painter.inside(1, 1, painter.width - 2, 3), turns, list, chain, nowMs);
  paintRule(painter, 4, "Longest quiet windows", []);
  const noQuiet = turns.to === null ? "? not known" : "none";
  if (quiet.length === 0) painter.text(1, 5, noQuiet, "muted");
  for (const [i, { fromMs, toMs }] of quiet.entries()) {
    painter.spans(1, 5 + i, [
      [`${formatCountdown(toMs - fromMs)}`.padEnd(10), "title"],
      [`${formatClock(fromMs)} – ${formatClock(toMs)} UTC`],
    ]);
  }
}

/** Where no turn is seen ahead. */
function noneOf({ to, nextKnown }: Turns): string {
  if (to === null) return "? not known";
  return nextKnown ? "none" : "none left this epoch";
}

/** The line itself, where the epoch changes and where we are. */
function paintLine(
  painter: Painter,
  turns: Turns,
  list: readonly Turn[],
  chain: ChainConstants,
  nowMs: number,
): void {
  const columns = painter.width;
  const { from } = turns;
  const to = turns.to ?? from + chain.slotsPerEpoch;
  const place = (slot: number): number =>
    Math.floor(((slot - from) * columns) / Math.max(1, to - from));
  const cells = placeTurns({ from, to }, list, columns);
  painter.spans(
    0,
    0,
    cells.map((state): Span => {
      if (state === null) return ["─", "border"];
      const [glyph, , role] = STATES[state];
      return [glyph, role];
    }),
  );
  const now = place(nowMs / chain.slotDurationMs);
  if (now >= 0 && now < columns) painter.text(Math.min(now, columns - 5), 1, "↑ now", "title");
  const change = epochFirstSlot(epochOf(turns.from, chain) + 1, chain);
  const at = place(change);
  if (turns.nextKnown && at < columns) painter.text(at, 2, `│${epochOf(change, chain)}`, "epoch");
  painter.text(0, 2, `│${epochOf(turns.from, chain)}`, "epoch");
}

function columnsOf(chain: ChainConstants, nowMs: number): Column<TurnModel>[] {
  return [
    {
      title: "State",
      width: 10,
      cell: ({ state, atMs }) => {
        // The block of a slot just past may still be on its way.
        if (state === "ahead" && atMs <= nowMs) return ["◌ now", "warn"];
        const [glyph, word, role] = STATES[state];
        return [`${glyph} ${word}`, role];
      },
    },
    { title: "Slot", width: 10, cell: ({ slot }) => String(slot) },
    { title: "Epoch", width: 8, cell: ({ slot }) => [String(epochOf(slot, chain)), "epoch"] },
    { title: "Time (UTC)", width: 19, cell: ({ slot }) => formatTime(slotTimeMs(slot, chain)) },
    {
      title: "When",
      width: 10,
      cell: ({ atMs }) =>
        atMs > nowMs ? `in ${formatCountdown(atMs - nowMs)}` : `${formatAge(nowMs - atMs)} ago`,
    },
    {
      title: "Validator",
      width: 14,
      upTo: 40,
      optional: 1,
      cell: ({ label, author }) => [label ?? shortKey(author, 21), "ours"],
    },
    {
      title: "Block",
      width: 9,
      optional: 2,
      cell: ({ number }) => (number === null ? "" : `#${number}`),
    },
  ];
}
