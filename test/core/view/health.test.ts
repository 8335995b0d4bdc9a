// The checks beside the dashboard: all of ours, by the names of their keys, from a real node and file.
import { afterAll, beforeAll, expect, test } from "bun:test";

import { followHealth } from "../../../core/view/health.ts";
import type { HealthTold, HealthWishes } from "../../../core/view/messages.ts";
import type { Devnet } from "../../../examples/devnet/devnet.ts";
import { reportOf, verdictOf } from "../../../ui/models/health.ts";
import { syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";

const folder = temporaryFolder();
const file = folder.file("mvm.db");
let devnet: Devnet & AsyncDisposable;

beforeAll(async () => {
  devnet = await startSmallDevnet({ history: 200, rpcMethods: "unsafe" });
  for (const [i, name] of ["north", "south"].entries()) {
    await devnet.writeKeystore(folder.file(name), i);
  }
  await syncOnce(devnet.url, file, "--keystore", folder.file("north"), "--label", "north");
});
afterAll(async () => {
  await devnet[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function wishes(nodeUrl: string, ...names: string[]): HealthWishes {
  return {
    input: {
      ...{
        nodes: [nodeUrl],
        databasePath: file,
        metricsUrl: null,
        nodeExporterUrl: null,
        network: null,
      },
      ...{ expectedAddress: null, thresholdPercent: 80, minExpectedBlocks: 5, minPeers: 3 },
      ...{ finalityLagBlocks: 10, timeoutMs: 3000 },
    },
    validators: names.map((name) => ({
      ...{ keystore_path: folder.file(name), keys_file: null, label: name },
    })),
  };
}

async function lookOnce(given: HealthWishes): Promise<HealthTold> {
  const aborter = new AbortController();
  const { promise, resolve } = Promise.withResolvers<HealthTold>();
  const done = followHealth(given, resolve, aborter.signal);
  const told = await promise;
  aborter.abort();
  await done;
  return told;
}

test("every configured validator is looked at, and found by any of its keys", async () => {
  const health = await lookOnce(wishes(devnet.url, "north", "south"));
  expect(health.facts.validators.map(({ id }) => id)).toEqual(["north", "south"]);
  for (const [i, id] of ["north", "south"].entries()) {
    const { aura } = devnet.validator(i);
    const report = reportOf(health, { auras: ["0x00", aura], sidechain: null });
    expect(report?.id).toBe(id);
    expect(report?.keys.find(({ key }) => key === aura)).toMatchObject({ held: true });
    expect(verdictOf(health, report, ["validator.keystore"])).toBe("ok");
    // The node has the keys of one alone.
    expect(verdictOf(health, report, ["validator.loaded"])).toBe(i === 0 ? "ok" : "critical");
  }
  expect(reportOf(health, { auras: [devnet.validator(2).aura], sidechain: null })).toBeNull();
});

test("with none configured those count that the database marks", async () => {
  const health = await lookOnce(wishes(devnet.url));
  expect(health.facts.validators.map(({ id }) => id)).toEqual(["north"]);
});

test("a dead node is a finding, not an end; what it would tell is unknown", async () => {
  const health = await lookOnce(wishes("ws://127.0.0.1:9", "north"));
  const verdicts = new Map(health.checks.map(({ name, verdict }) => [name, verdict]));
  expect(verdicts.get("node.reachable")).toBe("critical");
  expect(verdicts.get("validator.loaded")).toBe("unknown");
});
