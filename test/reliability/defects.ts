// What the runs of this folder found, and what became of it.

export interface Defect {
  /** Which run. */
  found: string;
  was: string;
  now: string;
}

export const DEFECTS: readonly Defect[] = [
  {
    found: "migrations",
    was: "a reader that refused a database of a newer version left -wal and -shm beside it",
    now: "the head of the file is looked at first: nothing is opened, nothing left",
  },
  {
    found: "migrations",
    was: "a sync that refused a newer database whose writer had been killed moved its write-ahead log into the file",
    now: "such a file is looked at by a reader, which leaves file and log as they are",
  },
  {
    found: "migrations",
    was: "an upgrade over several versions that failed at the second step left a file the old program no longer opened",
    now: "all steps are one transaction: the file is upgraded or as it was",
  },
  {
    found: "migrations",
    was: "a file upgraded while no node answered was found wrong by mvm verify until a sync reached one",
    now: "what the new version keeps besides the rows is worked out in the upgrade itself",
  },
  {
    found: "migrations",
    was: "a file of an unreleased draft of a version was upgraded and failed later with words of SQLite's",
    now: "a file that lacks what its version has is refused before anything is written, naming what it lacks",
  },
  {
    found: "migrations",
    was: "mvm keys verify said there was no database where there was one it could not use",
    now: "it says why it cannot be used, and what to do",
  },
];
