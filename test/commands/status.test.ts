// mvm-status as an operator, a timer or a monitoring server runs it.
import { expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";

import { join } from "pathe";

import { statusCommand } from "../../commands/status.ts";
import { CHECKS } from "../../core/health/report.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { openWorld, runCommand, writeSettings } from "../helpers/health-world.ts";
import type { Ran, World } from "../helpers/health-world.ts";
import { startSync, syncOnce, temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/status.ts");

async function runProcess(...flags: string[]): Promise<Ran> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" },
    cwd: "/",
  });
  const [out, err, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { code, out, err };
}

async function status(world: World, ...flags: string[]): Promise<Ran> {
  const config = await writeSettings(world);
  const place = [
    "--config",
    config,
    "-r",
    world.devnet.url,
    "-d",
    world.file,
    "-K",
    world.keystore,
  ];
  return await runCommand(statusCommand, [...place, ...flags], world.devnet.timeMs());
}

/** By the wall clock: a process of its own has no other. */
async function openLive() {
  const devnet = await startDevnet({
    seed: "live",
    history: 60,
    clock: "wall",
    slotsPerEpoch: 40,
    validators: 6,
    permissioned: 3,
    seats: 12,
    missRate: 0,
    forkRate: 0,
    pruning: "archive",
  });
  const folder = temporaryFolder();
  await devnet.writeKeystore(folder.file("keystore"), 0);
  await syncOnce(devnet.url, folder.file("mvm.db"), "--keystore", folder.file("keystore"));
  const flags = ["-r", devnet.url, "-d", folder.file("mvm.db"), "-K", folder.file("keystore")];
  return {
    devnet,
    folder,
    flags,
    [Symbol.asyncDispose]: async () => {
      await devnet.stop();
      folder[Symbol.dispose]();
    },
  };
}

test("as a process: 0 when all is well, on stdout alone; 2 when the node is off or hangs; 1 for a warning", async () => {
  await using live = await openLive();
  const { devnet, flags } = live;
  const fine = await runProcess(...flags);
  expect([fine.code, fine.err]).toEqual([0, ""]);
  expect(fine.out.split("\n")[0]).toMatch(/^OK - \d+ checks fine/);

  devnet.setFaults({ syncingBehind: 5000 });
  const syncing = await runProcess(...flags, "--once");
  expect([syncing.code, syncing.out.split("\n")[0]]).toEqual([1, "WARNING - node.syncing"]);

  devnet.setFaults({ syncingBehind: 0, silent: true, metricsSilent: true });
  const hanging = await runProcess(...flags, "-M", devnet.metricsUrl, "--timeout", "1");
  expect([hanging.code, hanging.err]).toEqual([2, ""]);
  expect(hanging.out).toContain("✗ node.reachable: the node does not answer: no answer in time");
  expect(hanging.out).toMatch(/Production: \d+ of \d+ turns? made this epoch/);

  const off = await runProcess("-r", "ws://127.0.0.1:1", ...flags.slice(2));
  expect(off.code).toBe(2);
});

test("over HTTP, where no WebSocket passes, the answers are the same", async () => {
  await using live = await openLive();
  live.devnet.setFaults({ rejectWebSocket: true });
  const { code, out } = await runProcess(...live.flags, "--json");
  expect(code).toBe(0);
  expect(out).toContain('"transport": "http"');
});

test("an unusable configuration is 3, with the reason on stderr; a typo is 64", async () => {
  using folder = temporaryFolder();
  await Bun.write(folder.file("mvm.toml"), "[rpc]\nurll = 1\n");
  const broken = await runProcess("--config", folder.file("mvm.toml"));
  expect([broken.code, broken.out]).toEqual([3, ""]);
  expect(broken.err).toContain("unknown key, did you mean url?");
  const json = await runProcess("--json", "--config", folder.file("mvm.toml"));
  expect([json.code, json.out]).toEqual([3, ""]);
  expect(JSON.parse(json.err)).toMatchObject({ error: { code: "config" } });
  const late = await runProcess("--timeout", "none");
  expect(late.err).toContain("--timeout none: not a whole number");
  const typo = await runProcess("--jsn");
  expect([typo.code, typo.out]).toEqual([64, ""]);
  expect((await runProcess("--timeout", "0")).code).toBe(64);
});

