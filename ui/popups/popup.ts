// What lies over a view: help, or the details of one line. All of them are lines that scroll.
import type { Question } from "../../core/view/messages.ts";
import { factsOf } from "../feed.ts";
import { ourRows } from "../models/our-rows.ts";
import { NO_NODE } from "../models/standing.ts";
import type { Painter, Span } from "../painter.ts";
import { paintFrame } from "../painter.ts";
import { formatTime, widthOf, wrap } from "../text.ts";
import type { Popup, Screen } from "../view.ts";
import { blockLines, recordOf } from "./block.ts";
import { helpLines } from "./help.ts";
import { constantsOf, slotLines } from "./slot.ts";
import { ourLines, validatorLines } from "./validator.ts";

const MOST_COLUMNS = 110;
const WAITING: readonly Span[][] = [[["reading …", "muted"]]];

/** What must be asked for a popup; null where nothing must. */
export function questionOf(popup: Popup): Question | null {
  if (popup.kind === "block") {
    return { about: "block", number: popup.number, hash: popup.hash };
  }
  return popup.kind === "validator" ? { about: "validator", aura: popup.aura } : null;
}

function titleOf(popup: Popup): string {
  switch (popup.kind) {
    case "help":
      return "Help";
    case "block":
      return `Block #${popup.number}`;
    case "slot":
      return `Slot ${popup.row.slot}`;
    case "validator":
      return "Validator";
    case "log":
      return "Log record";
    case "peer":
      return "Peer";
  }
}

function linesOf(screen: Screen, popup: Popup, columns: number): readonly Span[][] {
  switch (popup.kind) {
    case "help":
      return helpLines(screen.version);
    case "block":
      return storedBlock(screen, popup) ?? liveBlock(screen, popup) ?? WAITING;
    case "slot":
      return slotLines(popup.row, constantsOf(screen));
    case "validator":
      return validatorOf(screen, popup.aura);
    case "log":
      return logLines(popup.record, columns);
    case "peer":
      return peerLines(screen, popup.id);
  }
}

type BlockPopup = Popup & { kind: "block" };

/** Null while the file has not said. */
function storedBlock({ known }: Screen, popup: BlockPopup): Span[][] | null {
  const facts = factsOf(known, "block")?.facts ?? null;
  if (facts === null) return null;
  const { block } = facts;
  const isWanted = block === null || block.number === popup.number;
  return isWanted ? blockLines(block, known.inspected) : null;
}

/** With a node alone: what it showed of the block, and what it says when asked. */
function liveBlock({ known }: Screen, { number }: BlockPopup): Span[][] | null {
  if (known.database.failure === null) return null;
  const { recent, constants } = known.node ?? NO_NODE;
  const row = recent.find((each) => each.number === number && each.kind === "block");
  const block = row === undefined ? null : recordOf(row, constants);
  return block === null ? null : blockLines(block, known.inspected);
}

function validatorOf({ known }: Screen, aura: string): readonly Span[][] {
  const facts = factsOf(known, "validator")?.facts ?? null;
  if (facts?.validator.aura === aura) return validatorLines(facts);
  const { failure } = known.database;
  if (failure === null) return WAITING;
  const row = ourRows(null, known.health)?.find((each) => each.aura === aura);
  if (row === undefined) return [[[failure.message, "warn"]]];
  return [
    ...ourLines(row),
    [],
    [[`Blocks are counted in the database: ${failure.message}`, "muted"]],
  ];
}

function logLines(
  { atMs, level, message, fields }: (Popup & { kind: "log" })["record"],
  columns: number,
): Span[][] {
  return [
    [["Time     ", "muted"], [`${formatTime(atMs)} UTC`]],
    [["Level    ", "muted"], [level]],
    [],
    ...wrap(message, columns).map((line): Span[] => [[line]]),
    [],
    ...wrap(fields, columns).map((line): Span[] => [[line, "muted"]]),
  ];
}

const OPENERS = { in: "by the peer", out: "by our node", none: "? not told" } as const;

function peerLines({ known }: Screen, id: string): Span[][] {
  const list = known.node?.peerList;
  const peer = Array.isArray(list) ? list.find((each) => each.id === id) : undefined;
  if (peer === undefined) return [[["no longer connected", "muted"]]];
  return [
    [["Peer     ", "muted"], [peer.id]],
    [["Roles    ", "muted"], [peer.roles]],
    [["Best     ", "muted"], [peer.best === null ? "?" : `#${peer.best}`]],
    [["Opened   ", "muted"], [OPENERS[peer.direction ?? "none"]]],
    [["Address  ", "muted"], [peer.address ?? "? hidden by safe RPC"]],
  ];
}

/** Draws in the middle of the screen; returns how many lines there are and how many are seen. */
export function paintPopup(
  painter: Painter,
  screen: Screen,
  popup: Popup,
): { lines: number; room: number } {
  const width = Math.min(MOST_COLUMNS, painter.width - 2);
  const lines = linesOf(screen, popup, width - 4).flatMap((line) => fold(line, width - 4));
  const height = Math.min(lines.length + 2, painter.height);
  const room = height - 2;
  const top = Math.max(0, Math.min(screen.ui.popupTop, lines.length - room));
  const more = lines.length > room ? `↑↓ ${top + 1}–${top + room} of ${lines.length}  ` : "";
  const frame = painter.inside(
    Math.floor((painter.width - width) / 2),
    Math.floor((painter.height - height) / 2),
    width,
    height,
  );
  const body = paintFrame(frame, titleOf(popup), `${more}Esc closes`);
  for (const [y, spans] of lines.slice(top, top + room).entries()) body.spans(0, y, spans);
  return { lines: lines.length, room };
}

/** A line too long goes on below, indented: a key must be readable to its end. */
export function fold(line: readonly Span[], columns: number): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const [text, role, style] of line) {
    for (let rest = text; rest !== "";) {
      const room = columns - used;
      // A whole piece goes to the next line if it fits there.
      const moves = widthOf(rest) > room && used > INDENT && widthOf(rest) <= columns - INDENT;
      const part = moves ? "" : rest.slice(0, room);
      if (part !== "") lines.at(-1)?.push([part, role, style]);
      used += widthOf(part);
      rest = rest.slice(part.length);
      if (rest === "") break;
      lines.push([[" ".repeat(INDENT)]]);
      used = INDENT;
    }
  }
  return lines;
}

const INDENT = 2;
