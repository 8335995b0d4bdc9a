// The help, made from the table of keys.
import { KEYS } from "../keys.ts";
import type { Span } from "../painter.ts";

const SIGNS: readonly Span[][] = [
  [["★ ", "ours"], ["ours   "], ["✓ ", "ok"], ["good, final   "], ["! ", "warn"], ["warning"]],
  [
    ["✗ ", "bad"],
    ["bad, missed   "],
    ["○ ", "warn"],
    ["orphaned   "],
    ["? ", "muted"],
    ["not known"],
  ],
];

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ["made", "blocks on the canonical chain"],
  ["missed", "slots whose turn it was, without a canonical block"],
  ["expected", "made and missed together: the turns there were"],
  ["orphaned", "blocks seen that lost against another one"],
  ["share", "made, of all blocks stored"],
  ["reliability", "made, of expected"],
  ["seats", "places in the committee; each is a turn in every round"],
  ["rank", "by made, among all who had a turn"],
  ["luck", "turns it was drawn for, of what is usual for it: 1 is usual"],
  ["slot", "a turn of one authority, some seconds long"],
];

export function helpLines(version: string): Span[][] {
  const width = Math.max(...KEYS.map(({ shown }) => shown.length)) + 3;
  const keys = KEYS.map(({ shown, does }): Span[] => [[shown.padEnd(width), "accent"], [does]]);
  const words = WORDS.map(([word, meaning]): Span[] => [[word.padEnd(width), "epoch"], [meaning]]);
  return [
    [["Keys", "title"]],
    ...keys,
    [],
    [["Signs", "title"]],
    ...SIGNS,
    [],
    [["Words (all count from the first block stored)", "title"]],
    ...words,
    [],
    [[`Midnight Validator Monitor v${version}`, "title"]],
    [["`mvm guide` explains by topic, `mvm status --explain` every check", "muted"]],
  ];
}
