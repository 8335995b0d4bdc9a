// Every colour, by what it means. No view names a colour.
import { RGBA } from "@opentui/core";

/** What a piece of text is. Each role that matters also has a glyph or a word beside it. */
export type Role =
  "text" | "muted" | "border" | "title" | "accent" | "ok" | "warn" | "bad" | "ours" | "epoch";

type Palette = Record<Role | "background" | "selection", string>;

const PALETTES = {
  dark: {
    ...{ background: "#101216", selection: "#2d3646", text: "#d4d7dd", muted: "#868d9a" },
    ...{ border: "#3d4452", title: "#ffffff", accent: "#61afef", ok: "#8bc97f" },
    ...{ warn: "#e5c07b", bad: "#f07178", ours: "#ffd75f", epoch: "#7fc8d8" },
  },
  light: {
    ...{ background: "#fafafa", selection: "#cfe0f5", text: "#2b303b", muted: "#656c7a" },
    ...{ border: "#b6bcc8", title: "#000000", accent: "#0b5cad", ok: "#1b7a2f" },
    ...{ warn: "#8f5a00", bad: "#b3202c", ours: "#7a3db8", epoch: "#0d6e80" },
  },
  midnight: {
    ...{ background: "#0b0a1a", selection: "#2c2658", text: "#dcdce6", muted: "#9696aa" },
    ...{ border: "#4a4480", title: "#c9b8ff", accent: "#8a66ff", ok: "#78ffb4" },
    ...{ warn: "#ffc864", bad: "#ff6478", ours: "#ffd764", epoch: "#96c8ff" },
  },
  // Okabe and Ito's colours: told apart with any kind of colour vision.
  safe: {
    ...{ background: "#000000", selection: "#2a3440", text: "#f0f0f0", muted: "#a0a0a0" },
    ...{ border: "#606060", title: "#ffffff", accent: "#56b4e9", ok: "#56b4e9" },
    ...{ warn: "#f0e442", bad: "#e69f00", ours: "#cc79a7", epoch: "#009e73" },
  },
} satisfies Record<string, Palette>;

export type ThemeName = keyof typeof PALETTES;
// The keys of a literal record are its names.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const THEMES = Object.keys(PALETTES) as ThemeName[];

export interface Theme {
  name: ThemeName;
  roles: Record<Role, RGBA>;
  background: RGBA;
  selection: RGBA;
  /** No colour at all: the terminal's own, with bold and inverse. */
  mono: boolean;
}

export function openTheme(name: ThemeName, mono: boolean): Theme {
  const palette: Palette = PALETTES[name];
  const colour = (hex: string): RGBA => (mono ? RGBA.defaultForeground() : RGBA.fromHex(hex));
  const roles = {
    ...{ text: colour(palette.text), muted: colour(palette.muted), border: colour(palette.border) },
    ...{ title: colour(palette.title), accent: colour(palette.accent), ok: colour(palette.ok) },
    ...{ warn: colour(palette.warn), bad: colour(palette.bad), ours: colour(palette.ours) },
    epoch: colour(palette.epoch),
  };
  const background = mono ? RGBA.defaultBackground() : RGBA.fromHex(palette.background);
  const selection = mono ? RGBA.defaultBackground() : RGBA.fromHex(palette.selection);
  return { name, roles, background, selection, mono };
}
