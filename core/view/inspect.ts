// What the node adds to a stored block: roots, runtime and the names of its calls.
import { connect } from "../chain/connect.ts";
import { inspectBlock } from "../chain/inspect.ts";
import { describeError, MonitorError } from "../errors.ts";
import type { InspectFacts } from "./messages.ts";

/** A person waits: a node that does not answer by then is away. */
const PATIENCE_MS = 4000;

/** Never throws but for a bug: a node that does not tell is an answer too. */
export async function askNode(
  url: string,
  hash: string,
  author: string | null,
): Promise<InspectFacts> {
  try {
    using link = closing(
      await connect(url, { timeoutMs: PATIENCE_MS }, AbortSignal.timeout(PATIENCE_MS)),
    );
    return { hash, found: await inspectBlock(link.link, hash, author), missing: null };
  } catch (error) {
    if (!(error instanceof MonitorError)) throw error;
    return { hash, found: null, missing: describeError(error) };
  }
}

function closing<L extends { close: () => void }>(link: L): Disposable & { link: L } {
  return { link, [Symbol.dispose]: () => link.close() };
}
