// The daemon's end of the thread that serves.
import { workerUrl } from "../worker.ts";
import type { FromThread, OpenRequest, Page } from "./messages.ts";

export interface ServingThread {
  tellReport: (json: string) => void;
  /** Resolves once the file is let go. */
  close: () => Promise<void>;
}

export interface ThreadHooks {
  render: () => Promise<Page>;
  onServing: (url: string) => void;
  onFailed: (message: string) => void;
}

/** A thread that is busy with a question is not waited for longer than this. */
const CLOSING_MS = 2000;

export function openServingThread(
  request: Omit<OpenRequest, "kind">,
  hooks: ThreadHooks,
): ServingThread {
  const worker = new Worker(workerUrl("core/api/api-worker"));
  const closed = Promise.withResolvers<void>();

  function tellMetrics(id: number): void {
    const tell = (page: Page | null): void => worker.postMessage({ kind: "metrics", id, page });
    hooks.render().then(tell, () => tell(null));
  }

  worker.onmessage = ({ data }: MessageEvent<FromThread>) => {
    switch (data.kind) {
      case "serving":
        return hooks.onServing(data.url);
      case "failed":
        return hooks.onFailed(data.message);
      case "want-metrics":
        return tellMetrics(data.id);
      case "closed":
        return closed.resolve();
    }
  };
  worker.onerror = ({ message }) => {
    hooks.onFailed(message);
    closed.resolve();
  };
  worker.postMessage({ kind: "open", ...request });
  return {
    tellReport: (json) => worker.postMessage({ kind: "report", json }),
    close: async () => {
      worker.postMessage({ kind: "close" });
      await Promise.race([closed.promise, Bun.sleep(CLOSING_MS)]);
      worker.terminate();
    },
  };
}
