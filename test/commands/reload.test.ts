// SIGHUP: what a running mvm-sync takes over from a new configuration, and what it refuses.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";

import { openReadable } from "../../core/storage/open.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { grow, startSmallDevnet } from "../core/chain/small-devnet.ts";
import { linesIn, parseLines } from "../helpers/log-options.ts";
import type { SyncProcess } from "../helpers/sync-process.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const LONG_MS = 60_000;

function oursIn(file: string): unknown[] {
  using db = openReadable(file);
  const sql = "SELECT '0x' || lower(hex(aura)), label FROM authorities WHERE ours = 1 ORDER BY 1";
  return db.prepare(sql).values();
}

/** Blocks come while the node is cut off: they are fetched together afterwards. */
async function fallBehind(devnet: Devnet, sync: SyncProcess, file: string): Promise<void> {
  const before = devnet.truth().best;
  devnet.setFaults({ silent: true });
  devnet.dropConnections();
  await devnet.step(60);
  devnet.setFaults({ silent: false });
  devnet.dropConnections();
  await sync.until("caught up", () => storedHeights(file).last >= before + 50);
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

test(
  "label, keystore, level, format, batch size and poll interval take effect; the rest waits, and each is said",
  async () => {
    await using devnet = await startSmallDevnet({ history: 60 });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    const config = folder.file("mvm.toml");
    const keystore = folder.file("keystore");
    mkdirSync(keystore);
    await devnet.writeKeystore(keystore, 0);
    const write = (more: string): void =>
      writeFileSync(config, `[validator]\nkeystore_path = "${keystore}"\n${more}`);
    write('label = "home"\n[sync]\npoll_interval_secs = 3600\n');
    await using sync = startSync(devnet.url, file, "--config", config);
    await sync.until("following", () => sync.log().includes("synced at"));
    expect(oursIn(file)).toEqual([[devnet.validator(0).aura, "home"]]);

    write(
      'label = "away"\n[sync]\nbatch_size = 50\npoll_interval_secs = 1\nconcurrency = 2\n[log]\nlevel = "debug"\n' +
        '[rpc]\ntimeout_ms = 9000\n[view]\ntheme = "light"\n',
    );
    await devnet.writeKeystore(keystore, 1);
    sync.kill("SIGHUP");
    await sync.until("the last word", () => sync.log().includes("concurrency 4 → 2"));
    expect(sync.log()).toContain("validator.label home → away, in effect");
    expect(sync.log()).toContain("sync.batch_size 100 → 50, in effect");
    expect(sync.log()).toContain("sync.poll_interval_secs 3600 → 1, in effect");
    expect(sync.log()).toContain("log.level info → debug, in effect");
    expect(sync.log()).toContain("rpc.timeout_ms 30000 → 9000: needs a restart");
    expect(sync.log()).toContain("sync.concurrency 4 → 2: needs a restart");
    expect(sync.log()).not.toContain("view.theme");
    const both = [devnet.validator(0).aura, devnet.validator(1).aura].toSorted();
    expect(oursIn(file)).toEqual(both.map((aura) => [aura, "away"]));
    // Debug is in effect, and so is the shorter interval: nothing is pushed, and the node is asked all the same.
    await sync.until("polls", () => count(sync.log(), "chain_getFinalizedHead") >= 4);

    expect(sync.log()).toMatch(/debug rpc \d+ chain_getFinalizedHead \[\] ok, /);

    write(
      'label = "away"\n[log]\nlevel = "warn"\nformat = "json"\n[sync]\npoll_interval_secs = 1\n',
    );
    sync.kill("SIGHUP");
    // A log that grows quiet says so first.
    await sync.until("quiet", () => sync.log().includes('"setting":"log.level"'));
    await sync.until("the rest", () => sync.log().includes('"setting":"log.format"'));
    await devnet.step(3);
    const json = sync.log().slice(sync.log().indexOf("{"));
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
    expect(parseLines(json).some((line) => line["setting"] === "sync.batch_size")).toBe(true);
    expect(sync.log().slice(sync.log().lastIndexOf("log.format"))).not.toContain("info");
  },
  LONG_MS,
);

test(
  "a new batch size is that of the next catch-up, and trace tells of statements prepared before it was asked for",
  async () => {
    await using devnet = await startSmallDevnet({ history: 60 });
    using folder = temporaryFolder();
    const [file, config] = [folder.file("mvm.db"), folder.file("mvm.toml")];
    writeFileSync(config, "[sync]\nbatch_size = 100\n");
    await using sync = startSync(devnet.url, file, "--config", config);
    await sync.until("following", () => sync.log().includes("synced at"));
    expect(sync.log()).not.toContain(" sql ");

    writeFileSync(config, '[sync]\nbatch_size = 7\n[log]\nlevel = "trace"\n');
    sync.kill("SIGHUP");
    await sync.until("in effect", () => sync.log().includes("log.level info → trace, in effect"));
    await fallBehind(devnet, sync, file);
    const batches = [...sync.log().matchAll(/rpc \d+ chain_getBlock ×(\d+)/g)];
    expect(Math.max(...batches.map(([, calls]) => Number(calls)))).toBe(7);
    expect(sync.log()).toMatch(/trace sql INSERT INTO blocks .* ok, /);

    writeFileSync(config, "[sync]\nbatch_size = 7\n");
    sync.kill("SIGHUP");
    await sync.until("quiet again", () => sync.log().includes("log.level trace → info, in effect"));
    const told = count(sync.log(), " sql ");
    await fallBehind(devnet, sync, file);
    expect(count(sync.log(), " sql ")).toBe(told);
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
  },
  LONG_MS,
);

test(
  "a bad file, or a keystore that is gone, changes nothing: one error says all, and it runs on",
  async () => {
    await using devnet = await startSmallDevnet({ history: 60 });
    using folder = temporaryFolder();
    const file = folder.file("mvm.db");
    const config = folder.file("mvm.toml");
    const keystore = folder.file("keystore");
    mkdirSync(keystore);
    await devnet.writeKeystore(keystore, 0);
    const good = `[validator]\nkeystore_path = "${keystore}"\nlabel = "home"\n`;
    writeFileSync(config, good);
    await using sync = startSync(devnet.url, file, "--config", config);
    await sync.until("following", () => sync.log().includes("synced at"));

    writeFileSync(
      config,
      '[validator]\nlabel = "other"\n[sync]\nbatchsize = 5\nconcurrency = "many"\n',
    );
    sync.kill("SIGHUP");
    await sync.until("the error", () => sync.log().includes("not reloaded"));
    const error = sync
      .log()
      .split("\n")
      .filter((line) => line.includes("not reloaded"));
    expect(error).toHaveLength(1);
    expect(error[0]).toContain("error");
    expect(error[0]).toContain(
      `${config}:4: [sync] batchsize: unknown key, did you mean batch_size?`,
    );
    expect(error[0]).toContain(`${config}:5: [sync] concurrency`);

    writeFileSync(config, good.replace("home", "third"));
    rmSync(keystore, { recursive: true });
    sync.kill("SIGHUP");
    await sync.until("the second", () => sync.log().includes("cannot list the keystore"));
    rmSync(config);
    sync.kill("SIGHUP");
    await sync.until("the third", () => count(sync.log(), "not reloaded") === 3);
    expect(oursIn(file)).toEqual([[devnet.validator(0).aura, "home"]]);

    // Still there, still following; and a good file is welcome again.
    await grow(devnet, sync, file, 20);
    mkdirSync(keystore);
    await devnet.writeKeystore(keystore, 0);
    writeFileSync(config, good);
    sync.kill("SIGHUP");
    await sync.until("all well", () => sync.log().includes("no setting changed"));
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
  },
  LONG_MS,
);

test(
  "the log file is opened anew, flags still win over the file, and passwords are never shown",
  async () => {
    await using devnet = await startSmallDevnet({ history: 60 });
    using folder = temporaryFolder();
    const [config, log] = [folder.file("mvm.toml"), folder.file("sync.log")];
    writeFileSync(config, "# nothing yet\n");
    const flags = ["--config", config, "--log-file", log, "--log-level", "info", "-b", "10"];
    await using sync = startSync(devnet.url, folder.file("mvm.db"), ...flags);
    await sync.until("following", () => linesIn(log).some((line) => line.includes("synced at")));
    renameSync(log, `${log}.old`);
    const hook = "http://me:password@example.org/secret-path";
    writeFileSync(
      config,
      `[log]\nlevel = "error"\n[sync]\nbatch_size = 7\n[alerts]\nwebhook_url = "${hook}"\n`,
    );
    sync.kill("SIGHUP");
    await sync.until("a new file", () => existsSync(log) && linesIn(log).length > 1);
    expect(linesIn(log)).toHaveLength(2);
    expect(linesIn(log)[0]).toContain("alerts.webhook_url not set → ");
    expect(linesIn(log)[1]).toContain("holds secrets (webhook_url) and everybody may read it");
    expect(linesIn(log).join()).not.toMatch(/password|secret-path/);
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
    expect(sync.log()).toBe("");
  },
  LONG_MS,
);

test(
  "validators added to the list and names of others are taken over",
  async () => {
    await using devnet = await startSmallDevnet({ history: 60 });
    using folder = temporaryFolder();
    const [config, file] = [folder.file("mvm.toml"), folder.file("mvm.db")];
    const entry = async (index: number, label: string): Promise<string> => {
      const path = folder.file(label);
      mkdirSync(path, { recursive: true });
      await devnet.writeKeystore(path, index);
      return `[[validator]]\nkeystore_path = "${path}"\nlabel = "${label}"\n`;
    };
    writeFileSync(config, await entry(0, "one"));
    await using sync = startSync(devnet.url, file, "--config", config);
    await sync.until("following", () => sync.log().includes("synced at"));
    const { aura, sidechain } = devnet.validator(2);
    using db = openReadable(file);
    const whose = db.prepare<{ aura: string }, [string]>(
      "SELECT lower(hex(aura)) AS aura FROM authorities WHERE lower(hex(sidechain)) = ?",
    );
    // Names go by sidechain keys, which are asked for once the chain is synced.
    await sync.until("identities", () => whose.get(sidechain.slice(2)) !== null);
    writeFileSync(config, (await entry(0, "one")) + (await entry(1, "two")));
    writeFileSync(
      folder.file("known_validators.toml"),
      `[[validators]]\nsidechain_key = "${sidechain}"\nlabel = "THREE"\n`,
    );
    sync.kill("SIGHUP");
    await sync.until("the change", () => sync.log().includes("validators 1 entry → 2 entries"));
    const named = [
      [aura, "THREE", 0],
      [devnet.validator(0).aura, "one", 1],
      [devnet.validator(1).aura, "two", 1],
    ];
    const sql =
      "SELECT '0x' || lower(hex(aura)), label, ours FROM authorities WHERE label IS NOT NULL ORDER BY label";
    expect(db.prepare(sql).values()).toEqual(named);
    sync.kill("SIGTERM");
    expect(await sync.exited).toBe(0);
  },
  LONG_MS,
);
