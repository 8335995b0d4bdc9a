// The readers of replies, in this process: one reply of each question is mutated, and what is made of it is judged.
import { connect } from "../../core/chain/connect.ts";
import type { Link } from "../../core/chain/link.ts";
import { parseEnvelope, parseJson } from "../../core/chain/link.ts";
import { MonitorError } from "../../core/errors.ts";
import type { Devnet } from "../../examples/devnet/devnet.ts";
import { startDevnet } from "../../examples/devnet/devnet.ts";
import { seeded } from "../helpers/seeded.ts";
import { mutate, pick } from "./mutate.ts";
import type { Parser } from "./node-parsers.ts";
import { parsersFor } from "./node-parsers.ts";

/** Longer than this for one reply is a hang. */
const SLOWEST_MS = 1000;

type Outcome = "the truth" | "possible" | "refused";

export interface ParserCrash {
  parser: string;
  kind: string;
  what: string;
  /** The mutated reply, cut. */
  reply: string;
}

export interface ParserRun {
  cases: number;
  outcomes: Record<Outcome, number>;
  byParser: Map<string, Record<Outcome, number>>;
  byKind: Map<string, number>;
  crashes: ParserCrash[];
  slowestMs: number;
}

interface Recorded {
  parser: Parser;
  truth: unknown;
  /** Results in the order they were asked for; empty where the node refused. */
  results: string[];
  /** Places of those that can be mutated. */
  spoilable: number[];
}

/** Enough for a rotation, a fork, and both kinds of candidates; small, so that a case takes microseconds. */
export async function startSmallDevnet(): Promise<Devnet> {
  return await startDevnet({
    ...{
      seed: "hostile",
      history: 45,
      slotsPerEpoch: 20,
      validators: 9,
      permissioned: 3,
      seats: 6,
    },
    ...{ rpcMethods: "unsafe", pruning: "archive", specVersion: 2_001_000 },
  });
}

const REFUSED = "";

function refusal(method: string): MonitorError {
  return new MonitorError("rpc", `${method}: refused`);
}

/** Answers from what was recorded; the reply of one request of them is another one. */
function replay(results: readonly string[], spoil: (result: string, id: number) => string): Link {
  let id = 0;
  const request = async (method: string): Promise<unknown> => {
    const result = results[id] ?? REFUSED;
    if (result === REFUSED) throw refusal(method);
    const { outcome } = parseEnvelope(parseJson(spoil(result, id++), method), method);
    if ("error" in outcome) throw outcome.error;
    return outcome.result;
  };
  return {
    ...{ url: "replayed", transport: "http", request },
    batch: (method, calls) => Promise.all(calls.map(() => request(method))),
    closed: Promise.withResolvers<MonitorError>().promise,
    close: () => undefined,
  };
}

async function record(parser: Parser, node: Link, metricsUrl: string): Promise<Recorded> {
  const results: string[] = [];
  const request = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const place = results.push(REFUSED) - 1;
    try {
      const result =
        method === "metrics"
          ? await (await fetch(metricsUrl)).text()
          : await node.request(method, params);
      results[place] = JSON.stringify(result);
      return result;
    } catch {
      throw refusal(method);
    }
  };
  const link: Link = {
    ...node,
    request,
    batch: (method, calls) => Promise.all(calls.map((params) => request(method, params))),
  };
  const truth = await parser.read(link);
  const spoilable = results.flatMap((result, i) => (result === REFUSED ? [] : [i]));
  return { parser, truth, results, spoilable };
}

async function recordAll(devnet: Devnet): Promise<Recorded[]> {
  const link = await connect(devnet.url);
  const recorded: Recorded[] = [];
  for (const parser of parsersFor(devnet)) {
    recorded.push(await record(parser, link, devnet.metricsUrl));
  }
  link.close();
  return recorded;
}

/** The outcome, or in words what is wrong with it. */
async function judgeCase(
  { parser, truth, results }: Recorded,
  spoil: (result: string, id: number) => string,
): Promise<{ outcome: Outcome } | { wrong: string }> {
  try {
    const value = await parser.read(replay(results, spoil));
    if (Bun.deepEquals(value, truth, true)) return { outcome: "the truth" };
    if (parser.possible?.(value) === true) return { outcome: "possible" };
    return { wrong: `took ${describe(value)} for a value` };
  } catch (error) {
    if (error instanceof MonitorError) return { outcome: "refused" };
    return { wrong: String(error) };
  }
}

function describe(value: unknown): string {
  try {
    return Bun.inspect(value, { depth: 4 }).slice(0, 600);
  } catch {
    return "something that cannot be shown";
  }
}

function parseResult(result: string): unknown[] {
  return result === REFUSED ? [] : [JSON.parse(result)];
}

function takeTurns(recorded: readonly Recorded[]): Recorded[] {
  const turns = recorded.flatMap((each) =>
    Array<Recorded>(Math.round(each.parser.weight * 10)).fill(each),
  );
  return turns;
}

/** `cases` mutated replies, spread over all readers, the same ones for the same seed. */
export async function runParserLayer(cases: number, seed: number): Promise<ParserRun> {
  const devnet = await startSmallDevnet();
  const recorded = await recordAll(devnet);
  await devnet.stop();
  const random = seeded(seed);
  const others = recorded.flatMap(({ results }) => results.flatMap(parseResult));
  const turns = takeTurns(recorded);
  const none = (): Record<Outcome, number> => ({ "the truth": 0, possible: 0, refused: 0 });
  const run: ParserRun = {
    ...{ cases, outcomes: none(), byKind: new Map(), crashes: [], slowestMs: 0 },
    byParser: new Map(recorded.map(({ parser }) => [parser.name, none()])),
  };
  for (let i = 0; i < cases; i++) {
    const target = pick(random, turns);
    const spoilt = pick(random, target.spoilable);
    let kind = "";
    let reply = "";
    const startedAt = performance.now();
    let madeAt = startedAt;
    const judged = await judgeCase(target, (result, id) => {
      if (id !== spoilt) return `{"id":${id},"result":${result}}`;
      ({ kind, text: reply } = mutate(result, id, { random, others }));
      madeAt = performance.now();
      return reply;
    });
    const tookMs = performance.now() - madeAt;
    run.slowestMs = Math.max(run.slowestMs, tookMs);
    run.byKind.set(kind, (run.byKind.get(kind) ?? 0) + 1);
    const wrong =
      "wrong" in judged ? judged.wrong : tookMs > SLOWEST_MS ? `took ${tookMs} ms` : null;
    if (wrong !== null) {
      run.crashes.push({
        parser: target.parser.name,
        kind,
        what: wrong,
        reply: reply.slice(0, 2000),
      });
    }
    if ("wrong" in judged) continue;
    run.outcomes[judged.outcome]++;
    const byParser = run.byParser.get(target.parser.name);
    if (byParser !== undefined) byParser[judged.outcome]++;
  }
  return run;
}
