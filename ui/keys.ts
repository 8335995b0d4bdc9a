// Every key there is, once: what is pressed, what it does, how the help says it.

export type Action =
  | "quit"
  | "leave"
  | "view"
  | "next-view"
  | "previous-view"
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "first"
  | "last"
  | "open"
  | "back"
  | "refresh"
  | "ours"
  | "search"
  | "next-hit"
  | "previous-hit"
  | "sort"
  | "reverse"
  | "chart"
  | "theme"
  | "copy"
  | "pause"
  | "level"
  | "mouse"
  | "help"
  | "suspend";

export interface KeyLine {
  action: Action;
  /** As `nameOf` tells them. */
  keys: readonly string[];
  /** As a person reads them. */
  shown: string;
  does: string;
}

export const KEYS: readonly KeyLine[] = [
  {
    action: "view",
    keys: ["1", "2", "3", "4", "5", "6", "7", "8"],
    shown: "1 … 8",
    does: "go to a view",
  },
  { action: "next-view", keys: ["tab"], shown: "Tab", does: "next view" },
  { action: "previous-view", keys: ["shift-tab"], shown: "Shift-Tab", does: "previous view" },
  { action: "up", keys: ["up", "k"], shown: "↑ k", does: "one line up" },
  { action: "down", keys: ["down", "j"], shown: "↓ j", does: "one line down" },
  { action: "page-up", keys: ["pageup", "K"], shown: "PgUp K", does: "one page up" },
  { action: "page-down", keys: ["pagedown", "J"], shown: "PgDn J", does: "one page down" },
  { action: "first", keys: ["home", "g"], shown: "Home g", does: "to the top (newest block)" },
  { action: "last", keys: ["end", "G"], shown: "End G", does: "to the end (first block)" },
  { action: "open", keys: ["return", "linefeed"], shown: "Enter", does: "details of the line" },
  { action: "back", keys: ["backspace"], shown: "Backspace", does: "close the details" },
  { action: "refresh", keys: ["r", "R"], shown: "r", does: "refresh now" },
  { action: "ours", keys: ["f", "F"], shown: "f", does: "our validators only, or all" },
  { action: "search", keys: ["/"], shown: "/", does: "search: number, hash, key or label" },
  { action: "next-hit", keys: ["n"], shown: "n", does: "next hit" },
  { action: "previous-hit", keys: ["N"], shown: "N", does: "previous hit" },
  { action: "sort", keys: ["s"], shown: "s", does: "sort by the next column" },
  { action: "reverse", keys: ["S"], shown: "S", does: "the other way round" },
  { action: "chart", keys: ["c"], shown: "c", does: "performance: the next chart" },
  { action: "theme", keys: ["t", "T"], shown: "t", does: "next theme" },
  { action: "copy", keys: ["y"], shown: "y", does: "copy the selected hash or key" },
  { action: "pause", keys: ["p", "space"], shown: "p Space", does: "logs: pause, or follow" },
  { action: "level", keys: ["l"], shown: "l", does: "logs: least level shown" },
  { action: "mouse", keys: ["m"], shown: "m", does: "mouse: click rows and tabs, or select text" },
  { action: "help", keys: ["?", "h", "f1"], shown: "? h F1", does: "this help" },
  { action: "leave", keys: ["escape"], shown: "Esc", does: "close what is open, then quit" },
  { action: "quit", keys: ["q", "Q", "ctrl-c"], shown: "q Ctrl-C", does: "quit" },
  { action: "suspend", keys: ["ctrl-z"], shown: "Ctrl-Z", does: "suspend; `fg` comes back" },
];

/** What the terminal tells of one key. */
export interface KeyPress {
  name: string;
  ctrl: boolean;
  shift: boolean;
  meta: boolean;
  sequence: string;
}

/** One name for one key, whichever way the terminal tells it: "G", "ctrl-c", "shift-tab", "?". */
export function nameOf({ name, ctrl, shift, meta, sequence }: KeyPress): string {
  if (ctrl) return `ctrl-${name}`;
  if (meta) return `alt-${name}`;
  if (shift && /^[a-z]$/.test(name)) return name.toUpperCase();
  // Shifted signs come as themselves from some terminals and as their base key from others.
  if (shift && sequence.length === 1 && sequence > " ") return sequence;
  return shift ? `shift-${name}` : name;
}

const BY_KEY = new Map(KEYS.flatMap(({ action, keys }) => keys.map((key) => [key, action])));

export function actionOf(key: string): Action | undefined {
  return BY_KEY.get(key);
}
