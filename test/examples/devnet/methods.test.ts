import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type Devnet, startDevnet } from "../../../examples/devnet/devnet.ts";
import { ask, call, type HeaderJson, openSocket, postText, type Reply, shaped } from "./client.ts";

const VECTORS = join(import.meta.dir, "../../../../shared/vectors");
const UNSAFE = "RPC call is unsafe to be called externally";
const SMALL = {
  seed: "methods",
  history: 200,
  slotsPerEpoch: 30,
  validators: 50,
  permissioned: 4,
  seats: 20,
  endSlot: 299_000_000,
} as const;

describe("the methods a monitor touches", () => {
  let safe: Devnet;
  let unsafe: Devnet;

  beforeAll(async () => {
    safe = await startDevnet({ ...SMALL, pruning: 50 });
    unsafe = await startDevnet({ ...SMALL, pruning: "archive", rpcMethods: "unsafe" });
  });
  afterAll(async () => {
    await safe.stop();
    await unsafe.stop();
  });
  const get = <T>(method: string, ...params: unknown[]): Promise<T> =>
    call<T>(unsafe.httpUrl, method, params);
  const read = (name: string, ...at: unknown[]): Promise<string> =>
    get<string>("state_call", name, "0x", ...at);

  test("system methods and GET /health say who and how the node is", async () => {
    const health = { peers: 12, isSyncing: false, shouldHavePeers: true };
    expect(await get<object>("system_health")).toEqual(health);
    const response = await fetch(`${unsafe.httpUrl}/health`);
    expect(await response.json()).toEqual(health);
    expect((await fetch(unsafe.httpUrl)).status).toBe(405);
    expect(await get<object>("system_syncState")).toEqual({
      startingBlock: 0,
      currentBlock: 200,
      highestBlock: 200,
    });
    expect(await get<string>("system_version")).toStartWith("1.0.0");
    expect(await get<string>("system_chain")).toBe("Midnight Devnet");
    expect(await get<string[]>("system_nodeRoles")).toEqual(["Authority"]);
    expect(await get<unknown[]>("system_peers")).toHaveLength(12);
  });

  test("chain_getBlockHash takes a number, a list, or nothing", async () => {
    const { genesisHash, blocks } = unsafe.truth();
    const best = blocks.at(-1)?.hash ?? "";
    expect(await get<string>("chain_getBlockHash", 0)).toBe(genesisHash);
    expect(await get<unknown[]>("chain_getBlockHash", [0, 200, 201])).toEqual([
      genesisHash,
      best,
      null,
    ]);
    expect(await get<string>("chain_getBlockHash")).toBe(best);
    expect(await get<null>("chain_getBlockHash", 5000)).toBeNull();
    const final = blocks[197]?.hash ?? "";
    expect(await get<string>("chain_getFinalizedHead")).toBe(final);
  });

  test("an unknown hash is null for headers and blocks, an error for state", async () => {
    const hash = `0x${"ab".repeat(32)}`;
    expect(await get<null>("chain_getHeader", hash)).toBeNull();
    expect(await get<null>("chain_getBlock", hash)).toBeNull();
    const { error } = await ask(unsafe.httpUrl, "state_getStorage", ["0x00", hash]);
    expect(error?.code).toBe(4003);
    expect(error?.message).toContain("Header was not found in the database");
  });

  test("state below the window is discarded, genesis too, and the window is below finality", async () => {
    const { genesisHash, blocks } = safe.truth();
    const at = (number: number): string => blocks[number - 1]?.hash ?? "";
    for (const hash of [genesisHash, at(100), at(147)]) {
      const { error } = await ask(safe.httpUrl, "state_call", ["AuraApi_authorities", "0x", hash]);
      expect(error?.code).toBe(4003);
      expect(error?.message).toContain(`State already discarded for ${hash}`);
    }
    for (const hash of [at(148), at(200)])
      expect(
        await call<string>(safe.httpUrl, "state_call", ["AuraApi_authorities", "0x", hash]),
      ).toStartWith("0x50");
    safe.setPruning("archive");
    expect(await call<null>(safe.httpUrl, "state_getStorage", ["0x00", genesisHash])).toBeNull();
    safe.setPruning(50);
  });

  test("runtime calls have the recorded layouts", async () => {
    expect(await read("AuraApi_slot_duration")).toBe("0x7017000000000000");
    expect(await read("SlotApi_slot_config")).toBe("0x1e0000007017000000000000");
    expect(await read("GetSidechainStatus_get_sidechain_status")).toHaveLength(2 + 40);
    expect(await read("GetGenesisUtxo_genesis_utxo")).toHaveLength(2 + 68);
    expect(await read("SystemParametersApi_get_d_parameter")).toBe("0x04001000");
    const voters = await read("GrandpaApi_grandpa_authorities");
    expect(voters).toHaveLength(2 + 2 * (1 + 20 * 40));
  });

  test("the committees join seats, ids and keys, and the genesis one has epoch 0", async () => {
    const { genesisHash } = unsafe.truth();
    const name = "SessionValidatorManagementApi_get_current_committee";
    const genesis = await read(name, genesisHash);
    expect(genesis).toStartWith("0x000000000000000010");
    expect(genesis).toHaveLength(2 + 2 * (8 + 1 + 4 * 98));
    expect(await read("SessionValidatorManagementApi_get_next_committee", genesisHash)).toBe(
      "0x00",
    );
    expect(
      await read("SessionValidatorManagementApi_get_next_unset_epoch_number", genesisHash),
    ).toBe("0x0100000000000000");
    const epoch = Math.floor(SMALL.endSlot / SMALL.slotsPerEpoch);
    const now = Buffer.from((await read(name)).slice(2), "hex");
    expect(Number(now.readBigUInt64LE())).toBe(epoch);
    const next = await read("SessionValidatorManagementApi_get_next_committee");
    const nextBytes = Buffer.from(next.slice(2), "hex");
    expect(nextBytes[0]).toBe(1);
    expect(Number(nextBytes.readBigUInt64LE(1))).toBe(epoch + 1);
  });

  test("an unknown runtime call is an error", async () => {
    const { error } = await ask(unsafe.httpUrl, "state_call", ["BabeApi_configuration", "0x"]);
    expect(error?.message).toContain("Execution failed");
    expect(error?.message).toContain("not found");
  });

  test("storage and runtime calls agree", async () => {
    const key = "0x57f8dc2f5ab09467896f47300f0424385e0621c4869aa60c02be9adcc98a0d1d";
    const authorities = await read("AuraApi_authorities");
    expect(await get<string>("state_getStorage", key)).toBe(authorities);
    const [change] = await get<[{ changes: unknown }]>("state_queryStorageAt", [key, "0x11"]);
    expect(change.changes).toEqual([
      [key, authorities],
      ["0x11", null],
    ]);
  });

  test("safe mode refuses unsafe methods by message, under the code of an unknown method", async () => {
    const { aura, gran, sidechain } = safe.validator(0);
    const { error } = await ask(safe.httpUrl, "author_hasKey", [aura, "aura"]);
    expect(error).toEqual({ code: -32601, message: UNSAFE });
    const none = await ask(safe.httpUrl, "no_such", []);
    expect(none.error).toEqual({ code: -32601, message: "Method not found" });
    expect(await get<boolean>("author_hasKey", aura, "aura")).toBe(true);
    expect(await get<boolean>("author_hasKey", gran, "gran")).toBe(true);
    expect(await get<boolean>("author_hasKey", sidechain, "crch")).toBe(true);
    expect(await get<boolean>("author_hasKey", unsafe.validator(1).aura, "aura")).toBe(false);
    expect(await get<boolean>("author_hasSessionKeys", aura + gran.slice(2))).toBe(true);
  });

  test("the sidechain status follows the chain's clock and fails while db-sync is down", async () => {
    const epoch = Math.floor(SMALL.endSlot / 30);
    const nextEpochTimestamp = (epoch + 1) * 30 * 6000;
    const status = await get<{ sidechain: object; mainchain: object }>("sidechain_getStatus");
    expect(status.sidechain).toEqual({ epoch, slot: SMALL.endSlot, nextEpochTimestamp });
    expect(Object.keys(status.mainchain)).toEqual(["epoch", "slot", "nextEpochTimestamp"]);
    unsafe.setDbSync(false);
    const { error } = await ask(unsafe.httpUrl, "sidechain_getStatus");
    expect(error?.code).toBe(-32603);
    expect(error?.message).toContain("GetLatestBlockResponse error");
    unsafe.setDbSync(true);
  });

  test("registrations list valid and invalid candidates in the key shape asked for", async () => {
    interface Ariadne {
      dParameter: object;
      permissionedCandidates: Record<string, unknown>[];
      candidateRegistrations: Record<string, Record<string, unknown>[]>;
    }
    const list = await get<Ariadne>("systemParameters_getAriadneParameters", 1000);
    expect(list.dParameter).toEqual({
      numPermissionedCandidates: 4,
      numRegisteredCandidates: 16,
    });
    expect(list.permissionedCandidates).toHaveLength(4);
    const entries = Object.values(list.candidateRegistrations).flat();
    expect(entries).toHaveLength(46);
    expect(entries.filter((e) => e["isValid"] === false)).toHaveLength(1);
    expect(entries[0]).toHaveProperty("keys.aura");
    const [key = ""] = Object.keys(list.candidateRegistrations);
    expect(await get<unknown[]>("sidechain_getRegistrations", 1000, key)).toEqual(
      list.candidateRegistrations[key] ?? [],
    );
    const old = await startDevnet({ ...SMALL, history: 3, ariadneShape: "old" });
    const before = await call<Ariadne>(old.httpUrl, "sidechain_getAriadneParameters", [1000]);
    expect(before.permissionedCandidates[0]).toHaveProperty("auraPublicKey");
    expect(Object.values(before.candidateRegistrations)[0]?.[0]).toHaveProperty("auraPubKey");
    await old.stop();
  });

  test("sidechain_getEpochCommittee reads block 1 first and so needs an archive", async () => {
    const epoch = Math.floor(SMALL.endSlot / 30);
    const { committee } = await get<{ committee: unknown[] }>("sidechain_getEpochCommittee", epoch);
    expect(committee).toHaveLength(20);
    const { error } = await ask(safe.httpUrl, "sidechain_getEpochCommittee", [epoch]);
    expect(error?.code).toBe(-1);
    expect(error?.message).toContain("State already discarded");
    const later = await ask(unsafe.httpUrl, "sidechain_getEpochCommittee", [epoch + 2]);
    expect(later.error?.message).toBe(`Committee is unknown for epoch ${epoch + 2}`);
    const early = await ask(unsafe.httpUrl, "sidechain_getEpochCommittee", [5]);
    expect(early.error?.message).toBe("Epoch 5 is earlier than the Initial Epoch!");
  });

  test("an old runtime has no BEEFY log, ids-only committees and stateVersion", async () => {
    const old = await startDevnet({ ...SMALL, history: 3, specVersion: 12_000 });
    const header = await call<{ digest: { logs: string[] } }>(old.httpUrl, "chain_getHeader");
    expect(header.digest.logs.map((log) => log.slice(2, 12))).toEqual([
      "0661757261",
      "066d637368",
      "044d4e5356",
      "0561757261",
    ]);
    const version = await call<object>(old.httpUrl, "state_getRuntimeVersion");
    expect(version).toHaveProperty("stateVersion", 1);
    expect(version).not.toHaveProperty("systemVersion");
    const committee = await call<string>(old.httpUrl, "state_call", [
      "SessionValidatorManagementApi_get_current_committee",
      "0x",
    ]);
    expect(committee).toHaveLength(2 + 2 * (8 + 1 + 4 * 33));
    const { error } = await ask(old.httpUrl, "systemParameters_getDParameter");
    expect(error?.message).toBe("Method not found");
    await old.stop();
  });

  test("batches are answered by id, and broken messages by the standard errors", async () => {
    const batch = [3, 1, 2].map((id) => ({
      jsonrpc: "2.0",
      id,
      method: "chain_getBlockHash",
      params: [id],
    }));
    const replies = shaped<{ id: number; result: string }[]>(
      JSON.parse(await postText(unsafe.httpUrl, JSON.stringify(batch))),
    );
    const { blocks } = unsafe.truth();
    expect(replies.map((r) => r.result)).toEqual(replies.map((r) => blocks[r.id - 1]?.hash ?? ""));
    const codeOf = async (text: string): Promise<unknown> =>
      shaped<Reply>(JSON.parse(await postText(unsafe.httpUrl, text))).error?.code;
    expect(await codeOf("{not json")).toBe(-32700);
    expect(await codeOf("[]")).toBe(-32600);
    expect(await codeOf('{"jsonrpc":"2.0","id":1}')).toBe(-32600);
    expect(
      await codeOf('{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":["x"]}'),
    ).toBe(-32602);
    expect(await codeOf('{"jsonrpc":"2.0","id":1,"method":"chain_subscribeNewHeads"}')).toBe(
      -32603,
    );
    const socket = await openSocket(unsafe.url);
    socket.send("{not json");
    await socket.until(1);
    expect(socket.received[0]).toHaveProperty("error.code", -32700);
    socket.close();
  });

  test("rpc_methods and rpcCount tell what is there and what was asked", async () => {
    const { methods } = await get<{ methods: string[] }>("rpc_methods");
    for (const name of ["chain_getBlock", "author_hasKey", "chain_subscribeAllHeads"])
      expect(methods).toContain(name);
    expect(unsafe.rpcCount()["rpc_methods"]).toBe(1);
  });

  test("the Prometheus port serves block heights", async () => {
    const text = await (await fetch(unsafe.metricsUrl)).text();
    expect(text).toContain('substrate_block_height{status="best",chain="midnight_devnet"} 200');
    expect(text).toContain(
      'substrate_block_height{status="finalized",chain="midnight_devnet"} 198',
    );
    expect(text).toContain("substrate_process_start_time_seconds");
  });
});

