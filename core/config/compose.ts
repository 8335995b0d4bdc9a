// The lists: of all places that name validators or channels, the highest alone counts. Lists never add up.
import type { Entry } from "./entries.ts";
import { describePlace } from "./fields.ts";
import { isLoopback, parseListen } from "./listen.ts";
import type { AlertChannel, ListName, RemoteEntry, ValidatorEntry } from "./lists.ts";
import { ruleOf, specsOf } from "./lists.ts";
import type { Picked, Sources } from "./pick.ts";
import { expandPath, pickSecretNamed, placeOf, RANK } from "./pick.ts";
import { FILE_SUFFIX } from "./schema.ts";
import type { Value } from "./spec.ts";
import { isList } from "./spec.ts";

/** The single keys as they were picked, by `section.key`. */
export type PickedKeys = ReadonlyMap<string, Picked>;

interface Composed<T> {
  entries: T[];
  /** `list[index].key` → source, as for single keys. */
  sources: Map<string, string>;
}

interface Validators extends Composed<ValidatorEntry> {
  /** A list counts, and the single keys do not. */
  fromList: boolean;
}

const NOT_GIVEN: Picked = { value: null, source: "default", rank: RANK.default };
/** The channel `webhook_url` makes. */
const WEBHOOK = "webhook";

/**
 * One validator from the single keys, or those of a `[[validator]]` list, whichever stands higher. A label
 * that stands higher than the list names its only entry. `given` are several from the command line.
 */
export function composeValidators(
  sources: Sources,
  picked: PickedKeys,
  given: readonly ValidatorEntry[] | undefined,
): Validators {
  if (given !== undefined) return { entries: [...given], sources: new Map(), fromList: true };
  const list = topmost(sources, "validator");
  const single = composeSingle(picked, list?.rank ?? RANK.default);
  if (list === null || single !== null) {
    return { entries: single === null ? [] : [single], sources: new Map(), fromList: false };
  }
  const composed = composeList(sources, "validator", list);
  // Every entry is filled by its own table, each value one it let pass.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const entries = composed.entries as unknown as ValidatorEntry[];
  const label = picked.get("validator.label") ?? NOT_GIVEN;
  if (label.rank < list.rank) relabel(sources, entries, label, composed.sources);
  return { entries, sources: composed.sources, fromList: true };
}

/** The validator of those single keys that stand above `below`; null when none of them says where its keys are. */
function composeSingle(picked: PickedKeys, below: number): ValidatorEntry | null {
  const pick = (name: string): Picked => {
    const found = picked.get(`validator.${name}`) ?? NOT_GIVEN;
    return found.rank < below ? found : NOT_GIVEN;
  };
  const [keystore, keysFile, label] = [pick("keystore_path"), pick("keys_file"), pick("label")];
  const top = Math.min(keystore.rank, keysFile.rank);
  if (top === RANK.default) return null;
  const of = (each: Picked): string | null =>
    kindOf(each.rank) === kindOf(top) ? textOf(each) : null;
  return { keystore_path: of(keystore), keys_file: of(keysFile), label: textOf(label) };
}

/** Command line, environment, files: keys of one validator are taken from one of these alone. */
function kindOf(rank: number): number {
  return Math.min(rank, 0);
}

/** The nodes by `url` or by `urls`, whichever stands higher; of a list `url` is the first. */
export function composeNodes(
  { problems }: Sources,
  picked: PickedKeys,
): Record<"rpc.url" | "rpc.urls", Picked> {
  const url = picked.get("rpc.url") ?? NOT_GIVEN;
  const urls = picked.get("rpc.urls") ?? NOT_GIVEN;
  const { value: list } = urls;
  if (!isList(list) || url.rank < urls.rank) return { "rpc.url": url, "rpc.urls": NOT_GIVEN };
  const isListed = list.some((each) => each === url.value);
  if (url.rank === urls.rank && !isListed) {
    const place = placeOf(url.source);
    problems.push(`${place}: rpc.url is none of rpc.urls, which is set there too; one is enough`);
  }
  return { "rpc.url": { ...urls, value: list[0] ?? null }, "rpc.urls": urls };
}

