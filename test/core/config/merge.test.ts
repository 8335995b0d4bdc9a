// Files laid over each other: key by key, lists as a whole, the environment over its own file alone.
import { expect, test } from "bun:test";

import { loadConfig } from "../../../core/config/load.ts";
import { openPlace } from "./place.ts";

test("keys of one section may come from four files and an environment", async () => {
  using place = openPlace();
  place.write("opt", "[sync]\nbatch_size = 1\nconcurrency = 1\npoll_interval_secs = 1\n");
  place.write("system", "[sync]\nbatch_size = 2\nconcurrency = 2\n[env.x.sync]\nstart_block = 2\n");
  place.write("user", "[sync]\nbatch_size = 3\nstart_block = 3\n");
  place.write("project", "[log]\nmax_files = 4\n[env.x.log]\nmax_size = 4\n");
  const { values } = await loadConfig({ ...place.options, environment: "x" });
  expect(values.sync).toMatchObject({
    ...{ batch_size: 3, concurrency: 2, poll_interval_secs: 1, start_block: 3 },
  });
  expect(values.log).toMatchObject({ max_files: 4, max_size: 4 });
});

test("a list takes the place of the one below it, and is not added to it", async () => {
  using place = openPlace();
  place.write("system", '[rpc]\nurls = ["ws://a:1", "ws://b:1"]\n');
  place.write("project", '[env.x.rpc]\nurls = ["ws://c:1", "ws://d:1"]\n');
  const { values } = await loadConfig({ ...place.options, environment: "x" });
  expect(values.rpc.urls).toEqual(["ws://c:1", "ws://d:1"]);
});
