// Is our own database whole and up to date? Pure.
import { slotTimeMs } from "../time.ts";
import type { Finding } from "./check.ts";
import { atMost, check, count, formatSeconds, unknown } from "./check.ts";
import type { FileFacts } from "./file.ts";
import { judgeSpace } from "./host.ts";
import type { Check } from "./report.ts";
import type { Situation } from "./situation.ts";
import { THRESHOLDS } from "./thresholds.ts";
import { valueOf } from "./told.ts";

export function checkDatabase(situation: Situation): Check[] {
  const present = check("database.present", null, judgePresent(situation));
  const { file } = situation;
  if (file === null) return [present];
  return [
    present,
    check("database.lag", null, judgeLag(situation, file)),
    check("database.gaps", null, judgeGaps(file)),
    check("database.unattributed", null, judgeUnattributed(file)),
    check("database.disk", null, judgeDisk(file)),
  ];
}

function judgePresent({ fileState, file, observation }: Situation): Finding {
  switch (fileState.kind) {
    case "absent":
      return unknown("no database", `nothing at ${fileState.path}`, "`mvm sync` makes one");
    case "unusable":
      return {
        verdict: "warning",
        message: fileState.message,
        hint: fileState.hint ?? "name another file with --db-path",
      };
    case "read":
  }
  const { facts } = fileState;
  const name = facts.identity?.name ?? "another chain";
  if (file === null) {
    return {
      verdict: "critical",
      message: `the database holds ${name}, the node serves ${valueOf(observation.chainName) ?? "another chain"}`,
      hint: "check --rpc-url and --db-path: they belong to different chains",
    };
  }
  if (facts.first === null || facts.last === null) {
    return unknown("no blocks stored yet", facts.path, "`mvm sync` fills it");
  }
  return { verdict: "ok", message: `blocks #${facts.first.number} to #${facts.last.number}` };
}

function judgeLag({ observation: { best }, chain, nowMs }: Situation, file: FileFacts): Finding {
  const { last } = file;
  if (last === null) return unknown("the database's lag is not known", "no blocks stored yet");
  const age =
    chain === null ? "" : `, ${formatSeconds((nowMs - slotTimeMs(last.slot, chain)) / 1000)} old`;
  const stored = `last stored is #${last.number}${age}`;
  if ("missing" in best) return unknown(stored, "the node's tip is not known");
  const value = Math.max(0, best.value.number - last.number);
  return {
    verdict: atMost(value, THRESHOLDS.databaseLagBlocks),
    value,
    unit: "blocks",
    message: value === 0 ? `up to date; ${stored}` : `${count(value, "block")} behind; ${stored}`,
    hint: "is mvm-sync running? systemctl status mvm-sync",
  };
}

function judgeGaps({ missing }: FileFacts): Finding {
  return {
    verdict: missing === 0 ? "ok" : "critical",
    value: missing,
    unit: "blocks",
    message: missing === 0 ? "no gaps" : `${count(missing, "block")} missing inside`,
    hint: "`mvm query gaps` lists them; move the file aside and let mvm sync make a new one",
  };
}

function judgeUnattributed({ unattributed }: FileFacts): Finding {
  return {
    verdict: unattributed === 0 ? "ok" : "warning",
    value: unattributed,
    unit: "blocks",
    message:
      unattributed === 0
        ? "the author of every block is known"
        : `of ${count(unattributed, "block")} the author is not known`,
    hint: "mvm-sync tries their seals against every known key once an epoch; `mvm query stats`",
  };
}

function judgeDisk({ disk, bytes }: FileFacts): Finding {
  if (disk === null) return unknown("the database's disk is not known", "it does not tell");
  const { verdict, percent } = judgeSpace(disk);
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return {
    verdict,
    value: disk.freeBytes,
    unit: "bytes",
    message: `${size}; ${Math.round(percent)} % of its disk is free`,
    hint: "free some space there: mvm-sync stops writing when none is left",
  };
}
