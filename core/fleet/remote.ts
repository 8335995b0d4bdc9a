// Other machines: which, what each said last, and how bad that is.
import type { RemoteEntry } from "../config/lists.ts";
import { hideCredentials } from "../config/value.ts";
import { MonitorError } from "../errors.ts";
import type { Verdict } from "../health/report.ts";

export interface Remote {
  /** As it is shown: its name, else its host and port. */
  name: string;
  /** Of its mvm-sync; without a slash at the end. */
  url: string;
  token: string | null;
}

export interface RemoteValidator {
  id: string;
  verdict: Verdict;
  /** Of the present epoch; null = not known. */
  made: number | null;
  missed: number | null;
  seats: number | null;
  lastBlock: number | null;
  /** ISO 8601, UTC. */
  nextSlotTime: string | null;
}

export interface RemoteTrouble {
  name: string;
  subject: string | null;
  verdict: Verdict;
  message: string;
}

/** What a machine told of itself. */
export interface RemoteStatus {
  /** When it looked. ISO 8601, UTC. */
  at: string;
  worst: Verdict;
  /** Checks that are not ok, the worst first. */
  troubles: RemoteTrouble[];
  chain: string | null;
  best: number | null;
  lastBlock: number | null;
  lastBlockTime: string | null;
  validators: RemoteValidator[];
}

export interface RemoteLook {
  name: string;
  url: string;
  verdict: Verdict;
  /** Why there is no status, or what it is worth; null when all is as it should be. */
  problem: string | null;
  hint: string | null;
  /** Null: nothing was told. */
  status: RemoteStatus | null;
}

/** Not to know how a machine is, is worse than a warning of it. */
const RANK: Record<Verdict, number> = { ok: 0, warning: 1, unknown: 2, critical: 3 };

/** The worst first; equals as they came. */
export function byVerdict<T extends { verdict: Verdict }>(all: readonly T[]): T[] {
  return all.toSorted((a, b) => RANK[b.verdict] - RANK[a.verdict]);
}

export function worstOfFleet(all: readonly { verdict: Verdict }[]): Verdict {
  return byVerdict(all)[0]?.verdict ?? "unknown";
}

const HTTP = /^https?:$/;

/**
 * The machines named: by address, by the name of a `[[remote]]`, or `all` of those.
 * @param token for those without one of their own
 * @throws `usage`
 */
export function chooseRemotes(
  words: readonly string[],
  entries: readonly RemoteEntry[],
  token: string | null,
): Remote[] {
  const known = entries.map((entry) => toRemote(entry.url, entry.name, entry.token ?? token));
  const chosen = words.flatMap((word) => {
    if (word === "all" && known.length > 0) return known;
    const found = known.find(({ name, url }) => name === word || url === trimUrl(word));
    return [found ?? toRemote(word, null, token)];
  });
  return [...new Map(chosen.map((each) => [each.url, each])).values()];
}

function toRemote(text: string, name: string | null, token: string | null): Remote {
  const url = URL.parse(text);
  if (url === null || !HTTP.test(url.protocol)) {
    throw new MonitorError("usage", `--remote ${hideCredentials(text)}: no address of a machine`, {
      hint: "http://HOST:9616 as its metrics.listen has it, the name of a [[remote]], or all of them: all",
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new MonitorError("usage", `--remote ${hideCredentials(text)}: no secrets in an address`, {
      hint: "set token of a [[remote]] in the configuration, or give --remote-token-file",
    });
  }
  return { name: name ?? url.host, url: trimUrl(url.href), token };
}

function trimUrl(text: string): string {
  return text.replace(/\/+$/, "");
}
