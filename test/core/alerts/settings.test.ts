// From the configuration to settings, and quiet hours by the clock on the wall.
import { expect, test } from "bun:test";

import { parseQuietHours, quietUntil } from "../../../core/alerts/quiet.ts";
import type { AlertSettings } from "../../../core/alerts/settings.ts";
import { alertSettings } from "../../../core/alerts/settings.ts";
import { loadConfig } from "../../../core/config/load.ts";
import { openPlace } from "../config/place.ts";

async function settingsOf(text: string): Promise<AlertSettings> {
  using place = openPlace();
  place.write("project", text);
  return alertSettings((await loadConfig(place.options)).values);
}

function channel(name: string, more = ""): string {
  return `[[alerts.channel]]\nname = "${name}"\ntype = "slack"\nurl = "https://h.example/${name}"\n${more}\n`;
}

test("the plan's section becomes settings with one plain webhook", async () => {
  const plan = '[alerts]\nenabled = true\nwebhook_url = "https://h.example/x"\n';
  const settings = await settingsOf(plan);
  expect(settings).toMatchObject({
    ...{ enabled: true, thresholdPercent: 80, minExpectedBlocks: 5, missedInRow: 3 },
    ...{ alertOnDown: true, cooldownMs: 300_000, downGraceMs: 60_000 },
  });
  expect(settings.channels).toMatchObject([
    { name: "webhook", type: "webhook", url: "https://h.example/x", min_severity: "info" },
  ]);
});

test("channels of their own come after the plain webhook; one that is off is left out", async () => {
  const { channels } = await settingsOf(
    `[alerts]\nwebhook_url = "https://h.example"\n${channel("team")}${channel("off", "enabled = false")}`,
  );
  expect(channels.map(({ name }) => name)).toEqual(["webhook", "team"]);
});

test("telegram and pagerduty have their service's address, and another one where it is given", async () => {
  const { channels } = await settingsOf(
    '[[alerts.channel]]\nname = "t"\ntype = "telegram"\ntoken = "1:a"\nchat_id = "5"\n' +
      '[[alerts.channel]]\nname = "p"\ntype = "pagerduty"\ntoken = "R"\n' +
      '[[alerts.channel]]\nname = "q"\ntype = "pagerduty"\ntoken = "R"\nurl = "https://eu.example"\n',
  );
  expect(channels.map(({ url }) => url)).toEqual([
    ...["https://api.telegram.org", "https://events.pagerduty.com/v2/enqueue"],
    "https://eu.example",
  ]);
});

test('a channel\'s own quiet hours win over the general ones, "none" means none', async () => {
  const { channels } = await settingsOf(
    `[alerts]\nquiet_hours = "22:00-07:00"\n${channel("a", 'quiet_hours = "23:00-06:30"')}` +
      `${channel("b", 'quiet_hours = "none"')}${channel("c")}`,
  );
  expect(channels.map(({ quietHours }) => quietHours)).toEqual([
    { from: 1380, to: 390 },
    null,
    { from: 1320, to: 420 },
  ]);
});

test("two channels of one name and unreadable quiet hours are refused", async () => {
  expect(settingsOf(channel("team") + channel("team"))).rejects.toThrow("team");
  for (const text of ["", "22-7", "25:00-07:00", "22:00-22:00", "22:00"]) {
    expect(settingsOf(channel("a", `quiet_hours = "${text}"`))).rejects.toThrow("quiet_hours");
  }
  expect(settingsOf('[alerts]\nquiet_hours = "none"\n')).rejects.toThrow("quiet_hours");
});

test("quiet hours end at their time, today or tomorrow, by the calendar", () => {
  const at = (day: number, hour: number, minute = 0): number =>
    new Date(2026, 7, day, hour, minute).getTime();
  const night = parseQuietHours("22:00-07:00");
  expect(quietUntil(night, at(3, 21, 59))).toBe(at(3, 21, 59));
  expect(quietUntil(night, at(3, 22))).toBe(at(4, 7));
  expect(quietUntil(night, at(4, 6, 59))).toBe(at(4, 7));
  expect(quietUntil(night, at(4, 7))).toBe(at(4, 7));
  const lunch = parseQuietHours("12:00-13:30");
  expect(quietUntil(lunch, at(3, 12, 15))).toBe(at(3, 13, 30));
  expect(quietUntil(lunch, at(3, 14))).toBe(at(3, 14));
  expect(quietUntil(null, at(3, 23))).toBe(at(3, 23));
});
