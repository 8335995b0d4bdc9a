// Test messages to every kind of channel, and what is shown of them.
import { afterAll, expect, test } from "bun:test";

import { post } from "../../../core/alerts/post.ts";
import { describeTrial, tryChannel } from "../../../core/alerts/trial.ts";
import { everyChannel, NOON_MS, openReceiver } from "../../helpers/alert-lab.ts";

const receiver = openReceiver();
const SENDER = { instance: "test", chain: null };
const SECRETS = ["signing-key", "123:abc", "R".repeat(32), "my-topic", "tk_secret"];

afterAll(async () => await receiver[Symbol.asyncDispose]());

test("each channel takes its test message; pagerduty's incident is closed again", async () => {
  const options = { post, timeoutMs: 10_000, signal: new AbortController().signal };
  for (const channel of everyChannel(receiver.url)) {
    receiver.received.length = 0;
    const result = await tryChannel(channel, SENDER, NOON_MS, options);
    expect(result).toEqual({ channel: channel.name, type: channel.type, ok: true, error: null });
    const actions = receiver.received.map(({ body }) => body["event_action"] ?? "message");
    const expected = channel.type === "pagerduty" ? ["trigger", "resolve"] : ["message"];
    expect(actions).toEqual(expected);
  }
});

test("what a dry run shows holds no secret of any channel", () => {
  for (const channel of everyChannel("http://here/hunter2")) {
    const shown = JSON.stringify(describeTrial(channel, SENDER, NOON_MS));
    expect(shown).toContain("This is a test");
    for (const secret of [...SECRETS, "hunter2"]) expect(shown).not.toContain(secret);
  }
  const [broken] = everyChannel("no address").slice(-1);
  const shown = broken === undefined ? [] : describeTrial(broken, SENDER, NOON_MS);
  expect(shown).toMatchObject([{ channel: "ntfy", request: null }]);
});
