// A shell in a real terminal: keys go in, what the screen was sent comes out.

export interface Terminal extends AsyncDisposable {
  type: (keys: string) => void;
  /** Waits until a text has appeared after the last `type`; returns what was sent since, escapes and all. */
  shows: (text: string) => Promise<string>;
  kill: (signal: NodeJS.Signals) => void;
  /** The exit code and everything sent since the last `type`; throws when it does not end. */
  ended: () => Promise<{ code: number; sent: string }>;
}

/** Every wait ends after ten seconds, with what there was to see. */
export function openTerminal(
  command: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Terminal {
  let seen = "";
  const decoder = new TextDecoder();
  const child = Bun.spawn([...command], {
    env: { PATH: process.env["PATH"] ?? "", TERM: "dumb", ...env },
    cwd,
    terminal: {
      cols: 200,
      rows: 50,
      data: (_terminal, bytes) => (seen += decoder.decode(bytes, { stream: true })),
    },
  });
  return {
    type: (keys) => {
      seen = "";
      child.terminal?.write(keys);
    },
    shows: async (text) => {
      const deadline = performance.now() + 10_000;
      while (!Bun.stripANSI(seen).includes(text)) {
        if (performance.now() > deadline || child.exitCode !== null || child.killed) {
          throw new Error(`no ${JSON.stringify(text)} in ${JSON.stringify(seen)}`);
        }
        await Bun.sleep(10);
      }
      return seen;
    },
    kill: (signal) => child.kill(signal),
    ended: async () => {
      const code = await Promise.race([child.exited, Bun.sleep(10_000).then(() => null)]);
      if (code === null) throw new Error(`it goes on after ${JSON.stringify(seen)}`);
      return { code, sent: seen };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      child.terminal?.close();
      await child.exited;
    },
  };
}
