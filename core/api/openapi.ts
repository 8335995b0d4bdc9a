// The OpenAPI document of what is served, made of the routes themselves.
import { EVENT_NAMES } from "./event-text.ts";
import type { Parameter } from "./parameters.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Route } from "./routes.ts";
import { ROUTES } from "./routes.ts";
import type { JsonSchema } from "./schema.ts";
import { nullable, record, TEXT } from "./schema.ts";

const PROBLEM: JsonSchema = record<{ error: unknown }>({
  error: record<{ code: string; message: string; hint: string | null }>({
    code: TEXT,
    message: TEXT,
    hint: nullable(TEXT),
  }),
});

const FAILURES = {
  400: "a parameter is wrong, unknown or given twice",
  401: "a token is needed",
  404: "there is nothing of that name, or no such validator",
  405: "only GET and HEAD",
  413: "a question has no body",
  429: "too many requests: see Retry-After",
  503: "the answer is not known now: see the message",
} as const;

const problem = { content: { "application/json": { schema: PROBLEM } } };

function failures(): Record<string, { description: string } & typeof problem> {
  return Object.fromEntries(
    Object.entries(FAILURES).map(([status, description]) => [status, { description, ...problem }]),
  );
}

function describeRoute({ path, summary, command, parameters, answer }: Route) {
  const headers = { ETag: { schema: TEXT, description: "ask again with If-None-Match" } };
  return {
    get: {
      operationId: path.slice("/api/v1/".length),
      summary,
      description: `The answer of \`${command}\`.`,
      parameters: parameters.map((name) => describeParameter(name, PARAMETERS[name])),
      responses: {
        200: {
          description: "the answer",
          headers: parameters.includes("offset")
            ? { ...headers, Link: { schema: TEXT, description: 'rel="next" where there is more' } }
            : headers,
          content: { "application/json": { schema: answer } },
        },
        304: { description: "the same as that of If-None-Match" },
        ...failures(),
      },
    },
  };
}

interface DescribedParameter extends Parameter {
  name: string;
  in: "query" | "header";
  required: boolean;
}

function describeParameter(name: string, { description, schema }: Parameter): DescribedParameter {
  return { name, in: "query", required: false, description, schema };
}

const LAST_EVENT: DescribedParameter = {
  ...{ name: "Last-Event-ID", in: "header", required: false },
  ...{ description: "the id of the event told last", schema: TEXT },
};
const NO_PARAMETERS: readonly DescribedParameter[] = [];

const EVENTS = {
  get: {
    operationId: "events",
    summary: "What happens, as it happens: server-sent events",
    description:
      `Events ${EVENT_NAMES.join(", ")}; data is JSON as the lists have it. Last-Event-ID goes on after that event; ` +
      "where that cannot be done without a hole, `reset` says so first. A block of a number told before replaces it and all after it.",
    parameters: [LAST_EVENT],
    responses: {
      200: { description: "without end", content: { "text/event-stream": { schema: TEXT } } },
      ...failures(),
    },
  },
};

/** OpenAPI 3.1. */
export function describeApi(version: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "mvm: Midnight validator monitor",
      version,
      description: "Read-only. Every answer is that of a command with --json.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{}, { token: [] }],
    paths: {
      ...Object.fromEntries(ROUTES.map((route) => [route.path, describeRoute(route)])),
      "/api/v1/events": EVENTS,
      "/api/v1/openapi.json": {
        get: {
          operationId: "openapi",
          summary: "This document",
          parameters: NO_PARAMETERS,
          responses: {
            200: {
              description: "it",
              content: { "application/json": { schema: { type: "object" } } },
            },
            304: { description: "the same as that of If-None-Match" },
            ...failures(),
          },
        },
      },
    },
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
  };
}
