// Several validators and several channels: which list counts, what each entry must have, where each value is from.
import { describe, expect, test } from "bun:test";

import type { AlertChannel, ValidatorEntry } from "../../../core/config/lists.ts";
import type { LoadOptions } from "../../../core/config/load.ts";
import { inspectConfig, loadConfig } from "../../../core/config/load.ts";
import type { Place } from "./place.ts";
import { openPlace, problemsOf } from "./place.ts";

const entry = (
  keystore_path: string | null,
  label: string | null = null,
  keys_file: string | null = null,
): ValidatorEntry => ({ keystore_path, keys_file, label });

async function validatorsOf(
  place: Place,
  more: Partial<LoadOptions> = {},
): Promise<ValidatorEntry[]> {
  return (await loadConfig({ ...place.options, ...more })).values.validators;
}

const TWO = `[[validator]]
keystore_path = "~/a"
label = "A"

[[validator]]
keys_file = "/b.json"
`;

describe("validators", () => {
  test("none, one by [validator], several by [[validator]] in their order", async () => {
    using place = openPlace();
    expect(await validatorsOf(place)).toEqual([]);
    place.write("project", '[validator]\nkeystore_path = "/a"\nlabel = "A"\nname = "title"\n');
    expect(await validatorsOf(place)).toEqual([entry("/a", "A")]);
    place.write("project", TWO);
    expect(await validatorsOf(place)).toEqual([
      entry(`${place.options.home}/a`, "A"),
      entry(null, null, "/b.json"),
    ]);
  });

  test("every value of a list has its file and line", async () => {
    using place = openPlace();
    const path = place.write("project", TWO);
    const { sources } = await loadConfig(place.options);
    expect(sources.get("validator[0].keystore_path")).toBe(`file ${path}:2`);
    expect(sources.get("validator[0].label")).toBe(`file ${path}:3`);
    expect(sources.get("validator[1].keys_file")).toBe(`file ${path}:6`);
    expect(sources.get("validator[1].label")).toBeUndefined();
    expect(sources.get("validator.keystore_path")).toBe("default");

    place.write("project", '\nvalidator = [{ keystore_path = "/x" }, { keys_file = "/y" }]\n');
    const inline = await loadConfig(place.options);
    expect(inline.sources.get("validator[1].keys_file")).toBe(`file ${path}:2`);
  });

  test("a list replaces what a lower file says, and never adds to it", async () => {
    using place = openPlace();
    place.write("system", TWO);
    place.write("project", '[[validator]]\nkeystore_path = "/c"\n');
    expect(await validatorsOf(place)).toEqual([entry("/c")]);
    place.write("system", '[validator]\nkeystore_path = "/s"\nlabel = "S"\nname = "title"\n');
    const { values } = await loadConfig(place.options);
    expect(values.validators).toEqual([entry("/c")]);
    expect(values.validator.name).toBe("title");
    place.write("project", "validator = []\n");
    expect(await validatorsOf(place)).toEqual([]);
  });

  test("one keystore in an upper file replaces a lower one's list, label and all", async () => {
    using place = openPlace();
    place.write("system", TWO);
    place.write("project", '[validator]\nkeystore_path = "/c"\n');
    expect(await validatorsOf(place)).toEqual([entry("/c")]);
    place.write("user", '[validator]\nlabel = "C"\n');
    expect(await validatorsOf(place)).toEqual([entry("/c", "C")]);
  });

  test("keystore and keys file are taken from one of command line, environment and files", async () => {
    using place = openPlace();
    place.write("project", '[validator]\nkeys_file = "/f.json"\nlabel = "L"\n');
    place.write("system", '[validator]\nkeystore_path = "/f"\n');
    expect(await validatorsOf(place)).toEqual([entry("/f", "L", "/f.json")]);
    const env = { MVM_KEYSTORE_PATH: "/e" };
    expect(await validatorsOf(place, { env })).toEqual([entry("/e", "L")]);
    const flags = { "validator.keys_file": "/k.json" };
    expect(await validatorsOf(place, { env, flags })).toEqual([entry(null, "L", "/k.json")]);
  });

  test("a variable or a flag with a keystore replaces the list", async () => {
    using place = openPlace();
    place.write("project", TWO);
    const env = { MVM_KEYSTORE_PATH: "/e" };
    expect(await validatorsOf(place, { env })).toEqual([entry("/e")]);
    const flags = { "validator.keystore_path": "/f", "validator.label": "F" };
    expect(await validatorsOf(place, { env, flags })).toEqual([entry("/f", "F")]);
    const several = [entry("/1", "one"), entry("/2", "two")];
    expect(await validatorsOf(place, { env, validators: several })).toEqual(several);
  });

  test("a label alone names the only entry of a list, and is refused for several", async () => {
    using place = openPlace();
    const env = { MVM_VALIDATOR_LABEL: "E" };
    place.write("project", '[[validator]]\nkeystore_path = "/a"\nlabel = "A"\n');
    const { values, sources } = await loadConfig({ ...place.options, env });
    expect(values.validators).toEqual([entry("/a", "E")]);
    expect(sources.get("validator[0].label")).toBe("env MVM_VALIDATOR_LABEL");
    place.write("project", TWO);
    expect(await problemsOf(place, { env })).toEqual([
      "MVM_VALIDATOR_LABEL: one label for 2 validators; label each in [[validator]]",
    ]);
  });

  test("an environment's list lies over the base of its file", async () => {
    using place = openPlace();
    const path = place.write("project", `${TWO}[[env.x.validator]]\nkeystore_path = "/x"\n`);
    const { values, sources } = await loadConfig({ ...place.options, environment: "x" });
    expect(values.validators).toEqual([entry("/x")]);
    expect(sources.get("validator[0].keystore_path")).toBe(`file ${path}:8`);
    expect(await validatorsOf(place)).toHaveLength(2);
  });

  test("[view] title is another word for [validator] name, for files with a list", async () => {
    using place = openPlace();
    const path = place.write("project", '[view]\ntitle = "mine"\n');
    const { values, sources } = await loadConfig(place.options);
    expect(values.validator.name).toBe("mine");
    expect(sources.get("validator.name")).toBe(`file ${path}:2`);
    place.write("project", '[view]\ntitle = "mine"\n[validator]\nname = "other"\n');
    expect(await problemsOf(place)).toEqual([
      "FILE:4: [validator] name: [view] title is set as well; one is enough",
    ]);
  });

  test("a thousand are taken, one more is not", async () => {
    using place = openPlace();
    const list = (n: number): string =>
      Array.from({ length: n }, (_, i) => `[[validator]]\nkeystore_path = "/keys/${i}"\n`).join("");
    const path = place.write("project", list(1000));
    const { values, sources } = await loadConfig(place.options);
    expect(values.validators[999]).toEqual(entry("/keys/999"));
    expect(sources.get("validator[999].keystore_path")).toBe(`file ${path}:2000`);
    place.write("project", list(1001));
    expect(await problemsOf(place)).toEqual([
      "FILE:1: [[validator]]: 1001 entries, 1000 are allowed",
    ]);
  });
});

