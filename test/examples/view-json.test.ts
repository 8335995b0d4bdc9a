// The JSON of mvm view as it is documented, from a file and a node that are the same each time. After a wanted change:
//   MVM_WRITE_EXAMPLES=1 bun test test/examples/view-json.test.ts && bun fmt
import { expect, test } from "bun:test";

import { join } from "pathe";

import { openReadable } from "../../core/storage/open.ts";
import { answer } from "../../core/view/answer.ts";
import { nothingKnown, withAnswer, withHealth } from "../../ui/feed.ts";
import { snapshot } from "../../ui/snapshot.ts";
import { namesIn } from "../helpers/json-names.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";
import { healthAt, nodeAt, writeViewFixture } from "../helpers/view-fixture.ts";

const FOLDER = join(import.meta.dir, "../../examples/json");
const PATH = join(FOLDER, "view.json");

function look(): unknown {
  using folder = temporaryFolder();
  const fixture = writeViewFixture(folder.file("mvm.db"), { blocks: 240 });
  using db = openReadable(fixture.file);
  const { nowMs } = fixture;
  const known = withAnswer(nothingKnown(nowMs), answer(db, { about: "dashboard" }), nowMs);
  const told = withHealth({ ...known, node: nodeAt(fixture) }, healthAt(fixture));
  return JSON.parse(JSON.stringify(snapshot(told, nowMs)));
}

test("view.json is what mvm view --json prints", async () => {
  if (process.env["MVM_WRITE_EXAMPLES"] === "1") await Bun.write(PATH, JSON.stringify(look()));
  const example: unknown = await Bun.file(PATH).json();
  expect(look()).toEqual(example);
});

test("nothing of the screen is in it, and the README has a line for every field and no other", async () => {
  const names = [...new Set(namesIn(look()))].toSorted();
  expect(names.filter((name) => ["role", "glyph", "row", "key"].includes(name))).toEqual([]);
  const readme = await Bun.file(join(FOLDER, "README.md")).text();
  const section = readme.split(/^## /m).find((each) => each.startsWith("`mvm view`")) ?? "";
  const described = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name ?? "");
  expect(described).toEqual(names);
});
