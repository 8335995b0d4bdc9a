// Names that lead to a cloud's metadata service, or do so only when it counts.
import { expect, test } from "bun:test";

import { isMetadataAddress } from "../../../core/alerts/guard.ts";
import { firstWay, routesTo } from "../../../core/alerts/route.ts";

test("an IPv6 address that stands for a refused IPv4 one is refused in each way to write it", () => {
  const refused = [
    ...["169.254.169.254", "169.254.0.23", "100.100.100.200", "192.0.0.192", "168.63.129.16"],
    ...["::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::169.254.169.254", "::ffff:0:a9fe:a9fe"],
    ...["64:ff9b::169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe"],
    ...["2002:a9fe:a9fe::1", "2001:0:1:2:3:4:5601:5601", "fe80::a9fe:a9fe%eth0"],
    ...["fd00:ec2::254", "FD00:0EC2:0:0:0:0:0:0254", "fd20:ce::254", "fd00:42::42"],
  ];
  for (const each of refused) expect([each, isMetadataAddress(each)]).toEqual([each, true]);
  const fine = [
    ...["127.0.0.1", "10.0.0.1", "169.253.1.1", "169.255.1.1", "8.8.8.8", "::1", "::"],
    ...[
      "::ffff:127.0.0.1",
      "64:ff9b::8.8.8.8",
      "2002:808:808::1",
      "fe80::1",
      "2001:db8::a9fe:a9fe",
    ],
  ];
  for (const each of fine) expect([each, isMetadataAddress(each)]).toEqual([each, false]);
});

test("a name is refused when any of its addresses is", async () => {
  const among = async () =>
    await Promise.resolve([{ address: "8.8.8.8" }, { address: "fd00:ec2::254" }]);
  expect(await routesTo("https://hooks.example/x", among)).toBeNull();
  for (const name of ["metadata.google.internal", "METADATA.goog.", "instance-data"]) {
    expect(await routesTo(`http://${name}/`, among)).toBeNull();
  }
});

test("what a name stood for when it was looked at is where it is sent: it may not change in between", async () => {
  await using server = openHere();
  let asked = 0;
  const rebinding = async () => {
    asked += 1;
    return await Promise.resolve([{ address: asked === 1 ? "127.0.0.1" : "169.254.169.254" }]);
  };
  const routes = await routesTo(`http://rebind.example:${server.port}/hook`, rebinding);
  const answer = await firstWay(
    routes ?? [],
    async ({ url, headers }) => await (await fetch(url, { headers })).text(),
    new AbortController().signal,
  );
  expect(answer).toBe(`rebind.example:${server.port} /hook`);
  expect(asked).toBe(1);
});

test("over TLS the certificate is still that of the name", async () => {
  const here = async () =>
    await Promise.resolve([{ address: "10.1.2.3" }, { address: "2001:db8::1" }]);
  expect(await routesTo("https://hooks.example:8443/x?y=1", here)).toEqual([
    {
      url: "https://10.1.2.3:8443/x?y=1",
      headers: { host: "hooks.example:8443" },
      tls: { serverName: "hooks.example" },
    },
    {
      url: "https://[2001:db8::1]:8443/x?y=1",
      headers: { host: "hooks.example:8443" },
      tls: { serverName: "hooks.example" },
    },
  ]);
});

test("the next address is tried where nobody listens, and not where somebody did", async () => {
  const routes = [
    { url: "1", headers: {} },
    { url: "2", headers: {} },
  ];
  const tried: string[] = [];
  const fail =
    (code: string) =>
    async ({ url }: { url: string }) => {
      tried.push(url);
      return await Promise.reject(Object.assign(new Error("no"), { code }));
    };
  const { signal } = new AbortController();
  await expect(firstWay(routes, fail("ConnectionRefused"), signal)).rejects.toThrow("no");
  await expect(firstWay(routes, fail("ECONNRESET"), signal)).rejects.toThrow("no");
  expect(tried).toEqual(["1", "2", "1"]);
});

function openHere(): AsyncDisposable & { port: number } {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) =>
      new Response(`${request.headers.get("host")} ${new URL(request.url).pathname}`),
  });
  return { port: server.port ?? 0, [Symbol.asyncDispose]: async () => await server.stop(true) };
}
