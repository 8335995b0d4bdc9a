// A process that logs numbered lines as fast as it can: bun log-writer.ts OPTIONS LINES [PER_TURN]
// Prints `done` once the last one is written. SIGHUP opens the file anew.
import type { LogOptions } from "../../commands/_log.ts";
import { openLog } from "../../commands/_log.ts";
import { plainLog } from "./log-options.ts";

const [given = "{}", lines = "0", perTurn = "1000"] = process.argv.slice(2);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test wrote it
using log = openLog({ ...plainLog, ...(JSON.parse(given) as Partial<LogOptions>) });
process.on("SIGHUP", () => log.reopen());
for (let n = 0; n < Number(lines); n++) {
  log.info(`line ${n} ${"x".repeat(n % 97)}`, { n });
  if (n % Number(perTurn) === 0) await Bun.sleep(0);
}
process.stdout.write("done\n");
