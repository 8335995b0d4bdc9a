// Generic webhook: one JSON object, signed. The fields are a contract; the ones of low production are the Rust tool's.
import type { Format, Message } from "./message.ts";
import { postJson } from "./message.ts";

/** The Rust tool's name for it; others go by their kind. */
function alertType(kind: string): string {
  return kind === "not-producing" ? "block_production_low" : kind.replaceAll("-", "_");
}

function payload(message: Message): Record<string, unknown> {
  const { id, incident, action, kind, severity, subject, title, text, chain, atMs } = message;
  return {
    version: 1,
    ...{ id, incident, action, kind, severity, title, chain },
    alert_type: alertType(kind),
    validator: subject === "" ? null : subject,
    message: text,
    time: new Date(atMs).toISOString(),
    details: message.details,
    ...(kind === "not-producing" ? message.details : {}),
  };
}

/** Hex HMAC-SHA256 of `TIMESTAMP.BODY`: with the time inside, a copied request cannot be sent again later. */
export function sign(secret: string, timestamp: string, body: string): string {
  return new Bun.CryptoHasher("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}

export const formatWebhook: Format = (message, { url, secret }, nowMs) => {
  const request = postJson(url, message, payload(message));
  if (secret === null) return request;
  const timestamp = String(Math.floor(nowMs / 1000));
  return {
    ...request,
    headers: {
      ...request.headers,
      "x-mvm-timestamp": timestamp,
      "x-mvm-signature": `sha256=${sign(secret, timestamp, request.body)}`,
    },
  };
};
