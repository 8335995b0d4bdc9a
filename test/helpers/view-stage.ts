// The dashboard on a screen in memory: real answers from a real file, keys in, frames out.
import { createTestRenderer } from "@opentui/core/testing";

import { openReadable } from "../../core/storage/open.ts";
import { answer } from "../../core/view/answer.ts";
import { toFailure } from "../../core/view/database.ts";
import type { Question, Report } from "../../core/view/messages.ts";
import type { App, AppOptions } from "../../ui/app.ts";
import { mountApp } from "../../ui/app.ts";

export interface StageOptions extends Partial<AppOptions> {
  width?: number;
  height?: number;
  /** Null: nobody answers. */
  file: string | null;
  at: number;
}

export interface Stage extends AsyncDisposable {
  app: App;
  /** Keys by name: "j", "G", "down", "ctrl-c", "return". */
  press: (...keys: string[]) => Promise<void>;
  type: (text: string) => Promise<void>;
  frame: () => Promise<string>;
  /** Runs of colour, one line each. */
  colours: () => Promise<string>;
  resize: (width: number, height: number) => void;
  /** What was asked of the world around. */
  errands: string[];
  watched: () => Question | null;
  /** Answers the watched question anew. */
  refresh: () => void;
  setNow: (nowMs: number) => void;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { width = 80, height = 24, file, at } = options;
  const setup = await createTestRenderer({ width, height });
  const db = file === null ? null : openReadable(file);
  const errands: string[] = [];
  let nowMs = at;
  let watched: Question | null = null;
  let app: App | null = null;

  function look(question: Question): Extract<Report, { kind: "watched" }> {
    const kind = "watched" as const;
    if (db === null) return { kind, question, answer: null, failure: null };
    try {
      return { kind, question, answer: answer(db, question), failure: null };
    } catch (error) {
      return { kind, question, answer: null, failure: toFailure(error) };
    }
  }

  function refresh(): void {
    if (watched !== null && db !== null) app?.tell(look(watched));
  }

  app = mountApp(setup.renderer, {
    feed: {
      watch: (question) => {
        watched = question;
        refresh();
      },
      ask: (question, told) => {
        const { answer: found, failure } = look(question);
        told(found, failure);
      },
      inspect: (hash) => errands.push(`inspect ${hash}`),
      refresh: () => {
        errands.push("refresh");
        refresh();
      },
    },
    nowMs: () => nowMs,
    version: "0.3.0",
    title: null,
    theme: "dark",
    colours: "all",
    ascii: false,
    onQuit: () => errands.push("quit"),
    onSuspend: () => errands.push("suspend"),
    onCopy: (text) => errands.push(`copy ${text}`),
    ...options,
  });
  // The first question was put before there was anybody to tell.
  refresh();
  const mounted = app;

  async function draw(): Promise<void> {
    await setup.renderOnce();
  }

  return {
    app: mounted,
    errands,
    refresh,
    watched: () => watched,
    setNow: (next) => (nowMs = next),
    resize: setup.resize,
    press: async (...keys) => {
      for (const key of keys) {
        mounted.press(keyOf(key));
        await draw();
      }
    },
    type: async (text) => {
      for (const letter of text) mounted.press(keyOf(letter));
      await draw();
    },
    frame: async () => {
      await draw();
      return setup.captureCharFrame();
    },
    colours: async () => {
      await draw();
      return formatColours(setup.captureSpans());
    },
    [Symbol.asyncDispose]: async () => {
      db?.close();
      await setup.dispose();
    },
  };
}

function keyOf(key: string): Parameters<App["press"]>[0] {
  const isUpper = /^[A-Z]$/.test(key);
  const [, modifier, base] = /^(ctrl|shift)-(.+)$/.exec(key) ?? [];
  return {
    name: base ?? (isUpper ? key.toLowerCase() : key),
    ctrl: modifier === "ctrl",
    shift: modifier === "shift" || isUpper,
    meta: false,
    sequence: key === "space" ? " " : key.length === 1 ? key : "\u001b",
  };
}

type Frame = ReturnType<Awaited<ReturnType<typeof createTestRenderer>>["captureSpans"]>;

function formatColours({ lines }: Frame): string {
  const hex = (colour: Frame["lines"][0]["spans"][0]["fg"]): string =>
    colour.intent === "default"
      ? "default"
      : `#${colour
          .toInts()
          .slice(0, 3)
          .map((part) => part.toString(16).padStart(2, "0"))
          .join("")}`;
  return lines
    .flatMap(({ spans }, y) => {
      let x = 0;
      return spans.flatMap(({ text, fg, bg, attributes, width }) => {
        const at = x;
        x += width;
        // The colour of nothing is not seen.
        if (text.trim() === "" && attributes === 0) return [];
        return [
          `${y}:${at}+${width} ${hex(fg)} on ${hex(bg)}${attributes === 0 ? "" : ` *${attributes}`}`,
        ];
      });
    })
    .join("\n");
}
