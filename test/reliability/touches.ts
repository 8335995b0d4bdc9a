// What SECURITY.md says is touched, as rules; and what was touched besides.
import type { Place, Run } from "./touches-stage.ts";

type Way = "reads" | "writes" | "connects to" | "listens on" | "runs";

export interface Rule {
  way: Way;
  /** As SECURITY.md words it. */
  words: string;
  matches: (what: string, place: Place) => boolean;
}

const under =
  (...parts: string[]) =>
  (what: string, { folder }: Place): boolean =>
    parts.some((part) => what.startsWith(`${folder}/${part}`));

const SYSTEM =
  /^\/(?:proc\/|sys\/|dev\/(?:null|zero|u?random|tty|pts\/|ptmx)|(?:usr\/)?lib(?:64|exec)?\/|usr\/share\/(?:zoneinfo|locale|terminfo)|etc\/(?:ld\.so|localtime|nsswitch|hosts|host\.conf|resolv\.conf|gai\.conf|passwd|ssl\/|terminfo))/;

const RULES: readonly Rule[] = [
  { way: "reads", words: "what any program does", matches: (what) => SYSTEM.test(what) },
  {
    way: "reads",
    words: "its own executable",
    matches: (what, { program }) => program.some((word) => isOfProgram(what, word)),
  },
  { way: "reads", words: "its configuration", matches: under("mvm.toml", "journal.toml", "home/") },
  { way: "reads", words: "files that name a secret", matches: under("secret", "token") },
  {
    way: "reads",
    words: "**names** of the files in your keystore",
    matches: (what, { keystore }) => what === `${keystore}/`,
  },
  {
    way: "reads",
    words: "its own database",
    // The folder too, to have a new name in it written to the disk.
    matches: (what, place) =>
      under("data/mvm.db", "data/new.db", "tmp/mvm-")(what, place) ||
      what === `${place.folder}/data`,
  },
  { way: "reads", words: "the Rust tool's", matches: under("data/rust.db") },
  { way: "reads", words: "its log file and PID file", matches: under("log/", "run/mvm.pid") },
  { way: "writes", words: "its database", matches: under("data/mvm.db", "data/new.db") },
  { way: "writes", words: "its log file", matches: under("log/sync.log") },
  { way: "writes", words: "a PID file", matches: under("run/mvm.pid") },
  { way: "writes", words: "temporary files", matches: under("tmp/mvm-") },
  {
    way: "connects to",
    words: "the node",
    matches: (what, place) => what === place.addresses.node,
  },
  {
    way: "connects to",
    words: "metrics pages",
    matches: (what, place) => what === place.addresses.metrics,
  },
  {
    way: "connects to",
    words: "alert channels you name",
    matches: (what, place) => what === place.addresses.webhook,
  },
  {
    way: "listens on",
    words: "metrics.listen",
    matches: (what, place) => what === place.addresses.listen,
  },
  { way: "runs", words: "no other program", matches: (what, place) => what === place.program[0] },
  { way: "runs", words: "`journalctl`", matches: (what) => what.endsWith("/journalctl") },
];

/** An executable with the library beside it; from sources, Bun and the repository. */
function isOfProgram(what: string, word: string): boolean {
  const folder = word.slice(0, word.lastIndexOf("/commands/") + 1 || word.lastIndexOf("/") + 1);
  return what === word || (folder.length > 1 && what.startsWith(folder));
}

export const ruleWords = (): string[] => RULES.map(({ words }) => words);

export interface Verdict {
  /** By rule: how many different things. */
  kept: Map<Rule, Set<string>>;
  faults: string[];
}

export const openVerdict = (): Verdict => ({
  kept: new Map(RULES.map((rule) => [rule, new Set<string>()])),
  faults: [],
});

/** Adds one run: what no rule allows is a fault, and so is a key file that was as much as opened. */
export function judge({ name, touched, code }: Run, place: Place, verdict: Verdict): void {
  const { read, written, connected, listened, ran } = touched;
  const ways: [Way, Set<string>][] = [
    ["reads", read],
    ["writes", written],
    ["connects to", connected],
    ["listens on", listened],
    ["runs", ran],
  ];
  for (const [way, things] of ways) {
    for (const what of things) {
      const rule = RULES.find((each) => each.way === way && each.matches(what, place));
      if (rule === undefined) verdict.faults.push(`${name} ${way} ${what}`);
      else verdict.kept.get(rule)?.add(what);
    }
  }
  for (const what of [...read, ...written])
    if (what.startsWith(`${place.keystore}/`) && what !== `${place.keystore}/`)
      verdict.faults.push(`${name} opens a key file: ${what}`);
  if (touched.hidden > 0) verdict.faults.push(`${name} makes calls that strace does not see`);
  if (touched.calls < 50) verdict.faults.push(`${name} was not seen`);
  if (code > 3) verdict.faults.push(`${name} exits ${code}`);
}
