// Real headers of five runtimes, from mainnet and from development chains: what we compute must be what happened.
import { describe, expect, test } from "bun:test";

import { TypeRegistry } from "@polkadot/types";

import { judge } from "../../../core/attribution.ts";
import { parseHeader } from "../../../core/chain/header.ts";
import { loadSealVerifier } from "../../../core/chain/seal.ts";
import type { Header, JudgedBlock, Position } from "../../../core/types.ts";
import type { RecordedChain, RecordedHeader } from "../../helpers/vectors.ts";
import { HAVE_VECTORS, parseAll, readVectors } from "../../helpers/vectors.ts";

const ALICE = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
const BOB = "0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48";

const CHAINS = [
  { name: "dev_0.12.0_headers", specVersion: 12_000 },
  { name: "dev_0.13.0_rotation_headers", specVersion: 13_000 },
  { name: "dev_1.0.0-rc.3_rotation_headers", specVersion: 1_000_000 },
  { name: "dev_2.1.0_headers", specVersion: 2_001_000 },
] as const;

/** Judges a whole recorded chain from its genesis on. */
function judgeChain(chain: RecordedChain, headers: readonly Header[]): JudgedBlock[] {
  let position: Position = {
    number: 0,
    hash: chain.genesis.hash,
    slot: null,
    authorities: chain.genesisAuthorities,
  };
  return headers.map((header) => {
    const judged = judge(position, { header, extrinsics: null });
    position = judged.position;
    return judged;
  });
}

function encodeByLibrary(header: unknown): { hash: string; scale: string } {
  const registry = new TypeRegistry();
  const encoded = registry.createType("Header", header);
  return { hash: encoded.hash.toHex(), scale: encoded.toHex() };
}

describe.skipIf(!HAVE_VECTORS)("recorded headers", () => {
  for (const { name, specVersion } of CHAINS) {
    describe(name, () => {
      test("hash to their recorded hashes and link from genesis on", async () => {
        const chain = await readVectors<RecordedChain>(name);
        const headers = parseAll(chain);
        expect(headers.map(({ hash }) => hash)).toEqual(chain.headers.map(({ hash }) => hash));
        const parents = [chain.genesis.hash, ...headers.map(({ hash }) => hash)];
        expect(headers.map(({ parentHash }) => parentHash)).toEqual(parents.slice(0, -1));
        expect(headers.map(({ number }) => number)).toEqual(headers.map((_, i) => i + 1));
        if (chain.genesis.header === undefined) return;
        expect(parseHeader(chain.genesis.header, "genesis").hash).toBe(chain.genesis.hash);
      });

      test("tell their slots, their runtime and the bytes their seals sign", async () => {
        const chain = await readVectors<RecordedChain>(name);
        for (const [i, header] of parseAll(chain).entries()) {
          const recorded = chain.headers[i];
          expect(header.digest.slot).toBe(recorded?.slot ?? 0);
          expect(header.digest.engine).toBe("aura");
          expect(header.digest.specVersion).toBe(specVersion);
          expect(`0x${Buffer.from(header.preHash()).toString("hex")}`).toBe(
            recorded?.preHash ?? "",
          );
        }
        const slots = chain.headers.map(({ slot }) => slot);
        expect(slots).toEqual([...new Set(slots)].sort((a, b) => a - b));
      });

      test("are sealed by Alice, and neither by Bob nor once a byte is flipped", async () => {
        const chain = await readVectors<RecordedChain>(name);
        const fits = await loadSealVerifier();
        for (const header of parseAll(chain)) {
          expect(fits(header, ALICE)).toBe(true);
          expect(fits(header, BOB)).toBe(false);
          const seal = Buffer.from(header.digest.seal ?? "", "hex");
          seal.writeUInt8(seal.readUInt8(20) ^ 1, 20);
          const forged = { ...header.digest, seal: seal.toString("hex") };
          expect(fits({ ...header, digest: forged }, ALICE)).toBe(false);
        }
      });

      test("are by Alice when judged by each parent's list", async () => {
        const chain = await readVectors<RecordedChain>(name);
        const judged = judgeChain(chain, parseAll(chain));
        expect(new Set(judged.map(({ author }) => author))).toEqual(new Set([ALICE]));
        expect(judged.every(({ attribution }) => attribution === "schedule")).toBe(true);
      });

      test("are encoded as the chain's own library encodes them", async () => {
        const chain = await readVectors<RecordedChain>(name);
        for (const [i, header] of parseAll(chain).entries()) {
          const recorded = chain.headers[i];
          const byLibrary = encodeByLibrary(recorded?.header);
          expect(byLibrary).toEqual({ hash: header.hash, scale: recorded?.scale ?? "" });
        }
      });
    });
  }

  for (const { name, at, seats } of [
    { name: "dev_0.13.0_rotation_headers", at: 7, seats: 6 },
    { name: "dev_1.0.0-rc.3_rotation_headers", at: 12, seats: 10 },
  ]) {
    test(`${name}: block ${at} changes the list from 1 to ${seats} seats, for its children only`, async () => {
      const chain = await readVectors<RecordedChain>(name);
      const headers = parseAll(chain);
      const rotations = headers.filter(({ digest }) => digest.newAuthorities !== null);
      expect(rotations.map(({ number }) => number)).toEqual([at]);
      // Every seat is the development key's: a list with repeated seats keeps them.
      expect(rotations[0]?.digest.newAuthorities).toEqual(
        Array.from({ length: seats }, () => ALICE),
      );
      const judged = judgeChain(chain, headers);
      expect(judged.map(({ position }) => position.authorities?.length)).toEqual(
        headers.map(({ number }) => (number < at ? 1 : seats)),
      );
    });
  }

  test("mainnet crosses from runtime 22000 to 1000000 between slots 297426104 and 297426105", async () => {
    const recorded = await readVectors<{ headers: RecordedHeader[] }>("mainnet_headers");
    const headers = parseAll(recorded);
    expect(headers.map(({ hash }) => hash)).toEqual(recorded.headers.map(({ hash }) => hash));
    expect(headers[1]?.parentHash).toBe(headers[0]?.hash ?? "");
    expect(headers.map(({ number }) => number)).toEqual([1_774_491, 1_774_492]);
    expect(headers.map(({ digest }) => digest.slot)).toEqual([297_426_104, 297_426_105]);
    expect(headers.map(({ digest }) => digest.specVersion)).toEqual([22_000, 1_000_000]);
    const preHashes = headers.map(({ preHash }) => `0x${Buffer.from(preHash()).toString("hex")}`);
    expect(preHashes).toEqual(recorded.headers.map(({ preHash }) => preHash));
    const byLibrary = recorded.headers.map(({ header }) => encodeByLibrary(header).hash);
    expect(byLibrary).toEqual(headers.map(({ hash }) => hash));
  });

  test("the digest of a retired test network tells its slot", async () => {
    const { logs, slot } = await readVectors<{ logs: string[]; slot: number }>(
      "testnet02_digest_logs",
    );
    const zeros = `0x${"00".repeat(32)}`;
    const fields = { parentHash: zeros, stateRoot: zeros, extrinsicsRoot: zeros, number: "0x1" };
    const { digest } = parseHeader({ ...fields, digest: { logs } }, "testnet-02");
    expect(digest).toMatchObject({ engine: "aura", slot, newAuthorities: null, seal: null });
  });
});
