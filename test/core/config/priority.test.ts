// Flags over environment over files over defaults, for every key there is.
import { describe, expect, test } from "bun:test";

import type { LoadedConfig } from "../../../core/config/load.ts";
import { loadConfig } from "../../../core/config/load.ts";
import type { Config, DottedKey, Key, Settings } from "../../../core/config/schema.ts";
import { KEYS } from "../../../core/config/schema.ts";
import type { Value } from "../../../core/config/spec.ts";
import { LAYERS, openPlace } from "./place.ts";

/** As many different valid values as there are places to set one, as far as the type has them. */
function sample({ spec }: Key, index: number): Value {
  switch (spec.type) {
    case "integer":
    case "duration":
      return Math.max(spec.min, 10) + index + (spec.min >= 100 ? 1 : 0);
    case "boolean":
      return index % 2 === 0;
    case "enum":
      return spec.allowed[index % spec.allowed.length] ?? "";
    case "url":
      return `${spec.protocols[0]}//host-${index}:1`;
    case "urls":
      return [0, 1].map((each) => `${spec.protocols[each]}//host-${index}:1`);
    case "path":
      return `/path/${index}`;
    case "string":
      return (
        [`text ${index}`, `0${index}:00-09:30`, `127.0.0.1:${9000 + index}`].find(
          (text) => spec.form?.pattern.test(text) ?? true,
        ) ?? ""
      );
    default:
      return spec satisfies never;
  }
}

function valueOf({ values }: LoadedConfig, key: Key): unknown {
  const sections = new Map<string, Record<string, unknown>>(Object.entries(values));
  return sections.get(key.section)?.[key.name];
}

const toml = (key: Key, value: Value): string =>
  `[${key.section}]\n${key.name} = ${JSON.stringify(value)}\n`;

test("the table has every section and no variable or flag twice", () => {
  expect(KEYS.length).toBe(51);
  expect(new Set(KEYS.map(({ env }) => env)).size).toBe(KEYS.length);
  expect(new Set(KEYS.map(({ flag }) => flag)).size).toBe(KEYS.length);
});

test.each(KEYS.map((key) => [key.dotted, key] as const))(
  "%s comes from the highest place that sets it",
  async (dotted, key) => {
    using place = openPlace();
    const none = await loadConfig(place.options);
    expect(valueOf(none, key)).toBe(key.spec.default);
    expect(none.sources.get(dotted)).toBe("default");

    for (const [i, layer] of LAYERS.toReversed().entries()) {
      const path = place.write(layer, `# ${layer}\n\n${toml(key, sample(key, i))}`);
      const loaded = await loadConfig(place.options);
      expect(valueOf(loaded, key)).toEqual(sample(key, i));
      expect(loaded.sources.get(dotted)).toBe(`file ${path}:4`);
    }

    place.write(
      "project",
      `${toml(key, sample(key, 3))}[env.x.${key.section}]
      ${key.name} = ${JSON.stringify(sample(key, 4))}\n`,
    );
    const chosen = await loadConfig({ ...place.options, environment: "x" });
    expect(valueOf(chosen, key)).toEqual(sample(key, 4));
    expect(chosen.sources.get(dotted)).toBe(`file ${place.paths.project}:4`);

    const env = { [key.env]: String(sample(key, 5)), MVM_ENV: "x" };
    const fromEnv = await loadConfig({ ...place.options, env });
    expect(valueOf(fromEnv, key)).toEqual(sample(key, 5));
    expect(fromEnv.sources.get(dotted)).toBe(`env ${key.env}`);

    const flags = { [dotted]: sample(key, 6) };
    const fromFlag = await loadConfig({ ...place.options, env, flags });
    expect(valueOf(fromFlag, key)).toEqual(sample(key, 6));
    expect(fromFlag.sources.get(dotted)).toBe(`flag ${key.flag}`);
  },
);

describe("layers", () => {
  test("each may set other keys of the same section", async () => {
    using place = openPlace();
    place.write("opt", "[sync]\nbatch_size = 1\nconcurrency = 1\npoll_interval_secs = 1\n");
    place.write("system", "[sync]\nbatch_size = 2\nconcurrency = 2\n");
    place.write("project", "[sync]\nbatch_size = 3\n");
    const { values, files } = await loadConfig(place.options);
    expect(values.sync).toMatchObject({ batch_size: 3, concurrency: 2, poll_interval_secs: 1 });
    expect(files.map(({ status }) => status)).toEqual(["loaded", "absent", "loaded", "loaded"]);
  });

  test("false, 0 and none in an upper one are values, not absences", async () => {
    using place = openPlace();
    place.write("system", "[sync]\nfinalized_only = true\nstart_block = 7\n");
    place.write("project", "[sync]\nfinalized_only = false\nstart_block = 0\n");
    const { values } = await loadConfig(place.options);
    expect(values.sync).toMatchObject({ finalized_only: false, start_block: 0 });
  });

  test("a file that is named replaces the search", async () => {
    using place = openPlace();
    place.write("project", "[sync]\nbatch_size = 3\n");
    const file = place.write("opt", "[sync]\nconcurrency = 2\n");
    const { values, files } = await loadConfig({ ...place.options, file });
    expect(values.sync).toMatchObject({ batch_size: 100, concurrency: 2 });
    expect(files).toEqual([{ path: file, status: "loaded" }]);
  });

  test("XDG_CONFIG_HOME moves the user's, a relative one does not", async () => {
    using place = openPlace();
    const at = async (xdg: string): Promise<string | undefined> =>
      (await loadConfig({ ...place.options, env: { XDG_CONFIG_HOME: xdg } })).files[1]?.path;
    expect(await at("/xdg")).toBe("/xdg/mvm/config.toml");
    expect(await at("xdg")).toBe(place.paths.user);
    expect(await at("")).toBe(place.paths.user);
  });
});

test("an empty variable is none, and a home folder is found in paths", async () => {
  using place = openPlace();
  place.write("project", '[database]\npath = "~/mvm.db"\n');
  const { values } = await loadConfig({ ...place.options, env: { MVM_DB_PATH: "" } });
  expect(values.database.path).toBe(`${place.options.home}/mvm.db`);
});

test("values have the types of the table", () => {
  type Same<A, B> =
    (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
  const checked: [
    Same<Config["sync"]["verify_seals"], "none" | "tip" | "all">,
    Same<Config["validators"][number]["label"], string | null>,
    Same<Config["alerts"]["channels"][number]["name"], string>,
    Same<Config["alerts"]["channels"][number]["token"], string | null>,
    Same<Config["rpc"]["timeout_ms"], number>,
    Same<Config["sync"]["finalized_only"], boolean>,
    Same<Settings["daemon.pid_file"], string>,
    Same<"rpc.ulr" extends DottedKey ? true : false, false>,
  ] = [true, true, true, true, true, true, true, true];
  expect(checked).not.toContain(false);
});
