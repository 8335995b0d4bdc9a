// A program under strace: which files it opened and changed, whom it connected to, where it listened, what it ran.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { join, resolve } from "pathe";

export interface Touched {
  /** Opened for reading alone; folders end in a slash. */
  read: Set<string>;
  /** Opened for writing, made, renamed, removed, or given other rights. */
  written: Set<string>;
  /** `127.0.0.1:9944`, or the path of a local socket. */
  connected: Set<string>;
  listened: Set<string>;
  ran: Set<string>;
  /** Calls that go past strace. */
  hidden: number;
  calls: number;
}

const OPEN =
  /^open(?:at|at2)?\((?:AT_FDCWD[^,]*, |\d+<[^>]*>, )?"(?<name>[^"]*)", (?<flags>[^)]*)\)\s+= \d+<(?<path>[^>]*)>/;
const CHANGE =
  /^(?:creat|mkdir|rmdir|unlink|rename|link|symlink|chmod|chown|lchown|fchmodat|fchownat|truncate|mknod|utimensat|setxattr)\w*\(.*\)\s+= 0$/;
/** A name, and the open folder it is in where it is in one. */
const NAMED = /(?:(?:\d+|AT_FDCWD)<([^>]*)>, )?"([^"]*)"/g;
const SOCKET =
  /^(?<call>connect|bind|sendto)\(.*?\{sa_family=AF_(?<family>\w+), (?<rest>[^}]*)\}.*\)\s+= (?<result>.*)$/;
const RUN = /^execve\("(?<path>[^"]*)".*\s= 0$/;

export const HAVE_STRACE =
  Bun.which("strace") !== null &&
  Bun.spawnSync(["strace", "-qq", "-e", "trace=none", "true"]).exitCode === 0;

/** The words that put a command under strace, and what it did once it has ended. */
export function underStrace(cwd: string): Disposable & { words: string[]; read: () => Touched } {
  const folder = mkdtempSync(join(tmpdir(), "mvm-strace-"));
  const what = "trace=%file,%network,%process,io_uring_setup,fchmod,fchown,ftruncate";
  // A file for each thread: no call is cut in two by another.
  const words = ["strace", "-ff", "-qq", "-y", "-s", "4096", "-e", what, "-o", join(folder, "t")];
  return {
    words,
    read: () => {
      const touched: Touched = {
        ...{ read: new Set(), written: new Set(), connected: new Set(), listened: new Set() },
        ...{ ran: new Set(), hidden: 0, calls: 0 },
      };
      for (const name of readdirSync(folder))
        for (const line of readFileSync(join(folder, name), "utf8").split("\n"))
          note(line, cwd, touched);
      return touched;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function note(line: string, cwd: string, touched: Touched): void {
  if (line === "") return;
  touched.calls += 1;
  if (line.startsWith("io_uring_setup")) touched.hidden += 1;
  noteFile(line, cwd, touched);
  noteSocket(line, touched);
  const ran = RUN.exec(line)?.groups?.["path"];
  if (ran !== undefined) touched.ran.add(ran);
}

function noteFile(line: string, cwd: string, touched: Touched): void {
  const opened = OPEN.exec(line)?.groups;
  if (opened !== undefined) noteOpened(opened["path"] ?? "", opened["flags"] ?? "", touched);
  if (!CHANGE.test(line)) return;
  for (const [, folder, name = ""] of line.matchAll(NAMED))
    touched.written.add(resolve(cwd, folder ?? "", name));
}

function noteOpened(path: string, flags: string, { read, written }: Touched): void {
  // Where output goes that nobody wants.
  if (path === "/dev/null") return;
  const isWritten = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(flags);
  const isFolder = flags.includes("O_DIRECTORY") && !path.endsWith("/");
  (isWritten ? written : read).add(isFolder ? `${path}/` : path);
}

function noteSocket(line: string, { connected, listened }: Touched): void {
  const { call = "", family = "", rest = "", result = "" } = SOCKET.exec(line)?.groups ?? {};
  // A kernel's own channel: which addresses the machine has.
  if (call === "" || family === "NETLINK") return;
  const name = family === "UNIX" ? pathOf(rest) : addressOf(rest);
  if (call === "bind") {
    if (result.startsWith("0")) listened.add(name);
  } else connected.add(name);
}

const pathOf = (rest: string): string => /sun_path=(@?"[^"]*")/.exec(rest)?.[1] ?? rest;

function addressOf(rest: string): string {
  const port = /port=htons\((\d+)\)/.exec(rest)?.[1] ?? "?";
  const address = /inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"/.exec(rest);
  return `${address?.[1] ?? address?.[2] ?? rest}:${port}`;
}
