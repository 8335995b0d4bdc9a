// Everything beside the node, hostile. Usage: bun test/reliability/neighbours.ts [cases] [seed]
import { runConfigs } from "./neighbour-config.ts";
import { runOwnDatabases, runRustDatabases } from "./neighbour-databases.ts";
import { runEscapes } from "./neighbour-escapes.ts";
import { runFrames } from "./neighbour-frames.ts";
import { runInstaller } from "./neighbour-installer.ts";
import { runKeystores } from "./neighbour-keystore.ts";
import type { Tally } from "./neighbour-kit.ts";
import { runMetrics } from "./neighbour-metrics.ts";
import { runPaths } from "./neighbour-paths.ts";
import { runSecrets } from "./neighbour-secrets.ts";
import { runWebhooks } from "./neighbour-webhooks.ts";
import { provenance, table, writeSection } from "./report.ts";

/** Of each kind so many as take about as long as those of the others. */
const CASES = 2000;
const SEED = 77;

const cases = Number(process.argv[2] ?? CASES);
const seed = Number(process.argv[3] ?? SEED);
/** What runs real commands is cut short as well. */
const isShort = cases < 5000;
const part = (per: number): number => Math.max(1, Math.round(cases / per));

const startedAt = performance.now();
const own = await runOwnDatabases(part(4), seed);
const tallies: Tally[] = [
  await runConfigs(cases * 3, seed),
  await runKeystores(part(2), seed),
  await runMetrics(cases * 3, seed),
  own,
  await runRustDatabases(part(40), seed),
  await runEscapes(part(10_000), seed, isShort ? 0.3 : 1),
  await runFrames(part(10_000), seed),
  await runPaths(),
  await runInstaller(),
  await runWebhooks(cases * 5, seed),
  await runSecrets(isShort ? ["files"] : undefined),
];
const seconds = (performance.now() - startedAt) / 1000;

const bad = tallies.flatMap(({ neighbour, crashes, leaks }) =>
  [...crashes, ...leaks].map((each) => `${neighbour}: ${each}`),
);
const unseen = [...own.unseen].toSorted(([, one], [, other]) => other - one);
const unseenCount = unseen.reduce((sum, [, count]) => sum + count, 0);

await writeSection(
  "neighbours",
  `${provenance(`bun test/reliability/neighbours.ts ${cases} ${seed}`)}

${tallies.reduce((sum, each) => sum + each.cases, 0).toLocaleString("en")} cases in ${seconds.toFixed(0)} s: **${bad.length} crashes, leaks and raw escapes**. A crash is a stack, a hang, memory without bound
or a file written that was not ours; a case that is not refused was taken, or told nothing.

${table(
  ["neighbour", "cases", "refused", "crashes", "raw escapes, secrets"],
  tallies.map(({ neighbour, cases: tried, refused, crashes, leaks }) => [
    ...[neighbour, tried, refused, crashes.length, leaks.length],
  ]),
)}

Of ${own.cases} spoilt copies of our own file ${own.refused} are refused, ${own.same} answer as before, ${own.found} answer something else and \`mvm verify\` says that the file is
wrong, and ${unseenCount} answer something else unseen: the file stores no sum over its texts and free facts, so that one that was changed to
another possible one is not told from it. What was changed in those: ${unseen.map(([what, count]) => `${what} (${count})`).join(", ") || "nothing"}.`,
);
for (const each of bad.slice(0, 30)) process.stderr.write(`${JSON.stringify(each)}\n`);
process.exit(bad.length === 0 ? 0 : 1);
