// From the configuration to settings, and quiet hours by the clock on the wall.
import { expect, test } from "bun:test";

import { parseQuietHours, quietUntil } from "../../../core/alerts/quiet.ts";
import type { AlertChannel } from "../../../core/alerts/settings.ts";
import { alertSettings } from "../../../core/alerts/settings.ts";
import { loadConfig } from "../../../core/config/load.ts";
import { openPlace } from "../config/place.ts";

const SECTION = {
  ...{ enabled: true, threshold_percent: 70, min_expected_blocks: 4, webhook_url: null },
  ...{ alert_on_down: false, cooldown_secs: 60 },
};
const CHANNEL: AlertChannel = {
  ...{ name: "team", type: "slack", url: "https://hooks.example/x", token: null, secret: null },
  ...{ chat_id: null, min_severity: "warning", quiet_hours: null, enabled: true },
};

test("the section as the configuration has it now becomes settings with one plain webhook", async () => {
  using place = openPlace();
  place.write("project", '[alerts]\nenabled = true\nwebhook_url = "https://h.example/x"\n');
  const { values } = await loadConfig(place.options);
  const settings = alertSettings(values);
  expect(settings).toMatchObject({
    ...{ enabled: true, thresholdPercent: 80, minExpectedBlocks: 5, missedInRow: 3 },
    ...{ alertOnDown: true, cooldownMs: 300_000, downGraceMs: 60_000 },
  });
  expect(settings.channels).toMatchObject([
    { name: "webhook", type: "webhook", url: "https://h.example/x", min_severity: "info" },
  ]);
});

test("channels of their own come after the plain webhook; one that is off is left out", () => {
  const channels = [CHANNEL, { ...CHANNEL, name: "off", enabled: false }];
  const alerts = { ...SECTION, webhook_url: "https://h.example", webhook_secret: "s", channels };
  expect(alertSettings({ alerts }).channels.map(({ name }) => name)).toEqual(["webhook", "team"]);
  // Where the configuration made a channel of the plain address already, it is not doubled.
  const made = [{ ...CHANNEL, name: "webhook" }];
  expect(alertSettings({ alerts: { ...alerts, channels: made } }).channels).toHaveLength(1);
});

test("a channel's own quiet hours win over the general ones, an empty text means none", () => {
  const channels = ["23:00-06:30", "", null].map((quiet_hours, i) => ({
    ...{ ...CHANNEL, name: `c${i}`, quiet_hours },
  }));
  const settings = alertSettings({ alerts: { ...SECTION, channels, quiet_hours: "22:00-07:00" } });
  expect(settings.channels.map(({ quietHours }) => quietHours)).toEqual([
    { from: 1380, to: 390 },
    null,
    { from: 1320, to: 420 },
  ]);
});

test("two channels of one name and unreadable quiet hours are refused", () => {
  const twice = { ...SECTION, channels: [CHANNEL, CHANNEL] };
  expect(() => alertSettings({ alerts: twice })).toThrow("two alert channels named team");
  for (const text of ["22-7", "25:00-07:00", "22:00-22:00", "22:00"]) {
    expect(() => parseQuietHours(text)).toThrow("quiet hours");
  }
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
