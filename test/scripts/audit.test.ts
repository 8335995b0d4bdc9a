// What is made of the registry's answer about known weaknesses.
import { expect, test } from "bun:test";

import { readAudit } from "../../scripts/audit.ts";

test("advisories are told by package", () => {
  const answer = {
    left: [{ severity: "high", title: "It pads wrongly", url: "https://x.test/1" }],
  };
  expect(readAudit(JSON.stringify(answer), "", 1).advisories).toEqual([
    { name: "left", severity: "high", title: "It pads wrongly", url: "https://x.test/1" },
  ]);
});

test("no advisory is an answer too", () => {
  expect(readAudit("{}\n", "", 0)).toEqual({ advisories: [], why: "" });
});

test("no answer is not taken for a good one", () => {
  const refused = readAudit("", "bun audit v1\nerror: POST https://r.test/bulk - 405\n", 1);
  expect(refused).toEqual({ advisories: null, why: "error: POST https://r.test/bulk - 405" });
  expect(readAudit("", "", 1).advisories).toBeNull();
  expect(readAudit("null", "", 0).advisories).toBeNull();
  expect(readAudit('{"error":"not now"}', "", 0).advisories).toBeNull();
});
