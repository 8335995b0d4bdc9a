// The views by name, in the order of their numbers.

export const VIEW_IDS = [
  "dashboard",
  "blocks",
  "validators",
  "performance",
  "logs",
  "keys",
  "peers",
  "schedule",
] as const;
/** `fleet` stands by itself: where it is, no other is. */
export type ViewId = (typeof VIEW_IDS)[number] | "fleet";
