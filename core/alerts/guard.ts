// Addresses nothing is ever sent to: where clouds hand out a machine's credentials. Pure.
import { isIP } from "node:net";

/** Link-local is all of it refused; the others are single addresses outside it. */
const SINGLE = new Set([
  // Alibaba, Oracle, Azure.
  ...["100.100.100.200", "192.0.0.192", "168.63.129.16"],
  // Amazon, Google, Scaleway.
  ...["fd00:ec2::254", "fd20:ce::254", "fd00:42::42"],
]);

const NAMES = new Set([
  ...["metadata.google.internal", "metadata.goog", "metadata"],
  ...["instance-data", "instance-data.ec2.internal"],
]);

/** A host as `URL` spells it: in small letters, numbers of IPv4 in any spelling made plain. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

export function isMetadataName(host: string): boolean {
  return NAMES.has(host);
}

/** An IP address, in whatever way it names the IPv4 one it stands for. */
export function isMetadataAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, "");
  if (isIP(plain) === 4) return isRefused4(plain);
  const groups = groupsOf(plain);
  if (groups === null) return false;
  const canonical = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  return SINGLE.has(canonical) || embedded(groups).some(isRefused4);
}

function isRefused4(address: string): boolean {
  return address.startsWith("169.254.") || SINGLE.has(address);
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] | null {
  const canonical = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
  if (canonical === undefined) return null;
  const [head = "", tail] = canonical.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

/** The IPv4 addresses this one may be translated to: mapped, compatible, NAT64, link-local, 6to4, Teredo. */
function embedded(groups: readonly number[]): string[] {
  const at = (i: number): number => groups[i] ?? 0;
  const last = dotted(at(6), at(7));
  const isZero = groups.slice(0, 5).every((group) => group === 0);
  const found: string[] = [];
  if (isZero && (at(5) === 0xffff || at(5) === 0)) found.push(last);
  // 64:ff9b::/96 and, for networks of their own, 64:ff9b:1::/48; ::ffff:0:0:0/96 is another way of the same.
  if (at(0) === 0x64 && at(1) === 0xff9b) found.push(last);
  if (groups.slice(0, 4).every((group) => group === 0) && at(4) === 0xffff) found.push(last);
  if ((at(0) & 0xffc0) === 0xfe80) found.push(last);
  if (at(0) === 0x2002) found.push(dotted(at(1), at(2)));
  if (at(0) === 0x2001 && at(1) === 0) found.push(dotted(at(6) ^ 0xffff, at(7) ^ 0xffff));
  return found;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}
