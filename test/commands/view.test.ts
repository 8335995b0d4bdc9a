// mvm-view: a snapshot into a pipe, and the dashboard in a real terminal that is left as it was found.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";

import { join } from "pathe";

import type { Devnet } from "../../examples/devnet/devnet.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import type { SyncProcess } from "../helpers/sync-process.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";
import { BEFORE, HAVE_TMUX, openTerminal } from "../helpers/tmux.ts";

const SCRIPT = join(import.meta.dir, "../../commands/view.ts");
const folder = temporaryFolder();
const file = folder.file("mvm.db");
let devnet: Devnet;
let sync: SyncProcess;

beforeAll(async () => {
  const keystore = folder.file("keystore");
  // By the wall clock: countdowns and ages are of today.
  devnet = await startDevnet({
    ...{ seed: "view", clock: "wall", slotMs: 1000, history: 200, slotsPerEpoch: 40 },
    ...{ validators: 20, permissioned: 8, seats: 40, forkRate: 0, missRate: 0 },
  });
  await devnet.writeKeystore(keystore, 0);
  sync = startSync(devnet.url, file, "--keystore", keystore, "--label", "mine");
  await sync.until("200 blocks", () => storedHeights(file).last >= 200);
});
afterAll(async () => {
  await sync[Symbol.asyncDispose]();
  await devnet.stop();
  folder[Symbol.dispose]();
});

async function run(...flags: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder.path,
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err };
}

const both = (): string[] => ["-r", devnet.url, "-d", file];
/** Some time after the start it throws out of nowhere. */
const BOMB = `if (Bun.isMainThread && process.stdout.isTTY)
  setTimeout(() => { throw new Error("the bomb went off") }, 3000)`;
/** Runs what it is told on its own terminal, and waits. */
const STARTER = `await Bun.spawn([process.execPath, ...process.argv.slice(2)], {
  stdio: ["inherit", "inherit", "inherit"] }).exited`;
const ESCAPE = String.fromCodePoint(27);
const NOBODY = "ws://127.0.0.1:9";

describe("without a terminal", () => {
  test("one plain snapshot is printed, without any escape", async () => {
    const { code, out, err } = await run(...both());
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("Network: Midnight Devnet, node 1.0.0-devnet");
    expect(out).toContain("Sync: ● Synced");
    expect(out).toContain("mine 0x");
    expect(out).not.toContain("\u001b");
  });

  test("as JSON it has the promised names", async () => {
    const { code, out } = await run(...both(), "--json");
    expect(code).toBe(0);
    const found: unknown = JSON.parse(out);
    const reached: unknown = expect.objectContaining({ name: "node.reachable", verdict: "ok" });
    const health: unknown = expect.arrayContaining([reached]);
    expect(found).toMatchObject({
      ...{ warnings: [], health },
      network: { chain: "Midnight Devnet", sync: { state: "synced" } },
      validators: [{ label: "mine", aura: devnet.validator(0).aura }],
    });
    const names =
      "alerts epochs health network production ranked recentBlocks time turns validators warnings";
    expect(
      Object.keys(found ?? {})
        .toSorted()
        .join(" "),
    ).toBe(names);
  });

  test("a node alone and a database alone are enough; neither is a failure to be told", async () => {
    const absent = folder.file("absent.db");
    const nodeOnly = await run("-r", devnet.url, "-d", absent, "--once");
    expect(nodeOnly.code).toBe(0);
    expect(nodeOnly.out).toContain("no database at");
    expect(nodeOnly.out).toContain("Our validators: ?");
    const databaseOnly = await run("-r", NOBODY, "-d", file, "--once");
    expect(databaseOnly.code).toBe(0);
    expect(databaseOnly.out).toContain("Node away");
    const { code, out } = await run("-r", NOBODY, "-d", absent, "--once");
    expect(code).toBe(69);
    expect(out).toContain("Chain tip: unknown");
  });

  test("the demo makes a chain of its own, shows it and leaves nothing behind, stopped in between or not", async () => {
    using temporary = temporaryFolder();
    const env = { ...process.env, TMPDIR: temporary.path, BUN_TMPDIR: folder.path };
    const start = () =>
      Bun.spawn([process.execPath, SCRIPT, "--demo", "--once"], {
        ...{ env, cwd: folder.path },
        stdio: ["ignore", "pipe", "ignore"],
      });
    const whole = start();
    expect(await new Response(whole.stdout).text()).toContain("Network: Midnight Devnet");
    expect(await whole.exited).toBe(0);
    expect(readdirSync(temporary.path)).toEqual([]);
    const stopped = start();
    while (readdirSync(temporary.path).length === 0) await Bun.sleep(10);
    await Bun.sleep(200);
    stopped.kill("SIGTERM");
    expect(await stopped.exited).toBe(143);
    expect(readdirSync(temporary.path)).toEqual([]);
  });

  test("a node that hangs holds the snapshot up no longer than its deadline; the file is told", async () => {
    const hanging = await startDevnet({ history: 20 });
    hanging.setFaults({ silent: true });
    try {
      const { code, out } = await run("-r", hanging.url, "-d", file, "--once");
      expect(code).toBe(0);
      expect(out).toContain("mine 0x");
      expect(out).toMatch(/Node away|Health: /);
    } finally {
      await hanging.stop();
    }
  });

  test("a wrong flag is a usage error, not a snapshot", async () => {
    const { code, out, err } = await run("--theme", "pink");
    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err).toContain("pink");
  });
});

