// The dashboard on a screen in memory: real answers from a real file, keys in, frames out.
import { createTestRenderer } from "@opentui/core/testing";

import { openReadable } from "../../core/storage/open.ts";
import { answer } from "../../core/view/answer.ts";
import { toFailure } from "../../core/view/database.ts";
import type { Failure, Question, Report } from "../../core/view/messages.ts";
import type { App } from "../../ui/app.ts";
import { mountApp } from "../../ui/app.ts";
import type { AppOptions } from "../../ui/desk.ts";

export interface StageOptions extends Partial<AppOptions> {
  width?: number;
  height?: number;
  /** Null: nobody answers. */
  file: string | null;
  /** What is answered where there is no file; without it nothing is. */
  failure?: Failure;
  at: number;
}

export interface Stage extends AsyncDisposable {
  app: App;
  /** Keys by name: "j", "G", "down", "ctrl-c", "return". */
  press: (...keys: string[]) => Promise<void>;
  type: (text: string) => Promise<void>;
  click: (x: number, y: number) => Promise<void>;
  wheel: (direction: "up" | "down") => Promise<void>;
  frame: () => Promise<string>;
  /** How often a draw was asked for. */
  draws: () => number;
  /** How each cell is painted. */
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
  const { width = 80, height = 24, file, at, failure: absent = null } = options;
  const setup = await createTestRenderer({ width, height });
  let drawn = 0;
  const request = setup.renderer.requestRender.bind(setup.renderer);
  setup.renderer.requestRender = () => {
    drawn += 1;
    request();
  };
  const db = file === null ? null : openReadable(file);
  const errands: string[] = [];
  let nowMs = at;
  let watched: Question | null = null;
  let app: App | null = null;

  function look(question: Question): Extract<Report, { kind: "watched" }> {
    const kind = "watched" as const;
    if (db === null) return { kind, question, answer: null, failure: absent };
    try {
      return { kind, question, answer: answer(db, question), failure: null };
    } catch (error) {
      return { kind, question, answer: null, failure: toFailure(error) };
    }
  }

  function refresh(): void {
    if (watched !== null && (db ?? absent) !== null) app?.tell(look(watched));
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
    onMouse: (on) => errands.push(`mouse ${on ? "on" : "off"}`),
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
    draws: () => drawn,
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
    click: async (x, y) => {
      await setup.mockMouse.click(x, y);
      await draw();
    },
    wheel: async (direction) => {
      await setup.mockMouse.scroll(10, 10, direction);
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

/** The screen as letters, one for each way a cell is painted, and what each letter stands for. */
function formatColours({ lines }: Frame): string {
  const letters = new Map<string, string>();
  const letterOf = (paint: string): string => {
    const letter = letters.get(paint) ?? String.fromCodePoint(97 + letters.size);
    letters.set(paint, letter);
    return letter;
  };
  const rows = lines.map(({ spans }) =>
    spans
      .map(({ text, fg, bg, attributes, width }) => {
        // The colour of nothing is not seen.
        if (text.trim() === "" && attributes === 0) return " ".repeat(width);
        const style = attributes === 0 ? "" : ` *${attributes}`;
        return letterOf(`${nameOf(fg)} on ${nameOf(bg)}${style}`).repeat(width);
      })
      .join(""),
  );
  return [...rows, ...[...letters].map(([paint, letter]) => `${letter} ${paint}`)].join("\n");
}

function nameOf(colour: Frame["lines"][0]["spans"][0]["fg"]): string {
  if (colour.intent === "default") return "default";
  const parts = colour.toInts().slice(0, 3);
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
