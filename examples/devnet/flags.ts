// Command-line flags to options.
import type { ArgsDef } from "citty";

import { DEFAULT_OPTIONS, type DevnetOptions, type Faults, NO_FAULTS } from "./options.ts";

export class UsageError extends Error {}

function text(description: string, fallback?: string | number) {
  return {
    type: "string" as const,
    description,
    ...(fallback === undefined ? {} : { default: String(fallback) }),
  };
}

function toggle(description: string, fallback: boolean) {
  return { type: "boolean" as const, description, default: fallback };
}

const D = DEFAULT_OPTIONS;

export const FLAGS = {
  seed: text("everything follows from it", D.seed),
  history: text("canonical blocks at start-up", D.history),
  "slot-ms": text("slot duration", D.slotMs),
  "slots-per-epoch": text("slots per epoch", D.slotsPerEpoch),
  validators: text("distinct candidates", D.validators),
  permissioned: text("permissioned ones among them", D.permissioned),
  seats: text("seats per committee", D.seats),
  "miss-rate": text("chance that an owner misses its slot", D.missRate),
  "fork-rate": text("chance per slot that a fork begins", D.forkRate),
  "fork-depth": text("deepest fork", D.forkDepth),
  "finality-lag": text("blocks between best and finalized", D.finalityLag),
  pruning: text("archive, or blocks of state kept below the finalized head", D.pruning),
  "rpc-methods": text("safe or unsafe", D.rpcMethods),
  "ariadne-shape": text("candidate keys: old or new", D.ariadneShape),
  "status-slot": toggle("slot in sidechain_getStatus", D.statusSlot),
  "db-sync": toggle("db-sync reachable", D.dbSync),
  "spec-version": text("runtime version", D.specVersion),
  "upgrade-at": text("block that upgrades the runtime"),
  "upgrade-to": text("runtime version after it", D.upgradeTo),
  "opaque-bodies": toggle("headers whose extrinsics root cannot be checked", D.opaqueBodies),
  clock: text("wall or manual", "wall"),
  "end-slot": text(
    "last slot of the history, the present one unless told; the same in each node of one chain",
  ),
  port: text("JSON-RPC port", 9944),
  "metrics-port": text("Prometheus port", 9615),
  host: text("address to listen on", D.host),
  cardano: text("preview, preprod or mainnet", D.cardano),
  "chain-name": text("system_chain", D.chainName),
  metadata: text("file of raw SCALE metadata to serve; bodies decode under it"),
  "upgrade-metadata": text("the same for the runtime after the upgrade"),
  "latency-ms": text("delay of every reply", NO_FAULTS.latencyMs),
  "drop-every": text("close a connection after so many replies", NO_FAULTS.dropEvery),
  "wrong-every": text("every n-th reply is wrong", NO_FAULTS.wrongEvery),
  "truncate-every": text("every n-th reply is cut in half", NO_FAULTS.truncateEvery),
  "oversize-every": text("every n-th reply is huge", NO_FAULTS.oversizeEvery),
  "oversize-bytes": text("how huge", NO_FAULTS.oversizeBytes),
  "reject-web-socket": toggle("answer 403 to WebSocket upgrades", NO_FAULTS.rejectWebSocket),
  silent: toggle("accept and never answer", NO_FAULTS.silent),
  batch: toggle("--no-batch refuses batches", true),
  "hash-list": toggle("--no-hash-list refuses lists in chain_getBlockHash", true),
  "restart-every": text("restart the node every so many seconds"),
  "restart-down-ms": text("how long it stays away", 2000),
  keystore: text("folder to write validator 0's keystore to"),
  truth: text("file to write the truth to on exit"),
  control: toggle("read commands from standard input", false),
} satisfies ArgsDef;

export type Flags = Record<string, unknown>;

/** The parser accepts any flag silently; a typo must not. */
export function rejectUnknown(raw: readonly string[]): void {
  for (const word of raw) {
    if (!word.startsWith("-")) continue;
    const name = word.replace(/^--?/, "").replace(/=.*$/, "");
    if (!(name in FLAGS) && !(name.replace(/^no-/, "") in FLAGS))
      throw new UsageError(`unknown flag ${word}`);
  }
}