const CHANNELS = `[[alerts.channel]]
name = "hook"
type = "webhook"
url = "https://h"
[[alerts.channel]]
name = "tg"
type = "telegram"
token = "t"
chat_id = "-1"
min_severity = "critical"
quiet_hours = "22:00-07:00"
enabled = false
[[alerts.channel]]
name = "pd"
type = "pagerduty"
token = "t"
`;
const PLAIN: Omit<AlertChannel, "name" | "type"> = {
  ...{ url: "", token: null, secret: null, chat_id: null },
  ...{ min_severity: "info", quiet_hours: null, enabled: true },
};

describe("channels", () => {
  test("come in their order, with the defaults of their table and the address of their service", async () => {
    using place = openPlace();
    expect((await loadConfig(place.options)).values.alerts.channels).toEqual([]);
    place.write("project", CHANNELS);
    expect((await loadConfig(place.options)).values.alerts.channels).toEqual([
      { ...PLAIN, name: "hook", type: "webhook", url: "https://h" },
      {
        ...{ ...PLAIN, name: "tg", type: "telegram", url: "https://api.telegram.org", token: "t" },
        ...{ chat_id: "-1", min_severity: "critical", quiet_hours: "22:00-07:00", enabled: false },
      },
      {
        ...{ ...PLAIN, name: "pd", type: "pagerduty", token: "t" },
        url: "https://events.pagerduty.com/v2/enqueue",
      },
    ]);
  });

  test("webhook_url is the first, wherever it is set", async () => {
    using place = openPlace();
    place.write("project", `${CHANNELS}[alerts]\nwebhook_secret = "s"\n`);
    place.write("system", '[alerts]\nwebhook_url = "https://w"\n');
    const { values } = await loadConfig(place.options);
    expect(values.alerts.channels.map(({ name }) => name)).toEqual(["webhook", "hook", "tg", "pd"]);
    expect(values.alerts.channels[0]).toEqual({
      ...{ ...PLAIN, name: "webhook", type: "webhook", url: "https://w", secret: "s" },
    });
  });

  test("a list in an upper file replaces a lower one's", async () => {
    using place = openPlace();
    place.write("system", CHANNELS);
    place.write("project", '[[alerts.channel]]\nname="n"\ntype="ntfy"\nurl="https://n/t"\n');
    const { channels } = (await loadConfig(place.options)).values.alerts;
    expect(channels.map(({ name }) => name)).toEqual(["n"]);
  });

  test("one called webhook beside webhook_url is refused", async () => {
    using place = openPlace();
    place.write("project", CHANNELS.replace('"hook"', '"webhook"'));
    const problems = await problemsOf(place, { env: { MVM_ALERTS_WEBHOOK_URL: "https://w" } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toStartWith("MVM_ALERTS_WEBHOOK_URL: webhook_url makes a channel");
  });
});

const channel = (text: string): string => `\n[[alerts.channel]]\nname = "a"\n${text}`;
const CASES: [name: string, text: string, problem: string][] = [
  [
    "a typo",
    '[[validator]]\nlable = "x"\nkeys_file = "k"',
    "FILE:2: [[validator]] #1 lable: unknown key, did you mean label?",
  ],
  [
    "a title in an entry",
    '[[validator]]\nkeys_file = "k"\nname = "x"',
    "FILE:3: [[validator]] #1 name: unknown key, known: keystore_path, keys_file, label",
  ],
  [
    "a label alone",
    '[[validator]]\nlabel = "x"',
    "FILE:1: [[validator]] #1: keystore_path or keys_file is missing",
  ],
  [
    "a label twice",
    '[[validator]]\nkeys_file = "k"\nlabel = "x"\n[[validator]]\nkeys_file = "l"\nlabel = "x"',
    'FILE:6: [[validator]] #2 label: "x" is another entry\'s',
  ],
  [
    "a keystore twice",
    '[[validator]]\nkeystore_path = "k"\n[[validator]]\nkeystore_path = "k"',
    'FILE:4: [[validator]] #2 keystore_path: "k" is another entry\'s',
  ],
  [
    "a number among tables",
    "validator = [1]",
    "FILE:1: [[validator]] #1: found 1, expected a table",
  ],
  [
    "a single channel",
    '[alerts.channel]\nname = "a"',
    "FILE:1: [[alerts.channel]]: found a table, expected a list of tables",
  ],
  [
    "a channel without a name",
    '[[alerts.channel]]\ntype = "slack"\nurl = "https://a"',
    "FILE:1: [[alerts.channel]] #1: name is missing",
  ],
  ["a channel without a type", channel(""), "FILE:2: [[alerts.channel]] #1: type is missing"],
  [
    "a channel of no type",
    channel('type = "smtp"'),
    'FILE:4: [[alerts.channel]] #1 type: found "smtp", expected one of webhook, discord',
  ],
  [
    "a name with spaces",
    '[[alerts.channel]]\nname = "a b"\ntype = "slack"\nurl = "https://a"',
    'FILE:2: [[alerts.channel]] #1 name: found "a b", expected 1 to 32 of',
  ],
  [
    "no address",
    channel('type = "discord"'),
    "FILE:2: [[alerts.channel]] #1: url is missing, discord needs it",
  ],
  [
    "no chat",
    channel('type = "telegram"\ntoken = "hunter2"'),
    "FILE:2: [[alerts.channel]] #1: chat_id is missing, telegram needs it",
  ],
  [
    "no routing key",
    channel('type = "pagerduty"'),
    "FILE:2: [[alerts.channel]] #1: token is missing, pagerduty needs it",
  ],
  [
    "a wrong address",
    channel('type = "slack"\nurl = "hunter2"'),
    "FILE:5: [[alerts.channel]] #1 url: found ****, expected a URL with http://",
  ],
  [
    "a token that is none",
    channel('type = "pagerduty"\ntoken = 5'),
    "FILE:5: [[alerts.channel]] #1 token: found ****, expected a text",
  ],
  [
    "hours that are none",
    channel('type = "slack"\nurl = "https://a"\nquiet_hours = "22-7"'),
    'FILE:6: [[alerts.channel]] #1 quiet_hours: found "22-7", expected two different times',
  ],
  [
    "hours of no length",
    '[alerts]\nquiet_hours = "07:00-07:00"',
    'FILE:2: [alerts] quiet_hours: found "07:00-07:00", expected two different',
  ],
  [
    "a mistake in an environment not chosen",
    '[[env.prod.validator]]\nlabl = "x"\nkeys_file = "k"',
    "FILE:2: [[env.prod.validator]] #1 labl: unknown key, did you mean label?",
  ],
  [
    "both kinds in one file",
    '[validator]\nkeys_file = "k"\n[[validator]]\nkeys_file = "l"',
    "FILE:3: not TOML: ",
  ],
];

test.each(CASES)("%s is refused", async (_, text, problem) => {
  using place = openPlace();
  place.write("project", text);
  const problems = await problemsOf(place);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
  expect(problems[0]).not.toContain("hunter2");
});

test("what means nothing is a notice", async () => {
  using place = openPlace();
  const path = place.write(
    "project",
    '[chain]\ngenesis_timestamp_ms = 1\n[validator]\nlabel = "x"\n[alerts]\nwebhook_secret_file = "s"\n[[alerts.channel]]\nname = "a"\ntype = "slack"\nurl = "https://a"\nchat_id = "1"\n',
  );
  await Bun.write(`${place.options.cwd}/s`, "signs\n");
  const { notices } = await inspectConfig(place.options);
  expect(notices.filter((notice) => !notice.includes("everybody"))).toEqual([
    `${path}:2: [chain] genesis_timestamp_ms: of the Rust tool; no effect here, times follow from slots`,
    expect.stringContaining(`${path}:6`),
    `${path}:4: [validator] label: nothing to name without a keystore or a keys file`,
    `${path}:11: [[alerts.channel]] #1 chat_id: means nothing to slack`,
  ]);
});
