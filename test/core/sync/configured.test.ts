// Settings that no flag has, in a real process: the network, retries, several keystores and others' names.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { startSync, syncOnce, temporaryFolder } from "../../helpers/sync-process.ts";
import { startSmallDevnet } from "../chain/small-devnet.ts";

const LONG_MS = 60_000;

function rows<T>(file: string, sql: string): T[] {
  using db = new Database(file, { readonly: true, strict: true });
  return db.prepare<T, []>(sql).all();
}

test(
  "a node of another network than the one named is refused with 78, and nothing is written",
  async () => {
    await using devnet = await startSmallDevnet({ history: 20, chainName: "Midnight Preview" });
    using folder = temporaryFolder();
    const [config, file] = [folder.file("mvm.toml"), folder.file("mvm.db")];
    const quick = "[rpc]\nretry_initial_delay_ms = 10\n";
    writeFileSync(config, `${quick}[chain]\nnetwork = "mainnet"\n`);
    for (const mode of [["--once"], ["--daemon"], []]) {
      await using sync = startSync(devnet.url, file, "--config", config, ...mode);
      expect(await sync.exited).toBe(78);
      expect(sync.log()).toContain('the node is on "Midnight Preview", not on "mainnet"');
      expect(sync.log()).toContain("MVM_NETWORK");
    }
    expect(rows(file, "SELECT * FROM meta")).toEqual([]);

    writeFileSync(config, `${quick}[chain]\nnetwork = "testnet-02"\n`);
    await syncOnce(devnet.url, file, "--config", config);
    expect(rows(file, "SELECT * FROM blocks")).toHaveLength(20);
  },
  LONG_MS,
);

test(
  "rpc.max_retries is how often a one-shot sync asks a dead node again",
  async () => {
    using folder = temporaryFolder();
    const config = folder.file("mvm.toml");
    for (const retries of [0, 2]) {
      let asked = 0;
      using dead = Bun.serve({
        port: 0,
        fetch: ({ method }) => {
          // Each attempt asks for a WebSocket first.
          if (method === "POST") asked += 1;
          return new Response("no", { status: 503 });
        },
      });
      writeFileSync(config, `[rpc]\nmax_retries = ${retries}\nretry_initial_delay_ms = 10\n`);
      const url = `http://127.0.0.1:${dead.port}`;
      await using sync = startSync(url, folder.file("x.db"), "--once", "--config", config);
      expect(await sync.exited).toBe(69);
      expect(asked).toBe(retries + 1);
    }
  },
  LONG_MS,
);

test(
  "every [[validator]] keystore is ours under its own label, and known validators have their names",
  async () => {
    await using devnet = await startSmallDevnet({ history: 100 });
    using folder = temporaryFolder();
    const [config, file] = [folder.file("mvm.toml"), folder.file("mvm.db")];
    writeFileSync(config, "# nothing yet\n");
    await syncOnce(devnet.url, file, "--config", config);
    const known = rows<{ aura: string; sidechain: string }>(
      file,
      "SELECT lower(hex(aura)) AS aura, lower(hex(sidechain)) AS sidechain FROM authorities WHERE sidechain IS NOT NULL ORDER BY id",
    );
    const [first, second, third, fourth] = known;
    expect(fourth).toBeDefined();

    let text = "";
    for (const [name, each] of [
      ["one", first],
      ["two", second],
    ] as const) {
      const keystore = folder.file(name);
      mkdirSync(keystore);
      writeFileSync(join(keystore, `61757261${each?.aura}`), "");
      text += `[[validator]]\nkeystore_path = "${keystore}"\nlabel = "${name}"\n`;
    }
    writeFileSync(config, text);
    const list = folder.file("known_validators.toml");
    const entry = (key: string | undefined, label: string): string =>
      `[[validators]]\nsidechain_key = "0x${key}"\nlabel = "${label}"\n`;
    writeFileSync(
      list,
      entry(first?.sidechain, "not-this") +
        entry(third?.sidechain, "THREE") +
        entry("00", "broken"),
    );
    const log = await syncOnce(devnet.url, file, "--config", config);
    expect(log).toContain(`${list}:7: [[validators]] #3: sidechain_key`);
    const named = (): unknown[] =>
      rows(
        file,
        "SELECT lower(hex(aura)) AS aura, label, ours FROM authorities WHERE label IS NOT NULL ORDER BY id",
      );
    expect(named()).toEqual([
      { aura: first?.aura, label: "one", ours: 1 },
      { aura: second?.aura, label: "two", ours: 1 },
      { aura: third?.aura, label: "THREE", ours: 0 },
    ]);

    // In a new database the names come with the identities, which are known only after the first blocks.
    const fresh = folder.file("fresh.db");
    await syncOnce(devnet.url, fresh, "--config", config);
    expect(existsSync(fresh)).toBe(true);
    expect(
      rows(fresh, "SELECT label FROM authorities WHERE label = 'THREE' AND ours = 0"),
    ).toHaveLength(1);
  },
  LONG_MS,
);
