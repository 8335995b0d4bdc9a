// The thread that serves metrics, probes and the API: however many ask, the sync has its own thread to itself. It must not be
// given less priority: both share SQLite's locks, and one that waits for the processor while it holds them holds up blocks.
import { isCurrent } from "../alerts/chain-facts.ts";
import { describeError, MonitorError } from "../errors.ts";
import type { MetricsServer } from "../metrics/server.ts";
import { isAllowed, openServer } from "../metrics/server.ts";
import { openReadable } from "../storage/open.ts";
import { openAnswers } from "./answers.ts";
import { openEvents } from "./events.ts";
import { openLimiter } from "./limit.ts";
import type { FromThread, OpenRequest, Page, ToThread } from "./messages.ts";
import { openApi } from "./serve.ts";

declare const self: Worker;

/** A daemon that says nothing for so long is not alive. */
const PATIENCE_MS = 5000;

interface Serving extends AsyncDisposable {
  url: string;
  tellReport: (json: string) => void;
  tellMetrics: (id: number, page: Page | null) => void;
}

function tell(message: FromThread): void {
  postMessage(message);
}

function serve({ listen, token, path, version, rate }: OpenRequest): Serving {
  const answers = openAnswers(path);
  const events = openEvents(openReadable(path));
  const daemon = openDaemon();
  let report: string | null = null;
  const api = openApi({
    ...{ answers, events, version, hasToken: token !== null },
    limiter: openLimiter(rate),
    report: () => report,
    isAllowed: (request) => isAllowed(request, token),
  });
  const server: MetricsServer = openServer({
    ...{ listen, token, api, render: daemon.askMetrics },
    isAlive: daemon.isAlive,
    notReady: () => (isCurrent(answers.db, Date.now()) ? null : "not caught up with the chain"),
  });
  return {
    url: server.url,
    tellReport: (json) => {
      report = json;
    },
    tellMetrics: daemon.tellMetrics,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      events[Symbol.dispose]();
      answers[Symbol.dispose]();
    },
  };
}

/** The metrics are asked of the daemon's own thread: so is, with them, whether it is alive. */
function openDaemon() {
  const waiting = new Map<number, PromiseWithResolvers<Page>>();
  let nextId = 0;

  async function askMetrics(): Promise<Page> {
    const id = nextId++;
    const answer = Promise.withResolvers<Page>();
    waiting.set(id, answer);
    const timer = setTimeout(
      () => answer.reject(new MonitorError("unavailable", "the daemon does not answer")),
      PATIENCE_MS,
    );
    tell({ kind: "want-metrics", id });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  }

  return {
    askMetrics,
    isAlive: async () => {
      try {
        await askMetrics();
        return true;
      } catch (error) {
        return !(error instanceof MonitorError && error.code === "unavailable");
      }
    },
    tellMetrics: (id: number, page: Page | null) => {
      if (page === null) waiting.get(id)?.reject(new Error("the metrics could not be made"));
      else waiting.get(id)?.resolve(page);
    },
  };
}

// Loaded by anything but a thread's owner it does nothing.
if (!Bun.isMainThread) {
  let serving: Serving | null = null;
  self.onmessage = async ({ data }: MessageEvent<ToThread>) => {
    switch (data.kind) {
      case "open":
        try {
          serving = serve(data);
          tell({ kind: "serving", url: serving.url });
        } catch (error) {
          const hint = error instanceof MonitorError && error.hint ? ` → ${error.hint}` : "";
          tell({ kind: "failed", message: `${describeError(error)}${hint}` });
        }
        return;
      case "report":
        return serving?.tellReport(data.json);
      case "metrics":
        return serving?.tellMetrics(data.id, data.page);
      case "close":
        await serving?.[Symbol.asyncDispose]();
        tell({ kind: "closed" });
    }
  };
}
