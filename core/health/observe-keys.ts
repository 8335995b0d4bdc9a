// What the node and the chain say of our keys: loaded, registered, voting.
import type { Link } from "../chain/link.ts";
import type { ChainStatus, KeyType, Round } from "../chain/rpc-node.ts";
import { fetchHasKey, fetchRounds } from "../chain/rpc-node.ts";
import { fetchCandidates } from "../chain/rpc.ts";
import { fetchVoters } from "../chain/voters.ts";
import type { OurValidator } from "../ours.ts";
import type { Header, RegisteredCandidate } from "../types.ts";
import { hasAnyKey } from "./our-keys.ts";
import type { Deadline, Told } from "./told.ts";
import { missing } from "./told.ts";

export interface CandidateList {
  /** Cardano epoch. */
  epoch: number;
  candidates: RegisteredCandidate[];
}

interface Votes {
  voters: string[];
  /** What the node saw, one list of open rounds a look. */
  looks: Round[][];
}

export interface KeyFacts {
  /** Key → whether the node's keystore holds it. */
  loaded: Told<ReadonlyMap<string, boolean>>;
  /** Candidates of the present Cardano epoch. */
  candidates: Told<CandidateList>;
  /** Those of the next two, asked where one of ours has no valid registration now. */
  later: CandidateList[];
  votes: Told<Votes>;
}

export const NO_KEY_FACTS: KeyFacts = {
  loaded: missing("unreachable"),
  candidates: missing("unreachable"),
  later: [],
  votes: missing("unreachable"),
};

interface Question {
  link: Link;
  ours: readonly OurValidator[];
  deadline: Deadline;
  best: Promise<Told<Header>>;
  status: Promise<Told<ChainStatus>>;
}

export async function observeKeys(question: Question): Promise<KeyFacts> {
  if (!question.ours.some(hasAnyKey)) {
    const none = missing("not-asked");
    return { loaded: none, candidates: none, later: [], votes: none };
  }
  const [loaded, registrations, votes] = await Promise.all([
    askLoaded(question),
    askCandidates(question),
    askVotes(question),
  ]);
  return { loaded, ...registrations, votes };
}

async function askLoaded({ link, ours, deadline }: Question): Promise<KeyFacts["loaded"]> {
  const types = new Map<string, KeyType>();
  for (const { aura, grandpa, sidechain } of ours) {
    for (const key of aura) types.set(key, "aura");
    for (const key of grandpa) types.set(key, "gran");
    for (const key of sidechain) types.set(key, "crch");
  }
  return await deadline.tell(async () => {
    const answers = [...types].map(
      async ([key, type]) => [key, await fetchHasKey(link, key, type)] as const,
    );
    return new Map(await Promise.all(answers));
  });
}

/** A registration made in Cardano epoch n counts from n+2 on: so far ahead the list may be asked. */
const EPOCHS_AHEAD = 2;

async function askCandidates(question: Question): Promise<Pick<KeyFacts, "candidates" | "later">> {
  const { link, ours, deadline } = question;
  const status = await question.status;
  if ("missing" in status) return { candidates: status, later: [] };
  const { epoch } = status.value.mainchain;
  const list = (wanted: number): Promise<Told<CandidateList>> =>
    deadline.tell(async () => ({
      epoch: wanted,
      candidates: await fetchCandidates(link, wanted),
    }));
  const candidates = await list(epoch);
  if ("missing" in candidates) return { candidates, later: [] };
  if (ours.every((our) => isValid(our, candidates.value.candidates))) {
    return { candidates, later: [] };
  }
  const ahead = Array.from({ length: EPOCHS_AHEAD }, (_, i) => list(epoch + 1 + i));
  const later = (await Promise.all(ahead)).flatMap((told) => ("value" in told ? [told.value] : []));
  return { candidates, later };
}

function isValid(our: OurValidator, candidates: readonly RegisteredCandidate[]): boolean {
  return candidates.some(
    ({ aura, registration }) => registration !== "invalid" && our.aura.includes(aura),
  );
}

/** A vote may be under way at the instant of one look. */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 700;

async function askVotes({ link, ours, deadline, best }: Question): Promise<Told<Votes>> {
  const header = await best;
  if ("missing" in header) return header;
  const voters = await deadline.tell(() => fetchVoters(link, header.value.hash));
  if ("missing" in voters) return voters;
  const wanted = new Set(ours.flatMap(({ grandpa }) => grandpa));
  const seated = voters.value.filter((key) => wanted.has(key));
  const looks: Round[][] = [];
  while (looks.length < LOOKS) {
    const told = await deadline.tell(() => fetchRounds(link));
    // A later look that fails takes nothing from the earlier ones.
    if ("missing" in told)
      return looks.length === 0 ? told : { value: { voters: voters.value, looks } };
    looks.push(told.value);
    const unseen = seated.filter((key) => !hasVoted(looks, key));
    if (unseen.length === 0 || deadline.left() < 2 * BETWEEN_LOOKS_MS) break;
    await Bun.sleep(BETWEEN_LOOKS_MS);
  }
  return { value: { voters: voters.value, looks } };
}

/** Whether a prevote or precommit of this voter was seen in any round of any look. */
export function hasVoted(looks: readonly (readonly Round[])[], voter: string): boolean {
  return looks.some((rounds) =>
    rounds.some(
      ({ noPrevote, noPrecommit }) => !noPrevote.includes(voter) || !noPrecommit.includes(voter),
    ),
  );
}
