// A devnet in a process of its own, for tests and benchmarks that kill it, stop it, or want its core to itself.
import { join } from "pathe";

import type { Truth } from "../../examples/devnet/devnet.ts";

const DEVNET = join(import.meta.dir, "../../examples/devnet/main.ts");

export interface DevnetProcess extends AsyncDisposable {
  url: string;
  pid: number;
  /** A line of --control; resolves with its answer. */
  command: (line: string) => Promise<string>;
  truth: () => Promise<Truth>;
  kill: (signal: NodeJS.Signals) => Promise<void>;
}

/** Ports are free ones, the clock is `manual` unless told otherwise. */
export async function startDevnetProcess(...flags: string[]): Promise<DevnetProcess> {
  const child = Bun.spawn(
    [
      ...[process.execPath, DEVNET, "--port", "0", "--metrics-port", "0"],
      ...["--clock", "manual", "--control", ...flags],
    ],
    { stdio: ["pipe", "ignore", "pipe"] },
  );
  const lines = linesOf(child.stderr);
  let turn: Promise<unknown> = Promise.resolve();

  async function nextLine(): Promise<string> {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the devnet ended with ${await child.exited}`);
    return value;
  }

  /** One command at a time: an answer does not say whose it is. */
  function command(line: string): Promise<string> {
    const answer = turn.then(async () => {
      void child.stdin.write(`${line}\n`);
      await child.stdin.flush();
      return await nextLine();
    });
    turn = answer.catch(() => undefined);
    return answer;
  }

  const ready = await nextLine();
  const url = /^devnet ready (ws:\S+)/.exec(ready)?.[1];
  if (url === undefined) throw new Error(`the devnet did not start: ${ready}`);
  return {
    ...{ url, pid: child.pid, command },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the devnet's own words
    truth: async () => JSON.parse(await command("truth")) as Truth,
    kill: async (signal) => {
      child.kill(signal);
      if (signal === "SIGKILL" || signal === "SIGTERM") await child.exited;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
