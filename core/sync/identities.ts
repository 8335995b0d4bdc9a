// Which Aura key is whose: candidates and committee, asked once an epoch, never once a block.
import type { Link } from "../chain/link.ts";
import { fetchCandidates, fetchMainchainStatus } from "../chain/rpc.ts";
import { fetchCommittee } from "../chain/runtime.ts";
import { describeError, isCode, MonitorError } from "../errors.ts";
import {
  writeCandidates,
  writeMissingCandidates,
  writeRegistrations,
} from "../storage/authorities.ts";
import type { StoredRegistration } from "../storage/key-changes.ts";
import { readRegistrations, writeChainChanges } from "../storage/key-changes.ts";
import { readMainchain, writeMainchain } from "../storage/meta.ts";
import { mainchainFromChainName, mainchainFromStatus } from "../time.ts";
import type { Candidate, MainchainParams, RegisteredCandidate } from "../types.ts";
import type { Session } from "./context.ts";
import { askTwice } from "./twice.ts";

/**
 * Refreshes identities and, once, the main chain's epoch arithmetic. The node answers from its db-sync;
 * when that is down, authors are still right and identities stay as they were.
 */
export async function refreshIdentities(session: Session): Promise<void> {
  const { db, link } = session;
  const before = readRegistrations(db);
  const seated = (await attempt(session, "committee", () => fetchCommittee(link))) ?? [];
  // A member's own record says nothing of its registration's validity now; the candidates below do.
  if (seated.length > 0) writeCandidates(db, unique(seated));
  const status = await attempt(session, "main chain status", () => fetchMainchain(link));
  if (readMainchain(db) === null) {
    const params = status === null ? mainchainFromChainName(session.identity.name) : status.params;
    if (params !== undefined) writeMainchain(db, params);
  }
  if (status === null) return;
  const candidates = await attempt(session, "candidates", () =>
    fetchCandidates(link, status.epoch),
  );
  if (candidates === null) return;
  const known = unique(candidates);
  db.transaction(() => {
    noteChanges(session, before, known);
    writeRegistrations(db, known);
    writeMissingCandidates(db, known);
  })();
  session.hooks.log.debug("identities refreshed", {
    candidates: known.length,
    mainchainEpoch: status.epoch,
  });
}

/** Its slot goes on between two questions; what follows from it does not. */
async function fetchMainchain(
  link: Link,
): Promise<{ epoch: number; params: MainchainParams | undefined }> {
  const { epoch, slot } = await fetchMainchainStatus(link);
  return { epoch, params: mainchainFromStatus(epoch, slot) };
}

function noteChanges(
  { db, tip, hooks }: Session,
  before: readonly StoredRegistration[],
  known: readonly RegisteredCandidate[],
): void {
  // Of one validator's registrations the valid one counts here too, whatever keys the others name.
  const counting = unique(known, ({ aura, sidechain }) => sidechain ?? aura);
  const seen = { atMs: Date.now(), block: tip.number };
  const changes = writeChainChanges(db, before, counting, seen);
  if (changes > 0)
    hooks.log.info(`keys or registrations changed on the chain: ${changes}`, { changes });
}

/** Several registrations may name one key: the valid one counts. */
function unique<T extends Candidate>(
  candidates: readonly T[],
  keyOf: (candidate: T) => string = ({ aura }) => aura,
): T[] {
  const byKey = new Map<string, T>();
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    const other = byKey.get(key);
    if (other === undefined || other.registration === "invalid") byKey.set(key, candidate);
  }
  return [...byKey.values()];
}

async function attempt<T>(
  session: Session,
  what: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await askTwice(what, work);
  } catch (error) {
    if (!(error instanceof MonitorError) || isCode(error, "unavailable", "too-much", "stopped"))
      throw error;
    const { log, onRefused } = session.hooks;
    const text = `${what} not available: ${describeError(error)}`;
    onRefused?.(error);
    log[session.news.isNew(what, text) ? "warn" : "debug"](text, { what });
    return null;
  }
}
