// One request out: where it may go, what is waited for, and that nothing secret comes back.
import { afterAll, beforeEach, expect, test } from "bun:test";

import { FORMATS } from "../../../core/alerts/channels/formats.ts";
import type { OutgoingRequest } from "../../../core/alerts/channels/message.ts";
import { toMessage } from "../../../core/alerts/channels/message.ts";
import { ping } from "../../../core/alerts/deadman.ts";
import { parseRetryAfter, post } from "../../../core/alerts/post.ts";
import { routesTo } from "../../../core/alerts/route.ts";
import { everyChannel, openReceiver } from "../../helpers/alert-lab.ts";

const receiver = openReceiver();
const other = openReceiver();
const NEVER = new AbortController().signal;

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

beforeEach(() => {
  receiver.received.length = 0;
  other.received.length = 0;
});

function request(url: string): OutgoingRequest {
  return { url, method: "POST", headers: { authorization: "Bearer hunter2-token" }, body: "{}" };
}

async function send(url: string, timeoutMs = 10_000) {
  return await post(request(url), { timeoutMs, signal: NEVER });
}

test("addresses of cloud metadata are refused in every spelling, others are not", async () => {
  const refused = [
    ...["http://169.254.169.254/latest", "http://169.254.170.2/", "http://2852039166/"],
    ...[
      "http://0xa9.0xfe.0xa9.0xfe/",
      "http://[::ffff:169.254.169.254]/",
      "http://0251.254.169.254/",
    ],
    ...[
      "http://[fd00:ec2::254]/",
      "http://[fd00:0ec2:0:0:0:0:0:254]:80/",
      "http://100.100.100.200/",
    ],
    ...["http://metadata.google.internal/", "http://METADATA.google.internal./x"],
  ];
  for (const url of refused) expect([url, await routesTo(url)]).toEqual([url, null]);
  const fine = ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://192.168.1.5/"];
  for (const url of fine) expect(await routesTo(url)).not.toBeNull();
  expect(await send("http://169.254.169.254/")).toMatchObject({
    error: "its address is that of a cloud's metadata service: nothing is sent there",
  });
});

test("a redirect to another host is not followed, and the secret does not travel", async () => {
  const away = other.url.replace("127.0.0.1", "localhost");
  for (const location of [`${away}/steal`, `${other.url}/steal`, "http://169.254.169.254/"]) {
    receiver.answer(() => new Response(null, { status: 307, headers: { location } }));
    expect(await send(`${receiver.url}/hook`)).toMatchObject({
      ok: false,
      error: "it sends us to another place; give that address instead",
    });
  }
  expect(other.received).toEqual([]);
});

test("a redirect within the host is followed with the same body, but not in circles", async () => {
  let left = 2;
  receiver.answer(() =>
    left-- > 0
      ? new Response(null, { status: 301, headers: { location: "/new" } })
      : new Response("ok"),
  );
  expect(await send(`${receiver.url}/old`)).toEqual({ ok: true });
  expect(receiver.received.map(({ method, path, text }) => `${method} ${path} ${text}`)).toEqual([
    ...["POST /old {}", "POST /new {}", "POST /new {}"],
  ]);
  left = 99;
  expect(await send(`${receiver.url}/old`)).toMatchObject({ ok: false });
  expect(receiver.received.length).toBe(7);
});

test("no error holds any part of an address, a header or a key, even when the receiver echoes them", async () => {
  const secrets = ["hunter2", "tk_secret", "123:abc", "R".repeat(32), "my-topic", "signing-key"];
  const alert = {
    ...({
      id: 1,
      incident: 1,
      action: "note",
      kind: "test",
      subject: "",
      severity: "info",
    } as const),
    ...{ message: "x", details: "{}", atMs: 0, once: null },
  };
  const message = toMessage(alert, { instance: "i", chain: null });
  for (const channel of everyChannel(`${receiver.url}/hunter2-path`)) {
    const out = FORMATS[channel.type](message, channel, 0);
    receiver.answer(() => {
      const said = `bad ${out.url} ${Object.values(out.headers).join(" ")} ${out.body}`;
      return Response.json({ message: said }, { status: 403 });
    });
    const outcome = await post(out, { timeoutMs: 10_000, signal: NEVER });
    const closed = { ...out, url: out.url.replace(/:\d+/, ":1") };
    const unreached = await post(closed, { timeoutMs: 10_000, signal: NEVER });
    for (const secret of secrets) {
      expect(JSON.stringify(outcome)).not.toContain(secret);
      expect(JSON.stringify(unreached)).not.toContain(secret);
    }
    expect(unreached).toMatchObject({ ok: false, error: "cannot be reached (ECONNREFUSED)" });
    expect(outcome).toMatchObject({ ok: false, refused: false });
  }
});

test("what a service says of a failure is kept, its wish for patience too", async () => {
  const telegram = {
    ...{ ok: false, error_code: 429, description: "Too Many Requests: retry after 35" },
    parameters: { retry_after: 35 },
  };
  receiver.answer(() => Response.json(telegram, { status: 429 }));
  expect(await send(receiver.url)).toEqual({
    ...{ ok: false, retryAfterMs: 35_000, refused: false },
    error: "answered 429: Too Many Requests: retry after 35",
  });
  const discord = { message: "You are being rate limited.", retry_after: 0.5, global: false };
  receiver.answer(() => Response.json(discord, { status: 429 }));
  expect(await send(receiver.url)).toMatchObject({ retryAfterMs: 500 });
  receiver.answer(() => new Response("\u001b[31mno\n", { status: 400 }));
  expect(await send(receiver.url)).toMatchObject({ error: "answered 400", refused: true });
});

test("a receiver that never answers, or never ends its answer, is waited for no longer than asked", async () => {
  receiver.answer(() => new Promise<Response>(() => undefined));
  expect(await send(receiver.url, 200)).toMatchObject({ error: "no answer within 0.2 s" });
  const endless = (): Response =>
    new Response(
      new ReadableStream({
        pull: async (stream) => {
          await Bun.sleep(5);
          stream.enqueue(new Uint8Array(1000));
        },
      }),
    );
  receiver.answer(endless);
  expect(await send(receiver.url)).toEqual({ ok: true });
});

test("retry-after is read as seconds or as a date", () => {
  const now = Date.parse("2026-08-03T12:00:00Z");
  expect(parseRetryAfter("30", now)).toBe(30_000);
  expect(parseRetryAfter("Mon, 03 Aug 2026 12:01:00 GMT", now)).toBe(60_000);
  expect(parseRetryAfter("Mon, 03 Aug 2026 11:00:00 GMT", now)).toBe(0);
  for (const text of [null, "", "soon", "-5"]) expect(parseRetryAfter(text, now)).toBeNull();
});

test("a ping is a GET; anything but a yes is a failure", async () => {
  receiver.answer(() => new Response("ok"));
  await ping(`${receiver.url}/beat`, NEVER);
  expect(receiver.received).toMatchObject([{ method: "GET", path: "/beat" }]);
  receiver.answer(() => new Response("no", { status: 500 }));
  expect(ping(`${receiver.url}/beat`, NEVER)).rejects.toThrow();
  expect(ping("http://169.254.169.254/beat", NEVER)).rejects.toThrow("refused");
});
