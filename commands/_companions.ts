// What runs beside the sync in the same process: a look at everything each minute, alerts from it, metrics of it.
import type { AlertSettings } from "../core/alerts/settings.ts";
import { alertSettings } from "../core/alerts/settings.ts";
import type { Watch } from "../core/alerts/watch.ts";
import { openWatch } from "../core/alerts/watch.ts";
import type { Exchange } from "../core/chain/link.ts";
import type { Config } from "../core/config/schema.ts";
import { describeError } from "../core/errors.ts";
import type { Look } from "../core/health/health.ts";
import { checkHealth } from "../core/health/health.ts";
import type { Check } from "../core/health/report.ts";
import type { OurValidator } from "../core/ours.ts";
import type { Opened } from "../core/sync/context.ts";
import { healthInput } from "./_health.ts";
import { openMetrics } from "./_metrics.ts";

interface Pace {
  /** The first look waits for the first blocks: before them there is nothing to say. */
  firstMs: number;
  everyMs: number;
}

const PACE: Pace = { firstMs: 5000, everyMs: 60_000 };

export interface Companions {
  open: (opened: Opened) => AsyncDisposable;
  /** After each block followed. */
  afterBlock: () => void;
  observeRequest: (exchange: Exchange) => void;
  countRefusal: (error: unknown) => void;
  /** Throws `config` for settings that cannot be; what it returns takes them over. */
  prepareReload: (config: Config, ours: readonly OurValidator[]) => () => void;
}

/** Throws `config` for alerts or an address that cannot be. */
export function prepareCompanions(
  initial: Config,
  initialOurs: readonly OurValidator[],
  { firstMs, everyMs } = PACE,
): Companions {
  let config = initial;
  let ours = initialOurs;
  let settings: AlertSettings = alertSettings(config);
  let look: Look | null = null;
  let watch: Watch | null = null;
  const metrics = openMetrics(config);

  async function checks(): Promise<readonly Check[]> {
    const previous = look?.observation ?? null;
    look = await checkHealth({ ...healthInput(config, ours), previous });
    metrics?.tellReport(look.report);
    return look.report.checks;
  }

  async function everyMinute({ log }: Opened): Promise<void> {
    try {
      // The watch looks by itself when it is on.
      if (settings.enabled) await watch?.everyMinute();
      else if (metrics !== null) await checks();
    } catch (error) {
      log.warn(`the checks failed: ${describeError(error)}`);
    }
  }

  return {
    open: (opened) => {
      const { db, log } = opened;
      watch = openWatch({ db, settings, checks, log, ours: () => ours });
      metrics?.serve(opened);
      const timers = [
        setTimeout(() => void everyMinute(opened), firstMs),
        setInterval(() => void everyMinute(opened), everyMs),
      ];
      return {
        [Symbol.asyncDispose]: async () => {
          for (const timer of timers) clearTimeout(timer);
          await Promise.all([watch?.close(), metrics?.close()]);
        },
      };
    },
    afterBlock: () => watch?.afterBlock(),
    observeRequest: (exchange) => metrics?.observeRequest(exchange),
    countRefusal: (error) => metrics?.countRefusal(error),
    prepareReload: (next, keys) => {
      const wanted = alertSettings(next);
      return () => {
        // The checks look at the node and the file that are synced, until a restart.
        const {
          database,
          chain,
          rpc: { url, urls },
        } = config;
        config = { ...next, rpc: { ...next.rpc, url, urls }, database, chain };
        ours = keys;
        settings = wanted;
        watch?.reload(wanted);
      };
    },
  };
}
