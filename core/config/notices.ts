// What is allowed and probably not meant: told by `mvm config validate`, in nobody's way.
import { nearestWord } from "../nearest.ts";
import type { Layer } from "./layer.ts";
import { ruleOf } from "./lists.ts";
import { placeOf } from "./pick.ts";
import type { Config } from "./schema.ts";
import { KEYS } from "./schema.ts";

/** What of a channel only some types read. */
const CHANNEL_KEYS = ["token", "secret", "chat_id"] as const;

type PlaceAt = (dotted: string) => string | null;

/** `sources` as the loader tells them. */
export function collectNotices(
  layers: readonly (Layer & { isOpen: boolean })[],
  config: Config,
  sources: ReadonlyMap<string, string>,
  env: Record<string, string | undefined>,
): string[] {
  const placeAt: PlaceAt = (dotted) => {
    const source = sources.get(dotted) ?? "default";
    return source === "default" ? null : placeOf(source);
  };
  return [
    ...noticeOpenFiles(layers),
    ...noticeKeys(config, placeAt),
    ...noticeChannels(config.alerts, placeAt),
    ...noticeIdle(config, placeAt),
    ...noticeVariables(env),
  ];
}

function* noticeOpenFiles(layers: readonly (Layer & { isOpen: boolean })[]): Generator<string> {
  for (const { path, secrets, isOpen } of layers) {
    if (!isOpen || secrets.length === 0) continue;
    const which = secrets.join(", ");
    const cure = `chmod o-r it, or name a file that holds the secret with ${secrets[0]}_file`;
    yield `${path}: holds secrets (${which}) and everybody may read it: ${cure}`;
  }
}

function* noticeKeys({ alerts, validators }: Config, placeAt: PlaceAt): Generator<string> {
  for (const { section, name, dotted, spec } of KEYS) {
    const place = placeAt(dotted);
    if (spec.status !== "compat" || place === null) continue;
    yield `${place}: [${section}] ${name}: ${spec.description}`;
  }
  const secret = placeAt("alerts.webhook_secret");
  if (secret !== null && alerts.webhook_url === null) {
    yield `${secret}: [alerts] webhook_secret: nothing to sign without webhook_url`;
  }
  const label = placeAt("validator.label");
  if (label !== null && validators.length === 0) {
    yield `${label}: [validator] label: nothing to name without a keystore or a keys file`;
  }
}

/** What waits for something that is not there. */
function* noticeIdle({ alerts, daemon }: Config, placeAt: PlaceAt): Generator<string> {
  const enabled = placeAt("alerts.enabled");
  const reaches = alerts.channels.some((channel) => channel.enabled) || alerts.deadman_url !== null;
  if (enabled !== null && alerts.enabled && !reaches) {
    yield `${enabled}: [alerts] enabled: nobody is told: set webhook_url or an [[alerts.channel]]`;
  }
  if (daemon.log_file !== null) return;
  for (const name of ["max_size", "max_age_hours", "max_files"] as const) {
    const place = placeAt(`log.${name}`);
    if (place !== null) yield `${place}: [log] ${name}: nothing to rotate without daemon.log_file`;
  }
}

/** Ours, and those of a secret's file. */
const VARIABLES = new Set([
  "MVM_ENV",
  ...KEYS.map(({ env }) => env),
  ...KEYS.filter(({ spec }) => spec.secret === true).map(({ env }) => `${env}_FILE`),
]);

function* noticeVariables(env: Record<string, string | undefined>): Generator<string> {
  const known = [...VARIABLES].map((name) => name.toLowerCase());
  for (const name of Object.keys(env)) {
    if (!name.startsWith("MVM_") || VARIABLES.has(name)) continue;
    const nearest = nearestWord(name, known);
    const meant = nearest === undefined ? "" : `, did you mean ${nearest.toUpperCase()}?`;
    yield `${name}: no variable of mvm${meant}`;
  }
}

function* noticeChannels(alerts: Config["alerts"], placeAt: PlaceAt): Generator<string> {
  const listed = alerts.channels.slice(alerts.webhook_url === null ? 0 : 1);
  for (const [index, channel] of listed.entries()) {
    const { needs = [], takes = [] } = ruleOf(channel.type) ?? {};
    for (const key of CHANNEL_KEYS) {
      if (channel[key] === null || needs.includes(key) || takes.includes(key)) continue;
      const place = placeAt(`alerts.channel[${index}].${key}`);
      yield `${place}: [[alerts.channel]] #${index + 1} ${key}: means nothing to ${channel.type}`;
    }
  }
}
