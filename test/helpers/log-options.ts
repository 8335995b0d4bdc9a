// A log with nothing special about it, and what a test reads back of one.
import { existsSync, readdirSync, readFileSync } from "node:fs";

import { basename, dirname, join } from "pathe";

import type { LogOptions } from "../../commands/_log.ts";

export const plainLog: LogOptions = {
  ...{ command: "test", level: "info", format: "json", file: null, syslog: false },
  ...{ maxBytes: 0, maxAgeMs: 0, maxFiles: 7 },
};

export type JsonLine = Record<string, unknown> & { message: string; level: string };

/** Every line of a text, each of which must be a JSON object. */
export function parseLines(text: string): JsonLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a lie shows in the test
      return JSON.parse(line) as JsonLine;
    });
}

/** A log file and all it was rotated to, oldest first. */
export function readRotated(path: string): string {
  const number = (name: string): number => Number(name.slice(basename(path).length + 1) || 0);
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path)))
    .sort((a, b) => number(b) - number(a))
    .map((name) => readFileSync(join(dirname(path), name), "utf8"))
    .join("");
}

export function linesIn(path: string): string[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

/** 0, 1, … up to a count: what a writer's lines must say when none is lost, doubled or out of order. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
