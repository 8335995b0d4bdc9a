// Command lines of the Rust tool of the same name mean here what they meant there, short and long.
import { describe, expect, test } from "bun:test";

import { parseWords } from "../../commands/_arguments.ts";
import { findCommand } from "../../commands/_find.ts";
import { mvmCommand } from "../../commands/mvm.ts";

/** Line → the command that runs and its options by their long names, with `_` for what is no option. */
const LINES: readonly (readonly [line: string, command: string, options: string])[] = [
  ["", "status", ""],
  ["-v", "status", "--verbose"],
  ["status", "status", ""],
  ["status --once", "status", "--once"],
  ["status -r ws://n:1 --once", "status", "--rpc-url=ws://n:1 --once"],
  ["status --rpc-url ws://n:1", "status", "--rpc-url=ws://n:1"],
  ["status -M http://n:2/metrics", "status", "--metrics-url=http://n:2/metrics"],
  ["status --metrics-url http://n:2/m", "status", "--metrics-url=http://n:2/m"],
  ["status -k keys.json", "status", "--keys-file=keys.json"],
  ["status --keys-file keys.json", "status", "--keys-file=keys.json"],
  ["status -K ks -i 30 -E", "status", "--keystore=ks --interval=30 --explain"],
  [
    "status --keystore ks --interval 30 --explain",
    "status",
    "--keystore=ks --interval=30 --explain",
  ],
  ["-v status --once", "status", "--verbose --once"],
  ["sync", "sync", ""],
  ["-v sync", "sync", "--verbose"],
  ["sync -v", "sync", "--verbose"],
  ["sync -r ws://n:1 -d x.db", "sync", "--rpc-url=ws://n:1 --db-path=x.db"],
  ["sync --rpc-url ws://n:1 --db-path x.db", "sync", "--rpc-url=ws://n:1 --db-path=x.db"],
  ["sync -s 100 -b 50", "sync", "--start-block=100 --batch-size=50"],
  ["sync --start-block 100 --batch-size 50", "sync", "--start-block=100 --batch-size=50"],
  ["sync --finalized-only true", "sync", "--finalized-only"],
  ["sync --finalized-only false", "sync", "--no-finalized-only"],
  ["sync --finalized-only=true", "sync", "--finalized-only"],
  ["sync --poll-interval 12", "sync", "--poll-interval=12"],
  ["sync --daemon --pid-file p.pid", "sync", "--daemon --pid-file=p.pid"],
  ["query stats", "query stats", ""],
  ["query gaps", "query gaps", ""],
  ["query -d x.db stats", "query stats", "--db-path=x.db"],
  ["query --db-path x.db gaps", "query gaps", "--db-path=x.db"],
  [
    "query -d x.db blocks -f 1 -t 9 -l 5",
    "query blocks",
    "--db-path=x.db --from=1 --to=9 --limit=5",
  ],
  ["query blocks --from 1 --to 9 --limit 5", "query blocks", "--from=1 --to=9 --limit=5"],
  ["query validators --ours -l 3", "query validators", "--ours --limit=3"],
  ["query validators --ours --limit 3", "query validators", "--ours --limit=3"],
  ["query validator 0xABCDEF", "query validator", "_=0xABCDEF"],
  ["query -d x.db validator abcdef", "query validator", "--db-path=x.db _=abcdef"],
  ["query performance --ours -l 3", "query performance", "--ours --limit=3"],
  ["-v query performance", "query performance", "--verbose"],
  ["keys -K ks show", "keys show", "--keystore=ks"],
  [
    "keys --keystore ks -r ws://n:1 -d x.db verify",
    "keys verify",
    "--keystore=ks --rpc-url=ws://n:1 --db-path=x.db",
  ],
  ["view", "view", ""],
  ["view -r ws://n:1 -d x.db", "view", "--rpc-url=ws://n:1 --db-path=x.db"],
  ["view --refresh-interval 500", "view", "--refresh-interval=500"],
  ["config show", "config show", ""],
  ["config validate", "config validate", ""],
  ["config example", "config example", ""],
  ["config paths", "config paths", ""],
  ["install", "install", ""],
  ["install uninstall", "install uninstall", ""],
  ["install uninstall --remove-data", "install uninstall", "--remove-data"],
  ["guide", "guide", ""],
  ...["not-producing", "registration", "peers", "memory", "keys", "setup", "list"].map(
    (topic) => [`guide ${topic}`, "guide", `_=${topic}`] as const,
  ),
  ...["bash", "zsh", "fish"].map(
    (shell) => [`completions ${shell}`, "completions", `_=${shell}`] as const,
  ),
];

describe("mvm", () => {
  for (const [line, command, options] of LINES) {
    test(`${line} runs ${command} ${options}`, async () => {
      const found = await findCommand(mvmCommand, line.split(" ").filter(Boolean));
      expect(found.path.slice(1).join(" ")).toBe(command);
      expect(found.command.run).toBeFunction();
      const parsed = parseWords(found.definitions, found.words);
      const words = [...parsed.options, ...parsed.positionals.map((word) => `_=${word}`)];
      expect(words.join(" ")).toBe(options);
    });
  }
});
