// What each service was told, read from its own format by its documentation's fields: never by our own code.
import { createHmac } from "node:crypto";

import { parseNumber, parseObject, parseString } from "../../core/parse.ts";
import type { Receiver } from "./alert-lab.ts";

type Received = Receiver["received"][number];
type Read = (each: Received, incidents: Map<string, string>) => string;

const LEVEL_BY_PRIORITY: Record<number, string> = {
  2: "INFO",
  3: "RECOVERED",
  4: "WARNING",
  5: "CRITICAL",
};
const LEVEL_BY_COLOUR: Record<string, string> = {
  "3aa3e3": "INFO",
  "2eb67d": "RECOVERED",
  ecb22e: "WARNING",
  e01e5a: "CRITICAL",
};

/** Path → how the service there reads what it gets: `CRITICAL Chain stalled`. Throws what it would refuse. */
const SERVICES: Record<string, Read> = {
  "/webhook": ({ body, headers, text }) => {
    const stamp = headers["x-mvm-timestamp"] ?? "";
    const digest = createHmac("sha256", "signing-key").update(`${stamp}.${text}`).digest("hex");
    same(headers["x-mvm-signature"], `sha256=${digest}`);
    const level = body["action"] === "recover" ? "recovered" : string(body, "severity");
    return checked(level.toUpperCase(), string(body, "title"));
  },
  "/discord": ({ body }) => {
    const [embed] = list(body, "embeds");
    const colour = parseNumber(embed?.["color"], "color").toString(16).padStart(6, "0");
    return checked(LEVEL_BY_COLOUR[colour], string(embed ?? {}, "title").replaceAll("\\", ""));
  },
  "/slack": ({ body }) => {
    const [attachment] = list(body, "attachments");
    const colour = string(attachment ?? {}, "color").slice(1);
    return checked(LEVEL_BY_COLOUR[colour], string(body, "text").replaceAll("*", ""));
  },
  "/bot123:abc/sendMessage": ({ body }) => {
    same([body["chat_id"], body["parse_mode"]].join(), "-100200,HTML");
    const [head = ""] = string(body, "text").split("\n");
    const title = /^<b>(.*)<\/b>$/.exec(head)?.[1] ?? "";
    return checked(undefined, title);
  },
  "/pagerduty": ({ body }, incidents) => {
    same(body["routing_key"], "R".repeat(32));
    const key = string(body, "dedup_key");
    if (body["event_action"] === "resolve") {
      const opened = incidents.get(key);
      if (opened === undefined) throw new Error(`${key} is resolved, and was never triggered`);
      incidents.delete(key);
      return opened.replace(/^[A-Z]+/, "RECOVERED");
    }
    same(body["event_action"], "trigger");
    const payload = parseObject(body["payload"], "payload");
    const title = string(payload, "summary").split(": ")[0] ?? "";
    const told = checked(string(payload, "severity").toUpperCase(), title);
    incidents.set(key, told);
    return told;
  },
  "/": ({ body, headers }) => {
    same([body["topic"], headers["authorization"]].join(), "my-topic,Bearer tk_secret");
    const priority = parseNumber(body["priority"], "priority");
    return checked(LEVEL_BY_PRIORITY[priority], string(body, "title"));
  },
};

export const SERVICE_PATHS = Object.keys(SERVICES);

/** What each service made of all it was sent, in the order it came. */
export function openReading(): (received: readonly Received[]) => Record<string, string[]> {
  const incidents = new Map<string, string>();
  return (received) => {
    const told: Record<string, string[]> = Object.fromEntries(
      SERVICE_PATHS.map((path) => [path, []]),
    );
    for (const each of received) {
      const read = SERVICES[each.path];
      if (read === undefined) throw new Error(`nobody listens at ${each.path}`);
      same(each.method, "POST");
      (told[each.path] ??= []).push(read(each, incidents));
    }
    return told;
  };
}

/** Without whom it is about; throws when sign and word differ. */
function checked(level: string | undefined, title: string): string {
  if (level !== undefined && !title.startsWith(`${level} `)) {
    throw new Error(`${level} is not what "${title}" says`);
  }
  return title.split(" · ")[0] ?? "";
}

function same(found: unknown, wanted: string): void {
  if (found !== wanted) throw new Error(`${String(found)} is not ${wanted}`);
}

function string(body: Record<string, unknown>, field: string): string {
  return parseString(body[field], field);
}

function list(body: Record<string, unknown>, field: string): Record<string, unknown>[] {
  const value = body[field];
  if (!Array.isArray(value)) throw new Error(`${field} is no list`);
  return value.map((each: unknown) => parseObject(each, field));
}
