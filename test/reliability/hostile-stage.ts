// Everything a text can come from, each with escapes in it: a node, its metrics, a database, a configuration, files.
import { Database } from "bun:sqlite";
import { mkdirSync, writeFileSync } from "node:fs";

import { parseObject, parseString } from "../../core/parse.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import type { FakeNode } from "../core/chain/fake-node.ts";
import { startFakeNode } from "../core/chain/fake-node.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { writeViewFixture } from "../helpers/view-fixture.ts";
import type { Random } from "./mutate.ts";
import { hostileWord } from "./neighbour-kit.ts";

export interface Stage extends AsyncDisposable {
  folder: string;
  file: (name: string) => string;
  node: FakeNode;
  metricsUrl: string;
  database: string;
  config: string;
  keystore: string;
  /** Of the database's first validator, as it is asked for. */
  aura: string;
}

export async function openHostileStage(devnet: Devnet, random: Random): Promise<Stage> {
  const folder = temporaryFolder();
  const word = (text: string): string => hostileWord(random, text);
  const node = openHostileNode(devnet, random);
  const metrics = openHostileMetrics(random);
  const database = folder.file("view.db");
  const { keys } = writeViewFixture(database, { blocks: 150, validators: 6, ours: 2 });
  spoilTexts(database, word, await genesisOf(devnet));
  // What a control character makes of a path is told by those of the commands; this one is taken.
  const unseen = (text: string): string => word(text).replaceAll(/[\p{Cc}"\\/]/gu, "");
  const keystore = folder.file(unseen("keystore"));
  mkdirSync(keystore, { recursive: true });
  for (const each of [`61757261${"ab".repeat(32)}`, word("file").replaceAll(/[\0/\\]/g, "")]) {
    writeFileSync(`${keystore}/${each}`, '"//Secret"');
  }
  const config = folder.file("mvm.toml");
  const ownKeys = unseen("keys");
  mkdirSync(folder.file(ownKeys), { recursive: true });
  writeFileSync(
    config,
    `[validator]\nlabel = "${unseen("home")}"\nkeystore_path = "${ownKeys}"\n` +
      `[rpc]\nmetrics_url = "${metrics.url}"\nnode_exporter_url = "${metrics.url}"\n[status]\ntimeout_secs = 4\n`,
  );
  return {
    folder: folder.path,
    file: folder.file,
    ...{ node, metricsUrl: metrics.url, database, config, keystore, aura: keys[0] ?? "" },
    [Symbol.asyncDispose]: async () => {
      await node[Symbol.asyncDispose]();
      await metrics.stop();
      folder[Symbol.dispose]();
    },
  };
}

/** The devnet's answers, but each text of its own a hostile one, and refusals of what is not needed in hostile words. */
function openHostileNode(devnet: Devnet, random: Random): FakeNode {
  // Who contradicts itself is not listened to.
  const names = new Map<string, string>();
  const nameOf = (method: string): string => {
    const name = names.get(method) ?? hostileWord(random, method.slice(7));
    names.set(method, name);
    return name;
  };
  return startFakeNode({
    onMessage: (calls, send, isBatch) => {
      void (async () => {
        const replies = await Promise.all(
          calls.map(async ({ id, method, params }) => {
            if (/^(?:system_(?:chain|name|version|localPeerId|nodeRoles))$/.test(method))
              return { jsonrpc: "2.0", id, result: nameOf(method) };
            if (isOptional(method) && random() < 0.5) {
              const message = hostileWord(random, "no such thing");
              return { jsonrpc: "2.0", id, error: { code: -32_000, message, data: message } };
            }
            const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
            const headers = { "content-type": "application/json" };
            const answer: unknown = await (
              await fetch(devnet.httpUrl, { method: "POST", body, headers })
            ).json();
            return answer;
          }),
        );
        send(JSON.stringify(isBatch ? replies : replies[0]));
      })();
    },
  });
}

function isOptional(method: string): boolean {
  return !/^(?:chain_|state_|rpc_)/.test(method);
}

function openHostileMetrics(random: Random): { url: string; stop: () => Promise<void> } {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      const label = hostileWord(random, "label").replaceAll(/["\\\n]/g, "");
      const lines = [
        "node_load1",
        "substrate_build_info",
        "node_filesystem_avail_bytes",
        "process_start_time_seconds",
      ];
      return new Response(
        lines
          .map(
            (name) =>
              `${name}{version="${label}",mountpoint="/${label}",fstype="ext4",device="${label}"} 1e300`,
          )
          .join("\n"),
      );
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/metrics`,
    stop: async () => await server.stop(true),
  };
}

const TEXTS: readonly (readonly [table: string, column: string])[] = [
  ["authorities", "label"],
  ["authorities", "invalid_reason"],
  ["key_changes", "before"],
  ["key_changes", "after"],
  ["key_changes", "validator"],
  ["records", "message"],
  ["alerts", "message"],
  ["alerts", "kind"],
  ["alerts", "subject"],
  ["deliveries", "error"],
  ["deliveries", "channel"],
];

async function genesisOf({ httpUrl }: Devnet): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "chain_getBlockHash", params: [0] });
  const headers = { "content-type": "application/json" };
  const reply: unknown = await (await fetch(httpUrl, { method: "POST", body, headers })).json();
  return parseString(parseObject(reply, "reply")["result"], "genesis");
}

function spoilTexts(file: string, word: (text: string) => string, genesis: string): void {
  using db = new Database(file);
  const text = (): string => word("text").replaceAll("\0", "");
  for (const [table, column] of TEXTS) {
    for (let i = 0; i < 3; i++) {
      db.prepare(
        `UPDATE ${table} SET ${column} = ? WHERE rowid % 3 = ?`.replace(
          "rowid",
          table === "deliveries" ? "alert" : "rowid",
        ),
      ).run(text(), i);
    }
  }
  db.prepare("UPDATE meta SET value = ? WHERE key = 'chain_name'").run(text());
  // Of the node's chain, so that both are asked.
  db.prepare("UPDATE meta SET value = ? WHERE key = 'genesis_hash'").run(genesis);
  db.prepare("UPDATE records SET fields = ?").run(JSON.stringify({ why: text() }));
  db.prepare("UPDATE alerts SET details = ?").run(JSON.stringify({ why: text() }));
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
}
