// The 32-byte key inside an SS58 address: voters are named so. The library for it costs a tenth of a second to load.
import { badReply } from "../parse.ts";

const LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const KEY_BYTES = 32;
const CHECKSUM_BYTES = 2;
const LONGEST = 60;

/**
 * The key as 0x hex, whatever network the address is for. Throws `bad-reply` for anything that is no
 * address of such a key. Source: SS58, `base58(prefix ‖ key ‖ blake2b-512("SS58PRE" ‖ prefix ‖ key)[0..2])`.
 */
export function decodeAddress(address: string, path: string): string {
  // Arithmetic on a number of a million digits takes minutes.
  if (address.length > LONGEST) throw badReply(path, "an SS58 address", address);
  let number = 0n;
  for (const letter of address) {
    const digit = LETTERS.indexOf(letter);
    if (digit === -1) throw badReply(path, "an SS58 address", address);
    number = number * 58n + BigInt(digit);
  }
  // Prefixes below 64 take one byte, the others two. A leading zero byte is lost in the number.
  const hex = number.toString(16);
  const prefixBytes = hex.length > 2 * (1 + KEY_BYTES + CHECKSUM_BYTES) ? 2 : 1;
  const whole = hex.padStart(2 * (prefixBytes + KEY_BYTES + CHECKSUM_BYTES), "0");
  const body = whole.slice(0, -2 * CHECKSUM_BYTES);
  const check = checksum(body);
  if (whole.slice(body.length) !== check) throw badReply(path, "an SS58 address", address);
  return `0x${body.slice(2 * prefixBytes)}`;
}

function checksum(body: string): string {
  const hasher = new Bun.CryptoHasher("blake2b512");
  hasher.update("SS58PRE").update(Uint8Array.fromHex(body.length % 2 === 0 ? body : `0${body}`));
  return hasher.digest("hex").slice(0, 2 * CHECKSUM_BYTES);
}
