// The dead man's switch: a URL called each minute while all is well, so that silence is the alarm.
import { ofetch } from "ofetch";

import type { Log } from "../log.ts";
import type { Route } from "./route.ts";
import { firstWay, routesTo } from "./route.ts";

export type Ping = (url: string, signal: AbortSignal) => Promise<void>;

/** Redirects are not followed: the address is a secret. Throws when it was not answered with yes. */
export const ping: Ping = async (url, signal) => {
  const routes = await routesTo(url);
  if (routes === null) throw new Error("refused");
  const once = async (way: Route) =>
    await ofetch.raw<ReadableStream, "stream">(way.url, {
      ...{
        ...(way.tls === undefined ? {} : { tls: way.tls }),
        signal,
        responseType: "stream",
        redirect: "manual",
        retry: 0,
      },
      headers: { "user-agent": "mvm", ...way.headers },
      ignoreResponseError: true,
    });
  const { ok, body } = await firstWay(routes, once, signal);
  await body?.cancel();
  if (!ok) throw new Error("not ok");
};

export interface Deadman {
  /** Calls, in the background, when all is well and no call is under way. */
  beat: (url: string | null, allWell: boolean) => void;
  close: () => void;
}

export function openDeadman(log: Log, timeoutMs: number, call: Ping = ping): Deadman {
  const aborter = new AbortController();
  let busy = false;
  let failing = false;

  async function once(url: string): Promise<void> {
    busy = true;
    try {
      await call(url, AbortSignal.any([aborter.signal, AbortSignal.timeout(timeoutMs)]));
      if (failing) log.info("the dead man's switch is reached again");
      failing = false;
    } catch {
      // The address is a secret, and errors name it.
      if (!failing && !aborter.signal.aborted) log.warn("the dead man's switch cannot be reached");
      failing = true;
    } finally {
      busy = false;
    }
  }

  return {
    beat: (url, allWell) => {
      if (url !== null && allWell && !busy && !aborter.signal.aborted) void once(url);
    },
    close: () => aborter.abort(),
  };
}
