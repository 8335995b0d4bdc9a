// Requests as they may be shown.
import type { OutgoingRequest } from "./channels/message.ts";

export const MASK = "****";
/** They are made with secrets, so what they hold is one. */
const SECRET_HEADERS = new Set(["authorization", "x-mvm-signature"]);

export function maskRequest({ url, method, headers, body }: OutgoingRequest): OutgoingRequest {
  const shown = { ...headers };
  for (const name of Object.keys(shown)) if (SECRET_HEADERS.has(name)) shown[name] = MASK;
  return { url: maskUrl(url), method, headers: shown, body };
}

/** The path and the query are secret as well: for many services they are the key. */
export function maskUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? MASK : `${parsed.protocol}//${parsed.host}/${MASK}`;
}
