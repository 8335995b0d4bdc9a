// What core says while it works. The edge decides how it looks and where it goes.

/** Most urgent first. */
export const LEVELS = ["error", "warn", "info", "debug", "trace"] as const;
export type Level = (typeof LEVELS)[number];

export type Fields = Record<string, string | number | boolean | null>;

export interface Log extends Record<Level, (message: string, fields?: Fields) => void> {
  /** Whether anybody reads this level: asked first where making the message costs something. */
  enabled: (level: Level) => boolean;
}
