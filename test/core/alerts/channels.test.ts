// What each service is sent: the fields and limits its documentation asks for, and nothing that acts as markup.
import { expect, test } from "bun:test";
import { createHmac } from "node:crypto";

import { FORMATS } from "../../../core/alerts/channels/formats.ts";
import type { Message, OutgoingRequest } from "../../../core/alerts/channels/message.ts";
import { toMessage } from "../../../core/alerts/channels/message.ts";
import { sign } from "../../../core/alerts/channels/webhook.ts";
import type { ChannelType } from "../../../core/alerts/settings.ts";
import { CHANNEL_TYPES } from "../../../core/alerts/settings.ts";
import { parseObject } from "../../../core/parse.ts";
import type { StoredAlert } from "../../../core/storage/alerts.ts";
import { channelOf, NOON_MS } from "../../helpers/alert-lab.ts";

const SENDER = { instance: "abcd1234", chain: "Midnight Preview" };
const ALERT: StoredAlert = {
  ...{ id: 8, incident: 7, action: "raise", kind: "node-stalled", subject: "alice" },
  ...{ severity: "critical", message: "No block for 120 s.", atMs: NOON_MS, once: null },
  details: '{"check":"chain.block-age","value":120,"unit":"s","hint":null}',
};
const NAMES_ITSELF: unknown = expect.stringContaining("mvm-abcd1234-8");
const WHOLE_TEXT: unknown = expect.stringMatching(/^No block for 120 s\.\n.*mvm-abcd1234-8$/);
const WICKED = "<b>&@everyone</b> *x* `y` [z](http://e) <!channel> \u{1F6A8}";

function send(type: ChannelType, more: Partial<StoredAlert> = {}): OutgoingRequest {
  const message = toMessage({ ...ALERT, ...more }, SENDER);
  return format(type, message);
}

function format(type: ChannelType, message: Message): OutgoingRequest {
  const channel = channelOf(type, "http://here");
  return FORMATS[type](message, channel, NOON_MS);
}

function bodyOf({ body }: OutgoingRequest): Record<string, unknown> {
  return parseObject(JSON.parse(body), "body");
}

test.each([...CHANNEL_TYPES])(
  "%s: JSON by POST, with the message's own id for repetitions",
  (type) => {
    const { method, headers } = send(type);
    expect(method).toBe("POST");
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(headers["idempotency-key"]).toBe("mvm-abcd1234-8");
    expect(send(type)).toEqual(send(type));
  },
);

test.each([...CHANNEL_TYPES])("%s: a very long message keeps within the limits", (type) => {
  const request = send(type, { message: `${"\u{1F6A8}<".repeat(6000)}`, subject: "x".repeat(900) });
  const text = request.body;
  expect(() => void JSON.parse(text)).not.toThrow();
  // No half of a character is left by the cut.
  expect(text).not.toMatch(/\\ud83d(?!\\ude)/i);
  if (type !== "webhook") expect(text.length).toBeLessThan(30_000);
});

test("webhook: a flat object with everything, and the signature verifies", () => {
  const request = send("webhook");
  expect(bodyOf(request)).toEqual({
    ...{ version: 1, id: "mvm-abcd1234-8", incident: "mvm-abcd1234-7", action: "raise" },
    ...{ kind: "node-stalled", alert_type: "node_stalled", severity: "critical" },
    ...{ title: "CRITICAL Chain stalled · alice", chain: "Midnight Preview", validator: "alice" },
    ...{ message: "No block for 120 s.", time: new Date(NOON_MS).toISOString() },
    details: { check: "chain.block-age", value: 120, unit: "s", hint: null },
  });
  const timestamp = request.headers["x-mvm-timestamp"] ?? "";
  expect(timestamp).toBe(String(NOON_MS / 1000));
  // As a receiver would check it, with another implementation.
  const expected = createHmac("sha256", "signing-key")
    .update(`${timestamp}.${request.body}`)
    .digest("hex");
  expect(request.headers["x-mvm-signature"]).toBe(`sha256=${expected}`);
  expect(sign("other key", timestamp, request.body)).not.toBe(expected);
});

