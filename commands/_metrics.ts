// Metrics and API of a running mvm-sync, served where the configuration says, by a thread of their own.
import type { ServingThread } from "../core/api/thread.ts";
import type { Exchange } from "../core/chain/link.ts";
import { parseListen } from "../core/config/listen.ts";
import type { Config } from "../core/config/schema.ts";
import { MonitorError } from "../core/errors.ts";
import type { HealthReport } from "../core/health/health.ts";
import { collectSnapshot } from "../core/metrics/collect.ts";
import type { Series } from "../core/metrics/series.ts";
import { checkAccess } from "../core/metrics/server.ts";
import type { Opened } from "../core/sync/context.ts";
import { VERSION } from "./_main.ts";
import { readCommit } from "./_version.ts";

export interface Metrics {
  serve: (opened: Opened) => void;
  /** After each look at node and validators. */
  tellReport: (report: HealthReport) => void;
  observeRequest: (exchange: Exchange) => void;
  countRefusal: (error: unknown) => void;
  close: () => Promise<void>;
}

/** Null when nothing is to be served. Throws `config` for an address that cannot be. */
export function openMetrics({ metrics, database }: Config): Metrics | null {
  if (metrics.listen === null) return null;
  const listen = parseListen(metrics.listen);
  const { token, api_rate: rate } = metrics;
  checkAccess(listen, token);
  let thread: ServingThread | null = null;
  let closed = false;
  let series: Series | null = null;
  let report: HealthReport | null = null;

  async function start({ db, log }: Opened): Promise<void> {
    // Only who wants metrics waits for the library.
    const { openSeries } = await import("../core/metrics/series.ts");
    const { openServingThread } = await import("../core/api/thread.ts");
    if (closed) return;
    const opened = openSeries({ version: VERSION, commit: readCommit() });
    series = opened;
    thread = openServingThread(
      { listen, token, path: database.path, version: VERSION, rate },
      {
        render: async () => await opened.render(collectSnapshot(db, report, Date.now())),
        onServing: (url) => log.info(`metrics at ${url}metrics`, { url }),
        // The blocks matter more than their numbers: the sync goes on.
        onFailed: (message) => log.error(`no metrics: ${message}`),
      },
    );
    if (report !== null) thread.tellReport(JSON.stringify(report, null, 2));
  }

  return {
    serve: (opened) => {
      start(opened).catch((error: unknown) => {
        opened.log.error(`no metrics: ${error instanceof Error ? error.message : String(error)}`);
      });
    },
    tellReport: (told) => {
      report = told;
      thread?.tellReport(JSON.stringify(told, null, 2));
    },
    observeRequest: ({ method, durationMs, error }) =>
      series?.observeRequest(method, durationMs, error?.code ?? "ok"),
    countRefusal: (error) =>
      series?.countRefusal(error instanceof MonitorError ? error.code : "failure"),
    close: async () => {
      closed = true;
      await thread?.close();
    },
  };
}
