// mvm schedule as an operator runs it: on a devnet whose last slot is now.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { join } from "pathe";

import { openReadable } from "../../core/storage/open.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { syncOnce, temporaryFolder } from "../helpers/sync-process.ts";

const SCRIPT = join(import.meta.dir, "../../commands/schedule.ts");
const LONG_MS = 60_000;
const SLOTS_PER_EPOCH = 300;
/** Long slots: the chain stands still while the tests run, and must not seem to. */
const SLOT_MS = 60_000;
/** A permissioned candidate: it has seats in every committee. */
const OURS = 2;

const folder = temporaryFolder();
const file = folder.file("mvm.db");
const keystore = folder.file("keystore");
let devnet: Devnet & AsyncDisposable;

/** Ends with the present slot, so that the schedule of now can be asked for. */
async function startPresent(options: Parameters<typeof startSmallDevnet>[0] = {}) {
  return await startSmallDevnet({
    ...{ history: 700, slotsPerEpoch: SLOTS_PER_EPOCH, seats: 60, missRate: 0 },
    slotMs: SLOT_MS,
    endSlot: Math.floor(Date.now() / SLOT_MS),
    ...options,
  });
}

beforeAll(async () => {
  devnet = await startPresent();
  await devnet.writeKeystore(keystore, OURS);
  await syncOnce(devnet.url, file, "--keystore", keystore, "--label", "Vega");
}, LONG_MS);

