// The address our own metrics are served on, as an operator writes it.
import { MonitorError } from "../errors.ts";

export interface ListenAddress {
  hostname: string;
  port: number;
}

/** `HOST:PORT`, `[IPv6]:PORT` or `:PORT` (every address). Throws `config`. */
export function parseListen(text: string): ListenAddress {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw new MonitorError(
      "config",
      `metrics.listen: found ${JSON.stringify(text)}, expected HOST:PORT`,
      {
        hint: "for example 127.0.0.1:9616",
      },
    );
  }
  return { hostname: (bracketed ?? plain) || "0.0.0.0", port };
}

/** Only this machine can reach it. */
export function isLoopback({ hostname }: ListenAddress): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
