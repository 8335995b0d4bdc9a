// All cases, in the order they are reported in.
import { MIGRATIONS } from "../../../core/storage/migrations.ts";
import { FILE_CASES } from "./file-cases.ts";
import { importing } from "./import-case.ts";
import { migration } from "./migration-case.ts";
import { besideTheirs, catchUp, follow, underReader } from "./sync-cases.ts";
import type { Case } from "./world.ts";

export const CASES: readonly Case[] = [
  catchUp("first sync, 15 commits", 300, 20),
  catchUp("first sync, a checkpoint on the way", 2000, 1),
  follow,
  underReader,
  besideTheirs,
  ...MIGRATIONS.slice(1).map((_, at) => migration(at + 1)),
  importing(true),
  importing(false),
  ...FILE_CASES,
];

/** Writers that are not what ours is: with these the run must find faults, else it proves nothing. */
export const BROKEN_CASES: readonly Case[] = [
  catchUp("a sync that leaves out what makes writes durable", 150, 20, "unsynced"),
  catchUp("a sync whose transactions are taken apart", 150, 20, "apart"),
];
