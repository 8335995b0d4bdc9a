// What a request leaves in the log, over both transports.
import { describe, expect, test } from "bun:test";

import { connect } from "../../../core/chain/connect.ts";
import type { Latency } from "../../../core/chain/latency.ts";
import { openLatency } from "../../../core/chain/latency.ts";
import type { Link } from "../../../core/chain/link.ts";
import { traceRequests } from "../../../core/chain/traced.ts";
import type { Level } from "../../../core/log.ts";
import type { ListLog } from "../../helpers/list-log.ts";
import { openListLog } from "../../helpers/list-log.ts";
import { containing } from "./containing.ts";
import type { FakeNode } from "./fake-node.ts";
import { echo, failure, startFakeNode } from "./fake-node.ts";

interface Traced {
  link: Link;
  log: ListLog;
  latency: Latency;
}

async function open(url: string, level: Level = "debug"): Promise<Traced> {
  const log = openListLog(level);
  const latency = openLatency();
  const link = await connect(url, { timeoutMs: 500, onExchange: traceRequests(log, latency) });
  log.lines.length = 0;
  return { link, log, latency };
}

function startEcho(http: boolean): FakeNode {
  return startFakeNode({
    ...(http ? { refuseUpgrade: 405 } : {}),
    onMessage: (calls, send, isBatch) => {
      const [first] = calls;
      if (first?.method === "never") return;
      if (first?.method === "fail")
        return send(JSON.stringify(failure(first.id, "State already discarded")));
      const replies = echo(calls);
      send(JSON.stringify(isBatch ? replies : replies[0]));
    },
  });
}

for (const transport of ["websocket", "http"] as const) {
  describe(transport, () => {
    test("a request is one line: id, method, parameters, time, sizes in bytes, outcome", async () => {
      await using node = startEcho(transport === "http");
      const { link, log } = await open(node.url);
      expect(link.transport).toBe(transport);
      await link.request("echo", ["ä", 2]);
      expect(log.lines).toHaveLength(1);
      const [line] = log.lines;
      const id = line?.fields["requestId"];
      expect(line).toMatchObject({
        level: "debug",
        message: containing(`rpc ${String(id)} echo ["ä",2] ok, `),
        fields: {
          ...{ method: "echo", calls: 1, params: '["ä",2]', outcome: "ok" },
          requestBytes: Buffer.byteLength(
            `{"jsonrpc":"2.0","id":${String(id)},"method":"echo","params":["ä",2]}`,
          ),
          replyBytes: Buffer.byteLength(`{"jsonrpc":"2.0","id":${String(id)},"result":"ä"}`),
        },
      });
      expect(line?.fields["durationMs"]).toBeGreaterThan(0);
      link.close();
    });

    test("a batch is one line, and long parameters are cut", async () => {
      await using node = startEcho(transport === "http");
      const { link, log, latency } = await open(node.url);
      const before = latency.summary().requests;
      await link.batch(
        "echo",
        Array.from({ length: 100 }, (_, i) => [`0x${String(i).repeat(32)}`]),
      );
      expect(log.lines).toHaveLength(1);
      const params = String(log.lines[0]?.fields["params"]);
      expect(params).toHaveLength(200);
      expect(params).toEndWith("…");
      expect(log.lines[0]).toMatchObject({ fields: { calls: 100, outcome: "ok" } });
      expect(latency.summary().requests).toBe(before + 1);
      link.close();
    });

    test("a refusal and a silence leave their code, the silence no size", async () => {
      await using node = startEcho(transport === "http");
      const { link, log } = await open(node.url);
      const error = await link.request("fail", []).catch(String);
      expect(error).toContain("discarded");
      await link.request("never", []).catch(() => undefined);
      const failed = log.lines.filter(({ fields }) => fields["method"] === "fail");
      expect(failed.map(({ fields }) => fields["outcome"])).toEqual(["discarded"]);
      const silent = log.lines.filter(({ fields }) => fields["method"] === "never");
      expect(silent.length).toBeGreaterThan(0);
      for (const { fields } of silent) {
        expect(fields["outcome"]).toBe(transport === "http" ? "unavailable" : "too-much");
        expect(fields["replyBytes"]).toBeNull();
      }
      link.close();
    });

    test("above debug nothing is said, and requests are counted all the same", async () => {
      await using node = startEcho(transport === "http");
      const { link, log, latency } = await open(node.url, "info");
      const before = latency.summary().requests;
      for (let i = 0; i < 5; i++) await link.request("echo", [i]);
      expect(log.lines).toEqual([]);
      expect(latency.summary().requests).toBe(before + 5);
      link.close();
    });
  });
}
