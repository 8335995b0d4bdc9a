// Replies recorded from a real runtime and from the node's own unit tests, through the parsers that read them.
import { describe, expect, test } from "bun:test";

import { decodeCommittee, parseAriadne } from "../../../core/chain/candidates.ts";
import type { Link } from "../../../core/chain/link.ts";
import { fetchAuthorities, fetchCommittee, fetchConstants } from "../../../core/chain/runtime.ts";
import { MonitorError } from "../../../core/errors.ts";
import { HAVE_VECTORS, readVectors } from "../../helpers/vectors.ts";

interface Preview {
  runtimeVersion: unknown;
  state_call: Record<string, string>;
}

interface Shapes {
  registrationEntry_v1_8: {
    sidechainPubKey: string;
    keys: { aura: string; gran: string };
  } & Record<string, unknown>;
}

const HASH = `0x${"11".repeat(32)}`;

/** A link that answers with recorded bytes, and with the node's own error where there are none. */
function replay(version: unknown, calls: Record<string, string>): Link {
  const request = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    if (method === "state_getRuntimeVersion") return version;
    const bytes = calls[String(params[0])];
    if (bytes !== undefined) return bytes;
    throw new MonitorError("rpc", `Exported method ${String(params[0])} is not found`);
  };
  return {
    url: "recorded",
    transport: "http",
    request,
    batch: (method, calls_) => Promise.all(calls_.map((params) => request(method, params))),
    closed: Promise.withResolvers<MonitorError>().promise,
    close: () => undefined,
  };
}

