// What the runs of this folder found, and what became of it.

import { NODE_DEFECTS } from "./defects-node.ts";

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
  {
    found: "neighbours, escapes",
    was: "errors on stderr, notes of status, verify, schedule and import, and `--json` on stdout handed on what a node or a file said: escapes, C1, marks that turn the line",
    now: "every way out spells out what would command a terminal; tables and pictures show a question mark; one list of such characters for all",
  },
  {
    found: "neighbours, webhooks",
    was: "a name could change between the look at its address and the connection, and lead to a cloud's metadata service",
    now: "what was looked at is what is connected to, under the name in Host and TLS",
  },
  {
    found: "neighbours, webhooks",
    was: "metadata addresses behind NAT64, 6to4, Teredo or as compatible IPv6, and those of Azure, Oracle, Google and Scaleway outside 169.254, were not refused",
    now: "all are",
  },
  {
    found: "neighbours, files",
    was: "a keystore file named as keys_file by mistake was quoted in the error: its secret phrase",
    now: "nothing of a keys file is repeated",
  },
  {
    found: "neighbours, files",
    was: "a pipe as keys file, token file, log in the dashboard, or database was waited for without end; /dev/zero as keys file was read without end",
    now: "what is opened is looked at, regular files alone are read, up to a size",
  },
  {
    found: "neighbours, files",
    was: "a link planted at the PID file's temporary name, or at the dashboard's crash file in /tmp, was written through",
    now: "both are made new or not at all",
  },
  {
    found: "neighbours, files",
    was: "a log file that another user had made a link was followed",
    now: "links of others are refused; root's and our own are followed",
  },
  {
    found: "neighbours, installer",
    was: "an upgrade copied the database as root in the service's own folder: a link there led root to write any file",
    now: "it is copied with the service's rights",
  },
  {
    found: "neighbours, databases",
    was: "a view, a virtual table or a trigger under a name of ours answered in the place of the table",
    now: "a file of another shape than ours is refused",
  },
  {
    found: "neighbours, databases",
    was: "a damaged file could end a question with a stack",
    now: "what is damaged is looked for and named",
  },
  {
    found: "neighbours, import",
    was: "a file of the Rust tool's whose blocks were a view without end was read without end; damage found while reading ended in a stack",
    now: "views and virtual tables are refused, damage is named",
  },
  {
    found: "neighbours, import",
    was: "two rows with slots far apart wrote a row for each slot in between, until the disk was full",
    now: "such a jump ends the stretch; slots beyond any are no blocks",
  },
  {
    found: "neighbours, metrics",
    was: "a start of the process that no date can name ended a look at the health with a stack",
    now: "it is not known",
  },
  {
    found: "neighbours, secrets",
    was: "the units allowed core dumps, and BUN_CONFIG_VERBOSE_FETCH, which logs each request with its token",
    now: "LimitCORE=0, and the variable is unset",
  },
  {
    found: "dependencies",
    was: "with a configuration file, every command made a folder jiti among the temporary files, a name others could take first",
    now: "the loader it was for is never used and keeps nothing",
  },
  {
    found: "dependencies",
    was: "a release carried no licences of what is inside it, and its list of parts named tools that are not",
    now: "THIRD-PARTY goes with it, and the list is what the bundler takes",
  },
  {
    found: "dependencies",
    was: "SECURITY.md said that no other program is run, while the dashboard runs journalctl; temporary files were not named",
    now: "it names them, and every command is held against it under strace",
  },
  {
    found: "crash",
    was: "an import that was killed left a file without labels; the same import was refused, for that file existed",
    now: "an import is made aside and gets its name once it is whole; the next attempt begins afresh",
  },
  {
    found: "crash",
    was: "while a file was being made, a reader called it damaged after a crash, and advised to move it aside",
    now: "it says that the writer was ended, and that mvm sync goes on with it",
  },
  {
    found: "neighbours, configuration",
    was: "two hundred thousand empty lines took minutes to count and to find a mistake in",
    now: "they say nothing, and are passed over",
  },
  {
    found: "neighbours, databases",
    was: "a slot changed to a huge one kept mvm verify counting missed slots for ever",
    now: "slots in a row are counted one by one up to a hundred thousand",
  },
  {
    found: "neighbours, databases",
    was: "mvm verify did not ask SQLite about pages that none of its own checks reads",
    now: "integrity_check is part of it",
  },
  {
    found: "neighbours, installer",
    was: "a link to a folder in the place of a file it writes led the installer to write into that folder",
    now: "names are replaced, whatever they are",
  },
  {
    found: "soak",
    was: "a session that began while the disk was full, or while another program held the file, ended the daemon with exit 70, as a defect",
    now: "both are waited for like a node that is away, and said once",
  },
  {
    found: "soak",
    was: "leaving with the disk full failed a second time over, and the first failure was hidden behind the second",
    now: "the log stays beside the file for the next start; what came first is told",
  },
  {
    found: "soak",
    was: "a daemon that started on a full disk ended with exit 70, as a defect",
    now: "it waits for room, or for whoever holds the file, and says so once; without --daemon it says who must let go",
  },
  {
    found: "soak",
    was: "each wait between two attempts left a listener behind, for as long as the daemon lived",
    now: "there is one pause for all, and it leaves nothing",
  },
  {
    found: "soak",
    was: "a test of the dashboard's node looked at the finalized block before it was asked for, one run in ten on a busy machine",
    now: "it waits for all that it looks at",
  },
  ...NODE_DEFECTS,
];
