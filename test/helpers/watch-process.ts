// A real process that watches one file: looks once, says so, and lives until it is killed.
// Started by its path, `WATCH_PROCESS`. Arguments: database, receiver, verdict of the check, whether anything is sent.
import { post } from "../../core/alerts/post.ts";
import { openWatch } from "../../core/alerts/watch.ts";
import { openWritable } from "../../core/storage/open.ts";
import { channelTo, makeCheck, makeSettings, openKeptLog } from "./alert-lab.ts";

export const WATCH_PROCESS = import.meta.path;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const [path = "", url = "", verdict = "", sending = ""] = process.argv.slice(2);

  using file = openWritable(path);
  const check = makeCheck("node.peers", verdict === "ok" ? "ok" : "critical");
  const channels = ["one", "two"].map((name) => channelTo(url, { name, url: `${url}/${name}` }));
  const watch = openWatch({
    ...{ db: file.db, log: openKeptLog(), checks: async () => [check] },
    settings: makeSettings(channels, { cooldownMs: 0 }),
    // Killed before the first byte leaves: the request is never begun.
    post: sending === "held" ? () => new Promise(() => undefined) : post,
  });
  process.on("SIGTERM", () => void watch.close().then(() => process.exit(0)));
  await watch.everyMinute();
  process.stdout.write("looked\n");
  setInterval(() => undefined, 1000);
  await Promise.withResolvers<void>().promise;
}
