// The machine's disks and memory, as node_exporter tells them. Pure.
import type { Metrics } from "../chain/metrics.ts";
import { findSamples, findValue } from "../chain/metrics.ts";
import type { Finding } from "./check.ts";
import { atLeast, check, unknown, worseOf } from "./check.ts";
import type { Check, Verdict } from "./report.ts";
import type { Situation } from "./situation.ts";
import { THRESHOLDS } from "./thresholds.ts";

/** Nothing where no address of node_exporter is configured. */
export function checkHost({ observation: { host } }: Situation): Check[] {
  if (host === null) return [];
  if ("missing" in host) {
    const hint = "is node_exporter running where rpc.node_exporter_url points?";
    return [
      check("host.disk", null, unknown("the machine's disks are not known", host.missing, hint)),
      check("host.memory", null, unknown("the machine's memory is not known", host.missing, hint)),
    ];
  }
  return [
    check("host.disk", null, judgeDisks(host.value)),
    check("host.memory", null, judgeMemory(host.value)),
  ];
}

export interface Disk {
  freeBytes: number;
  totalBytes: number;
}

/** Low is both a small part and few bytes. */
export function judgeSpace({ freeBytes, totalBytes }: Disk): { verdict: Verdict; percent: number } {
  const percent = (freeBytes / totalBytes) * 100;
  const byPart = atLeast(percent, THRESHOLDS.diskFreePercent);
  const byBytes = atLeast(freeBytes, THRESHOLDS.diskFreeBytes);
  const worse = worseOf(byPart, byBytes);
  return { verdict: worse === byPart ? byBytes : byPart, percent };
}

interface JudgedDisk {
  mountpoint: string;
  verdict: Verdict;
  /** Free. */
  percent: number;
}

/** File systems that hold nothing of anybody's. */
const VIRTUAL = /^(?:tmpfs|devtmpfs|ramfs|overlay|squashfs|iso9660|fuse\..*|nsfs|proc|sysfs)$/;

/** Every disk with something on it, the fullest first. */
export function findDisks(metrics: Metrics): JudgedDisk[] {
  const disks = findSamples(metrics, "node_filesystem_size_bytes").flatMap(({ labels, value }) => {
    const mountpoint = labels["mountpoint"] ?? "";
    const free = findValue(metrics, "node_filesystem_avail_bytes", { ...labels });
    if (value <= 0 || free === null || VIRTUAL.test(labels["fstype"] ?? "")) return [];
    return [{ mountpoint, ...judgeSpace({ freeBytes: free, totalBytes: value }) }];
  });
  return disks.sort((a, b) => a.percent - b.percent);
}

function judgeDisks(metrics: Metrics): Finding {
  const disks = findDisks(metrics);
  const [fullest] = disks;
  if (fullest === undefined) return unknown("the machine's disks are not known", "not told");
  const verdict = disks.reduce<Verdict>((worst, each) => worseOf(worst, each.verdict), "ok");
  const told = disks.find((each) => each.verdict === verdict) ?? fullest;
  const value = Math.round(told.percent);
  return {
    verdict,
    value,
    unit: "%",
    message: `${value} % of the disk at ${told.mountpoint} is free`,
    hint: "free some space before the node stops: old logs, old snapshots",
  };
}

/** What of the memory is available, per cent; null where it is not told. */
export function availableMemory(metrics: Metrics): number | null {
  const total = findValue(metrics, "node_memory_MemTotal_bytes");
  const available = findValue(metrics, "node_memory_MemAvailable_bytes");
  return total === null || available === null || total <= 0 ? null : (available / total) * 100;
}

function judgeMemory(metrics: Metrics): Finding {
  const percent = availableMemory(metrics);
  if (percent === null) return unknown("the machine's memory is not known", "not told");
  const value = Math.round(percent);
  return {
    verdict: atLeast(percent, THRESHOLDS.memoryFreePercent),
    value,
    unit: "%",
    message: `${value} % of the memory is available`,
    hint: "see what grows: `top`; the kernel ends the largest process when nothing is left",
  };
}
