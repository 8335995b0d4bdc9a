// A real terminal: a tmux of its own, where a command runs in a shell and its screen can be read.
import { mkdirSync } from "node:fs";

import { $ } from "bun";
import { join } from "pathe";

import { temporaryFolder } from "./sync-process.ts";

const VIEW = join(import.meta.dir, "../../commands/view.ts");

export const HAVE_TMUX = Bun.which("tmux") !== null;
export const HAVE_SCREEN = HAVE_TMUX && Bun.which("screen") !== null;

export interface Terminal extends AsyncDisposable {
  /** tmux's names: "q", "C-c", "Enter", "Down". */
  press: (...keys: string[]) => Promise<void>;
  screen: () => Promise<string>;
  /** With its colours. */
  painted: () => Promise<string>;
  /** What was copied last. */
  clipboard: () => Promise<string>;
  /** Waits until the screen holds a text; throws with the screen when it does not come. */
  until: (text: string | RegExp) => Promise<string>;
  /** Of the view, not of the shell. */
  pid: () => Promise<number>;
  resize: (width: number, height: number) => Promise<void>;
  modes: () => Promise<string>;
}

export interface TerminalOptions {
  width?: number;
  height?: number;
  env?: Record<string, string>;
  /** What takes the flags; mvm-view from its sources without it. */
  command?: readonly string[];
  /** Inside a GNU screen inside tmux. */
  inScreen?: boolean;
}

/**
 * Starts a shell that runs mvm-view with these flags, then says its exit code and whether the terminal's
 * settings are what they were before.
 */
export async function openTerminal(
  flags: readonly string[],
  options: TerminalOptions = {},
): Promise<Terminal> {
  const { width = 80, height = 24, env = {}, command = [process.execPath, VIEW] } = options;
  const folder = temporaryFolder();
  const tmux = ["tmux", "-S", folder.file("socket"), "-f", "/dev/null"];
  const run = async (...words: string[]): Promise<string> =>
    await $`${[...tmux, ...words]}`.env({ ...process.env, HOME: folder.path }).text();
  const script = folder.file("run.sh");
  const quoted = [...command, ...flags].map((word) => `'${word}'`).join(" ");
  await Bun.write(
    script,
    [
      `cd '${folder.path}'`,
      ...Object.entries(env).map(([name, value]) => `export ${name}='${value}'`),
      "stty -g > before",
      `${quoted} & echo $! > pid; fg > /dev/null`,
      'echo "exit code $?"',
      "stty -g > after",
      "cmp before after && echo settings as before",
    ].join("\n"),
  );
  const shell = options.inScreen === true ? await screenIn(folder) : "bash --norc -m";
  await run("new-session", "-d", "-x", String(width), "-y", String(height), shell);
  await run("set-option", "-s", "set-clipboard", "on");
  await run("send-keys", `source '${script}'`, "Enter");

  async function screen(): Promise<string> {
    return await run("capture-pane", "-p");
  }

  return {
    screen,
    painted: async () => await run("capture-pane", "-p", "-e"),
    clipboard: async () => await run("show-buffer"),
    press: async (...keys) => void (await run("send-keys", ...keys)),
    until: async (text) => {
      for (const end = performance.now() + 20_000; performance.now() < end; await Bun.sleep(30)) {
        const shown = await screen();
        if (typeof text === "string" ? shown.includes(text) : text.test(shown)) return shown;
      }
      throw new Error(`timed out waiting for ${String(text)} on:\n${await screen()}`);
    },
    pid: async () => Number(await Bun.file(folder.file("pid")).text()),
    resize: async (w, h) => void (await run("resize-window", "-x", String(w), "-y", String(h))),
    modes: async () =>
      (await run("display", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}")).trim(),
    [Symbol.asyncDispose]: async () => {
      if (options.inScreen === true) await leaveScreen(folder);
      await run("kill-server").catch(() => undefined);
      folder[Symbol.dispose]();
    },
  };
}

type Folder = ReturnType<typeof temporaryFolder>;

/** A command that starts a screen with its sockets in there: it outlives the terminal it was started in. */
async function screenIn(folder: Folder): Promise<string> {
  mkdirSync(folder.file("screens"), { mode: 0o700 });
  await Bun.write(folder.file("screenrc"), "startup_message off\n");
  return `SCREENDIR='${folder.file("screens")}' screen -c '${folder.file("screenrc")}' -S it bash --norc -m`;
}

async function leaveScreen(folder: Folder): Promise<void> {
  const env = { ...process.env, SCREENDIR: folder.file("screens") };
  await $`screen -S it -X quit`.env(env).quiet().nothrow();
}

export const BEFORE = "0 1 0";
