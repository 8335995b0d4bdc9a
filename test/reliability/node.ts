// A hostile node, by the million. Usage: bun test/reliability/node.ts [cases] [seed]
import { runParserLayer } from "./node-parser-layer.ts";
import { provenance, table, writeSection } from "./report.ts";

const CASES = 200_000;
const SEED = 20_260;

const cases = Number(process.argv[2] ?? CASES);
const seed = Number(process.argv[3] ?? SEED);

const startedAt = performance.now();
const replies = await runParserLayer(cases, seed);
const seconds = (performance.now() - startedAt) / 1000;

const parsers = [...replies.byParser].map(([name, seen]) => [
  ...[name, seen["the truth"], seen.possible, seen.refused],
]);
const kinds = [...replies.byKind].toSorted(([, one], [, other]) => other - one);

await writeSection(
  "node",
  `${provenance(`bun test/reliability/node.ts ${cases} ${seed}`)}

${cases.toLocaleString("en")} replies of the devnet, each mutated in one way, through every reader of core/chain in
${seconds.toFixed(0)} s: **${replies.crashes.length} crashes, hangs and wrong values**; the slowest took ${replies.slowestMs.toFixed(0)} ms. "Possible" is a value that another
chain could rightly have; headers and bodies are held against hashes, so that there is none.

${table(["reader", "the truth all the same", "possible", "refused"], parsers)}

${table(["mutation", "cases"], kinds)}`,
);
for (const crash of replies.crashes.slice(0, 20))
  process.stderr.write(`${JSON.stringify(crash)}\n`);
process.exitCode = replies.crashes.length === 0 ? 0 : 1;
