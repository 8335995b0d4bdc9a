// The configuration as it may be shown: a row for each key and for each key of a list's entry, secrets masked.
import type { ListName } from "./lists.ts";
import { specsOf } from "./lists.ts";
import type { LoadedConfig } from "./load.ts";
import { KEYS, settingOf } from "./schema.ts";
import type { Spec, Value } from "./spec.ts";
import { isValue } from "./spec.ts";
import { maskValue } from "./value.ts";

export interface SettingRow {
  /** `section.key`, or `list[index].key`. */
  key: string;
  value: Value | null;
  source: string;
  /** Why nothing reads it; null = something does. */
  status: Spec["status"] | null;
}

export function describeSettings(loaded: LoadedConfig): SettingRow[] {
  const { values, sources } = loaded;
  const single = KEYS.map((key) => ({
    key: key.dotted,
    value: maskValue(key, settingOf(values, key)),
    source: sources.get(key.dotted) ?? "default",
    status: key.spec.status ?? null,
  }));
  // The channel that webhook_url makes is shown as that key.
  const channels = values.alerts.channels.slice(values.alerts.webhook_url === null ? 0 : 1);
  return [
    ...single,
    ...describeList("validator", values.validators, sources),
    ...describeList("alerts.channel", channels, sources),
    ...describeList("remote", values.remotes, sources),
  ];
}

function describeList(
  list: ListName,
  entries: readonly object[],
  sources: ReadonlyMap<string, string>,
): SettingRow[] {
  return entries.flatMap((entry, index) => {
    const values = new Map<string, unknown>(Object.entries(entry));
    const rows = [...specsOf(list)].map(([name, spec]) => {
      const key = `${list}[${index}].${name}`;
      const source = sources.get(key) ?? "default";
      const found = values.get(name);
      const value = isValue(found) ? found : null;
      // Telegram's own address is no secret.
      const shown = source === "default" ? value : maskValue({ spec }, value);
      return { key, value: shown, source, status: spec.status ?? null };
    });
    // What the single keys make is shown as these.
    return rows.some(({ source }) => source !== "default") ? rows : [];
  });
}
