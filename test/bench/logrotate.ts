// A minute of logrotate every second on a mvm-sync that logs every request and statement of a fast chain: is any line lost
// or torn?
//   bun test/bench/logrotate.ts [SECONDS]
import { join } from "pathe";

import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import {
  countRequests,
  makeLogFolder,
  openRotator,
  readRotatedLines,
} from "../helpers/logrotate.ts";
import { startSync, storedHeights, temporaryFolder } from "../helpers/sync-process.ts";

const seconds = Number(process.argv[2] ?? 60);
await using devnet = await startSmallDevnet({ history: 2000 });
using folder = temporaryFolder();
const logs = makeLogFolder(folder.file("log"));
const flags = ["-vv", "--log-format", "json", "--log-file", join(logs, "sync.log")];
const file = folder.file("mvm.db");
await using sync = startSync(devnet.url, file, "--batch-size", "5", ...flags);
await sync.until("the first blocks", () => storedHeights(file).last > 10);

const { rotate } = openRotator(logs, sync.pid, folder.path, seconds + 5);
const end = performance.now() + seconds * 1000;
let rotations = 0;
const rotating = (async () => {
  while (performance.now() < end) {
    await rotate();
    rotations += 1;
    await Bun.sleep(1000);
  }
})();
while (performance.now() < end) {
  await devnet.step(1);
  await Bun.sleep(2);
}
await rotating;
await sync.until("the tip", () => storedHeights(file).last === devnet.truth().best);
sync.kill("SIGTERM");
const code = await sync.exited;

const lines = readRotatedLines(logs);
const [told, seen] = [countRequests(lines), devnet.rpcCount()];
const lost = Object.entries(seen).filter(([method, count]) => told[method] !== count);
const statements = lines.filter((line) => typeof line["sql"] === "string").length;
const requests = Object.values(seen).reduce((sum, count) => sum + count, 0);
process.stdout.write(
  [
    `rotations            ${rotations} in ${seconds} s, exit ${code}`,
    `lines                ${lines.length}, every one JSON (${statements} statements)`,
    `requests node/log    ${requests} / ${Object.values(told).reduce((sum, count) => sum + count, 0)}`,
    `methods that differ  ${lost.length === 0 ? "none" : lost.map(([method]) => method).join(", ")}`,
    "",
  ].join("\n"),
);
process.exit(lost.length === 0 && code === 0 ? 0 : 1);
