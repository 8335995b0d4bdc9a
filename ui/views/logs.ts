// View 5: what the daemon wrote, newest first.
import { LEVELS } from "../../core/log.ts";
import type { LogRecord } from "../../core/view/messages.ts";
import { paintRule } from "../painter.ts";
import type { Column } from "../table.ts";
import { paintTable } from "../table.ts";
import { fit, formatTime } from "../text.ts";
import type { Role } from "../theme.ts";
import type { Screen, View } from "../view.ts";
import { factsIn } from "../view.ts";

const ROLES: Record<string, Role> = { error: "bad", warn: "warn", info: "text" };

export const logs: View = {
  id: "logs",
  title: "Logs",
  short: "Logs",
  question: () => ({ about: "logs" }),
  rows: (screen) => shown(screen).map(keyOf),
  paint: (painter, screen) => {
    const { ui } = screen;
    const level = LEVELS[ui.level] ?? "trace";
    const state = ui.paused === null ? "following" : "⏸ paused";
    const wanted = ui.wanted.logs === undefined ? "" : `, holding "${ui.wanted.logs}"`;
    const facts = factsIn(screen, "logs");
    const from = facts?.file ?? facts?.problem ?? "";
    paintRule(painter, 0, `Logs: ${level} and above${wanted}`, [
      [
        from === "" ? "" : `${fit(from, painter.width - 60)}  `,
        facts?.problem == null ? "muted" : "warn",
      ],
      [state, ui.paused === null ? "ok" : "warn"],
    ]);
    return paintTable(painter.inside(0, 1, painter.width, painter.height - 1), {
      columns: COLUMNS,
      rows: shown(screen),
      keyOf,
      list: ui.lists.logs,
      empty: "no record: `mvm sync` writes its messages into the database",
    });
  },
  open: (screen, key) => {
    const record = shown(screen).find((each) => keyOf(each) === key);
    return record === undefined ? null : { kind: "log", record };
  },
  copy: (screen, key) => shown(screen).find((each) => keyOf(each) === key)?.message ?? null,
  matches: (screen, key, text) =>
    shown(screen).some((each) => keyOf(each) === key && holds(each, text)),
};

function keyOf({ id }: LogRecord): string {
  return String(id);
}

function shown(screen: Screen): LogRecord[] {
  const { ui } = screen;
  const all = ui.paused ?? factsIn(screen, "logs")?.records ?? [];
  const levels: readonly string[] = LEVELS.slice(0, ui.level + 1);
  const wanted = ui.wanted.logs;
  return all.filter(
    (record) => levels.includes(record.level) && (wanted === undefined || holds(record, wanted)),
  );
}

function holds({ message, fields }: LogRecord, text: string): boolean {
  return `${message} ${fields}`.toLowerCase().includes(text.toLowerCase());
}

const COLUMNS: readonly Column<LogRecord>[] = [
  { title: "Time (UTC)", width: 19, cell: ({ atMs }) => [formatTime(atMs), "muted"] },
  { title: "Level", width: 5, cell: ({ level }) => [level, ROLES[level] ?? "muted"] },
  {
    title: "Message",
    width: 30,
    upTo: 400,
    cell: ({ message, level }) => [message, ROLES[level] ?? "muted"],
  },
];