export function optionalText(flags: Flags, name: keyof typeof FLAGS): string | undefined {
  const value = flags[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value === "") throw new UsageError(`--${name} needs a value`);
  return value;
}

function textOf(flags: Flags, name: keyof typeof FLAGS): string {
  return optionalText(flags, name) ?? "";
}

export function optionalNumber(flags: Flags, name: keyof typeof FLAGS): number | undefined {
  const value = optionalText(flags, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new UsageError(`--${name} needs a number, not ${value}`);
  return number;
}

function numberOf(flags: Flags, name: keyof typeof FLAGS): number {
  return optionalNumber(flags, name) ?? 0;
}

function oneOf<T extends string>(flags: Flags, name: keyof typeof FLAGS, known: readonly T[]): T {
  const value = textOf(flags, name);
  const found = known.find((word) => word === value);
  if (found === undefined) throw new UsageError(`--${name} is one of ${known.join(", ")}`);
  return found;
}

function faultsOf(flags: Flags): Faults {
  return {
    // Those without a flag come about by --control.
    ...NO_FAULTS,
    latencyMs: numberOf(flags, "latency-ms"),
    dropEvery: numberOf(flags, "drop-every"),
    wrongEvery: numberOf(flags, "wrong-every"),
    truncateEvery: numberOf(flags, "truncate-every"),
    oversizeEvery: numberOf(flags, "oversize-every"),
    oversizeBytes: numberOf(flags, "oversize-bytes"),
    rejectWebSocket: flags["reject-web-socket"] === true,
    silent: flags["silent"] === true,
    noBatch: flags["batch"] === false,
    noHashList: flags["hash-list"] === false,
  };
}

export function optionsOf(flags: Flags): Partial<DevnetOptions> {
  const upgradeAt = optionalNumber(flags, "upgrade-at");
  const endSlot = optionalNumber(flags, "end-slot");
  const metadataFile = optionalText(flags, "metadata");
  const upgradeMetadataFile = optionalText(flags, "upgrade-metadata");
  return {
    seed: textOf(flags, "seed"),
    history: numberOf(flags, "history"),
    slotMs: numberOf(flags, "slot-ms"),
    slotsPerEpoch: numberOf(flags, "slots-per-epoch"),
    validators: numberOf(flags, "validators"),
    permissioned: numberOf(flags, "permissioned"),
    seats: numberOf(flags, "seats"),
    missRate: numberOf(flags, "miss-rate"),
    forkRate: numberOf(flags, "fork-rate"),
    forkDepth: numberOf(flags, "fork-depth"),
    finalityLag: numberOf(flags, "finality-lag"),
    pruning: textOf(flags, "pruning") === "archive" ? "archive" : numberOf(flags, "pruning"),
    rpcMethods: oneOf(flags, "rpc-methods", ["safe", "unsafe"]),
    ariadneShape: oneOf(flags, "ariadne-shape", ["old", "new"]),
    statusSlot: flags["status-slot"] === true,
    dbSync: flags["db-sync"] === true,
    specVersion: numberOf(flags, "spec-version"),
    upgradeTo: numberOf(flags, "upgrade-to"),
    opaqueBodies: flags["opaque-bodies"] === true,
    clock: oneOf(flags, "clock", ["wall", "manual"]),
    port: numberOf(flags, "port"),
    metricsPort: numberOf(flags, "metrics-port"),
    host: textOf(flags, "host"),
    cardano: oneOf(flags, "cardano", ["preview", "preprod", "mainnet"]),
    chainName: textOf(flags, "chain-name"),
    faults: faultsOf(flags),
    ...(upgradeAt === undefined ? {} : { upgradeAt }),
    ...(endSlot === undefined ? {} : { endSlot }),
    ...(metadataFile === undefined ? {} : { metadataFile }),
    ...(upgradeMetadataFile === undefined ? {} : { upgradeMetadataFile }),
  };
}
