// Ctrl-Z and `kill -TSTP`: the shell has the terminal until `fg`.
import type { CliRenderer } from "@opentui/core";

/** A signal to oneself may reach another thread first; nothing may be drawn in between. */
const SETTLE_MS = 50;

export interface SuspendOptions {
  /** What was set beside the library is taken back, and set again. */
  onAway: () => void;
  onBack: () => void;
  onError: (error: unknown) => void;
}

/** Returns what Ctrl-Z does. The signal from outside does the same. */
export function openSuspend(renderer: CliRenderer, options: SuspendOptions): () => void {
  let away = false;

  async function goAway(): Promise<void> {
    await renderer.suspend();
    options.onAway();
    process.off("SIGTSTP", suspend);
    // The whole job stops, as for any program: a shell goes on waiting while one of its processes runs.
    process.kill(0, "SIGTSTP");
    // The next line runs after `fg`, or at once where no shell could ever say it.
    await Bun.sleep(SETTLE_MS);
    process.on("SIGTSTP", suspend);
    if (renderer.isDestroyed) return;
    await renderer.resume();
    options.onBack();
    // Whoever stands in the background is not told of a new size: it is looked at now.
    process.kill(process.pid, "SIGWINCH");
    renderer.requestRender();
  }

  function suspend(): void {
    if (away || renderer.isDestroyed) return;
    away = true;
    void goAway()
      .catch(options.onError)
      .finally(() => (away = false));
  }

  process.on("SIGTSTP", suspend);
  return suspend;
}
