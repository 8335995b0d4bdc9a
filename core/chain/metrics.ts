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
/** A node says some three thousand, node_exporter about as many. */
const MOST_SAMPLES = 100_000;
/** Longer than any line with all its labels. */
const LONGEST_LINE = 16 * 1024;

/** Throws `unavailable` when nobody answers, `bad-reply` for anything but metrics, `too-much` beyond what any says. */
export async function fetchMetrics(url: string, signal: AbortSignal): Promise<Metrics> {
  const text = await fetchText(url, MOST_BYTES, { signal }).catch((cause: unknown) => {
    throw new MonitorError("unavailable", `${url}: no metrics`, { cause });
  });
  if (text === null) throw tooMuch(url);
  const metrics = parseMetrics(text);
  if (metrics.length === 0) throw new MonitorError("bad-reply", `${url}: these are no metrics`);
  if (metrics.length >= MOST_SAMPLES) throw tooMuch(url);
  return metrics;
}

function tooMuch(url: string): MonitorError {
  return new MonitorError("too-much", `${url}: too much for metrics`);
}

const NAME = /^[a-zA-Z_:][\w:]*/;

/** Lines that are no sample are passed over: other tools add their own. Reads no more samples than any page has. */
export function parseMetrics(text: string): Metrics {
  const samples: Sample[] = [];
  for (let at = 0; at < text.length && samples.length < MOST_SAMPLES;) {
    const end = text.indexOf("\n", at);
    const next = end < 0 ? text.length : end;
    const sample = next - at > LONGEST_LINE ? null : parseLine(text.slice(at, next));
    if (sample !== null) samples.push(sample);
    at = next + 1;
  }
  return samples;
}

// By hand, and each character once or twice: a pattern with three places to give way takes minutes over a line that is
// made for it.
function parseLine(line: string): Sample | null {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) return null;
  const hasLabels = line[name.length] === "{";
  // Label values are quoted and may hold braces; so the last closing brace of the line ends the labels.
  const end = hasLabels ? line.lastIndexOf("}") : name.length - 1;
  if (hasLabels && end < 0) return null;
  const value = parseValue(line.slice(end + 1));
  if (value === null) return null;
  return { name, labels: hasLabels ? parseLabels(line.slice(name.length + 1, end)) : {}, value };
}

/** What follows the name and its labels: a number, and a time which is of no use here. */
function parseValue(text: string): number | null {
  if (!/^\s/.test(text)) return null;
  const [value = "", time = "0", ...more] = text.trim().split(/\s+/);
  if (value === "" || more.length > 0 || !/^-?\d+$/.test(time)) return null;
  const number = Number(value.replace(/^([+-]?)Inf$/i, "$1Infinity"));
  return Number.isNaN(number) ? null : number;
}

// From one label to the next, never from each letter on: a word of a megabyte would be looked through a million times.
const LABEL = /[\s,]*([a-zA-Z_]\w*)\s*=\s*"([^"\\]*(?:\\.[^"\\]*)*)"/y;

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
