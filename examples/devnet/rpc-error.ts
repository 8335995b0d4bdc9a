// The errors a jsonrpsee server with Substrate's methods answers.

export class RpcError extends Error {
  readonly code: number;
  readonly data: string | undefined;

  constructor(code: number, message: string, data?: string) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
/** Substrate's code for errors out of the client or the runtime. */
export const CLIENT_ERROR = 4003;
/** Every error of the sidechain methods. */
export const SIDECHAIN_ERROR = -1;

export function invalidParams(why: string): RpcError {
  return new RpcError(INVALID_PARAMS, "Invalid params", why);
}
