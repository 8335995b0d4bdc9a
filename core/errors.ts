/**
 * What went wrong, by what can be done about it.
 * - `unavailable`: the node cannot be reached or does not answer; trying again may help
 * - `bad-reply`: the node answered something that cannot be true; trying again may help
 * - `too-much`: the node could not answer so much in one go; asking for less may help
 * - `rpc`: the node answered with a JSON-RPC error
 * - `discarded`: the state asked for is pruned, or the block is unknown to the node
 * - `wrong-chain`: the database belongs to another chain than the node
 * - `database`: the file cannot be opened, read or written
 * - `disk-full`: writing failed for want of space
 * - `busy`: another program holds the file for itself; trying again may help
 * - `locked`: another process writes this database
 * - `output`: an answer could not be written to where it was to go
 * - `usage`, `config`: the operator's input
 * - `stopped`: we were asked to stop; not a failure
 */
export type ErrorCode =
  | "unavailable"
  | "bad-reply"
  | "too-much"
  | "rpc"
  | "discarded"
  | "wrong-chain"
  | "database"
  | "disk-full"
  | "busy"
  | "locked"
  | "output"
  | "usage"
  | "config"
  | "stopped";

/** An expected failure: says what, about which subject, and what to do next. */
export class MonitorError extends Error {
  override readonly name = "MonitorError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

export function isCode(error: unknown, ...codes: ErrorCode[]): error is MonitorError {
  return error instanceof MonitorError && codes.includes(error.code);
}

/** The message with its causes, innermost last, on one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : ` (${describeError(error.cause)})`;
  return `${error.message}${cause}`;
}
