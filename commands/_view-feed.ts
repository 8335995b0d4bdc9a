// The threads that read for the dashboard, and the questions still open with them.
import { readOurs } from "../core/ours.ts";
import type {
  About,
  Answer,
  Failure,
  HealthWishes,
  Question,
  Report,
  Request,
} from "../core/view/messages.ts";
import { workerUrl } from "../core/worker.ts";
import type { Feed } from "../ui/feed.ts";
import type { DiagnosticsOptions } from "./_diagnostics.ts";
import { openInspector } from "./_view-inspector.ts";
import { openLogs } from "./_view-logs.ts";

export interface Sources {
  /** Node, file and validators are named in here. */
  health: HealthWishes;
  timeoutMs: number;
  refreshMs: number;
  /** The daemon's, where it writes one. */
  logFile: string | null;
  /** Whether its journal may be looked into: a demo's daemon has none. */
  journal: boolean;
  /** What the threads tell of their requests and statements; null: nothing. */
  log: DiagnosticsOptions | null;
  /** To the file, at most: `database.max_connections`. */
  connections: number;
}

export interface OpenFeed extends Feed, Disposable {}

/** Answered by the second thread: a person may go on while one of these is worked at. */
const SLOW: readonly About[] = ["performance"];

/** Starts the threads. News of the file and of the node comes through `tell`. */
export function openFeed(sources: Sources, tell: (report: Report) => void): OpenFeed {
  const { health, timeoutMs, refreshMs, logFile, log, connections } = sources;
  const open = new Map<number, (answer: Answer | null, failure: Failure | null) => void>();
  const post = (thread: Worker, request: Request): void => thread.postMessage(request);
  let nextId = 1;

  function hear(report: Report): void {
    if (report.kind !== "answered") return logs.hear(report);
    const told = open.get(report.id);
    open.delete(report.id);
    told?.(report.answer, report.failure);
  }
  function openReader(thread: Worker): Worker {
    post(thread, { kind: "open-database", path, logFile, refreshMs });
    return thread;
  }

  const start = (told: (report: Report) => void): Worker =>
    startThread(({ data }: MessageEvent<Report>) => told(data), log);
  const { nodes: urls, databasePath: path } = health.input;
  const first = openReader(start(hear));
  const inspector = openInspector(start, urls, hear);
  const node = start(hear);
  const ours = readOurs(health.validators).flatMap(({ aura }) => aura);
  post(node, { kind: "open-node", urls, timeoutMs, refreshMs, ours });
  const checks = start(hear);
  post(checks, { kind: "open-health", wishes: health });
  let watching = first;
  const logs = openLogs(sources.journal && logFile === null, tell);

  // What is shown must not wait for what was asked beside it. That is rare, as the checks are: they share a thread.
  let later: Worker | null = null;
  const second = (): Worker => (later ??= connections > 1 ? openReader(checks) : first);

  return {
    watch: (question: Question) => {
      const next = SLOW.includes(question.about) ? second() : first;
      if (next !== watching) post(watching, { kind: "watch", question: null });
      watching = next;
      logs.watch(question);
      post(watching, { kind: "watch", question });
    },
    ask: (question, told) => {
      const id = nextId++;
      open.set(id, told);
      post(second(), { kind: "ask", id, question });
    },
    inspect: inspector.inspect,
    refresh: () => post(watching, { kind: "refresh" }),
    [Symbol.dispose]: () => {
      inspector[Symbol.dispose]();
      logs.watch(null);
      for (const thread of [first, node, checks]) thread.terminate();
    },
  };
}

/** Other machines instead of a file and a node: one thread asks them all. */
export function openFleetFeed(
  { remotes, timeoutMs, everyMs }: Omit<Request & { kind: "open-fleet" }, "kind">,
  tell: (report: Report) => void,
): OpenFeed {
  const thread = startThread(({ data }: MessageEvent<Report>) => tell(data), null);
  const post = (request: Request): void => thread.postMessage(request);
  post({ kind: "open-fleet", remotes, timeoutMs, everyMs });
  return {
    // There is no file here to be asked.
    watch: () => undefined,
    ask: (_, told) => told(null, null),
    inspect: () => undefined,
    refresh: () => post({ kind: "refresh" }),
    [Symbol.dispose]: () => thread.terminate(),
  };
}

/** A fault of ours in a thread is a fault of the program: it must not look like a quiet node. */
function startThread(
  hear: (event: MessageEvent<Report>) => void,
  log: DiagnosticsOptions | null,
): Worker {
  const thread = new Worker(workerUrl("commands/_view-worker"));
  thread.addEventListener("error", (event) => {
    throw new Error(`the reading thread failed: ${event.message}`);
  });
  thread.addEventListener("message", hear);
  if (log !== null) thread.postMessage({ kind: "log", options: log } satisfies Request);
  return thread;
}
