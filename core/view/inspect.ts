// What the node adds to a stored block: roots, runtime and the names of its calls.
import { inspectBlock } from "../chain/inspect.ts";
import { connectFirst } from "../chain/reach.ts";
import { describeError, MonitorError } from "../errors.ts";
import type { InspectFacts } from "./messages.ts";

/** A person waits: a node that does not answer by then is away. */
const PATIENCE_MS = 4000;

/** Never throws but for a bug: a node that does not tell is an answer too. */
export async function askNode(
  urls: readonly string[],
  hash: string,
  author: string | null,
): Promise<InspectFacts> {
  try {
    const limit = AbortSignal.timeout(PATIENCE_MS);
    const { link } = await connectFirst(urls, { timeoutMs: PATIENCE_MS }, limit);
    using _link = { [Symbol.dispose]: () => link.close() };
    return { hash, found: await inspectBlock(link, hash, author), missing: null };
  } catch (error) {
    if (!(error instanceof MonitorError)) throw error;
    return { hash, found: null, missing: describeError(error) };
  }
}
