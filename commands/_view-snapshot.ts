// One look at everything, for where there is no screen: both sources are asked once, each with its own deadline.
import type { Report } from "../core/view/messages.ts";
import { nothingKnown, withAnswer, withFailure } from "../ui/feed.ts";
import type { Known } from "../ui/feed.ts";
import { formatSnapshot } from "../ui/plain.ts";
import { snapshot } from "../ui/snapshot.ts";
import { writeOut } from "./_output.ts";
import type { Sources } from "./_view-feed.ts";
import { openFeed } from "./_view-feed.ts";

/** More than the checks take at most. */
const DEADLINE_MS = 9000;

/** Returns 0 as soon as either source said something, 69 when neither did. */
export async function printSnapshot(sources: Sources, json: boolean): Promise<number> {
  const known = await look(sources);
  const nowMs = Date.now();
  await writeOut(
    json ? JSON.stringify(snapshot(known, nowMs), null, 2) : formatSnapshot(known, nowMs),
  );
  return Object.keys(known.answers).length > 0 || known.node?.state === "up" ? 0 : 69;
}

async function look(sources: Sources): Promise<Known> {
  let known = nothingKnown(Date.now());
  let database = false;
  const { promise, resolve } = Promise.withResolvers<void>();

  function tell(report: Report): void {
    if (report.kind === "node") known = { ...known, node: report.facts };
    if (report.kind === "health") known = { ...known, health: report.health };
    if (report.kind === "watched") {
      database = true;
      const { answer, failure } = report;
      if (answer !== null) known = withAnswer(known, answer, Date.now());
      if (failure !== null) known = withFailure(known, failure, Date.now());
    }
    const { node, health } = known;
    const isNodeTold = node !== null && node.state !== "connecting";
    if (database && isNodeTold && health !== null) resolve();
  }

  using feed = openFeed(sources, tell);
  feed.watch({ about: "dashboard" });
  await Promise.race([promise, Bun.sleep(DEADLINE_MS)]);
  return known;
}
