// What the screen knows, each fact with its age; and how it asks for more.
import type { MachineFacts } from "../core/health/machine.ts";
import type {
  About,
  Answer,
  Answers,
  Failure,
  FleetTold,
  HealthTold,
  InspectFacts,
  NodeFacts,
  Question,
} from "../core/view/messages.ts";

/** Asks without waiting: whatever comes back comes as news. */
export interface Feed {
  watch: (question: Question) => void;
  ask: (question: Question, told: (answer: Answer | null, failure: Failure | null) => void) => void;
  /** What the node says of a block comes as news. */
  inspect: (hash: string, author: string | null) => void;
  refresh: () => void;
}

/** One answer and when it came. */
interface Told {
  answer: Answer;
  atMs: number;
}

/** Everything told so far. */
export interface Known {
  /** The last answer of each kind. */
  answers: Partial<Record<About, Told>>;
  database: {
    failure: Failure | null;
    /** When its thread last said anything: it always does within seconds. */
    heardAtMs: number;
  };
  node: NodeFacts | null;
  /** Null until the first look. */
  health: HealthTold | null;
  /** The machine at the last looks, oldest first: for rates and trends. */
  machine: readonly { atMs: number; facts: MachineFacts }[];
  /** Other machines at their last looks; null until the first, or where none is asked for. */
  fleet: FleetTold | null;
  /** The block the node was asked of last. */
  inspected: InspectFacts | null;
  /** The last stored block over the last seconds: how fast a sync goes. */
  progress: readonly { atMs: number; number: number }[];
}

export function nothingKnown(nowMs: number): Known {
  return {
    answers: {},
    database: { failure: null, heardAtMs: nowMs },
    node: null,
    health: null,
    machine: [],
    fleet: null,
    inspected: null,
    progress: [],
  };
}

/** The facts of one kind, with their age. */
export function factsOf<A extends About>(
  { answers }: Known,
  about: A,
): { facts: Answers[A]; atMs: number } | null {
  const told = answers[about];
  if (told === undefined || told.answer.about !== about) return null;
  // An answer about A holds the facts of A.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { facts: told.answer.facts as Answers[A], atMs: told.atMs };
}

/** A rate of the last seconds: a lifetime average hides a stall. */
const RATE_MS = 15_000;

/** What is known once an answer came. */
export function withAnswer(known: Known, answer: Answer, atMs: number): Known {
  const answers = { ...known.answers, [answer.about]: { answer, atMs } };
  const database = { failure: null, heardAtMs: atMs };
  const last = "chain" in answer.facts ? answer.facts.chain.last : null;
  if (last === null) return { ...known, answers, database };
  const kept = known.progress.filter((each) => atMs - each.atMs < RATE_MS);
  return { ...known, answers, database, progress: [...kept, { atMs, number: last.number }] };
}

/** Looks a trend is told from. */
const TREND = 10;

export function withHealth(known: Known, health: HealthTold): Known {
  const look = { atMs: health.atMs, facts: health.facts.machine };
  return { ...known, health, machine: [...known.machine, look].slice(-TREND) };
}

/** Nothing new: what was told is still so. */
export function withBeat(known: Known, watched: About, atMs: number): Known {
  const { failure } = known.database;
  const told = known.answers[watched];
  const database = { failure, heardAtMs: atMs };
  if (failure !== null || told === undefined) return { ...known, database };
  return { ...known, database, answers: { ...known.answers, [watched]: { ...told, atMs } } };
}

/** The file could not be read; what was told before stays, with its age. */
export function withFailure(known: Known, failure: Failure, atMs: number): Known {
  return { ...known, database: { failure, heardAtMs: atMs } };
}
