// From a request to a response: limits first, then who asks, then what is asked.
import type { Answer, Answers } from "./answers.ts";
import { toAnswer } from "./answers.ts";
import type { Events } from "./events.ts";
import type { Limiter } from "./limit.ts";
import { describeApi } from "./openapi.ts";
import type { Given } from "./parameters.ts";
import { parseParameters } from "./parameters.ts";
import { JSON_TYPE, Problem, problemResponse, toProblem } from "./problem.ts";
import type { Route } from "./routes.ts";
import { ROUTES } from "./routes.ts";

export interface ApiOptions {
  answers: Answers;
  events: Events;
  limiter: Limiter;
  /** The daemon's last look, as JSON. */
  report: () => string | null;
  version: string;
  isAllowed: (request: Request) => boolean;
  /** Whether somebody has to show a token. */
  hasToken: boolean;
}

const MOST_URL_CHARACTERS = 2048;

/** Answers whatever is asked of `/api/`: never throws. @param client by whom the rate is counted */
export function openApi(options: ApiOptions): (request: Request, client: string) => Response {
  const document = toAnswer(JSON.stringify(describeApi(options.version), null, 2));
  return (request, client) => {
    try {
      checkRate(options, client);
      const { path, search } = checkRequest(request, options);
      if (path === "/api/v1/openapi.json") {
        parseParameters(search, []);
        return answerWith(request, document);
      }
      if (path === "/api/v1/events") return listen(request, search, options);
      const route = ROUTES.find((each) => each.path === path);
      if (route === undefined) throw notFound(path);
      return answerRoute(request, route, search, options);
    } catch (error) {
      return problemResponse(toProblem(error));
    }
  };
}

function checkRate({ limiter }: ApiOptions, client: string): void {
  const seconds = limiter.take(client, Date.now());
  if (seconds === 0) return;
  throw new Problem(429, "too-many-requests", "too many requests", `wait ${seconds} s`, {
    "retry-after": String(seconds),
  });
}

function checkRequest(
  request: Request,
  { isAllowed, hasToken }: ApiOptions,
): { path: string; search: string } {
  if (request.url.length > MOST_URL_CHARACTERS)
    throw new Problem(400, "bad-request", `an address of more than ${MOST_URL_CHARACTERS} signs`);
  const url = URL.parse(request.url);
  if (url === null) throw new Problem(400, "bad-request", "no address that can be read");
  // A page in a browser on this machine could be made to ask under another name.
  if (!hasToken && !isOwnName(url.hostname))
    throw new Problem(400, "bad-request", `asked as ${url.hostname}, which is not this machine`);
  if (!isAllowed(request)) {
    const headers = { "www-authenticate": "Bearer" };
    throw new Problem(401, "unauthorized", "a token is needed", "Authorization: Bearer …", headers);
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    const headers = { allow: "GET, HEAD" };
    throw new Problem(405, "method-not-allowed", "only GET and HEAD", null, headers);
  }
  if (hasBody(request)) throw new Problem(413, "too-large", "a question has no body");
  return { path: url.pathname, search: url.search.slice(1) };
}

function isOwnName(hostname: string): boolean {
  return (
    hostname === "localhost" || /^(?:\[[0-9a-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3})$/i.test(hostname)
  );
}

function hasBody({ headers }: Request): boolean {
  return headers.has("transfer-encoding") || !/^0*$/.test(headers.get("content-length") ?? "");
}

function notFound(path: string): Problem {
  const hint = `there are ${ROUTES.map((each) => each.path).join(", ")}, /api/v1/events, /api/v1/openapi.json`;
  return new Problem(404, "not-found", `nothing at ${path.slice(0, 80)}`, hint);
}

function answerRoute(
  request: Request,
  route: Route,
  search: string,
  { answers, report }: ApiOptions,
): Response {
  const given = parseParameters(search, route.parameters);
  const answer = answers.ask(route, search, given, report());
  const next = route.parameters.includes("offset") ? nextPage(route, search, given, answer) : null;
  return answerWith(request, answer, next === null ? {} : { link: `<${next}>; rel="next"` });
}

/** A full page may have another one behind it. */
function nextPage({ path }: Route, search: string, given: Given, { body }: Answer): string | null {
  const rows = body === "[]\n" ? 0 : body.split("\n").length - 3;
  const { limit, offset } = given;
  if (rows < limit) return null;
  const rest = search
    .split("&")
    .filter((part) => part !== "" && !/^(?:limit|offset)=/.test(part))
    .map((part) => `${part}&`);
  return `${path}?${rest.join("")}limit=${limit}&offset=${offset + limit}`;
}

function answerWith(
  request: Request,
  { body, etag }: Answer,
  more: Record<string, string> = {},
): Response {
  const headers = { etag, "cache-control": "no-cache", ...more };
  const known = request.headers.get("if-none-match") ?? "";
  const tags = known.split(",").map((each) => each.trim().replace(/^W\//, ""));
  if (tags.includes(etag) || tags.includes("*"))
    return new Response(null, { status: 304, headers });
  const type = { "content-type": JSON_TYPE, "x-content-type-options": "nosniff" };
  return new Response(body, { headers: { ...type, ...headers } });
}

function listen(request: Request, search: string, { events }: ApiOptions): Response {
  parseParameters(search, []);
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  };
  if (request.method === "HEAD") return new Response(null, { headers });
  return new Response(events.listen(request.headers.get("last-event-id")), { headers });
}
