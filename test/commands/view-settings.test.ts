// What a configuration file changes of the dashboard: each key in a real terminal or a real feed.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { appendFile } from "node:fs/promises";

import { healthInput } from "../../commands/_health.ts";
import { loadSettings } from "../../commands/_settings.ts";
import { openFeed } from "../../commands/_view-feed.ts";
import type { Answer, Report } from "../../core/view/messages.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import type { Terminal } from "../helpers/tmux.ts";
import { HAVE_TMUX, openTerminal } from "../helpers/tmux.ts";
import { writeViewFixture } from "../helpers/view-fixture.ts";

const folder = temporaryFolder();
let devnet: Devnet & AsyncDisposable;
let count = 0;

beforeAll(async () => {
  devnet = await startSmallDevnet({ history: 60 });
});
afterAll(async () => {
  await devnet[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** Path of a configuration with these sections. */
async function configure(...lines: string[]): Promise<string> {
  const path = folder.file(`config-${count++}.toml`);
  const absent = folder.file("absent.db");
  const sources = `[rpc]\nurl = "${devnet.url}"\n[database]\npath = "${absent}"\n`;
  await Bun.write(path, `${sources}${lines.join("\n")}\n`);
  return path;
}

async function openWith(...lines: string[]): Promise<Terminal> {
  const terminal = await openTerminal(["--config", await configure(...lines)]);
  await terminal.until("Peers:       12");
  return terminal;
}

/** The title with its colours. */
async function paintOf(terminal: Terminal): Promise<string> {
  return (await terminal.painted()).split("\n")[0] ?? "";
}

describe.skipIf(!HAVE_TMUX)("a file says", () => {
  test("view.theme: other colours", async () => {
    await using dark = await openWith('[view]\ntheme = "dark"');
    await using light = await openWith('[view]\ntheme = "light"');
    expect(await paintOf(light)).not.toBe(await paintOf(dark));
    await light.press("t");
    await light.until("theme midnight");
  });

  test("view.ascii: no other character is drawn", async () => {
    await using plain = await openWith("[view]\nascii = true");
    expect(await plain.screen()).toMatch(/^[\n\x20-\x7e]+$/);
    await using rich = await openWith("[view]\nascii = false");
    expect(await rich.screen()).toContain("─");
  });

  test("validator.name: the title names this machine", async () => {
    await using named = await openWith('[validator]\nname = "north-1"');
    await named.until("· north-1");
    await using unnamed = await openWith();
    expect((await unnamed.screen()).split("\n")[0]).not.toContain("·");
  });

  test("daemon.log_file: its lines are the logs shown, as they come, with no database at all", async () => {
    const log = folder.file("sync.log");
    await Bun.write(log, "2026-01-02T03:04:05.678Z warn  peers are few\n");
    await using terminal = await openWith(`[daemon]\nlog_file = "${log}"`);
    await terminal.press("5");
    await terminal.until("peers are few");
    await appendFile(log, "2026-01-02T03:04:06.678Z info  peers are many\n");
    await terminal.until("peers are many");
  });

  test("view.refresh_interval_ms: how often the node is asked anew", async () => {
    await using often = await openWith("[view]\nrefresh_interval_ms = 100");
    await using seldom = await openWith("[view]\nrefresh_interval_ms = 3600000");
    devnet.setFaults({ noPeers: true });
    await often.until(/Peers: +0\b/);
    // Heads come by themselves all the same.
    await devnet.step(2);
    await seldom.until(`#${devnet.truth().best}`);
    expect(await seldom.screen()).toMatch(/Peers: +12\b/);
    devnet.setFaults({ noPeers: false });
  });
});

/** Readers that have the file open once a search was asked for beside the view that is shown. */
async function readersWith(connections: number): Promise<number> {
  const path = await configure();
  const more = `max_connections = ${connections}\n`;
  await Bun.write(
    path,
    (await Bun.file(path).text()).replace("[database]\n", `[database]\n${more}`),
  );
  const config = await loadSettings({ config: path }, {});
  using posted = spyOn(Worker.prototype, "postMessage");
  const opened = (): number =>
    posted.mock.calls.filter(
      ([request]) => isObject(request) && request["kind"] === "open-database",
    ).length;
  const input = { ...healthInput(config, []), databasePath: folder.file("small.db") };
  const { promise: shown, resolve: show } = Promise.withResolvers<void>();
  using feed = openFeed(
    {
      ...{ health: { input, validators: [] }, timeoutMs: 1000, refreshMs: 1000, logFile: null },
      log: null,
      journal: false,
      connections: config.database.max_connections,
    },
    (report: Report) => (report.kind === "watched" ? show() : undefined),
  );
  feed.watch({ about: "logs" });
  await shown;
  expect(opened()).toBe(1);
  const { promise: answered, resolve: answer } = Promise.withResolvers<Answer | null>();
  feed.ask({ about: "find", text: "MyValidator", from: null, up: false }, answer);
  expect(await answered).not.toBeNull();
  return opened();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

test("database.max_connections: a search has a reader of its own where there may be two", async () => {
  writeViewFixture(folder.file("small.db"), { blocks: 2000, events: false });
  expect(await readersWith(1)).toBe(1);
  expect(await readersWith(2)).toBe(2);
  expect(await readersWith(9)).toBe(2);
});
