// The terminal under the dashboard: taken once, given back on every way out.
import { writeSync } from "node:fs";

import type { CliRenderer, KeyEvent } from "@opentui/core";

import { describeError } from "../core/errors.ts";
import type { KeyPress } from "../ui/keys.ts";
import { copyToClipboard } from "./_view-clipboard.ts";
import { describeCrash } from "./_view-crash.ts";
import { openRenderer } from "./_view-library.ts";
import { openMono } from "./_view-mono.ts";
import { openSuspend } from "./_view-suspend.ts";

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

interface Exit {
  /** Gives the terminal back and resolves `left`. */
  leave: (code: number, error?: unknown) => void;
  /** Asked to leave before it was even there: nothing may be drawn any more. */
  isLeaving: () => boolean;
  /** Runs before the terminal is given back, at once where that is under way: timers and threads must not draw. */
  onLeave: (stop: () => void) => void;
  /** The exit code, once the terminal is as it was before. */
  left: Promise<number>;
}

export interface Terminal extends Exit {
  renderer: CliRenderer;
  suspend: () => void;
  copy: (text: string) => void;
  useMouse: (on: boolean) => void;
}

export interface TerminalOptions {
  mono: boolean;
  onKey: (key: KeyPress) => void;
  onPaste: (text: string) => void;
}

export async function openTerminal(options: TerminalOptions): Promise<Terminal> {
  const opening = openRenderer({
    ...{ exitOnCtrlC: false, exitSignals: [], openConsoleOnError: false, useMouse: false },
    // A line of the library's own would stand across the picture.
    ...{ consoleMode: "console-overlay", maxFps: 250, environment: environment() },
  });
  // A signal may come while the screen is being opened: what is half taken is given back as well.
  const exit = openExit(opening);
  const { leave } = exit;
  const renderer = await opening;
  process.stdout.write(WHEEL_ON);
  renderer.on("render:error", ({ error }: { error: unknown }) => leave(70, error));
  if (options.mono) renderer.addPostProcessFn(await openMono());
  hearKeys(renderer, options, leave);
  const suspend = openSuspend(renderer, {
    onAway: () => process.stdout.write(WHEEL_BACK),
    onBack: () => process.stdout.write(WHEEL_ON),
    onError: (error) => leave(70, error),
  });
  return {
    ...exit,
    ...{ renderer, suspend },
    copy: (text) => copyToClipboard(renderer, text),
    useMouse: (on) => (renderer.useMouse = on),
  };
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

/** Every way out there is, from now on. */
function openExit(opening: Promise<CliRenderer>): Exit {
  const { promise: left, resolve } = Promise.withResolvers<number>();
  const stops: (() => void)[] = [];
  let leaving = false;

  function leave(code: number, error?: unknown): void {
    if (leaving) return;
    leaving = true;
    void giveBack(opening, stops, code, error).then(() => resolve(code));
  }

  for (const [name, number] of SIGNALS) process.on(name, () => leave(128 + number));
  process.on("uncaughtException", (error) => leave(70, error));
  process.on("unhandledRejection", (error) => leave(70, error));
  return {
    ...{ leave, left },
    isLeaving: () => leaving,
    onLeave: (stop) => (leaving ? attempt(stop) : void stops.push(stop)),
  };
}

async function giveBack(
  opening: Promise<CliRenderer>,
  stops: readonly (() => void)[],
  code: number,
  error: unknown,
): Promise<void> {
  for (const stop of stops) attempt(stop);
  const opened = await within(opening);
  // A frame under way would come after the cleaning, and stay where the terminal has no second screen.
  attempt(() => opened?.pause());
  if (opened !== null) await within(opened.idle());
  attempt(() => process.stdout.write(WHEEL_BACK + CLEAN));
  opened?.destroy();
  const hung =
    opened !== null &&
    (await within(opened.closed.catch(() => undefined).then(() => true))) === null;
  // The screen is the person's again: now the reason can be read.
  if (error !== undefined) writeSync(2, describeCrash(error));
  // A terminal nobody reads would hold an ordinary exit up for ever.
  if (hung) leaveAtOnce(code);
}

function hearKeys(
  renderer: CliRenderer,
  { onKey, onPaste }: TerminalOptions,
  leave: Exit["leave"],
): void {
  // The library swallows what a key handler throws.
  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      leave(70, error);
    }
  };
  renderer.keyInput.on("keypress", (key: KeyEvent) => guarded(() => onKey(key)));
  renderer.keyInput.on("paste", ({ bytes }: { bytes: Uint8Array }) =>
    guarded(() => onPaste(new TextDecoder().decode(bytes))),
  );
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
