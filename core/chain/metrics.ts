// Prometheus text, from a node or from node_exporter: fetched, parsed, and looked up.
import { MonitorError } from "../errors.ts";
import { fetchText } from "./read-body.ts";

export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

export type Metrics = readonly Sample[];

/** A node says some ten thousand bytes, node_exporter a few hundred thousand. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Throws `unavailable` when nobody answers, `bad-reply` for anything but metrics. */
export async function fetchMetrics(url: string, signal: AbortSignal): Promise<Metrics> {
  const text = await fetchText(url, MOST_BYTES, { signal }).catch((cause: unknown) => {
    throw new MonitorError("unavailable", `${url}: no metrics`, { cause });
  });
  if (text === null) throw new MonitorError("too-much", `${url}: too much for metrics`);
  const metrics = parseMetrics(text);
  if (metrics.length === 0) throw new MonitorError("bad-reply", `${url}: these are no metrics`);
  return metrics;
}

// Label values are quoted and may hold braces; so the last closing brace of the line ends the labels.
const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
// From one label to the next, never from each letter on: a word of a megabyte would be looked through a million times.
const LABEL = /[\s,]*([a-zA-Z_]\w*)\s*=\s*"([^"\\]*(?:\\.[^"\\]*)*)"/y;

/** Lines that are no sample are passed over: other tools add their own. */
export function parseMetrics(text: string): Metrics {
  const samples: Sample[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labels = "", value = ""] = LINE.exec(line) ?? [];
    const number = Number(value.replace(/^([+-]?)Inf$/i, "$1Infinity"));
    if (name === undefined || Number.isNaN(number)) continue;
    samples.push({ name, labels: parseLabels(labels), value: number });
  }
  return samples;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let found = LABEL.exec(text); found !== null; found = LABEL.exec(text)) {
    const [, name = "", value = ""] = found;
    labels[name] = value.replace(/\\(.)/g, (_, letter) => (letter === "n" ? "\n" : String(letter)));
  }
  return labels;
}

/**
 * The samples of one metric that carry these labels. Nodes prefix their names with `substrate_` or
 * otherwise, so the end of a name is what counts.
 */
export function findSamples(
  metrics: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Sample[] {
  return metrics.filter(
    (sample) =>
      (sample.name === name || sample.name.endsWith(`_${name}`)) &&
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
}

/** The value of the one such sample; null when there is none, or several. */
export function findValue(
  metrics: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const [sample, ...others] = findSamples(metrics, name, labels);
  return sample === undefined || others.length > 0 ? null : sample.value;
}