describe.skipIf(!HAVE_VECTORS)("recorded replies", () => {
  test("the preview runtime states its constants by any of three calls", async () => {
    const { runtimeVersion, state_call: calls } = await readVectors<Preview>(
      "preview_genesis_state_call",
    );
    const expected = { slotDurationMs: 6000, slotsPerEpoch: 300 };
    expect(await fetchConstants(replay(runtimeVersion, calls))).toEqual(expected);

    const { SlotApi_slot_config: _, ...withoutSlotApi } = calls;
    expect(await fetchConstants(replay(runtimeVersion, withoutSlotApi))).toEqual(expected);

    const { GetSidechainStatus_get_sidechain_status: __, ...bare } = withoutSlotApi;
    const epochMs = { GetEpochDurationApi_get_epoch_duration_millis: "0x40771b0000000000" };
    expect(await fetchConstants(replay(runtimeVersion, { ...bare, ...epochMs }))).toEqual(expected);
  });

  test("nothing is assumed when the runtime states no constants, or impossible ones", async () => {
    const { runtimeVersion } = await readVectors<Preview>("preview_genesis_state_call");
    await expect(fetchConstants(replay(runtimeVersion, {}))).rejects.toMatchObject({ code: "rpc" });
    const zero = {
      SlotApi_slot_config: "0x000000007017000000000000",
      AuraApi_slot_duration: "0x7017000000000000",
      GetSidechainStatus_get_sidechain_status: `0x${"00".repeat(20)}`,
    };
    await expect(fetchConstants(replay(runtimeVersion, zero))).rejects.toMatchObject({
      code: "bad-reply",
    });
  });

  test("the preview genesis has six authorities, the same as its committee's, in seat order", async () => {
    const { runtimeVersion, state_call: calls } = await readVectors<Preview>(
      "preview_genesis_state_call",
    );
    const link = replay(runtimeVersion, calls);
    const authorities = await fetchAuthorities(link, HASH);
    expect(authorities).toHaveLength(6);
    expect(authorities[0]).toBe(
      "0x8e2135d1086b6b26143e600986e64b5f5d38a67ebedccbe24c5471cd2755e35f",
    );
    const committee = await fetchCommittee(link);
    expect(committee.map(({ aura }) => aura)).toEqual([...authorities]);
    expect(committee[0]).toEqual({
      aura: authorities[0] ?? "",
      sidechain: "0x0287d649e5818aae04026482d8060f6cbb4b71fa063cf29ee83a81dbd7de601d0b",
      grandpa: "0x778785d70f5f950c92ed80aad45cbe1bd941f814a76ba67e8d5a98e84f5a76cb",
      registration: "permissioned",
    });
  });

  test("an authority list cut short, too long or empty is refused", async () => {
    const { runtimeVersion, state_call: calls } = await readVectors<Preview>(
      "preview_genesis_state_call",
    );
    const list = calls["AuraApi_authorities"] ?? "";
    for (const wrong of [list.slice(0, -2), `${list}00`, "0x00"]) {
      const link = replay(runtimeVersion, { ...calls, AuraApi_authorities: wrong });
      await expect(fetchAuthorities(link, HASH)).rejects.toMatchObject({ code: "bad-reply" });
    }
  });

  test("a committee with a registered member carries a pool key that is passed over", async () => {
    const { state_call: calls } = await readVectors<Preview>("preview_genesis_state_call");
    const bytes = calls["SessionValidatorManagementApi_get_current_committee"] ?? "";
    const member = bytes.slice(2 + 16 + 2 + 2, 2 + 16 + 2 + 2 * 98); // first member without its kind
    const mixed = `0x${"00".repeat(8)}0801${member}${"ee".repeat(32)}00${member}`;
    expect(decodeCommittee(mixed).members.map(({ registration }) => registration)).toEqual([
      "registered",
      "permissioned",
    ]);
    expect(() => decodeCommittee(`${bytes}00`)).toThrow("bytes too many");
    expect(() => decodeCommittee(bytes.slice(0, -2))).toThrow("too short");
  });

  test("a runtime whose committee API states ids alone gives no identities", async () => {
    const version = { specVersion: 12_000, apis: [["0x19dba14093498f16", 1]] };
    expect(await fetchCommittee(replay(version, {}))).toEqual([]);
  });

  test("registrations are read in the shape before and since their keys have a field of their own", async () => {
    const { registrationEntry_v1_8: entry } = await readVectors<Shapes>(
      "partner_chains_rpc_shapes",
    );
    const { keys, ...rest } = entry;
    const old = { ...rest, auraPubKey: keys.aura, grandpaPubKey: keys.gran };
    const expected = {
      aura: keys.aura,
      grandpa: keys.gran,
      sidechain: entry.sidechainPubKey,
      registration: "registered" as const,
      pool: "0x75",
      stake: typeof entry["stakeDelegation"] === "number" ? entry["stakeDelegation"] : null,
      invalidReason: null,
    };
    for (const shape of [entry, old]) {
      const reply = { permissionedCandidates: [], candidateRegistrations: { "0x75": [shape] } };
      expect(parseAriadne(reply, "ariadne")).toEqual([expected]);
    }
  });

  test("permissioned candidates are read in both shapes, and null lists are empty lists", async () => {
    const { registrationEntry_v1_8: entry } = await readVectors<Shapes>(
      "partner_chains_rpc_shapes",
    );
    const { keys, sidechainPubKey: sidechainPublicKey } = entry;
    const current = { sidechainPublicKey, keys, isValid: true };
    const old = { sidechainPublicKey, auraPublicKey: keys.aura, grandpaPublicKey: keys.gran };
    for (const shape of [current, { ...old, isValid: true }]) {
      const reply = { permissionedCandidates: [shape], candidateRegistrations: null };
      expect(parseAriadne(reply, "ariadne")).toMatchObject([
        { aura: keys.aura, registration: "permissioned" },
      ]);
    }
    const nothing = { permissionedCandidates: null, candidateRegistrations: null };
    expect(parseAriadne(nothing, "ariadne")).toEqual([]);
    expect(parseAriadne({}, "ariadne")).toEqual([]);
  });

  test("an invalid registration is said to be invalid, and a malformed one spoils no other", async () => {
    const { registrationEntry_v1_8: entry } = await readVectors<Shapes>(
      "partner_chains_rpc_shapes",
    );
    const invalid = { ...entry, isValid: false, invalidReasons: { StakeError: "UnknownStake" } };
    const malformed = [
      { ...entry, keys: { aura: "0x12", gran: entry.keys.gran } },
      { ...entry, keys: null },
      { ...entry, isValid: "yes" },
      "not an object",
      null,
    ];
    const reply = {
      permissionedCandidates: null,
      candidateRegistrations: { "0x01": malformed, "0x02": [...malformed, invalid] },
    };
    expect(parseAriadne(reply, "ariadne")).toMatchObject([
      { aura: entry.keys.aura, registration: "invalid" },
    ]);
    expect(() => parseAriadne({ permissionedCandidates: {} }, "ariadne")).toThrow("a list");
  });
});
