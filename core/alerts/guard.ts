// Addresses nothing is ever sent to: where clouds hand out a machine's credentials.
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

const REFUSED = new BlockList();
REFUSED.addSubnet("169.254.0.0", 16, "ipv4");
REFUSED.addAddress("100.100.100.200", "ipv4");
REFUSED.addAddress("fd00:ec2::254", "ipv6");

const NAMES = new Set(["metadata.google.internal", "metadata.goog", "metadata"]);

/**
 * Whether an address belongs to a cloud's metadata service, by its name, its number in any spelling, or what
 * its name stands for now. A name that cannot be looked up is not refused: sending to it fails by itself.
 */
export async function isMetadataAddress(url: string): Promise<boolean> {
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  const host = parsed.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (NAMES.has(host)) return true;
  if (isIP(host) !== 0) return isRefused(host);
  try {
    const found = await lookup(host, { all: true });
    return found.some(({ address }) => isRefused(address));
  } catch {
    return false;
  }
}

function isRefused(address: string): boolean {
  return REFUSED.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
