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

/** The terminal's own sixteen, by number, for terminals that have no more. */
const SIXTEEN: Record<keyof typeof PALETTES, Record<Role | "background", number>> = {
  dark: {
    ...{ background: 0, text: 7, muted: 8, border: 8, title: 15, accent: 12 },
    ...{ ok: 10, warn: 11, bad: 9, ours: 13, epoch: 14 },
  },
  light: {
    ...{ background: 15, text: 0, muted: 8, border: 8, title: 0, accent: 4 },
    ...{ ok: 2, warn: 3, bad: 1, ours: 5, epoch: 6 },
  },
  midnight: {
    ...{ background: 0, text: 15, muted: 7, border: 5, title: 15, accent: 13 },
    ...{ ok: 10, warn: 11, bad: 9, ours: 11, epoch: 12 },
  },
  // Blue, yellow and white are told apart with any kind of colour vision, and from each other by brightness.
  safe: {
    ...{ background: 0, text: 7, muted: 8, border: 8, title: 15, accent: 12 },
    ...{ ok: 12, warn: 11, bad: 15, ours: 15, epoch: 14 },
  },
};

export type ThemeName = keyof typeof PALETTES;
// The keys of a literal record are its names.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const THEMES = Object.keys(PALETTES) as ThemeName[];

/** What the terminal can show: any colour, its own sixteen, or none. */
export type Colours = "all" | "sixteen" | "none";

export interface Theme {
  name: ThemeName;
  roles: Record<Role, RGBA>;
  background: RGBA;
  selection: RGBA;
  /** No colour at all: the terminal's own, with bold and inverse. */
  mono: boolean;
  /** The cursor's line has no colour of its own here. */
  inverse: boolean;
}

export function openTheme(name: ThemeName, colours: Colours): Theme {
  const palette: Palette = PALETTES[name];
  const numbers = SIXTEEN[name];
  const colour = (role: Role | "background"): RGBA => {
    if (colours === "all") return RGBA.fromHex(palette[role]);
    if (colours === "sixteen") return RGBA.fromIndex(numbers[role]);
    return role === "background" ? RGBA.defaultBackground() : RGBA.defaultForeground();
  };
  const roles = {
    ...{ text: colour("text"), muted: colour("muted"), border: colour("border") },
    ...{ title: colour("title"), accent: colour("accent"), ok: colour("ok") },
    ...{ warn: colour("warn"), bad: colour("bad"), ours: colour("ours"), epoch: colour("epoch") },
  };
  const background = colour("background");
  const selection = colours === "all" ? RGBA.fromHex(palette.selection) : background;
  return {
    ...{ name, roles, background, selection },
    ...{ mono: colours === "none", inverse: colours !== "all" },
  };
}
