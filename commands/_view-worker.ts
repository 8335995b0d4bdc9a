// A thread that reads for the dashboard: the file, the node, or the checks and what is asked beside. None can hold up a key.
import type { NodeFacts, Question, Report, Request } from "../core/view/messages.ts";
import { BEAT_MS } from "../core/view/messages.ts";
import { openDiagnostics } from "./_diagnostics.ts";
import { openCollector } from "./_view-collect.ts";

/** How often the file is asked whether it changed; the question is answered anew only then. */
const LOOK_MS = 500;
/** How often it is seen whether to collect. */
const COLLECT_LOOK_MS = 5000;
/** News of the node that come within this are told together. */
const GATHER_MS = 30;

function report(message: Report): void {
  postMessage(message);
}

async function serveDatabase({ path, logFile, refreshMs }: Request & { kind: "open-database" }) {
  const { openDatabase } = await import("../core/view/database.ts");
  const source = openDatabase(path, logFile);
  let watched: Question | null = null;
  let told = "";
  let saidAt = 0;

  function say(message: Report): void {
    saidAt = performance.now();
    report(message);
  }

  function tell(force: boolean): void {
    if (watched === null) return;
    const result = source.answer(watched);
    const text = JSON.stringify(result);
    // The same answer again would draw the same screen again; but whoever waits is told.
    if (text === told && !force) return;
    told = text;
    say({ kind: "watched", question: watched, ...result });
  }

  setInterval(
    () => {
      if (watched === null) return;
      if (source.changed()) tell(false);
      if (performance.now() - saidAt > BEAT_MS) say({ kind: "same" });
    },
    Math.min(LOOK_MS, refreshMs),
  );
  return (request: Request): void => {
    if (request.kind === "ask") {
      say({ kind: "answered", id: request.id, ...source.answer(request.question) });
    } else if (request.kind === "watch") {
      watched = request.question;
      told = "";
      tell(true);
    } else if (request.kind === "refresh") {
      tell(true);
    }
  };
}

async function serveNode(request: Request & { kind: "open-node" }) {
  const { followNode } = await import("../core/view/node.ts");
  const { urls, timeoutMs, refreshMs, ours } = request;
  const options = { urls, timeoutMs, pollMs: refreshMs, ours };
  let told = "";
  let waiting = false;
  const never = new AbortController().signal;
  // A block brings several news at once: they are one picture.
  const tell = (facts: NodeFacts): void => {
    waiting = false;
    const { heardAtMs: atMs, ...rest } = facts;
    const text = JSON.stringify(rest);
    if (text !== told) report({ kind: "node", facts });
    else if (atMs !== null) report({ kind: "heard", atMs });
    told = text;
  };
  const soon = (facts: NodeFacts): void => {
    if (waiting) return;
    waiting = true;
    setTimeout(tell, GATHER_MS, facts);
  };
  void followNode(options, soon, never);
  return (): void => undefined;
}

async function serveInspect({ urls }: Request & { kind: "open-inspect" }): Promise<Serve> {
  const { askNode } = await import("../core/view/inspect.ts");
  return (asked) => {
    if (asked.kind !== "inspect") return;
    void askNode(urls, asked.hash, asked.author).then((facts) =>
      report({ kind: "inspected", facts }),
    );
  };
}

/** Looks into the file too: a thread of its own, so that a file that hangs holds up no news of the node. */
async function serveHealth({ wishes }: Request & { kind: "open-health" }) {
  const { followHealth } = await import("../core/view/health.ts");
  const never = new AbortController().signal;
  void followHealth(wishes, (health) => report({ kind: "health", health }), never);
  return (): void => undefined;
}

/** Each machine is asked at its own pace: one that is slow delays none of the others. */
async function serveFleet({ remotes, timeoutMs, everyMs }: Request & { kind: "open-fleet" }) {
  const { followFleet } = await import("../core/fleet/follow.ts");
  const again = followFleet(remotes, { timeoutMs, everyMs }, (fleet) =>
    report({ kind: "fleet", fleet }),
  );
  return (request: Request): void => {
    if (request.kind === "refresh") again();
  };
}

type Serve = (request: Request) => void;

async function open(request: Request): Promise<Serve> {
  if (request.kind === "open-database") return await serveDatabase(request);
  if (request.kind === "open-node") return await serveNode(request);
  if (request.kind === "open-inspect") return await serveInspect(request);
  if (request.kind === "open-health") return await serveHealth(request);
  if (request.kind === "open-fleet") return await serveFleet(request);
  throw new Error(`a thread begins by opening something, not with ${request.kind}`);
}

// Loaded by anything but a thread's owner it does nothing.
if (!Bun.isMainThread) {
  const collector = openCollector();
  setInterval(collector.tick, COLLECT_LOOK_MS);
  const serving: Promise<Serve>[] = [];
  let logged: Promise<unknown> = Promise.resolve();
  addEventListener("message", (event: MessageEvent<Request>) => {
    collector.used();
    if (event.data.kind === "log") {
      logged = openDiagnostics(event.data.options);
      return;
    }
    // What is opened tells whoever listens by then.
    if (event.data.kind.startsWith("open")) serving.push(logged.then(() => open(event.data)));
    else for (const serve of serving) void serve.then((each) => each(event.data));
  });
}
