// One node or several: which of rpc.url and rpc.urls counts, and what a list of them must be.
import { describe, expect, test } from "bun:test";

import { loadConfig } from "../../../core/config/load.ts";
import type { LoadOptions } from "../../../core/config/load.ts";
import { describeChange, diffSettings } from "../../../core/config/reload.ts";
import { describeSettings } from "../../../core/config/rows.ts";
import { nodesOf } from "../../../core/config/schema.ts";
import type { Place } from "./place.ts";
import { openPlace, problemsOf } from "./place.ts";

const TWO = '[rpc]\nurls = ["ws://a:1", "https://b"]\n';

async function nodes(place: Place, more: Partial<LoadOptions> = {}): Promise<readonly string[]> {
  return nodesOf((await loadConfig({ ...place.options, ...more })).values);
}

describe("the nodes", () => {
  test("are the default one, the one of url, or those of urls in their order", async () => {
    using place = openPlace();
    expect(await nodes(place)).toEqual(["ws://localhost:9944"]);
    place.write("project", '[rpc]\nurl = "ws://x"\n');
    expect(await nodes(place)).toEqual(["ws://x"]);
    place.write("project", TWO);
    expect(await nodes(place)).toEqual(["ws://a:1", "https://b"]);
    const { values, sources } = await loadConfig(place.options);
    expect(values.rpc.url).toBe("ws://a:1");
    expect(sources.get("rpc.url")).toBe(`file ${place.paths.project}:2`);
  });

  test("are told by whichever stands higher, and never by both", async () => {
    using place = openPlace();
    place.write("system", TWO);
    place.write("project", '[rpc]\nurl = "ws://x"\n');
    expect(await nodes(place)).toEqual(["ws://x"]);
    place.write("project", '[rpc]\nurls = ["ws://y"]\n');
    expect(await nodes(place)).toEqual(["ws://y"]);
    expect(await nodes(place, { env: { MVM_RPC_URL: "ws://e" } })).toEqual(["ws://e"]);
    const env = { MVM_RPC_URLS: "ws://e, wss://f" };
    expect(await nodes(place, { env })).toEqual(["ws://e", "wss://f"]);
    expect(await nodes(place, { env, flags: { "rpc.url": "ws://g" } })).toEqual(["ws://g"]);
    const flags = { "rpc.urls": ["ws://h", "ws://i"] };
    expect(await nodes(place, { env, flags })).toEqual(["ws://h", "ws://i"]);
  });

  test("may be told by both in one place when they do not contradict each other", async () => {
    using place = openPlace();
    place.write("project", `${TWO}url = "https://b"\n`);
    expect(await nodes(place)).toEqual(["ws://a:1", "https://b"]);
    place.write("project", `${TWO}url = "ws://c"\n`);
    expect(await problemsOf(place)).toEqual([
      "FILE:3: rpc.url is none of rpc.urls, which is set there too; one is enough",
    ]);
    const env = { MVM_RPC_URL: "ws://c", MVM_RPC_URLS: "ws://a" };
    expect(await problemsOf(place, { env })).toEqual([
      "MVM_RPC_URL: rpc.url is none of rpc.urls, which is set there too; one is enough",
    ]);
  });
});

test.each([
  ["[]", "[]"],
  ['["ws://a", "ws://a"]', '["ws://a", "ws://a"]'],
  ['["ws://me:secret@a", "ftp://b"]', '["ws://****@a", "ftp://b"]'],
  ['["ws://a", 5]', '["ws://a", 5]'],
  ['"ws://a"', '"ws://a"'],
])("urls = %s is refused, and shown as it was found", async (text, shown) => {
  using place = openPlace();
  place.write("project", `[rpc]\nurls = ${text}\n`);
  expect(await problemsOf(place)).toEqual([
    `FILE:2: [rpc] urls: found ${shown}, expected different URLs with ws://, wss://, http://, https://`,
  ]);
});

test("passwords of a list are masked wherever it is shown", async () => {
  using place = openPlace();
  const before = await loadConfig(place.options);
  place.write("project", '[rpc]\nurls = ["ws://me:secret@a", "ws://b"]\n');
  const after = await loadConfig(place.options);
  const row = describeSettings(after).find(({ key }) => key === "rpc.urls");
  expect(row?.value).toEqual(["ws://****@a", "ws://b"]);
  const { applied, needsRestart } = diffSettings(before.values, after.values);
  expect(applied).toEqual([]);
  expect(needsRestart.map(describeChange)).toEqual([
    "rpc.url ws://localhost:9944 → ws://****@a",
    "rpc.urls not set → ws://****@a, ws://b",
  ]);
  expect(diffSettings(after.values, structuredClone(after.values)).needsRestart).toEqual([]);
});
