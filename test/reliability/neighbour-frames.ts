// The dashboard over the same texts: what its terminal is sent holds pictures, and nothing that was planted.
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import { seeded } from "../helpers/seeded.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { openHostileStage } from "./hostile-stage.ts";
import type { Tally } from "./neighbour-kit.ts";
import { openTally } from "./neighbour-kit.ts";
import { MVM } from "./run-command.ts";

// A picture is made of sequences; none of these is one of its own.
const PLANTED =
  // oxlint-disable-next-line no-control-regex
  /\u001b\]0;owned|\u001b\]52;c;b3du|\u001b\[38;5;213m|\u001b[X^c]|\u001b_apc|\u001bP\+q\u001b|[\u0080-\u009f\u007f]|[\p{Cf}\p{Zl}\p{Zp}]/u;

const VIEWS = ["1", "2", "3", "4", "5", "6", "7", "8"];

export async function runFrames(rounds: number, seed: number): Promise<Tally> {
  const tally = openTally("the dashboard's frames");
  const random = seeded(seed);
  await using devnet = await startSmallDevnet({ history: 60 });
  for (let round = 0; round < rounds; round++) {
    await using stage = await openHostileStage(devnet, random);
    const words = ["view", "--config", stage.config, "-r", stage.node.url, "-d", stage.database];
    const env = { TERM: "xterm-256color", HOME: stage.folder };
    await using terminal = openTerminal([process.execPath, MVM, ...words], env, stage.folder);
    let sent = await terminal.shows("Midnight");
    for (const key of VIEWS) {
      tally.cases += 1;
      terminal.type(key);
      await Bun.sleep(400);
      terminal.type("\r");
      sent = await terminal.shows("");
      await Bun.sleep(300);
      sent += await terminal.shows("");
      const at = sent.search(PLANTED);
      if (at >= 0) tally.leaks.push(`view ${key}: ${JSON.stringify(sent.slice(at - 40, at + 40))}`);
      terminal.type("\u001b");
      await Bun.sleep(200);
    }
    terminal.type("q");
    const { code, sent: last } = await terminal.ended();
    if (code !== 0) tally.crashes.push(`the dashboard ended by ${code}: ${last.slice(-300)}`);
  }
  return tally;
}