test("webhook: low production has the Rust tool's fields at the top", () => {
  const details = {
    ...{ epoch: 301, blocks_produced: 1, expected_blocks: 6, committee_seats: 2 },
    ...{ production_ratio: 1 / 6, threshold: 0.8 },
  };
  const kind = "not-producing";
  const body = bodyOf(send("webhook", { kind, details: JSON.stringify(details) }));
  expect(body).toMatchObject({
    ...{ alert_type: "block_production_low", validator: "alice", message: ALERT.message },
    ...details,
  });
});

test("discord: one embed within its limits, and nobody is called", () => {
  const body = bodyOf(send("discord", { message: WICKED }));
  expect(body).toMatchObject({
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: "CRITICAL Chain stalled · alice",
        color: 0xe01e5a,
        timestamp: new Date(NOON_MS).toISOString(),
        footer: { text: NAMES_ITSELF },
      },
    ],
  });
  const text = JSON.stringify(body);
  expect(text).toContain(String.raw`\\*x\\* \\`);
  expect(text).not.toContain("[z](");
});

test("slack: text and a coloured attachment; words from outside are plain text", () => {
  const body = bodyOf(send("slack", { message: WICKED, subject: "<!here>" }));
  expect(body["text"]).toBe("*CRITICAL Chain stalled · &lt;!here&gt;*");
  expect(body["attachments"]).toMatchObject([
    {
      color: "#e01e5a",
      blocks: [
        { type: "section", text: { type: "plain_text", text: WICKED } },
        { type: "context", elements: [{ type: "plain_text" }] },
      ],
    },
  ]);
});

test("telegram: sendMessage of the bot, HTML with everything else escaped", () => {
  const request = send("telegram", { message: WICKED });
  expect(request.url).toBe("http://here/bot123:abc/sendMessage");
  const body = bodyOf(request);
  expect(body).toMatchObject({
    ...{ chat_id: "-100200", parse_mode: "HTML", disable_notification: false },
    link_preview_options: { is_disabled: true },
  });
  const text = String(body["text"]);
  // What is left once its three tags are gone has no bare < > &.
  const plain = text.replaceAll(/<\/?[bi]>/g, "");
  expect(plain.replaceAll(/&(?:lt|gt|amp);/g, "")).not.toMatch(/[<>&]/);
  expect(plain).toContain("&lt;b&gt;&amp;@everyone");
});

test("pagerduty: trigger and resolve by one key, in the fields of Events API v2", () => {
  const trigger = bodyOf(send("pagerduty"));
  expect(trigger).toEqual({
    ...{ routing_key: "R".repeat(32), dedup_key: "mvm-abcd1234-7", event_action: "trigger" },
    client: "mvm",
    payload: {
      summary: "CRITICAL Chain stalled · alice: No block for 120 s.",
      ...{ source: "alice", severity: "critical", component: "midnight-validator" },
      ...{ group: "Midnight Preview", class: "node-stalled" },
      timestamp: new Date(NOON_MS).toISOString(),
      custom_details: {
        ...{ id: "mvm-abcd1234-8", check: "chain.block-age", value: 120, unit: "s", hint: null },
      },
    },
  });
  expect(bodyOf(send("pagerduty", { action: "recover", id: 9 }))).toEqual({
    ...{ routing_key: "R".repeat(32), dedup_key: "mvm-abcd1234-7", event_action: "resolve" },
  });
});

test("ntfy: published as JSON to the server, the topic from the address, urgent what is critical", () => {
  const request = send("ntfy");
  expect(request.url).toBe("http://here/");
  expect(request.headers["authorization"]).toBe("Bearer tk_secret");
  expect(bodyOf(request)).toEqual({
    ...{ topic: "my-topic", title: "CRITICAL Chain stalled · alice", priority: 5 },
    ...{ tags: ["rotating_light", "node-stalled"] },
    message: WHOLE_TEXT,
  });
  expect(bodyOf(send("ntfy", { action: "recover" }))).toMatchObject({ priority: 3 });
  expect(bodyOf(send("ntfy", { severity: "info" }))).toMatchObject({ priority: 2 });
});
