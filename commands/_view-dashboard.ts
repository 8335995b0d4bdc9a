// The dashboard on this terminal: threads that read, a screen that shows, and a way out.
import type { Report } from "../core/view/messages.ts";
import type { App } from "../ui/app.ts";
import type { KeyPress } from "../ui/keys.ts";
import type { Colours, ThemeName } from "../ui/theme.ts";
import type { ViewId } from "../ui/view-ids.ts";
import { VERSION } from "./_main.ts";
import { openCollector } from "./_view-collect.ts";
import type { OpenFeed } from "./_view-feed.ts";
import { openTerminal } from "./_view-terminal.ts";

const TICK_MS = 1000;

export interface DashboardOptions {
  theme: ThemeName;
  title: string | null;
  colours: Colours;
  ascii: boolean;
  view?: ViewId;
}

/** Returns the exit code, once the terminal is as it was before. */
export async function showDashboard(
  open: (tell: (report: Report) => void) => OpenFeed,
  options: DashboardOptions,
): Promise<number> {
  let app: App | null = null;
  // The threads start first; what they say before there is a screen is kept for it.
  const early: Report[] = [];
  const feed = open((report) => {
    if (app === null) early.push(report);
    else app.tell(report);
  });
  const collector = openCollector();
  const tick = (): void => {
    app?.tick();
    collector.tick();
  };
  const wishes = {
    mono: options.colours === "none",
    onKey: (key: KeyPress) => {
      collector.used();
      app?.press(key);
    },
    onPaste: (text: string) => app?.paste(text),
  };
  const [{ mountApp }, terminal] = await Promise.all([
    import("../ui/app.ts"),
    openTerminal(wishes),
  ]);
  const timer = setInterval(tick, TICK_MS);
  terminal.onLeave(() => {
    clearInterval(timer);
    app = null;
    feed[Symbol.dispose]();
  });
  if (terminal.isLeaving()) return await terminal.left;
  app = mountApp(terminal.renderer, {
    ...options,
    feed,
    nowMs: Date.now,
    version: VERSION,
    onQuit: () => terminal.leave(0),
    onSuspend: terminal.suspend,
    onCopy: terminal.copy,
    onMouse: terminal.useMouse,
  });
  for (const report of early.splice(0)) app.tell(report);
  return await terminal.left;
}
