// Stretches of time as an operator writes and reads them: 90s, 5m, 2h.
import { MonitorError } from "../core/errors.ts";

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `5m`, `1h30m`, `90` (seconds) as ms. Throws `usage`. */
export function parseSpan(text: string, flag: string): number {
  const written = text.trim().toLowerCase();
  if (/^\d+$/.test(written)) return Number(written) * 1000;
  const parts = [...written.matchAll(/(\d+)\s*([smhd])\s*/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== written) {
    throw new MonitorError("usage", `${flag} ${text}: not a stretch of time`, {
      hint: "write 90s, 5m, 2h or 1h30m",
    });
  }
  return parts.reduce((sum, [, count, unit]) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the pattern allows these four alone
    return sum + Number(count) * UNITS[unit as keyof typeof UNITS];
  }, 0);
}

/** The two largest units that say something: `3 min 12 s`. */
export function formatSpan(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  if (s < 3600) return join([Math.floor(s / 60), "min"], [s % 60, "s"]);
  if (s < 86_400) return join([Math.floor(s / 3600), "h"], [Math.floor((s % 3600) / 60), "min"]);
  return join([Math.floor(s / 86_400), "d"], [Math.floor((s % 86_400) / 3600), "h"]);
}

function join(...parts: [number, string][]): string {
  return parts
    .filter(([count], i) => i === 0 || count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
