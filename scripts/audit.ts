#!/usr/bin/env bun
// Known weaknesses of what is in the lock file, asked of the registry: 0 none, 1 some, 69 nobody could be asked.
import { join } from "pathe";

export interface Audit {
  /** Null: nobody could be asked, and why. */
  advisories: { name: string; severity: string; title: string; url: string }[] | null;
  why: string;
}

interface Advisory {
  severity?: string;
  title?: string;
  url?: string;
}

/** What `bun audit --json` writes: by package, a list of advisories. */
export function readAudit(out: string, err: string, code: number): Audit {
  let found: unknown;
  try {
    found = JSON.parse(out);
  } catch {
    const line = err.split("\n").find((each) => each.startsWith("error"));
    return { advisories: null, why: line ?? `bun audit exits ${code} without an answer` };
  }
  const byName = typeof found === "object" && found !== null ? Object.entries(found) : null;
  if (byName === null || byName.some(([, list]) => !Array.isArray(list)))
    return { advisories: null, why: `bun audit says ${out.trim().slice(0, 200)}` };
  const advisories = byName.flatMap(([name, list]: [string, unknown]) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field is looked at
    return (list as Advisory[]).map(({ severity = "unknown", title = "", url = "" }) => ({
      ...{ name, severity, title, url },
    }));
  });
  return { advisories, why: "" };
}

export function audit(): Audit {
  const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, "audit", "--json"], {
    cwd: join(import.meta.dir, ".."),
  });
  return readAudit(stdout.toString(), stderr.toString(), exitCode);
}

if (import.meta.main) {
  const { advisories, why } = audit();
  const lines =
    advisories === null
      ? [`notice: no advisories could be asked for, so nothing is known: ${why}`]
      : advisories.map(({ name, severity, title, url }) => `${severity} ${name}: ${title} ${url}`);
  process.stdout.write(`${lines.length === 0 ? "no advisory" : lines.join("\n")}\n`);
  process.exitCode = advisories === null ? 69 : advisories.length === 0 ? 0 : 1;
}
