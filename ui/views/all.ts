// The views, in the order of their numbers.
import type { View } from "../view.ts";
import { blocks } from "./blocks.ts";
import { dashboard } from "./dashboard.ts";
import { keysView } from "./keys.ts";
import { logs } from "./logs.ts";
import { peers } from "./peers.ts";
import { performance } from "./performance.ts";
import { schedule } from "./schedule.ts";
import { validators } from "./validators.ts";

export const VIEWS: readonly View[] = [
  dashboard,
  blocks,
  validators,
  performance,
  logs,
  keysView,
  peers,
  schedule,
];

export function viewOf(id: View["id"]): View {
  return VIEWS.find((view) => view.id === id) ?? dashboard;
}
