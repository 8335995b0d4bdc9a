// A port that passes bytes on to another one, or answers with what is no WebSocket, no HTTP, or nothing whole.
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { deflateRawSync } from "node:zlib";

import type { Random } from "./mutate.ts";
import { pick } from "./mutate.ts";

const TEXT = 0x81;
const COMPRESSED = 0xc1;
const BEGIN = 0x01;
const CONTINUE = 0x80;
const PING = 0x89;
const PINGS = 100_000;
const BOMB_BYTES = 256 * 1024 * 1024;

/** A frame from a server; `claimed` is the length it says it has. */
function frame(head: number, payload: Uint8Array, claimed = payload.length): Buffer {
  if (claimed < 126) return Buffer.concat([Buffer.from([head, claimed]), payload]);
  const length = Buffer.alloc(10);
  length.set([head, 127]);
  length.writeBigUInt64BE(BigInt(claimed), 2);
  return Buffer.concat([length, payload]);
}

let bomb: Buffer | undefined;

/** After the handshake. The key is what the client's upgrade asked to be answered with. */
const FRAMES: Record<string, (random: Random) => Buffer> = {
  "bytes for frames": (random) => Buffer.from(Array.from({ length: 4096 }, () => random() * 256)),
  "no UTF-8": () => frame(TEXT, Buffer.from([0xff, 0xfe, 0xc0, 0x80])),
  "frame that claims 2^62 bytes": () => frame(TEXT, Buffer.from("{}"), 2 ** 52 * 1024),
  "half a frame": () => frame(TEXT, Buffer.from('{"jsonrpc":"2.0"'), 120),
  "masked frame": () => Buffer.from([TEXT, 0x82, 1, 2, 3, 4, 5, 6]),
  "reserved bits": () => frame(0xf1, Buffer.from("AA")),
  "unknown opcode": () => frame(0x83, Buffer.from("AA")),
  "long ping": () => frame(PING, Buffer.alloc(70_000)),
  "ping flood": () => Buffer.concat(Array<Buffer>(PINGS).fill(frame(PING, Buffer.alloc(100, 97)))),
  "compressed bomb": () =>
    frame(COMPRESSED, (bomb ??= deflateRawSync(Buffer.alloc(BOMB_BYTES, 97)))),
  "continuation of nothing": () => frame(CONTINUE, Buffer.from("AA")),
  "text within text": () =>
    Buffer.concat([frame(BEGIN, Buffer.from("{")), frame(TEXT, Buffer.from("}"))]),
  "binary message": () => frame(0x82, Buffer.from('{"id":1,"result":null}')),
  "empty message": () => frame(TEXT, Buffer.alloc(0)),
};

/** In place of the handshake. */
const HANDSHAKES: Record<string, (random: Random) => Buffer> = {
  "bytes for a handshake": (random) =>
    Buffer.from(Array.from({ length: 512 }, () => random() * 256)),
  "status without end": () => Buffer.from(`HTTP/1.1 ${"1".repeat(100_000)}`),
  "header without end": () => Buffer.from(`HTTP/1.1 101 Switching\r\nX: ${"a".repeat(2_000_000)}`),
  "upgrade without a key": () =>
    Buffer.from("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
  nothing: () => Buffer.alloc(0),
  "answer of another protocol": () => Buffer.from("220 mail ESMTP\r\n"),
};

function acceptOf(request: string): string {
  const key = /sec-websocket-key: *(\S+)/i.exec(request)?.[1] ?? "";
  const hash = new Bun.CryptoHasher("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return hash.digest("base64");
}

/** Answers one upgrade, and breaks off a little later. Returns what it did. */
function talkGarbage(client: Socket, request: string, random: Random): string {
  const isHandshake = random() < 0.3;
  const from = isHandshake ? HANDSHAKES : FRAMES;
  const kind = pick(random, Object.keys(from));
  if (!isHandshake) {
    client.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${acceptOf(request)}\r\n` +
        (kind === "compressed bomb" ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "") +
        "\r\n",
    );
  }
  client.write(from[kind]?.(random) ?? "");
  setTimeout(() => client.destroy(), 100);
  return kind;
}

interface Garbage {
  /** Whether this connection is to get it. */
  isDue: () => boolean;
  done: (kind: string) => void;
}

export function garbageFor(
  innerPort: number,
  random: Random,
  { isDue, done }: Garbage,
): { port: number; stop: () => void } {
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((client) => {
    keep(client);
    if (isDue()) {
      client.once("data", (request) =>
        done(talkGarbage(client, request.toString("latin1"), random)),
      );
      return;
    }
    const inner = connect(innerPort, "127.0.0.1");
    keep(inner);
    client.pipe(inner);
    inner.pipe(client);
    client.on("close", () => inner.destroy());
    inner.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    stop: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
