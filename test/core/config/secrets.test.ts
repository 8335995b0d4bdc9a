// Secrets in files of their own, as systemd hands them over: where they are looked for, and what is never shown.
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";

import { dirname, join } from "pathe";

import { inspectConfig, loadConfig } from "../../../core/config/load.ts";
import { describeSettings } from "../../../core/config/rows.ts";
import { FILE_SUFFIX, KEYS, settingOf } from "../../../core/config/schema.ts";
import { LAYERS, openPlace, problemsOf } from "./place.ts";

const SECRETS = KEYS.filter(({ spec }) => spec.secret === true);

test("the keys that are secrets", () => {
  expect(SECRETS.map(({ dotted }) => dotted)).toEqual([
    ...["alerts.webhook_url", "alerts.webhook_secret", "alerts.deadman_url", "metrics.token"],
  ]);
});

test.each(SECRETS.map((key) => [key.dotted, key] as const))(
  "%s comes from the highest place that sets it or names its file",
  async (dotted, key) => {
    using place = openPlace();
    const value = (i: number): string => `https://host/hunter${i}`;
    for (const [i, layer] of LAYERS.toReversed().entries()) {
      // In turn by a file beside the configuration and in plain: the upper one counts either way.
      const secret = join(dirname(place.paths[layer]), "secret");
      writeFileSync(secret, `  ${value(i)}\r\n`);
      const plain = `${key.name} = "${value(i)}"`;
      const text = i % 2 === 0 ? `${key.name}${FILE_SUFFIX} = "secret"` : plain;
      const path = place.write(layer, `[${key.section}]\n${text}\n`);
      const { values, sources } = await loadConfig(place.options);
      expect(settingOf(values, key)).toBe(value(i));
      const from = i % 2 === 0 ? `, read from ${secret}` : "";
      expect(sources.get(dotted)).toBe(`file ${path}:2${from}`);
    }
    writeFileSync(join(place.options.cwd, "e"), value(5));
    const env = { [`${key.env}_FILE`]: "e" };
    const fromEnv = await loadConfig({ ...place.options, env });
    expect(settingOf(fromEnv.values, key)).toBe(value(5));
    expect(fromEnv.sources.get(dotted)).toStartWith(`env ${key.env}_FILE, read from `);
    const both = await problemsOf(place, { env: { ...env, [key.env]: value(6) } });
    expect(both).toEqual([`${key.env} and ${key.env}_FILE are both set; one is enough`]);
    for (const loaded of [await loadConfig(place.options), fromEnv]) {
      expect(JSON.stringify(describeSettings(loaded))).not.toContain("hunter");
    }
  },
);