afterAll(async () => {
  await devnet.stop();
  folder[Symbol.dispose]();
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function run(...flags: string[]): Promise<Ran> {
  const child = Bun.spawn([process.execPath, SCRIPT, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder.path,
    env: { ...process.env, HOME: "/nonexistent", NO_COLOR: "1", TZ: "Europe/Berlin" },
  });
  const [code, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, err };
}

interface Answer {
  source: string;
  lastBlock: number;
  predictable: boolean;
  stalled: boolean;
  expectedPerEpoch: number | null;
  validators: { aura: string; label: string | null }[];
  knownUntil: { slot: number } | null;
  slots: { slot: number; time: string; epoch: number; author: string }[];
  quiet: { from: string; to: string; seconds: number; orLonger: boolean }[];
  epochs: { epoch: number; whole: boolean; leader: number; adopted: number; stolen: number }[];
  notes: string[];
}

async function ask(...flags: string[]): Promise<Answer> {
  const { code, out, err } = await run("--json", ...flags);
  if (code !== 0) throw new Error(`schedule exited ${code}: ${err}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the tests then look at
  return JSON.parse(out) as Answer;
}

describe("our slots", () => {
  test("are the same from the node alone, the file alone and both", async () => {
    const node = await ask("-r", devnet.url, "-K", keystore, "-d", folder.file("none.db"));
    const stored = await ask("--offline", "-d", file);
    const both = await ask("-r", devnet.url, "-d", file);
    expect([node.source, stored.source, both.source]).toEqual(["node", "database", "node"]);
    // Time passes between two questions: what both know of is the same.
    const later = (answer: Answer) =>
      answer.slots.filter(({ slot }) => slot >= (both.slots[0]?.slot ?? 0));
    expect(later(node)).toEqual(both.slots);
    expect(later(stored)).toEqual(both.slots);
    expect(both.slots.length).toBeGreaterThan(1);
    const { aura } = devnet.validator(OURS);
    expect(stored.validators).toEqual([{ aura, label: "Vega" }]);
    for (const { slot, time, author, epoch } of both.slots) {
      expect({ author, epoch }).toEqual({
        author: aura,
        epoch: Math.floor(slot / SLOTS_PER_EPOCH),
      });
      expect(new Date(time).getTime()).toBe(slot * SLOT_MS);
    }
  });

  test("are those of all validators the configuration calls ours, under their names", async () => {
    const other = folder.file("other-keystore");
    await devnet.writeKeystore(other, 1);
    const config = folder.file("two.toml");
    await Bun.write(
      config,
      `[[validator]]
keystore_path = "${keystore}"
label = "Altair"
[[validator]]
keystore_path = "${other}"
label = "Deneb"
`,
    );
    const labels = new Map([
      [devnet.validator(OURS).aura, "Altair"],
      [devnet.validator(1).aura, "Deneb"],
    ]);
    // The file calls the first one Vega: the configuration is newer.
    for (const sources of [
      ["--offline", "-d", file],
      ["-r", devnet.url, "-d", folder.file("none.db")],
    ]) {
      const answer = await ask(...sources, "--config", config);
      expect(new Map(answer.validators.map(({ aura, label }) => [aura, label]))).toEqual(labels);
      expect(new Set(answer.slots.map(({ author }) => author))).toEqual(new Set(labels.keys()));
      const alone = await ask(...sources, "--validator", devnet.validator(1).aura);
      const theirs = answer.slots.filter(({ author }) => author === devnet.validator(1).aura);
      expect(theirs.map(({ slot }) => slot).slice(-5)).toEqual(
        alone.slots.map(({ slot }) => slot).slice(-5),
      );
      // Both must be quiet for a window to be.
      for (const { from, to } of answer.quiet)
        for (const { time } of answer.slots) expect(time >= from && time < to).toBe(false);
    }
  });

  test("are found for any validator by key, prefix or label", async () => {
    const { aura, sidechain } = devnet.validator(5);
    const words = [aura, aura.slice(2, 12), sidechain];
    const answers = await Promise.all(
      words.map((word) => ask("--offline", "-d", file, "--validator", word)),
    );
    for (const { validators } of answers) expect(validators[0]?.aura).toBe(aura);
    expect((await ask("--offline", "-d", file, "--validator", "vega")).validators[0]?.aura).toBe(
      devnet.validator(OURS).aura,
    );
    const fromNode = await ask(
      "-r",
      devnet.url,
      "-d",
      folder.file("none.db"),
      "--validator",
      sidechain,
    );
    expect(fromNode.validators[0]?.aura).toBe(aura);
  });

  test("fit an 80-column terminal as text, in UTC and in local time", async () => {
    const { out, code } = await run("--offline", "-d", file, "--min", "1m");
    expect(code).toBe(0);
    expect(out).toContain("here (Europe/Berlin)");
    expect(out).toMatch(/next slot +\d+ (now|in \d+)/);
    expect(out).toContain("quiet from (UTC)");
    const lines = out.split("\n").filter((line) => !line.startsWith("validator"));
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
    expect(out).toMatch(/epoch +leader +ideal +luck % +adopted +confirmed/);
    const { slots } = await ask("--offline", "-d", file);
    for (const { time } of slots) expect(out).toContain(time.slice(11, 19));
  });

  test("of past epochs are counted in their words, and the sums agree with the truth", async () => {
    const { epochs } = await ask("--offline", "-d", file);
    const { aura } = devnet.validator(OURS);
    const { blocks } = devnet.truth();
    const past = epochs.filter(
      ({ whole, epoch }) =>
        whole && epoch < Math.floor((blocks.at(-1)?.slot ?? 0) / SLOTS_PER_EPOCH),
    );
    expect(past.length).toBeGreaterThan(0);
    for (const { epoch, leader, adopted, stolen } of past) {
      const made = blocks.filter(
        ({ slot, author }) => author === aura && Math.floor(slot / SLOTS_PER_EPOCH) === epoch,
      ).length;
      expect({ leader, adopted, stolen }).toEqual({ leader: made, adopted: made, stolen: 0 });
    }
  });

  test("without a validator of ours, a database or a node are refused with a hint", async () => {
    const none = folder.file("none.db");
    expect(await run("--offline", "-d", none)).toMatchObject({ code: 74, out: "" });
    expect(await run("-r", devnet.url, "-d", none)).toMatchObject({ code: 64, out: "" });
    expect(await run("-r", "ws://127.0.0.1:1", "-d", none)).toMatchObject({ code: 69, out: "" });
    expect(await run("--offline", "-d", file, "--min", "soon")).toMatchObject({ code: 64 });
    const away = await run("-r", "ws://127.0.0.1:1", "-d", file, "--json");
    expect(away.code).toBe(0);
    expect(away.err).toContain("the node was not asked");
  });
});

describe("a calendar", () => {
  test("holds each slot once, in lines of the form RFC 5545 wants", async () => {
    const { out } = await run("--offline", "-d", file, "--ics");
    const { slots } = await ask("--offline", "-d", file);
    expect(out.endsWith("END:VCALENDAR\r\n")).toBe(true);
    expect(out.replaceAll("\r\n", "")).not.toContain("\n");
    for (const line of out.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const whole = out.replaceAll("\r\n ", "").split("\r\n");
    const uids = whole.filter((line) => line.startsWith("UID:"));
    expect(new Set(uids).size).toBe(uids.length);
    const starts = whole.filter((line) => line.startsWith("DTSTART:")).slice(-slots.length);
    expect(starts).toEqual(
      slots.map(({ time }) => `DTSTART:${time.slice(0, 19).replaceAll(/[-:]/g, "")}Z`),
    );
    expect(whole.filter((line) => line === "BEGIN:VEVENT")).toHaveLength(uids.length);
    expect(whole.filter((line) => line.startsWith("DTSTAMP:"))).toHaveLength(uids.length);
  });
});

describe("a restart", () => {
  test(
    "is allowed, refused or not known by the exit code",
    async () => {
      const { quiet, slots, knownUntil } = await ask("--offline", "-d", file, "--min", "1s");
      // The first slot that is or might become ours: of the one, or of both, at the turn of an epoch.
      const [now] = quiet.toSorted((a, b) => a.from.localeCompare(b.from));
      const certain = new Date(slots[0]?.time ?? 0).getTime();
      const next = Math.min(certain, new Date(now?.to ?? 0).getTime());
      const until = (knownUntil?.slot ?? 0) * SLOT_MS;
      const flags = ["--offline", "-d", file, "--can-restart"];
      // Before our next slot: some seconds' room for the process to start.
      const left = Math.floor((next - Date.now()) / 1000) - 5;
      if (left > 0) expect(await run(...flags, `${left}s`)).toMatchObject({ code: 0, err: "" });
      const tooLong = Math.ceil((next - Date.now()) / 1000) + 5;
      const refused = await run(...flags, `${tooLong}s`);
      expect(refused.code).toBe(1);
      const longest = quiet[0]?.seconds ?? 0;
      if (tooLong < longest) expect(refused.out).toContain("begin at");
      const past = Math.ceil((until - Date.now()) / 1000) + 60;
      expect(await run(...flags, `${past}s`)).toMatchObject({ code: 1 });
      // One who has no slot at all is quiet as far as is known, and no further.
      const stranger = `0x${"17".repeat(32)}`;
      const none = folder.file("none.db");
      const foreign = ["-r", devnet.url, "-d", none, "--validator", stranger, "--can-restart"];
      expect(await run(...foreign, "60s")).toMatchObject({ code: 0 });
      expect(await run(...foreign, `${past}s`)).toMatchObject({ code: 3 });
    },
    LONG_MS,
  );
});

describe("when nothing can be predicted", () => {
  test(
    "it is said: after the flip to BABE, with the numbers to be expected",
    async () => {
      await using babe = await startPresent({
        specVersion: 2_001_000,
        history: 650,
        babeFrom: 640,
      });
      const target = folder.file("babe.db");
      await syncOnce(babe.url, target, "--keystore", keystore);
      const { aura } = babe.validator(OURS);
      for (const flags of [["-r", babe.url], ["--offline"]]) {
        const answer = await ask(...flags, "-d", target, "--validator", aura);
        expect(answer).toMatchObject({
          predictable: false,
          slots: [],
          quiet: [],
          knownUntil: null,
        });
        expect(answer.expectedPerEpoch).toBeGreaterThan(0);
        expect(answer.notes.join()).toContain("cannot be predicted");
        const restart = await run(
          ...flags,
          "-d",
          target,
          "--validator",
          aura,
          "--can-restart",
          "1m",
        );
        expect(restart).toMatchObject({ code: 3 });
      }
      using db = openReadable(target);
      expect(
        db
          .prepare("SELECT * FROM upcoming WHERE epoch > ?")
          .all(babe.truth().blocks.at(-1)?.slot ?? 0),
      ).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "it is said: long after the last block",
    async () => {
      await using old = await startPresent({
        endSlot: Math.floor(Date.now() / SLOT_MS) - 2000,
        history: 50,
      });
      const { aura } = old.validator(OURS);
      const flags = ["-r", old.url, "-d", folder.file("none.db"), "--validator", aura];
      const answer = await ask(...flags);
      expect(answer).toMatchObject({ stalled: true, predictable: false, slots: [] });
      expect(answer.notes.join()).toContain("no block for a while");
      expect(await run(...flags, "--can-restart", "1m")).toMatchObject({ code: 3 });
    },
    LONG_MS,
  );
});
