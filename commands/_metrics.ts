// The metrics of a running mvm-sync, served where the configuration says.
import { isCurrent } from "../core/alerts/chain-facts.ts";
import type { Exchange } from "../core/chain/link.ts";
import { parseListen } from "../core/config/listen.ts";
import type { Config } from "../core/config/schema.ts";
import type { HealthReport } from "../core/health/health.ts";
import { collectSnapshot } from "../core/metrics/collect.ts";
import type { Series } from "../core/metrics/series.ts";
import type { MetricsServer } from "../core/metrics/server.ts";
import { checkAccess, openServer } from "../core/metrics/server.ts";
import type { Opened } from "../core/sync/context.ts";
import { VERSION } from "./_main.ts";
import { readCommit } from "./_version.ts";

export interface Metrics {
  serve: (opened: Opened) => void;
  observeRequest: (exchange: Exchange) => void;
  close: () => Promise<void>;
}

/** Null when nothing is to be served. Throws `config` for an address that cannot be. */
export function openMetrics(
  { metrics: { listen, token } }: Config,
  report: () => HealthReport | null,
): Metrics | null {
  if (listen === null) return null;
  const address = parseListen(listen);
  checkAccess(address, token);
  let server: MetricsServer | null = null;
  let closed = false;
  let series: Series | null = null;

  async function start({ db, log }: Opened): Promise<void> {
    // Only who wants metrics waits for the library.
    const { openSeries } = await import("../core/metrics/series.ts");
    if (closed) return;
    const opened = openSeries({ version: VERSION, commit: readCommit() });
    series = opened;
    server = openServer({
      ...{ listen: address, token },
      render: async () => await opened.render(collectSnapshot(db, report(), Date.now())),
      notReady: () => (isCurrent(db, Date.now()) ? null : "not caught up with the chain"),
    });
    log.info(`metrics at ${server.url}metrics`, { url: server.url });
  }

  return {
    serve: (opened) => {
      start(opened).catch((error: unknown) => {
        // The blocks matter more than their numbers: the sync goes on.
        opened.log.error(`no metrics: ${error instanceof Error ? error.message : String(error)}`);
      });
    },
    observeRequest: ({ method, durationMs, error }) =>
      series?.observeRequest(method, durationMs, error?.code ?? "ok"),
    close: async () => {
      closed = true;
      await server?.[Symbol.asyncDispose]();
    },
  };
}
