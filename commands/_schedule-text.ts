// The answers of `mvm schedule` as text and JSON.
import type { Shown } from "../core/ask/schedule.ts";
import { describeDoubts, pickQuiet } from "../core/ask/schedule.ts";
import type { Forecast, NamedKey } from "../core/forecast.ts";
import type { ScheduledSlot } from "../core/schedule.ts";
import { epochFirstSlot, slotTimeMs } from "../core/time.ts";
import type { ChainConstants } from "../core/types.ts";
import type { Screen } from "./_output.ts";
import { formatKey, formatPairs, formatPercent, formatTable, formatTime } from "./_output.ts";
import { formatSpan } from "./_span.ts";

const WIDTH = 80;
/** The longest quiet windows are what an operator looks for. */
const WINDOWS_SHOWN = 5;

export function formatForecast(forecast: Forecast, shown: Shown, screen: Screen): string {
  const parts = [
    formatHead(forecast, screen),
    ...formatEpochSlots(forecast, shown, screen),
    formatQuiet(forecast, shown, screen),
    formatWords(forecast, screen),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function formatHead(forecast: Forecast, screen: Screen): string {
  const { slots, keys, nowMs, source, lastBlock, lastSlot, chain, until } = forecast;
  const [next] = slots;
  const age = lastSlot === null ? "" : `, ${formatSpan(nowMs - slotTimeMs(lastSlot, chain))} ago`;
  return formatPairs(
    [
      ["validator", describeKeys(keys, screen)],
      ["known from", `the ${source}, after block ${lastBlock}${age}`],
      ["known until", until === null ? null : `${utc(until, chain)} UTC (slot ${until})`],
      ["next slot", next === undefined ? null : describeNext(next, forecast)],
      ["", next === undefined ? null : describeLocal(slotTimeMs(next.slot, chain))],
      ...describeDoubts(forecast).map((doubt, i) => [i === 0 ? "note" : "", doubt] as const),
    ],
    screen,
  );
}

function describeKeys(keys: readonly NamedKey[], screen: Screen): string {
  return keys
    .map(({ aura, label }) => [label, formatKey(aura, screen)].filter(Boolean).join(" "))
    .join(", ");
}

function describeNext({ slot }: ScheduledSlot, { nowMs, chain }: Forecast): string {
  const ms = slotTimeMs(slot, chain);
  const wait = ms > nowMs ? `in ${formatSpan(ms - nowMs)}` : "now";
  return `${slot} ${wait}: ${formatTime(new Date(ms).toISOString())} UTC`;
}

function describeLocal(ms: number): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const text = new Date(ms).toLocaleString("sv-SE", { hour12: false });
  return `${text} here (${timeZone})`;
}

function formatEpochSlots(forecast: Forecast, { limit }: Shown, screen: Screen): string[] {
  const { chain } = forecast;
  const listed = forecast.slots.slice(0, limit);
  const epochs = [...new Set(forecast.rotas.map(({ epoch }) => epoch))];
  return epochs.map((epoch) => {
    const all = forecast.slots.filter((each) => each.epoch === epoch);
    const cells = listed.filter((each) => each.epoch === epoch).map((each) => cell(each, chain));
    const end = utc(epochFirstSlot(epoch + 1, chain), chain);
    const left = all.length - cells.length;
    const head = `epoch ${epoch}, until ${end} UTC: ${all.length} to come`;
    return [left > 0 ? `${head}, the first ${cells.length} shown` : head, ...wrap(cells, screen)]
      .filter((line) => line !== "")
      .join("\n");
  });
}

function cell({ slot, assumesBlockAt }: ScheduledSlot, chain: ChainConstants): string {
  const time = new Date(slotTimeMs(slot, chain)).toISOString().slice(11, 19);
  return `${time}${assumesBlockAt === undefined ? " " : "*"}`;
}

function wrap(cells: readonly string[], screen: Screen): string[] {
  const perLine = Math.max(1, Math.floor((Math.min(screen.width, WIDTH) - 2) / 11));
  return Array.from({ length: Math.ceil(cells.length / perLine) }, (_, i) => {
    const line = cells.slice(i * perLine, (i + 1) * perLine).join("  ");
    return `  ${line.trimEnd()}`;
  });
}

function formatQuiet(forecast: Forecast, shown: Shown, screen: Screen): string {
  if (forecast.rotas.length === 0) return "";
  const { chain } = forecast;
  const windows = pickQuiet(forecast, shown).slice(0, WINDOWS_SHOWN);
  const least = formatSpan(shown.minQuietMs);
  if (windows.length === 0) return `no quiet window of ${least} or more as far as known`;
  const table = formatTable(
    windows,
    [
      { title: "quiet from (UTC)", cell: ({ from }) => utc(from, chain) },
      { title: "to", cell: ({ to }) => utc(to, chain) },
      {
        title: "for",
        cell: ({ from, to, open }) =>
          `${formatSpan((to - from) * chain.slotDurationMs)}${open ? " or longer" : ""}`,
      },
    ],
    screen,
  );
  return table;
}

function formatWords({ epochs }: Forecast, screen: Screen): string {
  if (epochs.length === 0) return "";
  const count = (value: number | null): string => (value === null ? "unknown" : String(value));
  return formatTable(
    epochs,
    [
      { title: "epoch", cell: ({ epoch, whole }) => `${epoch}${whole ? "" : " (part)"}` },
      { title: "leader", right: true, cell: ({ leader }) => String(leader) },
      { title: "ideal", right: true, cell: ({ ideal }) => ideal?.toFixed(1) ?? "" },
      { title: "luck %", right: true, cell: ({ luck }) => formatPercent(luck) },
      { title: "adopted", right: true, cell: ({ adopted }) => String(adopted) },
      { title: "confirmed", right: true, cell: ({ confirmed }) => String(confirmed) },
      { title: "missed", right: true, cell: ({ missed }) => String(missed) },
      { title: "ghosted", right: true, cell: ({ ghosted }) => String(ghosted) },
      { title: "stolen", right: true, cell: ({ stolen }) => count(stolen) },
    ],
    screen,
  );
}

function utc(slot: number, chain: ChainConstants): string {
  return formatTime(new Date(slotTimeMs(slot, chain)).toISOString());
}
