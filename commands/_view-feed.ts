// The threads that read for the dashboard, and the questions still open with them.
import type { Answer, Failure, Report, Request } from "../core/view/messages.ts";
import type { Feed } from "../ui/feed.ts";

export interface Sources {
  databasePath: string;
  nodeUrl: string;
  timeoutMs: number;
  refreshMs: number;
  ours: string[];
}

export interface OpenFeed extends Feed, Disposable {}

/** Starts both threads. News of either comes through `tell`. */
export function openFeed(sources: Sources, tell: (report: Report) => void): OpenFeed {
  const { databasePath, nodeUrl, timeoutMs, refreshMs, ours } = sources;
  const database = startThread();
  const node = startThread();
  const open = new Map<number, (answer: Answer | null, failure: Failure | null) => void>();
  let nextId = 1;

  database.addEventListener("message", ({ data }: MessageEvent<Report>) => {
    if (data.kind !== "answered") return tell(data);
    const told = open.get(data.id);
    open.delete(data.id);
    told?.(data.answer, data.failure);
  });
  node.addEventListener("message", ({ data }: MessageEvent<Report>) => tell(data));
  const post = (thread: Worker, request: Request): void => thread.postMessage(request);
  post(database, { kind: "open-database", path: databasePath, refreshMs });
  post(node, { kind: "open-node", url: nodeUrl, timeoutMs, refreshMs, ours });

  return {
    watch: (question) => post(database, { kind: "watch", question }),
    ask: (question, told) => {
      const id = nextId++;
      open.set(id, told);
      post(database, { kind: "ask", id, question });
    },
    refresh: () => post(database, { kind: "refresh" }),
    [Symbol.dispose]: () => {
      database.terminate();
      node.terminate();
    },
  };
}

/** A fault of ours in a thread is a fault of the program: it must not look like a quiet node. */
function startThread(): Worker {
  const thread = new Worker(new URL("./_view-worker.ts", import.meta.url).href);
  thread.addEventListener("error", (event) => {
    throw new Error(`the reading thread failed: ${event.message}`);
  });
  return thread;
}
