// What a new configuration changes in a process that runs: what takes effect now, what waits for a restart.
import type { Config } from "./schema.ts";
import { findKey, KEYS, settingOf } from "./schema.ts";
import { formatSetting, maskValue } from "./value.ts";

export interface Change {
  /** `section.key`; of a list its name. */
  key: string;
  /** As they may be printed: secrets and passwords are masked. Null = not set. */
  before: string | null;
  after: string | null;
}

export interface SettingsDiff {
  applied: Change[];
  needsRestart: Change[];
}

/** Pure. Lists of tables (several validators, alert channels) are counted, their contents never shown. */
export function diffSettings(before: Config, after: Config): SettingsDiff {
  const diff: SettingsDiff = { applied: [], needsRestart: [] };
  for (const key of KEYS) {
    const [was, is] = [settingOf(before, key), settingOf(after, key)];
    if (Bun.deepEquals(was, is)) continue;
    const change = {
      key: key.dotted,
      before: formatSetting(maskValue(key, was)),
      after: formatSetting(maskValue(key, is)),
    };
    (key.spec.reloadable === true ? diff.applied : diff.needsRestart).push(change);
  }
  diff.applied.push(...diffLists(before, after));
  return diff;
}

/** One line for the operator. A change that is masked away says at least that there was one. */
export function describeChange({ key, before, after }: Change): string {
  if (before === after) return `${key} changed`;
  return `${key} ${before ?? "not set"} → ${after ?? "not set"}`;
}

function diffLists(before: Config, after: Config): Change[] {
  const [was, is] = [listsIn(withoutWebhook(before)), listsIn(withoutWebhook(after))];
  const names = new Set([...was.keys(), ...is.keys()]);
  return [...names]
    .filter((key) => !Bun.deepEquals(was.get(key), is.get(key)))
    .map((key) => ({ key, before: countOf(was.get(key)), after: countOf(is.get(key)) }));
}

/** The channel that `alerts.webhook_url` stands for is told as that key. */
function withoutWebhook(config: Config): Config {
  const { alerts } = config;
  if (alerts.webhook_url === null) return config;
  const channels = alerts.channels.filter(({ url }) => url !== alerts.webhook_url);
  return { ...config, alerts: { ...alerts, channels } };
}

/** Those of tables, by name: at the top (`validators`) or within a section (`alerts.channels`). */
function listsIn(config: Config): Map<string, readonly unknown[]> {
  const lists = new Map<string, readonly unknown[]>();
  for (const [section, content] of Object.entries<unknown>({ ...config })) {
    if (Array.isArray(content)) lists.set(section, content);
    else if (typeof content === "object" && content !== null) {
      for (const [name, value] of Object.entries<unknown>({ ...content }))
        if (Array.isArray(value) && findKey(`${section}.${name}`) === undefined)
          lists.set(`${section}.${name}`, value);
    }
  }
  return lists;
}

function countOf(list: readonly unknown[] | undefined): string {
  const count = list?.length ?? 0;
  return count === 1 ? "1 entry" : `${count} entries`;
}
