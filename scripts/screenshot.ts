// Draws the documentation's picture of the dashboard from a real run: a devnet, a sync, the checks, one frame.
//   bun scripts/screenshot.ts [FILE]      ui/screenshot.svg without a name
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { createTestRenderer } from "@opentui/core/testing";
import { join } from "pathe";

import { checkHealth } from "../core/health/health.ts";
import type { Log } from "../core/log.ts";
import { readOurs } from "../core/ours.ts";
import { openReadable } from "../core/storage/open.ts";
import { defaultLive, defaultOptions } from "../core/sync/defaults.ts";
import { openLive } from "../core/sync/live.ts";
import { sync } from "../core/sync/sync.ts";
import { slotTimeMs } from "../core/time.ts";
import { answer } from "../core/view/answer.ts";
import type { HealthTold, NodeFacts, Question } from "../core/view/messages.ts";
import { followNode } from "../core/view/node.ts";
import type { Devnet } from "../examples/devnet/devnet.ts";
import { startDevnet } from "../examples/devnet/devnet.ts";
import { mountApp } from "../ui/app.ts";
import type { Lines } from "./svg.ts";
import { formatSvg } from "./svg.ts";

const COLUMNS = 120;
const ROWS = 40;
const LABEL = "MyValidator";

const QUIET: Log = {
  ...{ error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing },
  enabled: () => false,
};

function nothing(): void {}

/** What each source told at one moment. */
interface Moment {
  file: string;
  node: NodeFacts;
  health: HealthTold;
  nowMs: number;
}

async function syncOnce(devnet: Devnet, file: string): Promise<void> {
  const live = openLive(defaultLive({ ours: [{ aura: devnet.validator(0).aura, label: LABEL }] }));
  await sync(
    defaultOptions(devnet.url, file, { ...{ once: true, daemon: false }, live }),
    { log: QUIET, onProgress: nothing, onSynced: nothing, onBlock: nothing },
    new AbortController().signal,
  );
}

async function hearNode(url: string, ours: readonly string[]): Promise<NodeFacts> {
  const aborter = new AbortController();
  const { promise, resolve } = Promise.withResolvers<NodeFacts>();
  const options = { urls: [url], timeoutMs: 5000, pollMs: 1000, ours };
  const tell = (facts: NodeFacts): void => {
    if (facts.state === "up") resolve(structuredClone(facts));
  };
  const done = followNode(options, tell, aborter.signal);
  const facts = await promise;
  aborter.abort();
  await done.catch(nothing);
  return facts;
}

async function takeMoment(devnet: Devnet, folder: string): Promise<Moment> {
  const file = join(folder, "mvm.db");
  const keystore_path = join(folder, "keystore");
  await devnet.writeKeystore(keystore_path, 0);
  await syncOnce(devnet, file);
  const ours = readOurs([{ keystore_path, keys_file: null, label: LABEL }]);
  const node = await hearNode(
    devnet.url,
    ours.flatMap(({ aura }) => aura),
  );
  if (node.best === null || node.constants === null) throw new Error("the devnet told no block");
  // The chain's own clock, so that the picture is the same whenever it is made.
  const nowMs = slotTimeMs(node.best.slot, node.constants) + 2000;
  const { report } = await checkHealth({
    ...{ nodes: [devnet.url], metricsUrl: null, nodeExporterUrl: null, databasePath: file, ours },
    ...{ expectedAddress: null, network: null, thresholdPercent: 80, minExpectedBlocks: 5 },
    ...{ minPeers: 3, finalityLagBlocks: 10, timeoutMs: 8000, now: () => nowMs },
  });
  const health = { atMs: nowMs, checks: report.checks, facts: report.facts };
  return { file, node: { ...node, heardAtMs: nowMs }, health, nowMs };
}

async function draw({ file, node, health, nowMs }: Moment): Promise<Lines> {
  const setup = await createTestRenderer({ width: COLUMNS, height: ROWS });
  using db = openReadable(file);
  let watched: Question = { about: "dashboard" };
  const app = mountApp(setup.renderer, {
    feed: {
      watch: (question) => (watched = question),
      ...{ ask: nothing, inspect: nothing, refresh: nothing },
    },
    ...{ nowMs: () => nowMs, version: "0.3.0", title: null, theme: "dark" },
    ...{
      colours: "all",
      ascii: false,
      onQuit: nothing,
      onSuspend: nothing,
      onCopy: nothing,
      onMouse: nothing,
    },
  });
  app.tell({ kind: "watched", question: watched, answer: answer(db, watched), failure: null });
  app.tell({ kind: "node", facts: node });
  app.tell({ kind: "health", health });
  await setup.renderOnce();
  const { lines } = setup.captureSpans();
  await setup.dispose();
  return lines.map(({ spans }) =>
    spans.map(({ text, width, fg, bg, attributes }) => ({
      ...{ text, width, bold: (attributes & 1) === 1 },
      foreground: fg.intent === "default" ? null : hex(fg.toInts()),
      background: bg.intent === "default" ? null : hex(bg.toInts()),
    })),
  );
}

function hex(parts: readonly number[]): string {
  return `#${parts
    .slice(0, 3)
    .map((part) => part.toString(16).padStart(2, "0"))
    .join("")}`;
}

const target = process.argv[2] ?? join(import.meta.dir, "../ui/screenshot.svg");
const folder = mkdtempSync(join(tmpdir(), "mvm-screenshot-"));
const devnet = await startDevnet({
  ...{ seed: "screenshot", history: 3170, endSlot: 294_537_780, missRate: 0.04, forkRate: 0.03 },
  ...{ rpcMethods: "unsafe", host: "127.0.0.1", port: 0, metricsPort: 0 },
});
try {
  await Bun.write(target, formatSvg(await draw(await takeMoment(devnet, folder))));
} finally {
  await devnet.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
