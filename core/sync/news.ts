// What was said a moment ago is no news: a node that answers nonsense does so a thousand times a minute.

/** Between two lines about the same. */
const EVERY_MS = 60_000;
/** More causes than this at once are the work of whoever makes them up: they count as one then. */
const MOST_CAUSES = 16;

export interface News {
  /** Whether this, or the same with other numbers, was not said within the last minute. It is said then. */
  isNew: (kind: string, text: string) => boolean;
}

export function openNews(clock: () => number = () => performance.now()): News {
  const saidAt = new Map<string, number>();
  return {
    isNew: (kind, text) => {
      const now = clock();
      for (const [cause, at] of saidAt) if (now - at >= EVERY_MS) saidAt.delete(cause);
      const exact = `${kind} ${nameless(text)}`;
      const cause = saidAt.has(exact) || saidAt.size < MOST_CAUSES ? exact : kind;
      if (saidAt.has(cause)) return false;
      saidAt.set(cause, now);
      return true;
    },
  };
}

/** The same cause with other numbers, or with another text in the reply, is the same cause. */
export function nameless(text: string): string {
  return text
    .replaceAll(/"(?:[^"\\]|\\.)*(?:"|\.\.\.)/g, '"…"')
    .replaceAll(/0x[0-9a-f]+|\d+/gi, "#");
}
