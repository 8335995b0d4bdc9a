// Other machines on the screen: what they said, what they did not say, and nothing that is not here.
import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import type { RemoteLook, RemoteStatus, RemoteValidator } from "../../core/fleet/remote.ts";
import type { Stage } from "../helpers/view-stage.ts";
import { openStage } from "../helpers/view-stage.ts";

const AT = Date.parse("2026-03-04T05:06:07Z");
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

function iso(inSeconds: number): string {
  return new Date(AT + inSeconds * 1000).toISOString();
}

function validator(id: string, changes: Partial<RemoteValidator> = {}): RemoteValidator {
  return {
    ...{ id, verdict: "ok", made: 12, missed: 0, seats: 5, lastBlock: 990 },
    nextSlotTime: iso(95),
    ...changes,
  };
}

function machine(
  name: string,
  status: Partial<RemoteStatus>,
  changes: Partial<RemoteLook> = {},
): RemoteLook {
  return {
    ...{ name, url: `http://${name}:9616`, verdict: "ok", problem: null, hint: null },
    status: {
      ...{ at: iso(-20), worst: "ok", troubles: [], chain: "Midnight Preview", best: 1000 },
      ...{ lastBlock: 1000, lastBlockTime: iso(-4), validators: [validator(`${name}-1`)] },
      ...status,
    },
    ...changes,
  };
}

const MISSED = {
  ...{ name: "validator.missed", subject: "paris-2", verdict: "warning" as const },
  message: "2 turns of this epoch passed without a block",
};

const FLEET: RemoteLook[] = [
  machine("berlin", {}),
  machine(
    "paris",
    {
      worst: "warning",
      troubles: [MISSED],
      validators: [
        validator("paris-1"),
        validator("paris-2", { verdict: "warning", made: 10, missed: 2, nextSlotTime: null }),
      ],
    },
    { verdict: "warning", problem: MISSED.message },
  ),
  machine("tokyo", { validators: [] }),
  {
    ...{ name: "lima", url: "http://lima:9616", verdict: "critical", status: null },
    ...{ problem: "unreachable: no answer within 5 s", hint: "is the machine up?" },
  },
];

async function told(width: number, height: number): Promise<Stage> {
  const stage = await openStage({ file: null, at: AT, view: "fleet", width, height });
  stage.app.tell({ kind: "fleet", fleet: { atMs: AT - 2000, machines: FLEET } });
  return stage;
}

function compare(name: string, frame: string): void {
  const path = join(import.meta.dir, "golden", `${name}.txt`);
  const text = `${frame.replace(/ +$/gm, "").trimEnd()}\n`;
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
  expect(existsSync(path), `${path} is missing: run with UPDATE_GOLDEN=1`).toBe(true);
  expect(text).toBe(readFileSync(path, "utf8"));
}

test.each(SIZES)("the fleet at %ix%i", async (width, height) => {
  await using stage = await told(width, height);
  compare(`fleet-${width}x${height}`, await stage.frame());
  compare(`fleet-${width}x${height}-colours`, await stage.colours());
  const lines = (await stage.frame()).split("\n");
  expect(lines.filter((line) => Bun.stringWidth(line) > width)).toEqual([]);
});

test("in plain letters no other character is drawn", async () => {
  await using stage = await openStage({ file: null, at: AT, view: "fleet", ascii: true });
  stage.app.tell({ kind: "fleet", fleet: { atMs: AT, machines: FLEET } });
  expect((await stage.frame()).match(/[^\n\x20-\x7e]/gu)).toBeNull();
});

test("before any machine has answered nothing is said of any", async () => {
  await using stage = await openStage({ file: null, at: AT, view: "fleet" });
  stage.setNow(AT + 60_000);
  const frame = await stage.frame();
  expect(frame).toContain("no machine has answered yet");
  expect(frame).not.toContain("Database");
});

test("the worst stands first, its reason below; the cursor stays on its row while machines come and go", async () => {
  await using stage = await told(120, 40);
  expect(await stage.frame()).toContain("unreachable: no answer within 5 s → is the machine up?");
  await stage.press("j");
  expect(await stage.frame()).toContain("validator.missed: 2 turns");
  stage.app.tell({ kind: "fleet", fleet: { atMs: AT, machines: FLEET.slice(0, 3) } });
  expect(await stage.frame()).toContain("validator.missed: 2 turns");
  await stage.press("y");
  expect(stage.errands).toContain("copy http://paris:9616");
});

test("there is no other view to go to, and a machine can be looked for", async () => {
  await using stage = await told(120, 40);
  await stage.press("2", "tab", "shift-tab");
  expect(stage.app.ui().view).toBe("fleet");
  await stage.press("/");
  await stage.type("tok");
  await stage.press("return");
  expect(await stage.frame()).toMatch(/^▶\S+ tokyo/m);
  await stage.press("r");
  expect(stage.errands).toContain("refresh");
});

test("a countdown goes on by itself, and one that is over says nothing of the next", async () => {
  await using stage = await told(120, 40);
  expect(await stage.frame()).toContain(" 1:35 ");
  stage.setNow(AT + 10_000);
  stage.app.tick();
  expect(await stage.frame()).toContain(" 1:25 ");
  stage.setNow(AT + 96_000);
  stage.app.tick();
  expect(await stage.frame()).toMatch(/berlin-1.* \? /);
});
