// How long a sync of two nodes is without one: from the moment its node is killed, or hangs, to the next block stored.
//   bun test/bench/failover.ts [ROUNDS] [SLOT_MS]
import { startDevnetProcess } from "../helpers/devnet-process.ts";
import { startWith, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const rounds = Number(process.argv[2] ?? 3);
/** Six seconds are the real ones; then following is mostly waiting for the next block. */
const SLOT_MS = Number(process.argv[3] ?? 1000);

const HISTORY = 6000;

interface Gap {
  /** Until the other node was gone on with. */
  movedMs: number;
  /** Until a block was stored that was not there by then. */
  storedMs: number;
}

async function measure(signal: "SIGKILL" | "SIGSTOP", following: boolean): Promise<Gap> {
  // The same past in both, and from there on a block each second.
  const endSlot = Math.floor(Date.now() / SLOT_MS) - 5;
  const flags = ["--clock", "wall", "--slot-ms", String(SLOT_MS), "--end-slot", String(endSlot)];
  const start = () =>
    startDevnetProcess(
      ...flags,
      "--history",
      String(following ? 300 : HISTORY),
      "--miss-rate",
      "0",
    );
  const [first, second] = await Promise.all([start(), start()]);
  await using _first = first;
  await using _second = second;
  if (!following) {
    for (const node of [first, second]) await node.command("faults latencyMs=40");
  }
  using folder = temporaryFolder();
  const file = folder.file("mvm.db");
  const nodes = ["-r", first.url, "-r", second.url];
  const slow = ["--batch-size", "20", "--concurrency", "2"];
  await using sync = startWith(...nodes, "-d", file, ...slow);
  await sync.until("progress", () =>
    following ? sync.log().includes("synced at") : storedHeights(file).last > 1000,
  );
  // Long enough for a look at the other; not at the same point of the second each time.
  await Bun.sleep(2500 + (following ? Math.random() * SLOT_MS : 0));
  if (!following && storedHeights(file).last >= HISTORY) throw new Error("too fast to be hit");
  if (sync.log().includes("going on")) throw new Error(`left before: ${sync.log()}`);
  const began = performance.now();
  await first.kill(signal);
  await sync.until("the move", () => sync.log().includes(`going on with ${second.url}`));
  const movedMs = performance.now() - began;
  const { last } = storedHeights(file);
  await sync.until("the next block", () => storedHeights(file).last > last);
  return { movedMs, storedMs: performance.now() - began };
}

const ms = (numbers: number[]): string =>
  numbers.map((each) => `${Math.round(each)} ms`).join(", ");
for (const following of [false, true]) {
  for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
    const gaps: Gap[] = [];
    for (let round = 0; round < rounds; round++) gaps.push(await measure(signal, following));
    const when = following ? `followed, a block every ${SLOT_MS} ms` : "initial sync";
    const what = signal === "SIGKILL" ? "killed" : "hangs";
    process.stdout.write(`${when}: the first node ${what}\n`);
    process.stdout.write(`  → gone on with the second   ${ms(gaps.map((gap) => gap.movedMs))}\n`);
    process.stdout.write(`  → next block stored         ${ms(gaps.map((gap) => gap.storedMs))}\n`);
  }
}
process.exit(0);
