// A node's true reply, made untrue in one of the ways a broken or hostile node would: by its structure or by its text.

export type Random = () => number;

/** What a reply may be mutated with. */
export interface Material {
  random: Random;
  /** Results of other requests. */
  others: readonly unknown[];
}

export interface Mutated {
  kind: string;
  /** A whole JSON-RPC reply, or what is to pass for one. */
  text: string;
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

type ValueMutator = (value: unknown, material: Material) => unknown;

const NUMBERS = [
  ...[-1, 0.5, 1e300, 2 ** 53, 2 ** 53 + 2, 4_294_967_296, 4_294_967_295, -0, 1e-9],
  ...["0x", "-1", "0x-1", "NaN", "Infinity", "1e999", "0x1p3", "٣", "0b11", " 5", "5 ", "null"],
];
const ESCAPES = [
  ...["\u0000", "\u001b[2J\u001b]0;owned\u0007", "\ud800", "\u202e", "\r\n[error] fake", "💥"],
  ...["'; DROP TABLE blocks; --", "%s%n", "../../etc/passwd", "<script>", "\ufeff"],
];
const RETYPED: readonly unknown[] = [
  ...[null, true, false, 0, 1, "", "0x", "0x00", [], {}, [[]], [null], { length: 3 }, "true"],
  ...[{ toString: null, valueOf: null }, { toJSON: "x" }],
];
const DEEP = 400;
const DEEPEST = 100_000;
const LONG = 20_000;
const LONGEST = 2_000_000;
/** A link refuses a longer reply unread. */
const MOST_BYTES = 20_000_000;

/** Rarely the whole of it: what is huge is slow to make. */
function rarely(random: Random, often: number, seldom: number): number {
  return random() < 0.004 ? seldom : often;
}

function isHex(value: unknown): value is string {
  return typeof value === "string" && /^0x[0-9a-f]{2}/.test(value);
}

function onHex(change: (hex: string, random: Random) => string): ValueMutator {
  return (value, { random }) => (isHex(value) ? change(value, random) : pick(random, RETYPED));
}

function flip(hex: string, random: Random): string {
  const at = 2 + Math.floor(random() * (hex.length - 2));
  const digit = Number.parseInt(hex.charAt(at), 16) ^ (1 << Math.floor(random() * 4));
  return hex.slice(0, at) + digit.toString(16) + hex.slice(at + 1);
}

/** Replaces the value it is given. */
const VALUES: Record<string, ValueMutator> = {
  retype: (_, { random }) => pick(random, RETYPED),
  number: (_, { random }) => pick(random, NUMBERS),
  escape: (value, { random }) =>
    `${typeof value === "string" ? value : ""}${pick(random, ESCAPES)}`,
  "hex odd": onHex((hex) => hex.slice(0, -1)),
  "hex overlong": onHex((hex, random) => hex + "00".repeat(1 + Math.floor(random() * 40))),
  "hex upper case": onHex((hex) => `0x${hex.slice(2).toUpperCase()}`),
  "hex prefix": onHex((hex, random) => pick(random, ["0X", "", "x", "0x0x"]) + hex.slice(2)),
  "hex no digit": onHex((hex, random) => {
    const at = 2 + Math.floor(random() * (hex.length - 2));
    return hex.slice(0, at) + pick(random, ["g", "É", " ", "٣", "\u0000"]) + hex.slice(at + 1);
  }),
  "hex cut": onHex((hex, random) => hex.slice(0, 2 + Math.floor(random() * (hex.length - 2)))),
  "hex bit": onHex(flip),
  "hex byte out": onHex((hex, random) => {
    const at = 2 + 2 * Math.floor((random() * (hex.length - 2)) / 2);
    return hex.slice(0, at) + hex.slice(at + 2);
  }),
  "huge text": (_, { random }) =>
    pick(random, ["a", "0", "\u001b"]).repeat(rarely(random, LONG, LONGEST)),
  "huge hex": (_, { random }) => `0x${"ab".repeat(rarely(random, LONG, LONGEST))}`,
  "huge list": (value, { random }) => {
    const bytes = JSON.stringify(value)?.length ?? 1;
    const most = Math.ceil(MOST_BYTES / bytes);
    return Array.from({ length: Math.min(most, rarely(random, 300, 50_000)) }, () => value);
  },
  other: (_, { random, others }) => pick(random, others),
};

/** Changes a list or an object in its place. */
const CONTAINERS: Record<string, (at: object, material: Material) => void> = {
  drop: (at, { random }) => {
    const key = pick(random, ["", ...Object.keys(at)]);
    if (Array.isArray(at)) at.splice(Math.floor(random() * at.length), 1);
    else Reflect.deleteProperty(at, key);
  },
  add: (at, { random }) => {
    if (Array.isArray(at))
      at.splice(Math.floor(random() * (at.length + 1)), 0, pick(random, RETYPED));
    else
      Reflect.set(
        at,
        pick(random, ["constructor", "toString", "length", "x"]),
        pick(random, RETYPED),
      );
  },
  repeat: (at, { random }) => {
    if (Array.isArray(at) && at.length > 0) at.push(structuredClone(pick(random, at)));
  },
  reorder: (at) => {
    if (Array.isArray(at)) at.reverse();
  },
  // The bytes of two texts in a row, divided elsewhere: what is hashed over both stays the same.
  redivide: (at, { random }) => {
    if (!Array.isArray(at) || at.length < 2) return;
    const i = Math.floor(random() * (at.length - 1));
    const one: unknown = at[i];
    const two: unknown = at[i + 1];
    if (typeof one !== "string" || typeof two !== "string") return;
    const both = one.slice(2) + two.slice(2);
    const cut = random() < 0.3 ? both.length : Math.floor(random() * (both.length + 1));
    at[i] = `0x${both.slice(0, cut)}`;
    at[i + 1] = `0x${both.slice(cut)}`;
  },
};

interface Place {
  holder: object;
  key: string;
}

/** Every place a value stands in. Long lists are entered in a few places only. */
function placesIn(root: object, random: Random): Place[] {
  const places: Place[] = [];
  const open: object[] = [root];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    const keys = Object.keys(holder);
    const some = keys.length > 16 ? Array.from({ length: 16 }, () => pick(random, keys)) : keys;
    for (const key of some) {
      places.push({ holder, key });
      const value: unknown = Reflect.get(holder, key);
      if (typeof value === "object" && value !== null) open.push(value);
    }
  }
  return places;
}

