// Other machines on the command line: which, and what they say as text.
import type { ArgsDef } from "citty";

import { readSecret } from "../core/config/secret.ts";
import { MonitorError } from "../core/errors.ts";
import type { Remote, RemoteLook, RemoteStatus } from "../core/fleet/remote.ts";
import { byVerdict, chooseRemotes, worstOfFleet } from "../core/fleet/remote.ts";
import { clean } from "../core/harmless.ts";
import { repeated } from "./_arguments.ts";
import type { Column, Screen } from "./_output.ts";
import { formatTable, openScreen, writeOut } from "./_output.ts";
import { loadSettings } from "./_settings.ts";
import { formatSpan } from "./_span.ts";

export const remoteFlags = {
  remote: {
    type: "string",
    valueHint: "URL...",
    description: "instead, machines whose mvm-sync serves: address, name of a [[remote]], or all",
  },
  "remote-token-file": {
    type: "string",
    valueHint: "FILE",
    description: "token of those that have none in the configuration",
  },
} satisfies ArgsDef;

export interface GivenRemotes {
  "remote-token-file"?: string | undefined;
  config?: string | undefined;
  env?: string | undefined;
}

/** Null when none is asked for. Throws `usage` and `config`. */
export async function readRemotes(
  given: GivenRemotes,
  rawArgs: readonly string[],
): Promise<Remote[] | null> {
  const words = repeated(rawArgs, "remote");
  if (words.length === 0) {
    if (given["remote-token-file"] === undefined) return null;
    throw new MonitorError("usage", "--remote-token-file: goes with --remote");
  }
  const { remotes } = await loadSettings(given, {});
  const file = given["remote-token-file"];
  return chooseRemotes(words, remotes, file === undefined ? null : readToken(file));
}

/** A token on the command line could be read by everybody on the machine. */
function readToken(path: string): string {
  const read = readSecret(path);
  if ("problem" in read) throw new MonitorError("usage", `--remote-token-file ${read.problem}`);
  const token = read.text;
  if (/^[\u0021-\u007e]{1,1024}$/.test(token)) return token;
  throw new MonitorError("usage", `--remote-token-file ${path}: holds no token`);
}

/** `line`: JSON for a stream of them. */
export async function writeFleet(
  looks: readonly RemoteLook[],
  form: "text" | "pretty" | "line",
): Promise<void> {
  const answer = { worst: worstOfFleet(looks), machines: byVerdict(looks) };
  await writeOut(
    form === "text"
      ? formatFleet(looks, openScreen(), Date.now())
      : JSON.stringify(answer, null, form === "pretty" ? 2 : undefined),
  );
}

/** One line by itself, the machines with the worst first, and what to do. */
function formatFleet(looks: readonly RemoteLook[], screen: Screen, nowMs: number): string {
  const sorted = byVerdict(looks);
  const hints = sorted
    .filter(({ hint }) => hint !== null)
    .map(({ name, hint }) => `${name}: ${hint ?? ""}`);
  return [
    formatFirstLine(sorted),
    formatTable(sorted, columns(nowMs), screen),
    hints.map(clean).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function formatFirstLine(sorted: readonly RemoteLook[]): string {
  const worst = worstOfFleet(sorted);
  const count = `${sorted.length} machine${sorted.length === 1 ? "" : "s"}`;
  if (worst === "ok") return `OK - ${count} fine`;
  const those = sorted.filter(({ verdict }) => verdict === worst).map(({ name }) => name);
  return clean(`${worst.toUpperCase()} - ${those.length} of ${count}: ${those.join(", ")}`);
}

function columns(nowMs: number): Column<RemoteLook>[] {
  const of = (tell: (status: RemoteStatus) => string | number | null) => (look: RemoteLook) =>
    look.status === null ? "?" : String(tell(look.status) ?? "?");
  return [
    { title: "machine", cell: ({ name }) => clean(name) },
    { title: "status", cell: ({ verdict }) => verdict },
    { title: "block", right: true, cell: of(({ lastBlock }) => lastBlock) },
    { title: "ours", right: true, cell: of(({ validators }) => validators.length) },
    { title: "made", right: true, cell: of((status) => sum(status, "made")) },
    { title: "missed", right: true, cell: of((status) => sum(status, "missed")) },
    { title: "next slot", right: true, cell: of((status) => formatNext(status, nowMs)) },
    { title: "what", cell: ({ problem }) => clean(problem ?? "") },
  ];
}

/** Of what is known; null when nothing is. */
function sum({ validators }: RemoteStatus, field: "made" | "missed"): number | null {
  const known = validators.map((each) => each[field]).filter((each) => each !== null);
  return known.length === 0 ? null : known.reduce((total, each) => total + each, 0);
}

function formatNext({ validators }: RemoteStatus, nowMs: number): string | null {
  const times = validators.flatMap(({ nextSlotTime }) =>
    nextSlotTime === null ? [] : Date.parse(nextSlotTime),
  );
  const ahead = times.filter((time) => time >= nowMs);
  return ahead.length === 0 ? null : `in ${formatSpan(Math.min(...ahead) - nowMs)}`;
}