const vectors = test.skipIf(!existsSync(VECTORS));
if (!existsSync(VECTORS)) process.stderr.write("no recorded vectors here: comparison skipped\n");

vectors("digests have the layout of recorded headers, rotation block included", async () => {
  const file = join(VECTORS, "dev_1.0.0-rc.3_rotation_headers.json");
  const recorded = shaped<{ headers: { header: HeaderJson }[] }>(
    JSON.parse(readFileSync(file, "utf8")),
  );
  // Kind, engine and the lengths of everything that does not depend on the committee's size.
  const layout = (logs: string[]): string[] =>
    logs.map((log) =>
      /^0x04(61757261|46524e4b)/.test(log) ? log.slice(0, 12) : `${log.slice(0, 14)} ${log.length}`,
    );
  const seen = new Set(recorded.headers.map((h) => layout(h.header.digest.logs).join()));
  const devnet = await startDevnet({ ...SMALL, history: 70, seats: 10 });
  const made = new Set<string>();
  for (const { hash } of devnet.truth().blocks) {
    const header = await call<{ digest: { logs: string[] } }>(devnet.httpUrl, "chain_getHeader", [
      hash,
    ]);
    made.add(layout(header.digest.logs).join());
  }
  expect([...made].sort()).toEqual([...seen].sort());
  await devnet.stop();
});

vectors("storage keys are the recorded ones", async () => {
  const file = join(VECTORS, "ids_and_storage_keys.json");
  const { storageKeys, runtimeApiIds } = shaped<{
    storageKeys: Record<string, string>;
    runtimeApiIds: Record<string, string>;
  }>(JSON.parse(readFileSync(file, "utf8")));
  const devnet = await startDevnet({ ...SMALL, history: 3 });
  for (const name of ["Aura.CurrentSlot", "Sidechain.SlotsPerEpoch", "System.Number"])
    expect(
      await call<string>(devnet.httpUrl, "state_getStorage", [storageKeys[name]]),
    ).not.toBeNull();
  const { apis } = await call<{ apis: [string, number][] }>(
    devnet.httpUrl,
    "state_getRuntimeVersion",
  );
  const known = new Set(Object.values(runtimeApiIds));
  expect(apis.every(([id]) => known.has(id))).toBe(true);
  await devnet.stop();
});
