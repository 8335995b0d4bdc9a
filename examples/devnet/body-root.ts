// The extrinsics root of a header: blake2 over a base-16 Patricia trie of the body, as Substrate's first layout has it.
import { blake2, bytesOf, compact, u16 } from "./scale.ts";

interface Leaf {
  /** Nibbles still ahead. */
  path: number[];
  value: Buffer;
}

function nibbles(bytes: Uint8Array): number[] {
  return [...bytes].flatMap((byte) => [byte >> 4, byte & 15]);
}

function header(kind: number, path: readonly number[]): Buffer {
  const padded = path.length % 2 === 0 ? path : [0, ...path];
  const bytes = [kind | path.length];
  for (let i = 0; i < padded.length; i += 2)
    bytes.push(((padded[i] ?? 0) << 4) | (padded[i + 1] ?? 0));
  return Buffer.from(bytes);
}

function node(leaves: readonly Leaf[]): Buffer {
  const [only, ...others] = leaves;
  if (only === undefined) return Buffer.from([0]);
  if (others.length === 0)
    return Buffer.concat([header(0b0100_0000, only.path), bytesOf(only.value)]);
  const shared = only.path.findIndex((nibble, i) => others.some(({ path }) => path[i] !== nibble));
  const children = Map.groupBy(leaves, ({ path }) => path[shared] ?? 0);
  let bits = 0;
  for (const nibble of children.keys()) bits |= 1 << nibble;
  const below = [...children]
    .toSorted(([a], [b]) => a - b)
    .map(([, some]) =>
      node(some.map(({ path, value }) => ({ path: path.slice(shared + 1), value }))),
    )
    .map((child) => bytesOf(child.length < 32 ? child : blake2(child)));
  return Buffer.concat([header(0b1000_0000, only.path.slice(0, shared)), u16(bits), ...below]);
}

/** Each extrinsic with its length before it, under its place. */
export function bodyRoot(body: readonly Buffer[]): Buffer {
  return blake2(node(body.map((value, i) => ({ path: nibbles(compact(i)), value }))));
}
