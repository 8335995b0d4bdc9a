import type { Verdict } from "../health/report.ts";
import { badReply, parseArray, parseNumber, parseObject, parseString } from "../parse.ts";
// A machine's answer, parsed once: of its checks and facts what a fleet shows. Another version may say more; that is left.
import { byVerdict } from "./remote.ts";
import type { RemoteStatus, RemoteTrouble, RemoteValidator } from "./remote.ts";

/** More of either than this is no answer of ours. */
const MOST = 5000;

/** Throws `bad-reply`. */
export function parseStatus(value: unknown): RemoteStatus {
  const status = parseObject(value, "status");
  const facts = parseObject(status["facts"], "facts");
  const node = parseObject(facts["node"], "facts.node");
  const database = parseObject(facts["database"], "facts.database");
  const checks = parseList(status["checks"], "checks", parseTrouble);
  return {
    at: parseTime(status["at"], "at"),
    worst: parseVerdict(status["worst"], "worst"),
    troubles: byVerdict(
      checks.filter(({ verdict }) => verdict === "critical" || verdict === "warning"),
    ),
    chain: orNull(node["chain"], "facts.node.chain", parseString),
    best: orNull(node["best"], "facts.node.best", parseNumber),
    lastBlock: orNull(database["last"], "facts.database.last", parseNumber),
    lastBlockTime: orNull(database["lastTime"], "facts.database.lastTime", parseTime),
    validators: parseList(facts["validators"], "facts.validators", (each, path) =>
      parseValidator(each, path, checks),
    ),
  };
}

/** The newest block of a list of them; null when there is none. Throws `bad-reply`. */
export function parseNewest(
  value: unknown,
): Pick<RemoteStatus, "lastBlock" | "lastBlockTime"> | null {
  const [first] = parseArray(value, "blocks");
  if (first === undefined) return null;
  const block = parseObject(first, "blocks[0]");
  return {
    lastBlock: parseNumber(block["number"], "blocks[0].number"),
    lastBlockTime: orNull(block["time"], "blocks[0].time", parseTime),
  };
}

function parseList<T>(
  value: unknown,
  path: string,
  parse: (each: unknown, path: string) => T,
): T[] {
  const all = parseArray(value, path);
  if (all.length > MOST) throw badReply(path, `no more than ${MOST}`, all.length);
  return all.map((each, i) => parse(each, `${path}[${i}]`));
}

function parseTrouble(value: unknown, path: string): RemoteTrouble {
  const check = parseObject(value, path);
  return {
    name: parseString(check["name"], `${path}.name`),
    subject: orNull(check["subject"], `${path}.subject`, parseString),
    verdict: parseVerdict(check["verdict"], `${path}.verdict`),
    message: parseString(check["message"], `${path}.message`),
  };
}

function parseValidator(
  value: unknown,
  path: string,
  checks: readonly RemoteTrouble[],
): RemoteValidator {
  const found = parseObject(value, path);
  const number = (name: string): number | null =>
    orNull(found[name], `${path}.${name}`, parseNumber);
  const id = parseString(found["id"], `${path}.id`);
  const own = checks.filter(({ subject }) => subject === id);
  // What is not known of one check says nothing of the validator.
  const told = own.filter(({ verdict }) => verdict !== "unknown");
  return {
    id,
    verdict: byVerdict(told)[0]?.verdict ?? "unknown",
    ...{ made: number("made"), missed: number("missed"), seats: number("seats") },
    lastBlock: number("lastBlock"),
    nextSlotTime: orNull(found["nextSlotTime"], `${path}.nextSlotTime`, parseTime),
  };
}

function orNull<T>(
  value: unknown,
  path: string,
  parse: (value: unknown, path: string) => T,
): T | null {
  return value === null || value === undefined ? null : parse(value, path);
}

function parseVerdict(value: unknown, path: string): Verdict {
  if (value === "ok" || value === "warning" || value === "critical" || value === "unknown")
    return value;
  throw badReply(path, "a verdict", value);
}

function parseTime(value: unknown, path: string): string {
  const text = parseString(value, path);
  if (Number.isNaN(Date.parse(text))) throw badReply(path, "a time", value);
  return text;
}
