// Prometheus text as nodes and node_exporter write it.
import { describe, expect, test } from "bun:test";

import { fetchMetrics, findSamples, findValue, parseMetrics } from "../../../core/chain/metrics.ts";
import { startSmallDevnet } from "./small-devnet.ts";

const TEXT = `
# HELP substrate_block_height Block height info of the chain
# TYPE substrate_block_height gauge
substrate_block_height{status="best",chain="midnight"} 5002
substrate_block_height{chain="midnight",status="finalized"} 5000 1700000000000
odd{path="C:\\\\dir",text="a \\"quoted\\" } brace, and more\\nline"} 1.5e-3
plain 7
over_bucket{le="+Inf"} +Inf
nothing NaN
not a sample at all
{no="name"} 3
`;

describe("parsing", () => {
  const metrics = parseMetrics(TEXT);

  test("names, labels in any order, values, with or without a time", () => {
    expect(findValue(metrics, "substrate_block_height", { status: "best" })).toBe(5002);
    expect(findValue(metrics, "substrate_block_height", { status: "finalized" })).toBe(5000);
    expect(findValue(metrics, "plain")).toBe(7);
    expect(findValue(metrics, "over_bucket", { le: "+Inf" })).toBe(Infinity);
  });

  test("quotes, braces and backslashes in a label are part of it", () => {
    expect(findSamples(metrics, "odd")[0]?.labels).toEqual({
      path: "C:\\dir",
      text: 'a "quoted" } brace, and more\nline',
    });
  });

  test("what is no sample is passed over, and NaN is no value", () => {
    expect(metrics.map(({ name }) => name)).toEqual([
      "substrate_block_height",
      "substrate_block_height",
      "odd",
      "plain",
      "over_bucket",
    ]);
  });

  test("the end of a name is enough, but only at an underscore; several samples are no single value", () => {
    expect(findValue(metrics, "block_height", { status: "best" })).toBe(5002);
    expect(findValue(metrics, "height")).toBeNull();
    expect(findValue(metrics, "lain")).toBeNull();
    expect(findValue(metrics, "absent")).toBeNull();
  });
});

test("a node's metrics are fetched and found by their ends", async () => {
  await using devnet = await startSmallDevnet();
  const metrics = await fetchMetrics(devnet.metricsUrl, AbortSignal.timeout(5000));
  expect(findValue(metrics, "block_height", { status: "best" })).toBe(devnet.truth().best);
  expect(findValue(metrics, "sub_libp2p_peers_count")).toBe(12);
});

test("metrics that are off, hang or are no metrics are an error, never zeros", async () => {
  await using devnet = await startSmallDevnet();
  const fetch = (url: string, ms = 5000) => fetchMetrics(url, AbortSignal.timeout(ms));
  devnet.setFaults({ metricsOff: true });
  await expect(fetch(devnet.metricsUrl)).rejects.toMatchObject({ code: "unavailable" });
  devnet.setFaults({ metricsOff: false, metricsSilent: true });
  await expect(fetch(devnet.metricsUrl, 100)).rejects.toMatchObject({ code: "unavailable" });
  await expect(fetch(`${devnet.httpUrl}/health`)).rejects.toMatchObject({ code: "bad-reply" });
});
