// Several nodes of one chain: all are asked side by side, and the first of the list that answers is taken.
import { MonitorError } from "../errors.ts";
import { connect } from "./connect.ts";
import type { Link, LinkOptions } from "./link.ts";
import { fetchHash } from "./rpc.ts";

/** A node that has not said its chain's first block by then is left for the next of the list. */
const PATIENCE_MS = 2500;

/** A node that answered. The link is its receiver's to close. */
export interface Reached {
  url: string;
  link: Link;
  /** Null: it names no genesis block. */
  genesisHash: string | null;
}

/** One node, asked for its chain. Throws as `connect` does, `unavailable` too when it says nothing in time. */
export async function reach(
  url: string,
  options: Partial<LinkOptions> = {},
  signal?: AbortSignal,
  patienceMs: number = PATIENCE_MS,
): Promise<Reached> {
  const given = signal === undefined ? [] : [signal];
  const limit = AbortSignal.timeout(patienceMs);
  try {
    const link = await connect(url, options, AbortSignal.any([limit, ...given]));
    return { url, link, genesisHash: await askGenesis(link, [limit, ...given]) };
  } catch (error) {
    if (!limit.aborted || signal?.aborted === true) throw error;
    throw new MonitorError("unavailable", `${url}: no answer within ${patienceMs / 1000} s`);
  }
}

async function askGenesis(link: Link, limits: readonly AbortSignal[]): Promise<string | null> {
  const stop = (): void => link.close();
  for (const limit of limits) {
    if (limit.aborted) stop();
    limit.addEventListener("abort", stop);
  }
  try {
    return await fetchHash(link, 0);
  } catch (error) {
    link.close();
    throw error;
  } finally {
    for (const limit of limits) limit.removeEventListener("abort", stop);
  }
}

/**
 * The first node of a list that answers, by the address it is listed with. Throws as `connect` does for one,
 * `unavailable` when none does.
 */
export async function connectFirst(
  urls: readonly string[],
  options: Partial<LinkOptions> = {},
  signal?: AbortSignal,
): Promise<Pick<Reached, "url" | "link">> {
  const [only, ...others] = urls;
  if (only !== undefined && others.length === 0) {
    return { url: only, link: await connect(only, options, signal) };
  }
  const attempts = urls.map(async (url) => {
    try {
      return await reach(url, options, signal);
    } catch (error) {
      if (error instanceof MonitorError) return error;
      throw error;
    }
  });
  const failures: MonitorError[] = [];
  let chosen: Reached | null = null;
  for (const attempt of attempts) {
    if (chosen !== null) {
      closeLater(attempt);
      continue;
    }
    const outcome = await attempt;
    if (outcome instanceof MonitorError) failures.push(outcome);
    else chosen = outcome;
  }
  if (chosen !== null) return chosen;
  if (signal?.aborted === true) throw new MonitorError("stopped", "stopped while connecting");
  const reasons = failures.map(({ message }) => message).join("; ");
  throw new MonitorError("unavailable", `none of ${urls.length} nodes answers: ${reasons}`);
}

/** Asked beside the one that was taken, and not needed. */
function closeLater(attempt: Promise<Reached | MonitorError>): void {
  void attempt.then((outcome) => {
    if (!(outcome instanceof MonitorError)) outcome.link.close();
  });
}
