// What a hostile node did to the product before, of all defects the longest list.
import type { Defect } from "./defects.ts";

export const NODE_DEFECTS: readonly Defect[] = [
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
];
