// Receivers' addresses that lead to a cloud's metadata service, in whatever spelling, by name, by redirect, by a name that changes.
import { post } from "../../core/alerts/post.ts";
import { routesTo } from "../../core/alerts/route.ts";
import { openReceiver } from "../helpers/alert-lab.ts";
import { seeded } from "../helpers/seeded.ts";
import type { Random } from "./mutate.ts";
import { pick } from "./mutate.ts";
import type { Tally } from "./neighbour-kit.ts";
import { openTally, tryCase } from "./neighbour-kit.ts";

const METADATA = [
  0xa9_fe_a9_fe, 0xa9_fe_aa_02, 0xa9_fe_00_17, 0x64_64_64_c8, 0xa8_3f_81_10, 0xc0_00_00_c0,
];
const OTHERS = [0x08_08_08_08, 0x0a_00_00_01, 0xa9_fd_a9_fe, 0x7f_00_00_01, 0xc0_a8_01_05];

export async function runWebhooks(cases: number, seed: number): Promise<Tally> {
  const tally = openTally("webhook address");
  const random = seeded(seed);
  for (let i = 0; i < cases; i++) {
    const isMetadata = random() < 0.7;
    const number = pick(random, isMetadata ? METADATA : OTHERS);
    const url = spell(number, random);
    // What is no address to a URL is refused before.
    if (URL.parse(url) === null) continue;
    await tryCase(tally, url, async () => await checkOne(tally, url, number, isMetadata));
  }
  await runRedirects(tally, random);
  return tally;
}

async function checkOne(
  tally: Tally,
  url: string,
  number: number,
  isMetadata: boolean,
): Promise<void> {
  const direct = await routesTo(url);
  // By a name that stands for it as well, among others.
  const address = pick(seeded(number), [dotted(number), `::ffff:${dotted(number)}`]);
  const named = await routesTo(
    "https://hooks.example/x",
    async () => await Promise.resolve([{ address: "93.184.216.34" }, { address }]),
  );
  if (isMetadata) tally.refused += 1;
  if (isMetadata && (direct !== null || named !== null)) tally.leaks.push(`${url} is not refused`);
  if (!isMetadata && (direct === null || named === null)) tally.crashes.push(`${url} is refused`);
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
}

function spell(number: number, random: Random): string {
  const host = random() < 0.6 ? spell4(number, random) : spell6(number, random);
  const user = pick(random, ["", "", "fine.example@", "a:b@"]);
  const port = pick(random, ["", ":80", ":443", ":8080"]);
  return `${pick(random, ["http", "https", "HTTP"])}://${user}${host}${port}${pick(random, ["", "/", "/latest/meta-data", "?x=1"])}`;
}

const BASES: readonly ((part: number) => string)[] = [
  (part) => String(part),
  (part) => `0x${part.toString(16)}`,
  (part) => `0X${part.toString(16).toUpperCase()}`,
  (part) => `0${part.toString(8)}`,
  (part) => `0x000${part.toString(16)}`,
  (part) => `000${part.toString(8)}`,
];

/** In one to four parts, each in a base of its own; then letters that a URL takes for these. */
function spell4(number: number, random: Random): string {
  const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff);
  const count = 1 + Math.floor(random() * 4);
  const last = bytes.slice(count - 1).reduce((sum, byte) => sum * 256 + byte, 0);
  const parts = [...bytes.slice(0, count - 1), last].map((part) => pick(random, BASES)(part));
  const text = parts.join(pick(random, [".", ".", "。", "%2e"])) + pick(random, ["", "", "."]);
  if (random() < 0.2)
    return Array.from(text)
      .map((each) => (/\d/.test(each) ? String.fromCharCode(each.charCodeAt(0) + 0xfee0) : each))
      .join("");
  return random() < 0.2 ? text.replace(/\d/, (digit) => `%3${digit}`) : text;
}

function spell6(number: number, random: Random): string {
  const high = (number >>> 16).toString(16);
  const low = (number & 0xffff).toString(16);
  const inverse = ((number ^ 0xffff_ffff) >>> 0).toString(16).padStart(8, "0");
  const text = pick(random, [
    ...[`::ffff:${dotted(number)}`, `::ffff:${high}:${low}`, `0:0:0:0:0:ffff:${high}:${low}`],
    ...[`::${dotted(number)}`, `64:ff9b::${dotted(number)}`, `64:ff9b:1::${high}:${low}`],
    ...[`2002:${high}:${low}::1`, `2001:0:1:2:3:4:${inverse.slice(0, 4)}:${inverse.slice(4)}`],
    ...[`::ffff:0:${high}:${low}`, `0064:FF9B:0:0:0:0:${high}:${low}`],
  ]);
  return `[${random() < 0.3 ? text.toUpperCase() : text}]`;
}

/** A receiver of one's own that sends on to another place: nothing arrives there. */
async function runRedirects(tally: Tally, random: Random): Promise<void> {
  await using receiver = openReceiver();
  await using other = openReceiver();
  const signal = new AbortController().signal;
  for (let i = 0; i < 40; i++) {
    const location = pick(random, [
      spell(pick(random, METADATA), random),
      `${other.url}/steal`,
      "//169.254.169.254/",
      "file:///etc/passwd",
      "\\\\169.254.169.254\\x",
      "gopher://x",
    ]);
    const status = pick(random, [301, 302, 303, 307, 308]);
    await tryCase(tally, `sent on to ${location}`, async () => {
      receiver.answer(
        () => new Response(null, { status, headers: { location: encodeURI(location) } }),
      );
      const request = {
        url: `${receiver.url}/hook`,
        method: "POST",
        headers: {},
        body: "{}",
      } as const;
      const outcome = await post(request, { timeoutMs: 3000, signal });
      if (outcome.ok) throw new Error("it was sent");
    });
  }
  if (other.received.length > 0) tally.leaks.push("a redirect was followed to another host");
}
