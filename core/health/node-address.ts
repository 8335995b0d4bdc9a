// Does the node have the address it should have? Pure.
import type { Finding } from "./check.ts";
import { unknown } from "./check.ts";
import type { Observation } from "./observe.ts";
import { valueOf } from "./told.ts";

/** A whole IPv4 address must fit exactly; anything shorter, or ending in a dot or colon, is a beginning. */
function fits(address: string, expected: string): boolean {
  const whole = /^\d+\.\d+\.\d+\.\d+$/.test(expected);
  return whole ? address === expected : address.startsWith(expected);
}

function ipOf(multiaddress: string): string {
  return /^\/ip[46]\/([^/]+)/.exec(multiaddress)?.[1] ?? "";
}

/** The address others reach the node at, `IP:PORT`; null where it names private ones alone, or none. */
export function publicAddress({ externalAddresses, listenAddresses }: Observation): string | null {
  const told = [...(valueOf(externalAddresses) ?? []), ...(valueOf(listenAddresses) ?? [])];
  const open = told.find((each) => ipOf(each) !== "" && !PRIVATE.test(ipOf(each)));
  if (open === undefined) return null;
  const port = /\/(?:tcp|udp)\/(\d+)/.exec(open)?.[1];
  const ip = ipOf(open).includes(":") ? `[${ipOf(open)}]` : ipOf(open);
  return port === undefined ? ip : `${ip}:${port}`;
}

const PRIVATE =
  /^(?:10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|0\.|::|f[cd]|fe80)/i;

/**
 * What the node listens on may be told by any node; behind a router that is a private address, and the
 * public one stands among the external addresses, which most nodes hide.
 */
export function judgeAddress(observation: Observation, expected: string): Finding {
  const { listenAddresses, externalAddresses } = observation;
  const listening = (valueOf(listenAddresses) ?? []).map(ipOf);
  const external = (valueOf(externalAddresses) ?? []).map(ipOf);
  const all = [...new Set([...listening, ...external])];
  if (all.some((address) => fits(address, expected))) {
    return { verdict: "ok", message: `the node has ${expected}` };
  }
  const open = all.filter((address) => address !== "" && !PRIVATE.test(address));
  if (open.length > 0) {
    return {
      verdict: "warning",
      message: `the node has ${open.join(", ")}, not ${expected}`,
      hint: "check --public-addr of the node, or view.expected_ip in the configuration",
    };
  }
  if ("missing" in listenAddresses && "missing" in externalAddresses) {
    return unknown("its address is not known", listenAddresses.missing);
  }
  return unknown("its public address is not known", "it names private addresses alone");
}