describe.skipIf(!HAVE_TMUX)("in a real terminal", () => {
  test("the dashboard follows the chain, keys go to the views, q leaves all as it was", async () => {
    await using terminal = await openTerminal(both());
    await terminal.until("● Synced");
    expect(await terminal.modes()).toBe("1 0 0");
    const tip = Number(/Chain Tip:\s+#(\d+)/.exec(await terminal.screen())?.[1]);
    await terminal.until(new RegExp(`Chain Tip:\\s+#(?!${tip} )\\d+`));
    await terminal.press("2");
    await terminal.until("─ Blocks ─");
    await terminal.press("Down", "Enter");
    // What the node adds is further down.
    await terminal.until("State root");
    await terminal.press("G");
    // This node keeps no metadata, so its calls have no names.
    await terminal.until(/#0 +\? unknown +\? +\d+ bytes/);
    await terminal.press("Escape");
    await terminal.press("?");
    await terminal.until("Help");
    await terminal.press("q");
    const left = await terminal.until("settings as before");
    expect(left).toContain("exit code 0");
    expect(await terminal.modes()).toBe(BEFORE);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGQUIT", 131],
  ] as const)("%s gives the terminal back and exits %d", async (signal, code) => {
    await using terminal = await openTerminal(both());
    await terminal.until("Chain Tip");
    process.kill(await terminal.pid(), signal);
    const left = await terminal.until("settings as before");
    expect(left).toContain(`exit code ${code}`);
    expect(await terminal.modes()).toBe(BEFORE);
  });

  test("Ctrl-C quits; an unexpected error is readable on a terminal given back", async () => {
    await using terminal = await openTerminal(both());
    await terminal.until("Chain Tip");
    await terminal.press("C-c");
    await terminal.until("settings as before");
    await Bun.write(folder.file("bomb.ts"), BOMB);
    await using broken = await openTerminal(both(), {
      env: { BUN_OPTIONS: `--preload=${folder.file("bomb.ts")}` },
    });
    await broken.until("Chain Tip");
    const left = await broken.until("settings as before");
    expect(left).toContain("exit code 70");
    expect(left).toContain("the bomb went off");
    const [path = ""] = /\S+mvm-view-\d+\.log/.exec(left) ?? [];
    expect(await Bun.file(path).text()).toContain("the bomb went off");
    rmSync(path);
    expect(await broken.modes()).toBe(BEFORE);
  });

  test("a terminal that shrinks below the least size says so, and comes back", async () => {
    await using terminal = await openTerminal(both());
    await terminal.until("Chain Tip");
    await terminal.resize(60, 15);
    await terminal.until("needs 80×24 (now 60×15)");
    await terminal.resize(120, 40);
    await terminal.until("Blocks per Epoch");
    await terminal.press("q");
    await terminal.until("settings as before");
  });

  test("m takes the mouse and gives it back", async () => {
    await using terminal = await openTerminal(both());
    await terminal.until("Chain Tip");
    expect(await terminal.modes()).toBe("1 0 0");
    await terminal.press("m");
    await terminal.until("hold Shift to select text");
    expect(await terminal.modes()).toBe("1 0 1");
    await terminal.press("m");
    await terminal.until("text can be selected");
    expect(await terminal.modes()).toBe("1 0 0");
    await terminal.press("m", "q");
    await terminal.until("settings as before");
    expect(await terminal.modes()).toBe(BEFORE);
  });

  test("y puts the whole key into the terminal's clipboard", async () => {
    await using terminal = await openTerminal(both());
    await terminal.until("★ mine");
    await terminal.press("y");
    const said = await terminal.until(/copied 0x[0-9a-f]{64}/);
    const [key = ""] = /0x[0-9a-f]{64}/.exec(said) ?? [];
    expect(await terminal.clipboard()).toBe(key);
    expect(key).toBe(devnet.validator(0).aura);
  });

  test("NO_COLOR and --no-color leave the terminal its own colours", async () => {
    // Colours are 38;… and 48;…, 30 to 37, 90 to 97 and their backgrounds; 39 and 49 are the terminal's own.
    const colour = new RegExp(
      String.raw`${ESCAPE}\[(?:\d+;)*(?:[34]8;|3[0-7]|4[0-7]|9[0-7]|10[0-7])`,
    );
    await using plain = await openTerminal(both());
    await plain.until("● Synced");
    expect(await plain.painted()).toMatch(colour);
    await using byFlag = await openTerminal([...both(), "--no-color"]);
    await byFlag.until("● Synced");
    expect(await byFlag.painted()).not.toMatch(colour);
    await using byVariable = await openTerminal(both(), { env: { NO_COLOR: "1" } });
    await byVariable.until("● Synced");
    expect(await byVariable.painted()).not.toMatch(colour);
  });

  test("Ctrl-Z hands the terminal to the shell, fg brings the dashboard back in the size there is by then", async () => {
    await using terminal = await openTerminal(both());
    await terminal.until("Chain Tip");
    await terminal.press("C-z");
    await terminal.until(/Stopped/);
    await terminal.until("settings as before");
    expect(await terminal.modes()).toBe(BEFORE);
    await terminal.resize(120, 40);
    await terminal.press("fg", "Enter");
    await terminal.until("Blocks per Epoch");
    await terminal.press("q");
    await terminal.until(/[$#]\s*$/);
    expect(await terminal.modes()).toBe(BEFORE);
  });

  test("the signal of Ctrl-Z from outside does the same, time and again", async () => {
    await using terminal = await openTerminal(both());
    for (const _ of ["once", "again"]) {
      await terminal.until("Chain Tip");
      process.kill(await terminal.pid(), "SIGTSTP");
      await terminal.until(/Stopped/);
      expect(await terminal.modes()).toBe(BEFORE);
      await terminal.press("clear; fg", "Enter");
    }
    await terminal.until("Chain Tip");
    await terminal.press("q");
    await terminal.until(/[$#]\s*$/);
  });

  test("started by another program, as the demo is, Ctrl-Z stops both and the shell has its terminal", async () => {
    const starter = folder.file("starter.ts");
    await Bun.write(starter, STARTER);
    const command = [process.execPath, starter, SCRIPT];
    await using terminal = await openTerminal(both(), { command });
    await terminal.until("Chain Tip");
    await terminal.press("C-z");
    await terminal.until(/Stopped/);
    await terminal.press("echo $((6*7))", "Enter");
    await terminal.until(/^42$/m);
    await terminal.press("fg", "Enter");
    await terminal.until("Chain Tip");
    await terminal.press("q");
    await terminal.until(/[$#]\s*$/);
    expect(await terminal.modes()).toBe(BEFORE);
  });

  test("a dead node and an absent database are banners, and keys go on working", async () => {
    await using terminal = await openTerminal(["-r", NOBODY, "-d", "absent.db"]);
    await terminal.until("Node away");
    await terminal.until("no database at");
    await terminal.press("3");
    await terminal.until("Validators ─");
    await terminal.press("q");
    await terminal.until("exit code 0");
  });
});
