// The raw ceiling: the requests of an initial sync, matched with their replies, which are thrown away.
// Prints blocks per second. Run by sync.ts as a process of its own: bun test/bench/ceiling.ts URL BLOCKS BATCH CONCURRENCY
import { connect } from "../../core/chain/connect.ts";
import { fetchHashes } from "../../core/chain/rpc.ts";
import { prefetch } from "../../core/sync/prefetch.ts";

const [url = "", blocks = "0", batch = "100", concurrency = "4"] = process.argv.slice(2);

function* ranges(to: number, size: number): Generator<[number, number]> {
  for (let from = 1; from <= to; from += size) yield [from, Math.min(to, from + size - 1)];
}

const link = await connect(url);
const started = performance.now();
const hashes = prefetch(ranges(Number(blocks), Number(batch)), Number(concurrency), ([from, to]) =>
  fetchHashes(link, from, to),
);
const replies = prefetch(hashes, Number(concurrency), (list) =>
  link.batch(
    "chain_getBlock",
    list.map((hash) => [hash]),
  ),
);
let received = 0;
for await (const each of replies) received += each.length;
const seconds = (performance.now() - started) / 1000;
link.close();
process.stdout.write(String(received / seconds));
