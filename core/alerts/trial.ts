// A test message to each channel, past the queue: whether the operator would hear of a real one.
import type { Message, OutgoingRequest, Sender } from "./channels/message.ts";
import { buildRequest } from "./deliver.ts";
import { MASK, maskRequest, maskUrl } from "./mask.ts";
import type { Post } from "./post.ts";
import type { Channel } from "./settings.ts";
import { formatTitle } from "./words.ts";

export interface TrialResult {
  channel: string;
  type: Channel["type"];
  ok: boolean;
  /** Null when all is well. */
  error: string | null;
}

/** The requests a test would send, secrets masked; null where a channel's address cannot be read. */
export interface TrialRequest {
  channel: string;
  type: Channel["type"];
  request: OutgoingRequest | null;
}

/** PagerDuty opens an incident: the test closes it again. */
function messagesFor({ type }: Channel, { instance, chain }: Sender, nowMs: number): Message[] {
  const id = `mvm-${instance}-test-${nowMs}`;
  const base = { kind: "test", subject: "", severity: "info" } as const;
  const message: Message = {
    ...{ ...base, id, incident: id, chain, action: "note", atMs: nowMs },
    title: formatTitle({ ...base, action: "note" }),
    text: "This is a test: alerts of mvm arrive here.",
    details: {},
  };
  if (type !== "pagerduty") return [message];
  return [
    { ...message, action: "raise" },
    { ...message, id: `${id}-end`, action: "recover" },
  ];
}

export async function tryChannel(
  channel: Channel,
  sender: Sender,
  nowMs: number,
  options: { post: Post; timeoutMs: number; signal: AbortSignal },
): Promise<TrialResult> {
  const { name, type } = channel;
  for (const message of messagesFor(channel, sender, nowMs)) {
    const request = buildRequest(message, channel, nowMs);
    if (request === null) {
      return { channel: name, type, ok: false, error: "its address cannot be read" };
    }
    const outcome = await options.post(request, options);
    if (!outcome.ok) return { channel: name, type, ok: false, error: outcome.error };
  }
  return { channel: name, type, ok: true, error: null };
}

export function describeTrial(channel: Channel, sender: Sender, nowMs: number): TrialRequest[] {
  const { name, type } = channel;
  return messagesFor(channel, sender, nowMs).map((message) => {
    // Masked before it is written: so nothing secret is in any part, signature and body included.
    const masked = {
      ...channel,
      url: maskUrl(channel.url),
      token: channel.token === null ? null : MASK,
      secret: channel.secret === null ? null : MASK,
    };
    const request = buildRequest(message, masked, nowMs);
    return { channel: name, type, request: request === null ? null : maskRequest(request) };
  });
}
