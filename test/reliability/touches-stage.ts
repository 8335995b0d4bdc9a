// A node, a configuration that uses everything there is, and each command run on it under strace.
import { copyFileSync, mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs";

import { join } from "pathe";

import { SLOTS_PER_EPOCH, startSmallDevnet } from "../core/chain/small-devnet.ts";
import { writeRustDatabase } from "../core/import/rust-database.ts";
import { storedHeights, temporaryFolder } from "../helpers/sync-process.ts";
import { openTerminal } from "../helpers/terminal.ts";
import { type Touched, underStrace } from "./strace.ts";

export interface Place {
  /** Everything of the run lies in it. */
  folder: string;
  keystore: string;
  /** By what they are. */
  addresses: { node: string; metrics: string; webhook: string; listen: string };
  /** The executable, or Bun and the script. */
  program: readonly string[];
}

export interface Run {
  name: string;
  touched: Touched;
  code: number;
}

const LONGEST_MS = 60_000;

function freePort(): number {
  using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  return server.port;
}

const configuration = ({ folder, keystore, addresses }: Place): string => `
[rpc]
url = "ws://${addresses.node}"
metrics_url = "http://${addresses.metrics}/metrics"
[database]
path = "${folder}/data/mvm.db"
[validator]
keystore_path = "${keystore}"
[daemon]
pid_file = "${folder}/run/mvm.pid"
log_file = "${folder}/log/sync.log"
[log]
max_size = 4000
[alerts]
enabled = true
webhook_url = "http://${addresses.webhook}/hook"
webhook_secret_file = "${folder}/secret"
[metrics]
listen = "${addresses.listen}"
token_file = "${folder}/token"
`;

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`timed out waiting for: ${what}`);
    await Bun.sleep(20);
  }
}

/** Nothing of an earlier run lies among the temporary files. */
function environment(folder: string): Record<string, string> {
  rmSync(join(folder, "tmp"), { recursive: true, force: true });
  mkdirSync(join(folder, "tmp"));
  return {
    ...{
      PATH: `${folder}/bin:${process.env["PATH"] ?? ""}`,
      HOME: `${folder}/home`,
      TMPDIR: `${folder}/tmp`,
    },
    ...{ XDG_CONFIG_HOME: `${folder}/home/.config`, NO_COLOR: "1" },
  };
}

/** Runs every command; `tell` is called with what each of them touched. */
export async function runAll(
  program: readonly string[],
  tell: (run: Run, place: Place) => void,
): Promise<void> {
  using temporary = temporaryFolder();
  const folder = temporary.path;
  for (const name of ["data", "run", "log", "home", "keystore"]) mkdirSync(join(folder, name));
  await using node = await startSmallDevnet({ history: 200 });
  const keystore = join(folder, "keystore");
  await node.writeKeystore(keystore, 0);
  using hook = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("ok") });
  const place: Place = {
    ...{ folder, keystore, program },
    addresses: {
      node: new URL(node.url).host,
      metrics: new URL(node.metricsUrl).host,
      webhook: `127.0.0.1:${hook.port}`,
      listen: `127.0.0.1:${freePort()}`,
    },
  };
  const config = join(folder, "mvm.toml");
  await Bun.write(config, configuration(place));
  await Bun.write(join(folder, "secret"), "a secret of the webhook");
  await Bun.write(join(folder, "token"), "a token of the metrics");
  const rust = join(folder, "data/rust.db");
  writeRustDatabase(node, { file: rust, slotsPerEpoch: SLOTS_PER_EPOCH }).close();

  tell(await runSync(place, config, node), place);
  const words = [
    ["status"],
    ["view", "--once"],
    ["query", "blocks", "--csv"],
    ["query", "block", "20"],
    ["verify", "--all"],
    ["schedule"],
    ["keys", "verify"],
    ["alerts", "test"],
    ["alerts", "list"],
    ["import", "--from-mvm", rust, "--dry-run"],
    ["import", "--from-mvm", rust, "--db-path", join(folder, "data/new.db")],
  ];
  for (const each of words) tell(await runOnce(place, config, each), place);
  tell(await runView(place, config, "view"), place);
  // Without a log file the dashboard asks the journal, by a program of that name; any will do to see it run.
  mkdirSync(join(folder, "bin"));
  copyFileSync(realpathSync(Bun.which("true") ?? ""), join(folder, "bin/journalctl"));
  const journal = join(folder, "journal.toml");
  await Bun.write(journal, configuration(place).replace(/^log_file.*$/m, ""));
  tell(await runView(place, journal, "view, the journal"), place);
}

interface Chain {
  step: (slots: number) => Promise<void>;
  fork: (depth: number) => Promise<void> | void;
  truth: () => { best: number; finalized: number };
}

/** Followed for some blocks, read by a scraper, told to read its settings again, stopped. */
async function runSync(place: Place, config: string, node: Chain): Promise<Run> {
  const { folder, program, addresses } = place;
  using trace = underStrace(folder);
  const child = Bun.spawn([...trace.words, ...program, "sync", "--config", config], {
    ...{ cwd: folder, env: environment(folder), stdio: ["ignore", "ignore", "ignore"] },
  });
  const database = join(folder, "data/mvm.db");
  const reached = async (): Promise<void> => {
    const { best, finalized } = node.truth();
    await until(`block ${best}`, () => {
      const stored = storedHeights(database);
      return stored.last >= best && stored.finalized >= finalized;
    });
  };
  try {
    await reached();
    await node.fork(2);
    await node.step(SLOTS_PER_EPOCH);
    await reached();
    const pid = Number(readFileSync(join(folder, "run/mvm.pid"), "utf8"));
    const headers = { authorization: "Bearer a token of the metrics" };
    for (const path of ["metrics", "api/v1/status", "api/v1/blocks"]) {
      const answer = await fetch(`http://${addresses.listen}/${path}`, { headers });
      // A node that stands still is no healthy one, and said to be so.
      if (!answer.ok && answer.status !== 503) throw new Error(`${path} answers ${answer.status}`);
    }
    process.kill(pid, "SIGHUP");
    await node.step(4);
    await reached();
    process.kill(pid, "SIGTERM");
    return { name: "sync", code: await child.exited, touched: trace.read() };
  } finally {
    child.kill("SIGKILL");
  }
}

async function runOnce(place: Place, config: string, words: string[]): Promise<Run> {
  const { folder, program } = place;
  using trace = underStrace(folder);
  const child = Bun.spawn([...trace.words, ...program, ...words, "--config", config], {
    ...{ cwd: folder, env: environment(folder), stdio: ["ignore", "ignore", "ignore"] },
  });
  const code = await child.exited;
  const name = words.filter((word) => !word.startsWith("/")).join(" ");
  return { name, code, touched: trace.read() };
}

/** The dashboard in a terminal, each of its views looked at. */
async function runView(place: Place, config: string, name: string): Promise<Run> {
  const { folder, program } = place;
  using trace = underStrace(folder);
  const words = [...trace.words, ...program, "view", "--config", config];
  await using terminal = openTerminal(
    words,
    { ...environment(folder), TERM: "xterm-256color" },
    folder,
  );
  await terminal.shows("Recent");
  for (const key of "12345678") {
    terminal.type(key);
    await Bun.sleep(300);
  }
  terminal.type("q");
  const { code } = await terminal.ended();
  return { name, code, touched: trace.read() };
}
