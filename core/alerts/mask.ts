// Requests as they may be shown.
import type { OutgoingRequest } from "./channels/message.ts";

export const MASK = "****";
/** They are made with secrets, so what they hold is one. */
const SECRET_HEADERS = new Set(["authorization", "x-mvm-signature"]);

/** Of an address the path and the query are secret as well: for many services they are the key. */
export function maskRequest({ url, method, headers, body }: OutgoingRequest): OutgoingRequest {
  const parsed = URL.parse(url);
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    SECRET_HEADERS.has(name) ? MASK : value,
  ]);
  return {
    url: parsed === null ? MASK : `${parsed.protocol}//${parsed.host}/${MASK}`,
    method,
    headers: Object.fromEntries(shown) as Record<string, string>,
    body,
  };
}
