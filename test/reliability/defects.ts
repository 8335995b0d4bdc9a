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
  {
    found: "node, replies",
    was: "a header whose logs were divided at another byte kept its hash, and could hide a change of the committee",
    now: "every digest log must be whole by its own length",
  },
  {
    found: "node, replies",
    was: "a header in upper-case hex kept its hash and lost its runtime version; its committee was of other letters",
    now: "logs are read in lower case",
  },
  {
    found: "node, replies",
    was: "a body with extrinsics left out or added was counted as it came",
    now: "the body must have the root its header names, or be the same when asked for again",
  },
  {
    found: "node, replies",
    was: "an error, or a subscription's id, that was an object with a `toString` of its own ended the process",
    now: "both are read as texts or numbers, and errors are cut to some hundred characters",
  },
  {
    found: "node, replies",
    was: "a reply nested 100,000 deep, where a text was due, ended the process while its refusal was worded",
    now: "a refusal shows texts and numbers alone, cut",
  },
  {
    found: "node, replies",
    was: "names, addresses, reasons and pools of any length were taken and kept; numbers below zero and fractions too",
    now: "texts have a limit, counts are whole and not below zero",
  },
  {
    found: "node, replies",
    was: "metadata that does not decode ended the question, and was remembered as the answer for its runtime",
    now: "it is refused, the block is shown without names, and metadata is asked for again",
  },
  {
    found: "node, replies",
    was: "an engine, or a kind of committee member, that does not exist was taken for the usual one",
    now: "both are refused",
  },
  {
    found: "node, replies",
    was: "ten megabytes of hex, all in order, were refused as none; a voter's name of a megabyte took minutes",
    now: "hex is looked through once; an address has at most 60 letters",
  },
  {
    found: "node, sockets",
    was: "an HTTP answer, of a node or its metrics, was read to its end before its size was looked at",
    now: "reading stops at the limit, which counts what was decompressed",
  },
  {
    found: "node, sockets",
    was: "a megabyte of letters where a metric's labels are due took minutes",
    now: "labels are read one after the other, never from each letter anew",
  },
  {
    found: "node, sockets",
    was: "a reply of sixty megabytes of brackets, within the limit, took two and a half gigabytes to read",
    now: "how deep a long reply goes, and of how many parts it is, is counted before it is read",
  },
  {
    found: "node, replies",
    was: "a block with a slot in a million years would have filled the disk with the slots missed until then",
    now: "a slot more than ten million after its parent's is refused",
  },
  {
    found: "node, replies",
    was: "names in a node's metadata reached the terminal through the warnings of the library that decodes it",
    now: "the library is silent while it decodes",
  },
  {
    found: "node, sockets",
    was: "a compressed message of half a megabyte took 300 MiB to refuse",
    now: "compression is not offered to a node",
  },
  {
    found: "node, sockets",
    was: "a pushed header at a height that is not its own ended each session from then on, until the next start",
    now: "what cannot be a child of its parent is dropped",
  },
  {
    found: "node, sockets",
    was: "heads were queued and kept without end: a hundred thousand pushed at once were asked for one by one",
    now: "more than 1024 waiting end the session",
  },
  {
    found: "node, sockets",
    was: "one wrong answer about the last final block was kept as final for ever",
    now: "finality is claimed twice; of two claims the lower one holds",
  },
  {
    found: "node, sockets",
    was: "one wrong answer became a candidate's keys, a change of registration, the next committee, the chain's name",
    now: "what nothing else would contradict must be said twice in a row",
  },
  {
    found: "node, sockets",
    was: "before the first block, hashes of other heights could hide the rotation that made the list",
    now: "the headers looked through must lead to the block they are looked through for",
  },
  {
    found: "node, sockets",
    was: "made-up heads that contradict a final block, pushed three sessions in a row, ended the follower for good",
    now: "a node that does not know the head it pushed is not on another chain: it is asked before that is said",
  },
  {
    found: "node, sockets",
    was: "where the first list of candidates was not to be had, the next one told of all but the seated as newly registered",
    now: "changes are told from one list to the next, and a committee is no list",
  },
  {
    found: "node, sockets",
    was: "each refused reply that a recovery followed left three lines in the log, a made-up seal an error",
    now: "the same is said once a minute; what was refused is counted (mvm_node_refusals_total)",
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
];
