// The main job on the built-in devnet, in one command: start a node, sync it, and show the dashboard; without a terminal,
// blocks as they come.
import { mkdirSync, rmSync } from "node:fs";

import pc from "picocolors";

const FOLDER = ".demo";
const DATABASE = `${FOLDER}/mvm.db`;
const KEYSTORE = `${FOLDER}/keystore`;
const HISTORY = "5000";
const SLOT_MS = "2000";
const SYNC_LOG = `${FOLDER}/sync.log`;
/** A dashboard needs somebody to press its keys. */
const IS_SCREEN = process.stdin.isTTY && process.stdout.isTTY;
/** How the person here calls bun: those who came by npx have none of their own. */
const BUN = process.execPath.includes("/_npx/") ? "npx -y bun@1.4.5" : "bun";

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The devnet makes its history first; its address comes with the "ready" line. */
async function startDevnet(): Promise<{
  url: string;
  child: Bun.Subprocess<"ignore", "ignore", "pipe">;
}> {
  const child = Bun.spawn(
    [
      process.execPath,
      "examples/devnet/main.ts",
      ...["--history", HISTORY, "--slot-ms", SLOT_MS, "--fork-rate", "0.03", "--miss-rate", "0.04"],
      ...["--keystore", KEYSTORE, "--port", "0", "--metrics-port", "0"],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  for await (const chunk of child.stderr) {
    log += new TextDecoder().decode(chunk);
    const url = /ready (ws:\S+)/.exec(log)?.[1];
    if (url !== undefined) return { url, child };
  }
  throw new Error(`the devnet did not start:\n${log}`);
}

// A terminal sends Ctrl-C to all of us: the children stop by themselves, we only wait for them.
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopping = true;
    sync?.kill("SIGTERM");
    devnet?.child.kill("SIGTERM");
  });
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
say(pc.bold("mvm demo") + pc.dim(" · a Midnight-shaped chain on this machine, nothing leaves it"));
say(`1. making ${HISTORY} blocks of history, each sealed by its author (some seconds) …`);
let sync: Bun.Subprocess | undefined;
let devnet: Awaited<ReturnType<typeof startDevnet>> | undefined;
devnet = await startDevnet();
say(`2. node ready at ${devnet.url}, a slot every ${Number(SLOT_MS) / 1000} s`);
if (IS_SCREEN) {
  say(`3. syncing into ${DATABASE}, its log in ${SYNC_LOG}; the dashboard follows, q leaves it`);
} else {
  say(`3. syncing into ${DATABASE}, then following; stop with Ctrl-C. In a second terminal try:`);
  say(pc.cyan(`     ${BUN} commands/view.ts --db-path ${DATABASE} --rpc-url ${devnet.url}`));
  say(pc.cyan(`     ${BUN} commands/query.ts stats --db-path ${DATABASE}`));
  say(pc.cyan(`     ${BUN} commands/query.ts performance --db-path ${DATABASE}\n`));
}
sync = Bun.spawn(
  [
    process.execPath,
    "commands/sync.ts",
    ...["--rpc-url", devnet.url, "--db-path", DATABASE],
    ...["--keystore", KEYSTORE, "--label", "MyValidator"],
  ],
  { stdio: ["ignore", "inherit", IS_SCREEN ? Bun.file(SYNC_LOG) : "inherit"] },
);
if (IS_SCREEN) {
  const flags = ["--db-path", DATABASE, "--rpc-url", devnet.url, "--keystore", KEYSTORE];
  const view = Bun.spawn([process.execPath, "commands/view.ts", ...flags], {
    stdio: ["inherit", "inherit", "inherit"],
  });
  await view.exited;
  stopping = true;
  sync.kill("SIGTERM");
}
const code = await sync.exited;
devnet.child.kill("SIGTERM");
await devnet.child.exited;
if (stopping) say(`\nstopped; the database stays in ${DATABASE}`);
process.exit(stopping ? 0 : code);
