// The views, in the order of their numbers.
import type { View } from "../view.ts";
import { blocks } from "./blocks.ts";
import { dashboard } from "./dashboard.ts";
import { fleet } from "./fleet.ts";
import { keysView } from "./keys.ts";
import { logs } from "./logs.ts";
import { peers } from "./peers.ts";
import { performance } from "./performance.ts";
import { schedule } from "./schedule.ts";
import { validators } from "./validators.ts";

const VIEWS: readonly View[] = [
  dashboard,
  blocks,
  validators,
  performance,
  logs,
  keysView,
  peers,
  schedule,
];

const FLEET: readonly View[] = [fleet];

/** Those there are tabs for. */
export function viewsBeside(id: View["id"]): readonly View[] {
  return id === "fleet" ? FLEET : VIEWS;
}

export function viewOf(id: View["id"]): View {
  return viewsBeside(id).find((view) => view.id === id) ?? dashboard;
}
