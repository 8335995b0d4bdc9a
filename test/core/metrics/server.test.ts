import { expect, test } from "bun:test";

import { parseListen } from "../../../core/config/listen.ts";
import { openServer } from "../../../core/metrics/server.ts";

function open(token: string | null = null, notReady: string | null = null) {
  return openServer({
    listen: { hostname: "127.0.0.1", port: 0 },
    token,
    render: async () => ({ body: "mvm_x 1\n# EOF\n", contentType: "application/openmetrics-text" }),
    notReady: () => notReady,
  });
}

async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; body: string }> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
  return { status: response.status, body: await response.text() };
}

test("metrics and probes are answered, anything else is not found", async () => {
  await using server = open();
  expect(await ask(`${server.url}metrics`)).toEqual({ status: 200, body: "mvm_x 1\n# EOF\n" });
  expect(await ask(`${server.url}healthz`)).toEqual({ status: 200, body: "ok\n" });
  expect(await ask(`${server.url}readyz`)).toEqual({ status: 200, body: "ready\n" });
  expect((await ask(`${server.url}../etc/passwd`)).status).toBe(404);
});

test("who is not caught up is not ready, and says why", async () => {
  await using server = open(null, "12 blocks behind");
  expect(await ask(`${server.url}readyz`)).toEqual({ status: 503, body: "12 blocks behind\n" });
  expect((await ask(`${server.url}healthz`)).status).toBe(200);
});

test("nothing can be written", async () => {
  await using server = open();
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    expect((await ask(`${server.url}metrics`, { method })).status).toBe(405);
  }
});

test("with a token the metrics want it, and the probes do not", async () => {
  await using server = open("s3cret");
  const given = (authorization: string): RequestInit => ({ headers: { authorization } });
  expect((await ask(`${server.url}metrics`)).status).toBe(401);
  expect((await ask(`${server.url}metrics`, given("Bearer s3cre"))).status).toBe(401);
  expect((await ask(`${server.url}metrics`, given("Bearer s3creT"))).status).toBe(401);
  expect((await ask(`${server.url}metrics`, given("Bearer s3cret"))).status).toBe(200);
  expect((await ask(`${server.url}healthz`)).status).toBe(200);
});

test("beyond this machine it is served with a token only", () => {
  const options = { token: null, render: async () => ({ body: "", contentType: "" }) };
  const listen = parseListen("0.0.0.0:0");
  expect(() => openServer({ ...options, listen, notReady: () => null })).toThrow("without a token");
});

test("a port in use is the operator's to change", async () => {
  await using server = open();
  const listen = parseListen(`127.0.0.1:${new URL(server.url).port}`);
  const options = { listen, token: null, notReady: () => null };
  const render = async () => ({ body: "", contentType: "" });
  expect(() => openServer({ ...options, render })).toThrow("cannot listen on");
});

test.each([
  ["127.0.0.1:9616", "127.0.0.1", 9616],
  ["localhost:80", "localhost", 80],
  [":9616", "0.0.0.0", 9616],
  ["[::1]:9616", "::1", 9616],
])("%s is an address to listen on", (text, hostname, port) => {
  expect(parseListen(text)).toEqual({ hostname, port });
});

test.each(["9616", "127.0.0.1", "host:", "host:99999", "::1:9616", "a b:1", "http://host:1"])(
  "%s is none",
  (text) => {
    expect(() => parseListen(text)).toThrow("expected HOST:PORT");
  },
);