test("the Rust tool's lines are there, and each fits eighty columns", async () => {
  await using world = await openWorld();
  const { code, out } = await status(world, "-M", world.devnet.metricsUrl);
  expect(code).toBe(0);
  for (const line of [
    /^Health: ✓ \| Syncing: ✓ \| Peers: 12$/m,
    /^Block: \d+ \| Finalized: \d+ \| Sync: 100\.00%$/m,
    /^Blocks produced: \d+ since the node started$/m,
    /^Sidechain: epoch \d+ slot \d+ \| Mainchain: epoch \d+ slot \d+$/m,
    /^ {2}Keys: sidechain ✓ \| aura ✓ \| grandpa ✓$/m,
    /^ {2}Registration: (?:✓ Permissioned candidate|✓ Registered \(valid\))$/m,
    /^ {2}Committee: ✓ Elected \(\d+ seats \/ 40 total = \d+\.\d\d% selection\)$/m,
    /^ {2}Expected blocks: ~\d+ per sidechain epoch$/m,
    /^ {2}Next slot: slot \d+, in /m,
  ]) {
    expect(out).toMatch(line);
  }
  for (const line of out.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
});

test("with safe RPC keys are marked as not told, never as missing", async () => {
  await using world = await openWorld({ rpcMethods: "safe" });
  const { code, out } = await status(world);
  expect(code).toBe(0);
  expect(out).toContain("Keys: sidechain ? | aura ? | grandpa ?");
  expect(out).toContain("hidden by safe RPC");
  expect(out).not.toContain("✗");
});

test("a key that the keystore lacks is missing; of a keystore that cannot be listed no key is called missing", async () => {
  await using world = await openWorld();
  for (const name of readdirSync(world.keystore)) {
    if (name.startsWith("6772616e")) rmSync(join(world.keystore, name));
  }
  const lacking = await status(world);
  expect(lacking.out).toContain("Keys: sidechain ✓ | aura ✓ | grandpa ✗");
  rmSync(world.keystore, { recursive: true });
  const closed = await status(world);
  expect(closed.out).toContain("Keys: sidechain ? | aura ? | grandpa ?");
});

test("--explain says of every check what it means", async () => {
  await using world = await openWorld();
  await using other = await startSmallDevnet();
  const { out } = await status(world, "-r", other.url, "--explain");
  for (const name of CHECKS) expect(out).toContain(name);
  expect(out).toContain("Normal:");
});

test("of several nodes the first that answers is looked at and named, and no password is shown", async () => {
  await using world = await openWorld();
  await using hung = await startSmallDevnet();
  hung.setFaults({ silent: true });
  const place = ["-d", world.file, "-K", world.keystore, "--timeout", "2"];
  const answers = world.devnet.url.replace("ws://", "ws://me:secret@");
  const nodes = ["ws://me:secret@127.0.0.1:1", hung.url, answers].flatMap((url) => ["-r", url]);
  const atMs = world.devnet.timeMs();
  const text = await runCommand(statusCommand, [...place, ...nodes], atMs);
  const named = answers.replace("me:secret", "****");
  expect(text.code).toBe(1);
  expect(text.out).toContain(`| ${named}\n`);
  expect(text.out).toMatch(/node\.standby.*127\.0\.0\.1:1 does not answer.*does not answer/);
  expect(text.out).toContain(`; ${named} answers`);
  const json = await runCommand(statusCommand, [...place, ...nodes, "--json"], atMs);
  expect(JSON.parse(json.out)).toMatchObject({ facts: { node: { url: named } } });
  expect(text.out + json.out).not.toContain("secret");
});

test("--interval looks again, a line of JSON each time, until it is ended", async () => {
  await using live = await openLive();
  const child = Bun.spawn([process.execPath, SCRIPT, ...live.flags, "-i", "1", "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" },
    cwd: "/",
  });
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.split("\n").length > 2) break;
  }
  child.kill("SIGTERM");
  await child.exited;
  const worst = text
    .split("\n")
    .slice(0, 2)
    .map((line) => /^\{"at":"[^"]+","worst":"(\w+)"/.exec(line)?.[1]);
  expect(worst).toEqual(["ok", "ok"]);
});

test("several keystores are several validators, each judged by itself", async () => {
  await using world = await openWorld();
  const other = world.path("other");
  await world.devnet.writeKeystore(other, 3);
  const { code, out } = await status(world, "--keystore", other);
  // The node has the keys of one of them alone.
  expect(code).toBe(2);
  expect(out).toContain(`validator.loaded ${other}: the node has not loaded`);
  expect(out).not.toContain(`validator.loaded ${world.keystore}`);
});

test("a block of ours that lost is told as orphaned, not as a turn slept through", async () => {
  await using world = await openWorld();
  const { devnet, index, file, keystore } = world;
  await using follower = startSync(devnet.url, file, "--keystore", keystore);
  await follower.until("synced", () => follower.log().includes("synced at block"));
  const { aura } = devnet.validator(index);
  const lost = () => devnet.truth().orphans.filter(({ author }) => author === aura).length;
  const reach = async (): Promise<void> => {
    const { best } = devnet.truth();
    await follower.until(`block ${best}`, () => follower.log().includes(`#${best} `));
  };
  // Early in an epoch, so that it is still the same one when the block has lost.
  while ((devnet.truth().blocks.at(-1)?.slot ?? 0) % 40 !== 0) await devnet.step(1);
  await reach();
  for (let i = 0; i < 11 && lost() === 0; i++) {
    devnet.fork(1);
    await devnet.step(3);
    await reach();
  }
  expect(lost()).toBe(1);
  const { code, out } = await status(world);
  expect(code).toBe(1);
  expect(out.split("\n")[0]).toBe("WARNING - validator.orphaned");
  expect(out).toContain("1 block orphaned this epoch");
});

test("what the node hides or has switched off is left out: no peers lost by safe RPC, no count of nothing made", async () => {
  await using world = await openWorld({ rpcMethods: "safe" });
  const metrics = ["-M", world.devnet.metricsUrl];
  const count = /^Blocks produced: /m;
  const told = await status(world, ...metrics);
  expect(told.out).toMatch(count);
  expect(told.out).toMatch(/Peers: [1-9]\d*$/m);
  world.devnet.setFaults({ metricsOff: true });
  const { code, out } = await status(world, ...metrics);
  expect(code).toBe(0);
  expect(out).not.toMatch(count);
  expect(out).toMatch(/Peers: [1-9]\d*$/m);
});
