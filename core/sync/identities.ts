// Which Aura key is whose: candidates and committee, asked once an epoch, never once a block.
import { fetchCandidates, fetchMainchainStatus } from "../chain/rpc.ts";
import { fetchCommittee } from "../chain/runtime.ts";
import { describeError, isCode, MonitorError } from "../errors.ts";
import { writeCandidates, writeMissingCandidates } from "../storage/authorities.ts";
import { readMainchain, writeMainchain } from "../storage/meta.ts";
import { mainchainFromChainName, mainchainFromStatus } from "../time.ts";
import type { Candidate } from "../types.ts";
import type { Session } from "./context.ts";

/**
 * Refreshes identities and, once, the main chain's epoch arithmetic. The node answers from its db-sync;
 * when that is down, authors are still right and identities stay as they were.
 */
export async function refreshIdentities(session: Session): Promise<void> {
  const { db, link } = session;
  const seated = (await attempt(session, "committee", () => fetchCommittee(link))) ?? [];
  // A member's own record says nothing of its registration's validity now; the candidates below do.
  if (seated.length > 0) writeCandidates(db, unique(seated));
  const status = await attempt(session, "main chain status", () => fetchMainchainStatus(link));
  if (readMainchain(db) === null) {
    const params =
      status === null
        ? mainchainFromChainName(session.identity.name)
        : mainchainFromStatus(status.epoch, status.slot);
    if (params !== undefined) writeMainchain(db, params);
  }
  if (status === null) return;
  const candidates = await attempt(session, "candidates", () =>
    fetchCandidates(link, status.epoch),
  );
  if (candidates === null) return;
  const known = unique(candidates);
  writeCandidates(db, known);
  writeMissingCandidates(db, known);
  session.hooks.log.debug("identities refreshed", {
    candidates: known.length,
    mainchainEpoch: status.epoch,
  });
}

/** Several registrations may name one key: the valid one counts. */
function unique(candidates: readonly Candidate[]): Candidate[] {
  const byKey = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const other = byKey.get(candidate.aura);
    if (other === undefined || other.registration === "invalid")
      byKey.set(candidate.aura, candidate);
  }
  return [...byKey.values()];
}

async function attempt<T>(
  session: Session,
  what: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MonitorError) || isCode(error, "unavailable", "too-much", "stopped"))
      throw error;
    session.hooks.log.warn(`${what} not available: ${describeError(error)}`, { what });
    return null;
  }
}