describe("the file of a secret", () => {
  const TEXT = '[alerts]\nwebhook_url_file = "hook"\n';

  test("is among systemd's credentials where there are any", async () => {
    using place = openPlace();
    place.write("project", TEXT);
    const folder = join(place.options.home, "credentials");
    mkdirSync(folder);
    writeFileSync(join(folder, "hook"), "https://credential\n");
    writeFileSync(join(place.options.cwd, "hook"), "https://beside");
    const urlOf = async (env: Record<string, string>): Promise<string | null> =>
      (await loadConfig({ ...place.options, env })).values.alerts.webhook_url;
    expect(await urlOf({ CREDENTIALS_DIRECTORY: folder })).toBe("https://credential");
    expect(await urlOf({})).toBe("https://beside");
    place.write("project", `[alerts]\nwebhook_url_file = "${place.options.cwd}/hook"\n`);
    expect(await urlOf({ CREDENTIALS_DIRECTORY: folder })).toBe("https://beside");
    place.write("project", '[alerts]\nwebhook_url_file = "~/credentials/hook"\n');
    expect(await urlOf({})).toBe("https://credential");
  });

  test("of a channel is read for that channel", async () => {
    using place = openPlace();
    const path = place.write(
      "project",
      '[[alerts.channel]]\nname = "tg"\ntype = "telegram"\ntoken_file = "t"\nchat_id = "1"\n',
    );
    writeFileSync(join(place.options.cwd, "t"), "hunter2\n");
    const loaded = await loadConfig(place.options);
    expect(loaded.values.alerts.channels[0]).toMatchObject({ token: "hunter2", name: "tg" });
    const rows = describeSettings(loaded).filter(({ key }) => key.startsWith("alerts.channel["));
    expect(rows.find(({ key }) => key.endsWith(".token"))).toMatchObject({
      ...{ value: "****", source: `file ${path}:4, read from ${place.options.cwd}/t` },
    });
    expect(rows.find(({ key }) => key.endsWith(".url"))).toMatchObject({
      ...{ value: "https://api.telegram.org", source: "default" },
    });
  });

  const cases: [name: string, problem: string, make: (path: string) => void][] = [
    ["absent", "is not there", () => undefined],
    ["a folder", "is no regular file", (path) => mkdirSync(path)],
    ["a device", "is no regular file", (path) => symlinkSync("/dev/zero", path)],
    ["empty", "is empty", (path) => writeFileSync(path, " \n")],
    ["of two lines", "is not one line of text", (path) => writeFileSync(path, "hunter2\nb\n")],
    ["binary", "is not UTF-8 text", (path) => writeFileSync(path, Buffer.from([0xff, 0xfe]))],
    ["huge", "is larger than 16 KB", (path) => writeFileSync(path, "h".repeat(20_000))],
    ["no address", "does not hold a URL with http", (path) => writeFileSync(path, "hunter2")],
  ];
  test.each(cases)("%s is refused by its name alone", async (_, problem, make) => {
    using place = openPlace();
    place.write("project", TEXT);
    const path = join(place.options.cwd, "hook");
    make(path);
    const problems = await problemsOf(place);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toStartWith(`FILE:2: [alerts] webhook_url_file: ${path} ${problem}`);
    expect(problems.join()).not.toContain("hunter2");
    const named = await problemsOf(place, {
      env: { MVM_ALERTS_WEBHOOK_URL_FILE: path, MVM_ALERTS_DEADMAN_URL: "" },
    });
    expect(named[0]).toStartWith(`MVM_ALERTS_WEBHOOK_URL_FILE: ${path} ${problem}`);
  });

  test("is not read where something above it counts, nor in an environment not chosen", async () => {
    using place = openPlace();
    place.write("system", TEXT);
    place.write(
      "project",
      '[alerts]\nwebhook_url = "https://a"\n[env.x.alerts]\ndeadman_url_file = "no"\n',
    );
    expect(await problemsOf(place)).toEqual([]);
    expect(await problemsOf(place, { environment: "x" })).toHaveLength(1);
  });

  test("beside the secret itself is refused", async () => {
    using place = openPlace();
    writeFileSync(join(place.options.cwd, "hook"), "https://a");
    place.write("project", `${TEXT}webhook_url = "https://hunter2"\n`);
    expect(await problemsOf(place)).toEqual([
      "FILE:3: [alerts] webhook_url: [alerts] webhook_url_file is set as well; one is enough",
    ]);
    place.write(
      "project",
      '[[alerts.channel]]\nname = "a"\ntype = "slack"\nurl = "https://a"\nurl_file = "a"\n',
    );
    expect(await problemsOf(place)).toEqual([
      "FILE:1: [[alerts.channel]] #1: url and url_file are both set; one is enough",
    ]);
  });

  test("is for secrets only", async () => {
    using place = openPlace();
    place.write("project", '[validator]\nlabel_file = "a"\n');
    expect((await problemsOf(place))[0]).toContain("label_file: unknown key");
  });
});

test("a secret in a file everybody may read is a notice; one nobody else may read is none", async () => {
  using place = openPlace();
  const path = place.write("project", '[alerts]\nwebhook_url = "https://hunter2"\n');
  chmodSync(path, 0o644);
  const { notices, loaded } = await inspectConfig(place.options);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toStartWith(`${path}: holds secrets (webhook_url) and everybody may read it`);
  expect(notices[0]).toContain("webhook_url_file");
  expect(notices[0]).not.toContain("hunter2");
  expect(loaded?.notices).toEqual(notices);
  chmodSync(path, 0o640);
  expect((await inspectConfig(place.options)).notices).toEqual([]);
  place.write("project", "[sync]\nbatch_size = 1\n");
  chmodSync(path, 0o644);
  expect((await inspectConfig(place.options)).notices).toEqual([]);
});
