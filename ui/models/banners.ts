// What is wrong with what we see, said before anything else: never an old fact without its age.
import { BEAT_MS } from "../../core/view/messages.ts";
import type { Known } from "../feed.ts";
import { formatAge } from "../text.ts";
import type { Role } from "../theme.ts";
import type { Screen } from "../view.ts";

export interface Banner {
  role: Role;
  text: string;
}

/** One beat may come late, and a beat is only looked for now and then. */
const SLOW_MS = 2 * BEAT_MS;
/** A node normally says something every few seconds. */
const SILENT_MS = 12_000;

export function banners(known: Known, nowMs: number): Banner[] {
  return [...databaseBanners(known, nowMs), ...nodeBanners(known, nowMs), ...mismatch(known)];
}

/** Other machines tell of their own files and nodes. */
export function bannersOf({ known, ui, nowMs }: Screen): Banner[] {
  return ui.view === "fleet" ? [] : banners(known, nowMs);
}

function databaseBanners({ database, answers }: Known, nowMs: number): Banner[] {
  const newest = Math.max(0, ...Object.values(answers).map((told) => told.atMs));
  const shown = newest === 0 ? "" : ` Shown: ${formatAge(nowMs - newest)} old.`;
  const { failure, heardAtMs } = database;
  if (failure !== null) {
    const hint = failure.hint === null ? "" : ` → ${failure.hint}`;
    return [{ role: "bad", text: `✗ Database: ${failure.message}.${shown}${hint}` }];
  }
  if (nowMs - heardAtMs < SLOW_MS) return [];
  const age = formatAge(nowMs - heardAtMs);
  return [{ role: "warn", text: `! Database: no answer for ${age}.${shown}` }];
}

function nodeBanners({ node }: Known, nowMs: number): Banner[] {
  if (node === null || node.state === "connecting") return [];
  const age = node.heardAtMs === null ? null : nowMs - node.heardAtMs;
  const heard = age === null ? "" : ` Last heard ${formatAge(age)} ago.`;
  if (node.state === "down") {
    return [{ role: "bad", text: `✗ Node away: ${node.failure?.message ?? node.url}.${heard}` }];
  }
  if (age === null || age < SILENT_MS) return [];
  return [{ role: "warn", text: `! Node silent for ${formatAge(age)}: ${node.url}` }];
}

/** Two chains on one screen would make every number on it a lie. */
function mismatch({ node, answers }: Known): Banner[] {
  const facts = answers.dashboard?.answer.facts;
  const stored = facts !== undefined && "chain" in facts ? facts.chain.name : null;
  if (stored === null || node?.chain == null || node.chain === stored) return [];
  return [{ role: "bad", text: `✗ The node serves ${node.chain}, the database holds ${stored}` }];
}
