// What is allowed and probably not meant: told by `mvm config validate`, in nobody's way.
import type { Layer } from "./layer.ts";
import { ruleOf } from "./lists.ts";
import type { Config } from "./schema.ts";
import { KEYS } from "./schema.ts";

/** What of a channel only some types read. */
const CHANNEL_KEYS = ["token", "secret", "chat_id"] as const;

export function collectNotices(
  layers: readonly (Layer & { isOpen: boolean })[],
  config: Config,
  sources: ReadonlyMap<string, string>,
): string[] {
  return [...noticeOpenFiles(layers), ...noticeVainKeys(config, sources)];
}

function* noticeOpenFiles(layers: readonly (Layer & { isOpen: boolean })[]): Generator<string> {
  for (const { path, secrets, isOpen } of layers) {
    if (!isOpen || secrets.length === 0) continue;
    const which = secrets.join(", ");
    const cure = `chmod o-r it, or put the secret in a file of its own and name that with ${secrets[0]}_file`;
    yield `${path}: holds secrets (${which}) and everybody may read it: ${cure}`;
  }
}

function* noticeVainKeys(config: Config, sources: ReadonlyMap<string, string>): Generator<string> {
  const placeOf = (dotted: string): string | null => {
    const source = sources.get(dotted) ?? "default";
    return source === "default" ? null : source.replace(/^(?:file|env|flag) /, "");
  };
  for (const { section, name, dotted, spec } of KEYS) {
    const place = placeOf(dotted);
    if (spec.status !== "compat" || place === null) continue;
    yield `${place}: [${section}] ${name}: ${spec.description}`;
  }
  const { alerts, validators } = config;
  if (alerts.webhook_secret !== null && alerts.webhook_url === null) {
    yield `${placeOf("alerts.webhook_secret")}: [alerts] webhook_secret: nothing to sign without webhook_url`;
  }
  const label = placeOf("validator.label");
  if (label !== null && validators.length === 0) {
    yield `${label}: validator.label: nothing to name without a keystore or a keys file`;
  }
  const listed = alerts.channels.slice(alerts.webhook_url === null ? 0 : 1);
  for (const [index, channel] of listed.entries()) {
    const { needs = [], takes = [] } = ruleOf(channel.type) ?? {};
    for (const key of CHANNEL_KEYS) {
      if (channel[key] === null || needs.includes(key) || takes.includes(key)) continue;
      const place = placeOf(`alerts.channel[${index}].${key}`);
      yield `${place}: [[alerts.channel]] #${index + 1} ${key}: means nothing to ${channel.type}`;
    }
  }
}
