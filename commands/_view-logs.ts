// Where the log comes from: the daemon's file or records as the file's thread tells them, or its journal in their place.
import type { Failure, LogRecord, Question, Report } from "../core/view/messages.ts";
import { followJournal, JOURNAL_UNIT } from "./_view-journal.ts";

export interface Logs {
  /** What is looked at from now on; null = nothing any more. */
  watch: (question: Question | null) => void;
  /** News on their way to the screen. */
  hear: (report: Report) => void;
}

/** @param mayFollow whether the journal is looked into while the log is shown */
export function openLogs(mayFollow: boolean, tell: (report: Report) => void): Logs {
  let journal: Disposable | null = null;
  let records: LogRecord[] | null = null;
  /** What the file's thread said last: a file that cannot be read is told beside the journal. */
  let failure: Failure | null = null;

  function tellJournal(shown: LogRecord[]): void {
    const facts = {
      records: shown,
      file: `journal of ${JOURNAL_UNIT.replace(".service", "")}`,
      problem: null,
    };
    const answer = { about: "logs" as const, facts };
    tell({ kind: "watched", question: { about: "logs" }, answer, failure });
  }

  function begin(): Disposable {
    return followJournal((shown) => {
      records = shown;
      if (journal !== null) tellJournal(shown);
    });
  }

  return {
    watch: (question) => {
      const isWanted = mayFollow && question?.about === "logs";
      if (isWanted === (journal !== null)) return;
      journal?.[Symbol.dispose]();
      records = null;
      journal = isWanted ? begin() : null;
    },
    hear: (report) => {
      if (report.kind !== "watched" || report.question.about !== "logs") return tell(report);
      ({ failure } = report);
      if (records === null) tell(report);
      else tellJournal(records);
    },
  };
}
