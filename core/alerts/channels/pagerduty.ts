// PagerDuty Events API v2: a trouble triggers, its end resolves, both by one dedup_key.
import type { Format } from "./message.ts";
import { cut, postJson } from "./message.ts";

/** A note triggers as well, and nothing ever resolves it: `min_severity` says which ones are wanted. */
export const formatPagerDuty: Format = (message, { url, token }) => {
  const { incident, action, kind, subject, severity, text, chain } = message;
  const head = { routing_key: token, dedup_key: incident };
  if (action === "recover") {
    return postJson(url, message, { ...head, event_action: "resolve" });
  }
  return postJson(url, message, {
    ...head,
    event_action: "trigger",
    client: "mvm",
    payload: {
      summary: cut(`${message.title}: ${text}`, 1024),
      source: subject === "" ? (chain ?? "mvm") : subject,
      severity,
      timestamp: new Date(message.atMs).toISOString(),
      component: "midnight-validator",
      group: chain ?? "midnight",
      class: kind,
      custom_details: { id: message.id, ...message.details },
    },
  });
};
