// A request that cannot be answered: an HTTP status, and the same JSON every command fails with.
import type { ErrorCode } from "../errors.ts";
import { MonitorError } from "../errors.ts";

/** What is not the caller's fault is a `bug` or one of the codes of MonitorError. */
type ProblemCode =
  | ErrorCode
  | "bad-request"
  | "unauthorized"
  | "not-found"
  | "method-not-allowed"
  | "too-large"
  | "too-many-requests"
  | "bug";

export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: ProblemCode;
  readonly hint: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ProblemCode,
    message: string,
    hint: string | null = null,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.headers = headers;
  }
}

/** Who is asked for and not known is a 404; a file that cannot be read now is a 503; nothing of a bug is told. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof MonitorError)) return new Problem(500, "bug", "this should not happen");
  return new Problem(
    error.code === "usage" ? 404 : 503,
    error.code,
    error.message,
    error.hint ?? null,
  );
}

export const JSON_TYPE = "application/json; charset=utf-8";

export function problemResponse({ status, code, message, hint, headers }: Problem): Response {
  return new Response(`${JSON.stringify({ error: { code, message, hint } })}\n`, {
    status,
    headers: {
      "content-type": JSON_TYPE,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
