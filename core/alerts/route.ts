// Where a name leads, asked once: what was looked at is what is connected to.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

import { hostOf, isMetadataAddress, isMetadataName } from "./guard.ts";

/** One way to a receiver: an address in place of its name, which travels in the header and in TLS. */
export interface Route {
  url: string;
  headers: Record<string, string>;
  tls?: { serverName: string };
}

export type Lookup = (host: string) => Promise<readonly { address: string }[]>;

const lookUp: Lookup = async (host) => await lookup(host, { all: true });

/**
 * The ways to a URL, in the system's order; null when it, or any address of its name, is a cloud's metadata service.
 * Throws what the resolver says of a name it cannot find.
 */
export async function routesTo(url: string, resolve: Lookup = lookUp): Promise<Route[] | null> {
  const parsed = URL.parse(url);
  const asIs = [{ url, headers: {} }];
  if (parsed === null) return asIs;
  const host = hostOf(parsed);
  if (isMetadataName(host)) return null;
  if (isIP(host) !== 0) return isMetadataAddress(host) ? null : asIs;
  // A proxy looks the name up by itself, and may know it where we do not.
  if (hasProxy()) return asIs;
  const addresses = (await resolve(host)).map(({ address }) => address);
  if (addresses.some(isMetadataAddress)) return null;
  return addresses.map((address) => pin(parsed, address));
}

function pin(url: URL, address: string): Route {
  const to = new URL(url);
  to.hostname = address.includes(":") ? `[${address}]` : address;
  // A zone is no part of a URL.
  if (to.hostname === url.hostname && isIP(hostOf(url)) === 0)
    return { url: url.href, headers: {} };
  const route = { url: to.href, headers: { host: url.host } };
  return url.protocol === "https:" ? { ...route, tls: { serverName: hostOf(url) } } : route;
}

function hasProxy(): boolean {
  return ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"].some(
    (name) => (process.env[name] ?? "") !== "",
  );
}

/** Nobody was there: nothing was said yet. */
const UNHEARD =
  /^(?:ConnectionRefused|FailedToOpenSocket|E(?:CONNREFUSED|NETUNREACH|HOSTUNREACH|ADDRNOTAVAIL))$/;

/** The first way on which somebody listens; what may have been heard is not said twice. */
export async function firstWay<T>(
  routes: readonly Route[],
  go: (route: Route) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let failure: unknown = new Error("no address");
  for (const route of routes) {
    try {
      return await go(route);
    } catch (error) {
      if (signal.aborted || !isUnheard(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}

function isUnheard(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ("code" in each && UNHEARD.test(String(each.code))) return true;
  }
  return false;
}
