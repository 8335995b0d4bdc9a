// Tells systemd that the main loop lives. Datagrams to a Unix socket, which only libc offers here.
import { dlopen, ptr } from "bun:ffi";

import type { Log } from "../core/log.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2_000_000;
const MSG_NOSIGNAL = 0x4000;
/** A third of the deadline: two may be lost. */
const PINGS_PER_DEADLINE = 3;
const LIBRARIES = ["libc.so.6", `libc.musl-${process.arch === "x64" ? "x86_64" : "aarch64"}.so.1`];

type Notify = (state: string) => boolean;

/**
 * Pings the watchdog as long as timers run, so a main loop that hangs is restarted. Does nothing where
 * systemd did not ask for it. Closing ends the pings.
 */
export function openWatchdog(env: NodeJS.ProcessEnv, log: Log): Disposable {
  const deadlineMs = Number(env["WATCHDOG_USEC"]) / 1000;
  const socket = env["NOTIFY_SOCKET"] ?? "";
  // The variables reach our children too; they name whom systemd waits for.
  const isMeant = env["WATCHDOG_PID"] === undefined || Number(env["WATCHDOG_PID"]) === process.pid;
  if (socket === "" || !(deadlineMs > 0) || !isMeant) return { [Symbol.dispose]: () => undefined };
  const notify = openNotify(socket);
  const ping = (): void => {
    if (!notify("WATCHDOG=1")) log.debug("the watchdog could not be told", { socket });
  };
  ping();
  const timer = setInterval(ping, deadlineMs / PINGS_PER_DEADLINE);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Sends a state such as `READY=1` to a socket: a path, or an abstract name that begins with @. */
function openNotify(socket: string): Notify {
  const libc = openLibc();
  // Longer than the kernel takes is nobody's socket; the send then fails, and says so.
  const name = Buffer.from(socket.startsWith("@") ? `\0${socket.slice(1)}` : `${socket}\0`);
  const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), name]);
  return (state) => {
    const bytes = Buffer.from(state);
    const descriptor = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return false;
    const args = [ptr(bytes), bytes.length, MSG_NOSIGNAL, ptr(address), address.length] as const;
    const sent = libc.sendto(descriptor, ...args);
    libc.close(descriptor);
    return Number(sent) === bytes.length;
  };
}

function openLibc() {
  let failure: unknown;
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, {
        socket: { args: ["i32", "i32", "i32"], returns: "i32" },
        sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
        close: { args: ["i32"], returns: "i32" },
      }).symbols;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
