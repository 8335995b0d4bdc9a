// Other machines on this terminal, or as one plain answer.
import { lookAtAll } from "../core/fleet/look.ts";
import type { Remote } from "../core/fleet/remote.ts";
import { writeFleet } from "./_fleet.ts";
import { EXIT } from "./_main.ts";
import type { DashboardOptions } from "./_view-dashboard.ts";

/** A machine looks once a minute; asked more often, it is heard of sooner that it is gone. */
const EVERY_MS = 5000;

/** @param plain without a screen: printed once. Returns the exit code. */
export async function showFleet(
  { remotes, timeoutMs }: { remotes: readonly Remote[]; timeoutMs: number },
  look: DashboardOptions,
  plain: { json: boolean } | null,
): Promise<number> {
  if (plain !== null) {
    const looks = await lookAtAll(remotes, timeoutMs);
    await writeFleet(looks, plain.json ? "pretty" : "text");
    return looks.some(({ status }) => status !== null) ? 0 : EXIT.unavailable;
  }
  const { openFleetFeed } = await import("./_view-feed.ts");
  const { showDashboard } = await import("./_view-dashboard.ts");
  const wanted = { remotes, timeoutMs, everyMs: EVERY_MS };
  return await showDashboard((tell) => openFleetFeed(wanted, tell), { ...look, view: "fleet" });
}