/** Changes somewhere in `{result}`; returns what kind of change it was. */
function mutateValue(reply: { result: unknown }, material: Material): string {
  const { random } = material;
  const places = placesIn(reply, random);
  const { holder, key } = pick(random, places);
  const containers = places
    .map((place): unknown => Reflect.get(place.holder, place.key))
    .filter((value) => typeof value === "object" && value !== null);
  if (containers.length > 0 && random() < 0.35) {
    const kind = pick(random, Object.keys(CONTAINERS));
    CONTAINERS[kind]?.(pick(random, containers) ?? {}, material);
    return kind;
  }
  const kind = pick(random, Object.keys(VALUES));
  const before: unknown = Reflect.get(holder, key);
  Reflect.set(holder, key, VALUES[kind]?.(before, material));
  return kind;
}

/** Changes the text of a reply. */
const TEXTS: Record<string, (text: string, random: Random) => string> = {
  "key twice": (text, random) => {
    const keys = [...text.matchAll(/"(\w+)":/g)].map(([, key]) => key ?? "");
    return insertAtBrace(
      text,
      random,
      `"${pick(random, keys)}":${pick(random, ["0", '"0x"', "null"])}`,
    );
  },
  proto: (text, random) =>
    insertAtBrace(text, random, `"__proto__":{"number":"0x1","valid":true,"error":{}}`),
  nest: (text, random) => {
    const depth = rarely(random, DEEP, DEEPEST);
    const deep =
      random() < 0.5
        ? "[".repeat(depth) + "]".repeat(depth)
        : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const values = [...text.matchAll(/:(?="|\d|null|true|false)/g)].map(({ index }) => index + 1);
    const at = pick(random, values);
    const end = at + (/^(?:"(?:[^"\\]|\\.)*"|[^,}\]]+)/.exec(text.slice(at))?.[0].length ?? 0);
    return text.slice(0, at) + deep + text.slice(end);
  },
  cut: (text, random) => text.slice(0, Math.floor(random() * text.length)),
  garble: (text, random) => {
    const at = Math.floor(random() * text.length);
    return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
  },
  append: (text, random) => text + pick(random, ["}", "\u0000", text, "//", ","]),
  "no id": (text) => text.replace(/"id":\d+,/, ""),
  "other id": (text, random) =>
    text.replace(
      /"id":(\d+)/,
      (_, id: string) =>
        `"id":${pick(random, ["null", `"${id}"`, "-1", "1e999", `${id}.5`, "[1]", "99999999"])}`,
    ),
  "as list": (text) => `[${text}]`,
  "as notification": (text) => text.replace('"id"', '"method":"chain_newHead","id"'),
  "no result": (text) => text.replace('"result"', '"results"'),
  "with error": (text, random) => {
    const message = pick(random, [
      "Unknown block",
      "batch not supported",
      "too big",
      "x".repeat(LONG),
      "\u001b[31m",
    ]);
    const error = pick(random, [
      "null",
      "{}",
      "[]",
      `{"code":-1,"message":${JSON.stringify(message)},"data":{"toString":1}}`,
      '{"code":{"toString":1},"message":{"toString":1}}',
    ]);
    return text.replace('"result"', `"error":${error},"result"`);
  },
};

/** One more member at the end of some object, where it is the one that counts. */
function insertAtBrace(text: string, random: Random, member: string): string {
  const braces = [...text.matchAll(/\}/g)].map(({ index }) => index);
  if (braces.length === 0) return text;
  const at = pick(random, braces);
  const comma = text.charAt(at - 1) === "{" ? "" : ",";
  return text.slice(0, at) + comma + member + text.slice(at);
}

/** A message that is no reply, changed by its structure. */
export function mutateAnywhere(message: unknown, material: Material): Mutated {
  const whole = { result: structuredClone(message) };
  const kind = mutateValue(whole, material);
  return { kind, text: JSON.stringify(whole.result) ?? "null" };
}

/** Long replies are searched through in a few of these ways: rarely, then. */
const LONG_REPLY = 100_000;

/** @param resultText the true result, as JSON */
export function mutate(resultText: string, id: number, material: Material): Mutated {
  const { random } = material;
  const head = `{"jsonrpc":"2.0","id":${id},"result":`;
  if (random() < 0.3 && (resultText.length < LONG_REPLY || random() < 0.05)) {
    const kind = pick(random, Object.keys(TEXTS));
    const text = `${head}${resultText}}`;
    return { kind, text: TEXTS[kind]?.(text, random) ?? text };
  }
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- our own text
  const reply: { result: unknown } = { result: JSON.parse(resultText) };
  const kind = mutateValue(reply, material);
  return { kind, text: `${head}${JSON.stringify(reply.result) ?? "null"}}` };
}