/** Metrics name validators and their keys: anywhere but on this machine they want a token. */
export function checkListen({ problems }: Sources, picked: PickedKeys): void {
  const { value, source } = picked.get("metrics.listen") ?? NOT_GIVEN;
  if (typeof value !== "string" || picked.get("metrics.token")?.value != null) return;
  if (isLoopback(parseListen(value))) return;
  problems.push(
    `${placeOf(source)}: [metrics] listen: ${value} is open to others: set token (or token_file), or listen on 127.0.0.1`,
  );
}

function textOf({ value }: Picked): string | null {
  return typeof value === "string" ? value : null;
}

function relabel(
  { problems }: Sources,
  entries: ValidatorEntry[],
  label: Picked,
  from: Map<string, string>,
): void {
  const [only, ...others] = entries;
  if (only === undefined) return;
  if (others.length > 0) {
    const which = `one label for ${entries.length} validators; label each in [[validator]]`;
    problems.push(`${placeOf(label.source)}: ${which}`);
    return;
  }
  only.label = textOf(label);
  from.set("validator[0].label", label.source);
}

/** The channels of `[[alerts.channel]]`, after the one `webhook_url` makes. */
export function composeChannels(sources: Sources, picked: PickedKeys): Composed<AlertChannel> {
  const list = topmost(sources, "alerts.channel");
  const composed = composeList(sources, "alerts.channel", list);
  // As above; and a type that can do without an address has its service's.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const entries = composed.entries as unknown as AlertChannel[];
  for (const entry of entries) entry.url ??= ruleOf(entry.type)?.url ?? "";
  const { value: url, source } = picked.get("alerts.webhook_url") ?? NOT_GIVEN;
  if (typeof url !== "string") return { entries, sources: composed.sources };
  if (entries.some(({ name }) => name === WEBHOOK)) {
    const problem = `webhook_url makes a channel "${WEBHOOK}", and one in [[alerts.channel]] is called so`;
    sources.problems.push(`${placeOf(source)}: ${problem}`);
  }
  const secret = picked.get("alerts.webhook_secret")?.value ?? null;
  const webhook: AlertChannel = {
    ...{ name: WEBHOOK, type: "webhook", url, secret: secret === null ? null : String(secret) },
    ...{ token: null, chat_id: null, min_severity: "info", quiet_hours: null, enabled: true },
  };
  return { entries: [webhook, ...entries], sources: composed.sources };
}

/** The machines of `[[remote]]`. */
export function composeRemotes(sources: Sources): Composed<RemoteEntry> {
  const composed = composeList(sources, "remote", topmost(sources, "remote"));
  // As above.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { ...composed, entries: composed.entries as unknown as RemoteEntry[] };
}

interface Listed {
  path: string;
  entries: readonly Entry[];
  rank: number;
}

function topmost({ parts }: Sources, list: ListName): Listed | null {
  for (const [rank, { path, lists }] of parts.entries()) {
    const entries = lists.get(list);
    if (entries !== undefined) return { path, entries, rank };
  }
  return null;
}

function composeList(
  sources: Sources,
  list: ListName,
  listed: Listed | null,
): { entries: Record<string, Value | null>[]; sources: Map<string, string> } {
  const from = new Map<string, string>();
  const entries = (listed?.entries ?? []).map(({ fields }, index) => {
    const entry: Record<string, Value | null> = {};
    for (const [name, spec] of specsOf(list)) {
      const dotted = `${list}[${index}].${name}`;
      const plain = fields.get(name);
      const field = plain ?? fields.get(`${name}${FILE_SUFFIX}`);
      if (field === undefined || listed === null) {
        entry[name] = spec.default;
        continue;
      }
      const place = describePlace(listed.path, field.line);
      if (field === plain) {
        entry[name] = expandPath(sources, spec, field.value);
        from.set(dotted, `file ${place}`);
        continue;
      }
      const title = `${place}: [[${list}]] #${index + 1} ${field.name}`;
      const wanted = { name: String(field.value), title };
      const read = pickSecretNamed(sources, spec, listed.path, wanted);
      entry[name] = read.value;
      from.set(dotted, `file ${place}, read from ${read.path}`);
    }
    return entry;
  });
  return { entries, sources: from };
}
