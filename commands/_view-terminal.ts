// The terminal under the dashboard: taken once, given back on every way out.
import { writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";

import type { CliRenderer, KeyEvent } from "@opentui/core";
import { join } from "pathe";

import { describeError } from "../core/errors.ts";
import type { KeyPress } from "../ui/keys.ts";
import { openRenderer } from "./_view-library.ts";

/** Where the terminal can, its wheel sends arrow keys: text stays selectable. What it did before is put back. */
const WHEEL_ON = "\u001b[?1007s\u001b[?1007h";
const WHEEL_BACK = "\u001b[?1007r";
/** Erases what a grown terminal leaves on the main screen behind the alternate one. */
const CLEAN = "\u001b[2J\u001b[H";
const RESTORE_MS = 1500;
const SIGNALS = [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
  ["SIGQUIT", 3],
] as const;

export interface Terminal {
  renderer: CliRenderer;
  /** Gives the terminal back and resolves `left`. */
  leave: (code: number, error?: unknown) => void;
  /** Asked to leave before it was even there: nothing may be drawn any more. */
  isLeaving: () => boolean;
  suspend: () => void;
  copy: (text: string) => void;
  useMouse: (on: boolean) => void;
  /** Runs before the terminal is given back, at once where that is under way: timers and threads must not draw. */
  onLeave: (stop: () => void) => void;
  /** The exit code, once the terminal is as it was before. */
  left: Promise<number>;
}

export interface TerminalOptions {
  mono: boolean;
  onKey: (key: KeyPress) => void;
  onPaste: (text: string) => void;
}

/** The library writes 24-bit colours to whatever terminal; those that never said they can get 256. */
function environment(): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined) own[name] = value;
  const { TERM, COLORTERM } = process.env;
  const isPlain = (COLORTERM ?? "") === "" && !/256color|direct|kitty/.test(TERM ?? "");
  return isPlain ? { ...own, TERM: "xterm-256color" } : own;
}

export async function openTerminal(options: TerminalOptions): Promise<Terminal> {
  const { promise: left, resolve } = Promise.withResolvers<number>();
  const stops: (() => void)[] = [];
  let leaving = false;

  function leave(code: number, error?: unknown): void {
    if (leaving) return;
    leaving = true;
    void giveBack(code, error);
  }

  async function giveBack(code: number, error: unknown): Promise<void> {
    for (const stop of stops) attempt(stop);
    // A signal may come while the screen is being opened: what is half taken is given back as well.
    const opened = await within(opening);
    attempt(() => process.stdout.write(WHEEL_BACK + CLEAN));
    opened?.destroy();
    const hung =
      opened !== null &&
      (await within(opened.closed.catch(() => undefined).then(() => true))) === null;
    // The screen is the person's again: now the reason can be read.
    if (error !== undefined) writeSync(2, describeCrash(error));
    // A terminal nobody reads would hold an ordinary exit up for ever.
    if (hung) leaveAtOnce(code);
    resolve(code);
  }

  const opening = openRenderer({
    ...{ exitOnCtrlC: false, exitSignals: [], openConsoleOnError: false, useMouse: false },
    // A line of the library's own would stand across the picture.
    ...{ consoleMode: "console-overlay", maxFps: 120, environment: environment() },
  });
  for (const [name, number] of SIGNALS) process.on(name, () => leave(128 + number));
  process.on("uncaughtException", (error) => leave(70, error));
  process.on("unhandledRejection", (error) => leave(70, error));
  const renderer = await opening;
  process.stdout.write(WHEEL_ON);
  renderer.on("render:error", ({ error }: { error: unknown }) => leave(70, error));
  if (options.mono) renderer.addPostProcessFn(await openMono());
  // The library swallows what a key handler throws.
  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      leave(70, error);
    }
  };
  renderer.keyInput.on("keypress", (key: KeyEvent) => guarded(() => options.onKey(key)));
  renderer.keyInput.on("paste", (event: { bytes: Uint8Array }) =>
    guarded(() => options.onPaste(new TextDecoder().decode(event.bytes))),
  );
  return {
    renderer,
    leave,
    isLeaving: () => leaving,
    left,
    copy: (text) => copy(renderer, text),
    useMouse: (on) => (renderer.useMouse = on),
    suspend: () => void suspend(renderer),
    onLeave: (stop) => (leaving ? attempt(stop) : void stops.push(stop)),
  };
}

/** What it resolves with; null where it fails or takes too long. */
async function within<T>(promise: Promise<T>): Promise<T | null> {
  const late = Bun.sleep(RESTORE_MS).then(() => null);
  return await Promise.race([promise.catch(() => null), late]);
}

function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    writeSync(2, `mvm: while leaving: ${describeError(error)}\n`);
  }
}

/** Past the library's exit hook, which waits for a terminal that may never read again. */
function leaveAtOnce(code: number): void {
  // Not in the types; an ordinary exit stands in where it is missing.
  const exit: unknown = Reflect.get(process, "reallyExit");
  if (typeof exit === "function") Reflect.apply(exit, process, [code]);
  process.exit(code);
}

/** The error, and the file where it can be read again once the terminal has scrolled on. */
function describeCrash(error: unknown): string {
  const text = stackOf(error);
  const path = join(tmpdir(), `mvm-view-${process.pid}.log`);
  try {
    writeFileSync(path, `${new Date().toISOString()}\n${text}\n`, { mode: 0o600 });
    return `mvm: this is a bug, please report it:\n${text}\nalso in ${path}\n`;
  } catch {
    // The screen still has it.
    return `mvm: this is a bug, please report it:\n${text}\n`;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * OSC 52, in the plain form a multiplexer takes for its own; the library's form passes through one to the
 * terminal outside, where that is allowed. No terminal says whether it took it.
 */
function copy(renderer: CliRenderer, text: string): void {
  process.stdout.write(`\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`);
  const isInside = (process.env["TMUX"] ?? process.env["STY"] ?? "") !== "";
  if (isInside) renderer.copyToClipboardOSC52(text);
}

/** Ctrl-Z: the shell has the terminal until `fg`. */
async function suspend(renderer: CliRenderer): Promise<void> {
  await renderer.suspend();
  process.kill(process.pid, "SIGSTOP");
  // The next line runs after `fg`.
  await Bun.sleep(50);
  await renderer.resume();
  renderer.requestRender();
}

/** Takes every colour off a frame: the library does not know NO_COLOR. */
async function openMono() {
  const { RGBA } = await import("@opentui/core");
  const [foreground, background] = [RGBA.defaultForeground(), RGBA.defaultBackground()];
  let planes = { fg: new Uint16Array(0), bg: new Uint16Array(0) };
  type Buffer = Parameters<Parameters<CliRenderer["addPostProcessFn"]>[0]>[0];
  return (buffer: Buffer): void =>
    buffer.withBuffers(({ fg, bg }) => {
      if (planes.fg.length !== fg.length) {
        planes = { fg: new Uint16Array(fg.length), bg: new Uint16Array(bg.length) };
        for (let i = 0; i < fg.length; i += 4) {
          planes.fg.set(foreground.buffer, i);
          planes.bg.set(background.buffer, i);
        }
      }
      fg.set(planes.fg);
      bg.set(planes.bg);
    });
}
