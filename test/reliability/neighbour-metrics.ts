// Metrics pages nobody should have served: spoilt ones by the thousand, and a few that are long or never end.
import { readFileSync } from "node:fs";

import { fetchMetrics, findSamples, parseMetrics } from "../../core/chain/metrics.ts";
import { availableMemory, findDisks } from "../../core/health/host.ts";
import { describeMachine } from "../../core/health/machine.ts";
import type { Observation } from "../../core/health/observe.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { seeded } from "../helpers/seeded.ts";
import type { Tally } from "./neighbour-kit.ts";
import { openTally, randomBytes, spoilText, tryCase } from "./neighbour-kit.ts";

const MOST_MS = 4000;
/** A page's limit is 16 MiB: what it is held in costs some times that, whatever is sent. */
const MOST_GROWTH = 250 * 1024 * 1024;

const HOST = `node_load1 0.5
node_memory_MemTotal_bytes 8e9
node_memory_MemAvailable_bytes 4e9
node_filesystem_avail_bytes{device="/dev/a",fstype="ext4",mountpoint="/"} 1e10
node_filesystem_size_bytes{device="/dev/a",fstype="ext4",mountpoint="/"} 2e10
process_start_time_seconds 1.7e9
`;

export async function runMetrics(cases: number, seed: number): Promise<Tally> {
  const tally = openTally("metrics page");
  const random = seeded(seed);
  await using devnet = await startSmallDevnet({ history: 3 });
  const page = (await (await fetch(devnet.metricsUrl)).text()) + HOST;
  for (let i = 0; i < cases; i++) {
    const bytes = random() < 0.05 ? randomBytes(random, 2000) : spoilText(page, random);
    await tryCase(tally, `page ${i}`, () => readPage(bytes.toString()));
  }
  for (const [name, text] of Object.entries(SLOW)) {
    const startedAt = performance.now();
    await tryCase(tally, name, () => readPage(text));
    if (performance.now() - startedAt > MOST_MS) tally.crashes.push(`${name}: takes too long`);
  }
  await runServed(tally);
  return tally;
}

/** Everything that is made of a page. */
function readPage(text: string): void {
  const metrics = parseMetrics(text);
  const told = { value: metrics };
  const nothing = { missing: { reason: "not-asked", text: "" } } as const;
  const observation: Pick<
    Observation,
    "metrics" | "host" | "peerId" | "externalAddresses" | "listenAddresses"
  > = {
    ...{ metrics: told, host: told, peerId: nothing },
    ...{ externalAddresses: nothing, listenAddresses: nothing },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a machine is described by is these five
  const facts = describeMachine(observation as Observation);
  for (const [name, value] of Object.entries(facts)) {
    if (typeof value === "number" && Number.isNaN(value)) throw new Error(`${name} is no number`);
  }
  findDisks(metrics);
  availableMemory(metrics);
  for (const { labels } of findSamples(metrics, "size_bytes")) JSON.stringify(labels);
}

const MEGABYTE = 1024 * 1024;
const SLOW: Record<string, string> = {
  "a megabyte of one name": "a".repeat(MEGABYTE),
  "a megabyte of braces": `a{${"}".repeat(MEGABYTE)}`,
  "braces and spaces": `a{${"} ".repeat(8000)}x`,
  "many lines of braces and spaces": `a{${"} ".repeat(7000)}x\n`.repeat(100),
  "a megabyte of quotes": `a{b="${'"'.repeat(MEGABYTE)}`,
  "quotes that are not closed": `a{${'b="'.repeat(5000)}} 1`,
  "many labels": `a{${'b="c",'.repeat(2000)}} 1\n`.repeat(100),
  backslashes: `a{b="${"\\".repeat(16_000)}"} 1`,
  "words for labels": `a{${"b ".repeat(8000)}} 1\n`.repeat(50),
  spaces: `a${" ".repeat(16_000)}\n`.repeat(50),
  "half a million samples": "a 1\n".repeat(500_000),
  "__proto__ for a label": 'a{__proto__="x",constructor="y"} 1',
  "a moment no date can name": "process_start_time_seconds 1e300",
  "no end of time":
    "process_start_time_seconds +Inf\nnode_load1 -Inf\nnode_memory_MemTotal_bytes 0\nnode_memory_MemAvailable_bytes 0",
};

async function runServed(tally: Tally): Promise<void> {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => PAGES[new URL(request.url).pathname.slice(1)]?.() ?? new Response(""),
  });
  for (const name of Object.keys(PAGES)) {
    const before = residentBytes();
    const startedAt = performance.now();
    await tryCase(tally, name, async () => {
      await fetchMetrics(`http://127.0.0.1:${server.port}/${name}`, AbortSignal.timeout(1500));
      throw new Error("it was taken");
    });
    if (performance.now() - startedAt > MOST_MS) tally.crashes.push(`${name}: takes too long`);
    const grown = residentBytes() - before;
    if (grown > MOST_GROWTH) tally.crashes.push(`${name}: ${grown} bytes more`);
  }
  await server.stop(true);
}

function residentBytes(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}

function stream(next: () => Uint8Array | null, everyMs = 0): Response {
  return new Response(
    new ReadableStream({
      pull: async (controller) => {
        await Bun.sleep(everyMs);
        const chunk = next();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      },
    }),
  );
}

const CHUNK = Buffer.from("metric_of_many 1\n".repeat(4000));

const PAGES: Record<string, () => Response> = {
  endless: () => stream(() => CHUNK),
  "endless-line": () => stream(() => Buffer.alloc(65_536, "a")),
  slow: () => stream(() => Buffer.from("a 1\n"), 200),
  silent: () => stream(() => Buffer.alloc(0), 10_000),
  "hundred-megabytes": () => new Response(Buffer.alloc(100 * MEGABYTE, "a 1\n")),
  "compressed-zeros": () =>
    new Response(Bun.gzipSync(Buffer.alloc(200 * MEGABYTE)), {
      headers: { "content-encoding": "gzip" },
    }),
  "sent-on": () => new Response(null, { status: 302, headers: { location: "/sent-on" } }),
  html: () => new Response("<html>\u001b[2J</html>"),
};
