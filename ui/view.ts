// What every view is: a question, a model drawn from the answer, and rows a cursor can stand on.
import type {
  About,
  Answers,
  Around,
  LogRecord,
  Question,
  TimelineRow,
} from "../core/view/messages.ts";
import type { Known } from "./feed.ts";
import { factsOf } from "./feed.ts";
import type { ListState } from "./list.ts";
import type { Painter } from "./painter.ts";
import type { ViewId } from "./view-ids.ts";

export type Popup =
  | { kind: "help" }
  | { kind: "block"; number: number; hash: string | null }
  | { kind: "slot"; row: TimelineRow }
  | { kind: "validator"; aura: string }
  | { kind: "log"; record: LogRecord }
  | { kind: "peer"; id: string };

/** Everything the person chose. */
export interface Ui {
  view: ViewId;
  lists: Record<ViewId, ListState>;
  oursOnly: boolean;
  /** Column sorted by. */
  sort: Partial<Record<ViewId, number>>;
  /** Whether the order is turned round. */
  reversed: Partial<Record<ViewId, boolean>>;
  /** First chart shown. */
  chart: number;
  /** Last thing looked for. */
  wanted: Partial<Record<ViewId, string>>;
  /** Where the time line is loaded; null = the newest. */
  around: Around | null;
  /** Row the cursor was sent to and that is still being loaded; `end` is the last there is. */
  goTo: string | null;
  popup: Popup | null;
  /** First line of the popup shown. */
  popupTop: number;
  /** What is being typed after `/`; null = not searching. */
  input: string | null;
  /** Whether clicks come to us; the terminal then selects text only with Shift held. */
  mouse: boolean;
  /** Log records as they were when paused. */
  paused: LogRecord[] | null;
  /** Least urgent level shown, by index. */
  level: number;
  /** Said in the footer until the next key. */
  message: string;
}

export interface Screen {
  known: Known;
  ui: Ui;
  nowMs: number;
  version: string;
  /** The operator's name for this machine. */
  title: string | null;
}

export interface View {
  id: ViewId;
  title: string;
  /** Where there is little room. */
  short: string;
  question: (ui: Ui) => Question;
  /** Keys of the rows, in order. */
  rows: (screen: Screen) => readonly string[];
  /** Draws, and says how many rows of the list there was room for. */
  paint: (painter: Painter, screen: Screen) => number;
  /** What Enter opens. */
  open?: (screen: Screen, key: string) => Popup | null;
  /** What `y` copies. */
  copy?: (screen: Screen, key: string) => string | null;
  /** Whether a row is a hit; blocks are looked for along the chain. */
  matches?: (screen: Screen, key: string, text: string) => boolean;
  /** Columns `s` goes through. */
  sorts?: readonly string[];
  /** Whether `f` leaves out what is not ours. */
  filters?: boolean;
}

export function factsIn<A extends About>({ known }: Screen, about: A): Answers[A] | null {
  return factsOf(known, about)?.facts ?? null;
}

/** Key of the row the cursor stands on. */
export function selectedKey(screen: Screen, rows: readonly string[]): string | null {
  const { selected, index } = screen.ui.lists[screen.ui.view];
  if (selected !== null && rows.includes(selected)) return selected;
  return rows[selected === null ? 0 : Math.min(index, rows.length - 1)] ?? null;
}
