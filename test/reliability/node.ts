// A hostile node, by the million. Usage: bun test/reliability/node.ts [cases] [lies] [seed]
// Cases go through the readers in this process; lies over real sockets to a real mvm-sync, and a fiftieth of them by HTTP.
import { runMetadataLayer } from "./node-metadata-layer.ts";
import { runParserLayer } from "./node-parser-layer.ts";
import type { SocketRun } from "./node-socket-layer.ts";
import { runSocketLayer } from "./node-socket-layer.ts";
import { provenance, table, writeSection } from "./report.ts";

const CASES = 200_000;
const LIES = 400;
const SEED = 20_260;
const FLOOD = 100_000;
const HTTP_SHARE = 50;
const LEAST_BY_HTTP = 20;

function argument(at: number, otherwise: number): number {
  const given = Number(process.argv[at] ?? otherwise);
  if (!Number.isSafeInteger(given) || given < 1) throw new Error("whole numbers, please");
  return given;
}

const [cases, lies, seed] = [argument(2, CASES), argument(3, LIES), argument(4, SEED)];
const LOW = 1024;
const MOST_METADATA = 200;

const startedAt = performance.now();
const replies = await runParserLayer(cases, seed);
const seconds = (performance.now() - startedAt) / 1000;
const metadata = await runMetadataLayer(Math.min(MOST_METADATA, Math.ceil(cases / 5000)), seed);
const byHttp = Math.max(LEAST_BY_HTTP, Math.round(lies / HTTP_SHARE));
const runs = [
  await runSocketLayer({ transport: "websocket", mutations: lies, flood: FLOOD, seed }),
  await runSocketLayer({ transport: "http", mutations: byHttp, flood: 0, seed }),
];

const figure = (value: number): string => Math.round(value).toLocaleString("en");

/** Lines about blocks, forks and the tip are said however the node behaves. */
function complaintsIn({ log }: SocketRun): number {
  const complaints = log.split("\n").filter((line) => / (?:warn|error) /.test(line));
  return complaints.filter((line) => !line.includes("reorganised:")).length;
}

const ROWS: [string, (run: SocketRun) => string | number][] = [
  ["mutated messages", (run) => figure(run.mutated)],
  [
    "connections answered with garbage",
    (run) => `${figure(run.garbage)} of ${figure(run.connections)}`,
  ],
  ["heads pushed in floods", (run) => figure(run.flooded)],
  ["blocks the chain has", (run) => figure(run.blocks)],
  ["**wrong rows**", (run) => `**${run.wrong.length}**`],
  ["authors unknown", (run) => run.unknownAuthors],
  ["exit code when stopped", (run) => run.exitCode],
  ["peak memory of mvm-sync", (run) => `${figure(run.peakRssMb)} MiB`],
  ["refusals counted (`mvm_node_refusals_total`)", (run) => figure(sum(run.counted))],
  ["of which", (run) => [...run.counted].map(([reason, n]) => `${reason} ${n}`).join(", ")],
  ["warnings and errors in the log, real forks aside", complaintsIn],
  ["seconds", (run) => figure(run.seconds)],
];

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function aboutMetadata(): string {
  if (metadata === null) return "No metadata was at hand.";
  const { cases: changed, decoded, refused, crashes } = metadata;
  return `Of ${changed} changed metadata ${decoded} decoded, ${refused} were refused: ${crashes.length} crashes or hangs.`;
}

const parsers = [...replies.byParser].map(([name, seen]) => [
  ...[name, figure(seen["the truth"]), figure(seen.possible), figure(seen.refused)],
]);
const sent = (kind: string): number =>
  runs.reduce((total, run) => total + (run.byKind.get(kind) ?? 0), 0);
const kinds = new Set([...replies.byKind.keys(), ...runs.flatMap((run) => [...run.byKind.keys()])]);
const byKind = [...kinds].map((kind) => [
  ...[kind, figure(replies.byKind.get(kind) ?? 0), figure(sent(kind))],
]);

await writeSection(
  "node",
  `${provenance(`bun test/reliability/node.ts ${cases} ${lies} ${seed}`)}

${figure(cases)} replies of the devnet, each mutated in one way, through every reader of \`core/chain\` in ${seconds.toFixed(0)} s:
**${replies.crashes.length} crashes, hangs and wrong values**; the slowest took ${replies.slowestMs.toFixed(0)} ms. "Possible" is what another chain could rightly
have; headers and bodies are held against hashes, so there is none of it. ${aboutMetadata()}

A real \`mvm-sync\` on a real file, while the chain grows and forks: afterwards every row is held against the devnet's truth, and
keys, registrations, identity and runtimes against a file that an honest node filled.

${table(
  ["", "by WebSocket", "by HTTP"],
  ROWS.map(([name, of]) => [name, ...runs.map(of)]),
)}

${table(["reader", "the truth all the same", "possible", "refused"], parsers)}

${table(["mutation", "replies in process", "over sockets"], byKind)}`,
);
for (const crash of replies.crashes.slice(0, 20))
  process.stderr.write(`${JSON.stringify(crash)}\n`);
for (const wrong of runs.flatMap((run) => run.wrong).slice(0, 20))
  process.stderr.write(`${wrong}\n`);
for (const crash of metadata?.crashes ?? []) process.stderr.write(`${crash}\n`);
const isWell = runs.every((run) => run.wrong.length + run.exitCode === 0 && run.peakRssMb < LOW);
const crashed = replies.crashes.length + (metadata?.crashes.length ?? 0);
process.exitCode = crashed === 0 && isWell ? 0 : 1;
