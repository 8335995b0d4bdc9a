// Names of the calls in a block, by the metadata of the runtime that built it.
import { isCode, MonitorError } from "../errors.ts";
import type { Link } from "./link.ts";
import type { WholeBlock } from "./rpc.ts";
import { fetchMetadata, fetchRuntimeVersion } from "./rpc.ts";

export interface Extrinsic {
  index: number;
  bytes: number;
  /** `bare` has no signature: an inherent or a ledger transaction. Null = not decoded. */
  kind: "bare" | "signed" | "general" | null;
  pallet: string | null;
  call: string | null;
  /** Arguments as text by name, long ones cut. */
  args: Record<string, string> | null;
}

/** Names the calls of one block; what does not decode to its last byte is left unnamed. */
export type ExtrinsicNamer = (extrinsics: readonly string[]) => Extrinsic[];

/** Decoding metadata takes a tenth of a second: once for each runtime and chain. */
const namers = new Map<string, Promise<ExtrinsicNamer>>();

/**
 * The namer for the runtime that built a block. In the block's own state a new runtime may be in force
 * already, so the state asked is the parent's, or the best block's when the same runtime is still in force.
 * Null when the node has neither: its states are pruned.
 */
export async function fetchNamer(
  link: Link,
  { header }: WholeBlock,
  genesisHash: string,
): Promise<ExtrinsicNamer | null> {
  const builtBy = header.digest.specVersion;
  const key = `${genesisHash} ${builtBy}`;
  const known = builtBy === null ? undefined : namers.get(key);
  if (known !== undefined) return await known;
  const metadata = await fetchBuilder(link, header.parentHash, builtBy);
  if (metadata === null) return null;
  const namer = openNamer(metadata);
  if (builtBy !== null) namers.set(key, namer);
  try {
    return await namer;
  } catch (cause) {
    // Asked for again the next time.
    namers.delete(key);
    throw new MonitorError("bad-reply", "state_getMetadata: no metadata we can read", { cause });
  }
}

async function fetchBuilder(
  link: Link,
  parentHash: string,
  builtBy: number | null,
): Promise<string | null> {
  if (builtBy !== null) {
    const { specVersion } = await fetchRuntimeVersion(link);
    if (specVersion === builtBy) return await fetchMetadata(link);
  }
  try {
    return await fetchMetadata(link, parentHash);
  } catch (error) {
    if (isCode(error, "discarded")) return null;
    throw error;
  }
}

/** Loads the decoder on first need: a third of a second that other questions do not pay. */
async function openNamer(metadataHex: string): Promise<ExtrinsicNamer> {
  const { TypeRegistry } = await import("@polkadot/types/create");
  const { Metadata } = await import("@polkadot/types/metadata");
  return quietly(() => decoderOf(TypeRegistry, Metadata, metadataHex));
}

/** The library says on the terminal what it makes of metadata, in the words of whoever made that. */
function quietly<T>(work: () => T): T {
  // oxlint-disable no-console -- silenced here, not used
  const { warn, error } = console;
  console.warn = console.error = () => undefined;
  try {
    return work();
  } finally {
    Object.assign(console, { warn, error });
  }
  // oxlint-enable no-console
}

function decoderOf(
  TypeRegistry: typeof import("@polkadot/types/create").TypeRegistry,
  Metadata: typeof import("@polkadot/types/metadata").Metadata,
  metadataHex: string,
): ExtrinsicNamer {
  const registry = new TypeRegistry();
  // @ts-expect-error -- the library's own types disagree under exactOptionalPropertyTypes
  const metadata = new Metadata(registry, metadataHex);
  const unknown = metadata.asLatest.extrinsic.transactionExtensions.map(
    ({ identifier }: { identifier: { toString: () => string } }) => identifier.toString(),
  );
  // The library warns on the terminal of extensions it does not know; none of Midnight's own carries bytes.
  const known = new Set(registry.signedExtensions);
  const extensions = Object.fromEntries(
    unknown
      .filter((name) => !known.has(name))
      .map((name) => [name, { extrinsic: {}, payload: {} }]),
  );
  registry.setMetadata(metadata, undefined, extensions);
  return (extrinsics) =>
    quietly(() => extrinsics.map((hex, index) => nameOne(registry, hex, index)));
}

interface Call {
  section: string;
  method: string;
  encodedLength: number;
  argsDef: Record<string, unknown>;
  args: { toString: () => string; toHuman: () => unknown }[];
}

interface Registry {
  createType: (type: string, value: Uint8Array) => unknown;
}

const KINDS = ["bare", "general", "signed"] as const;

function nameOne(registry: unknown, hex: string, index: number): Extrinsic {
  const bytes = Uint8Array.fromHex(hex.slice(2));
  const unnamed = { index, bytes: bytes.length, kind: null, pallet: null, call: null, args: null };
  try {
    const decoded = decode(registry, bytes);
    return decoded === null ? unnamed : { index, bytes: bytes.length, ...decoded };
  } catch {
    // Bytes this runtime has no call for are shown by their size.
    return unnamed;
  }
}

function decode(
  registry: unknown,
  bytes: Uint8Array,
): Pick<Extrinsic, "kind" | "pallet" | "call" | "args"> | null {
  // The library's codecs are typed by names it looks up at run time.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { createType } = registry as Registry;
  const start = prefixLength(bytes);
  const first = bytes[start] ?? 0;
  const kind = KINDS[first >> 6] ?? null;
  if (kind === null) return null;
  if (kind !== "bare") {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const signed = createType.call(registry, "Extrinsic", bytes) as {
      method: Call;
      encodedLength: number;
    };
    return signed.encodedLength === bytes.length ? { kind, ...describeCall(signed.method) } : null;
  }
  const rest = bytes.subarray(start + 1);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const call = createType.call(registry, "Call", rest) as Call;
  return call.encodedLength === rest.length ? { kind, ...describeCall(call) } : null;
}

/** An extrinsic in a body starts with its length, a compact number. */
function prefixLength(bytes: Uint8Array): number {
  return [1, 2, 4, 5][(bytes[0] ?? 0) & 3] ?? 1;
}

const LONGEST_ARGUMENT = 100;

function describeCall(call: Call): Pick<Extrinsic, "pallet" | "call" | "args"> {
  const names = Object.keys(call.argsDef);
  const args = Object.fromEntries(
    call.args.map((arg, i) => [names[i] ?? String(i), clip(arg.toString())]),
  );
  return { pallet: call.section, call: call.method, args };
}

function clip(text: string): string {
  if (text.length <= LONGEST_ARGUMENT) return text;
  const bytes = text.startsWith("0x")
    ? `${(text.length - 2) / 2} bytes`
    : `${text.length} characters`;
  return `${text.slice(0, 40)}… (${bytes})`;
}
