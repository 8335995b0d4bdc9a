// Every flag that sets a key, for commands that show or check the settings instead of acting on them.
import type { ArgDef, ArgsDef } from "citty";

import type { LoadOptions } from "../core/config/load.ts";
import type { DottedKey, Key, Settings } from "../core/config/schema.ts";
import { KEYS } from "../core/config/schema.ts";
import { parseFlag } from "../core/config/value.ts";
import { repeated } from "./_arguments.ts";
import { describeFlag, readNodeFlags, readValidatorFlags } from "./_settings.ts";

/** As the commands that act on them have it. */
const SHORT: Partial<Record<string, string>> = {
  ...{ "rpc.url": "r", "rpc.metrics_url": "M", "database.path": "d" },
  ...{ "validator.keystore_path": "K", "validator.keys_file": "k" },
  ...{ "sync.start_block": "s", "sync.batch_size": "b" },
};

const FLAGGED = KEYS.filter(({ spec }) => spec.flag !== undefined);

export const settingFlags: ArgsDef = Object.fromEntries(
  FLAGGED.map((key) => [key.flag.slice(2), definitionOf(key)]),
);

/** Of a key of the table. */
function nameOf(dotted: string): DottedKey {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table's own names are the type
  return dotted as DottedKey;
}

function definitionOf({ dotted, spec }: Key): ArgDef {
  const about = { description: describeFlag(nameOf(dotted)) };
  const short = SHORT[dotted];
  const alias = short === undefined ? {} : { alias: short };
  if (spec.type === "boolean") return { type: "boolean", ...about };
  if (spec.type === "enum") return { type: "enum", options: [...spec.allowed], ...about };
  const valueHint = spec.type === "path" ? "FILE" : "VALUE";
  return { type: "string", valueHint, ...alias, ...about };
}

/** What of them a command line sets. Throws `usage` for a value the table does not let pass. */
export function readSettingFlags(
  rawArgs: readonly string[],
): Pick<LoadOptions, "flags" | "validators"> {
  const given = FLAGGED.flatMap(({ dotted, flag, spec }) => {
    const name = flag.slice(2);
    const text = spec.type === "boolean" ? switchOf(rawArgs, name) : repeated(rawArgs, name).at(-1);
    return text === undefined ? [] : [[dotted, parseFlag(nameOf(dotted), text, flag)] as const];
  });
  return {
    // Each value passed by its own line of the table.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    flags: { ...Object.fromEntries<unknown>(given), ...readNodeFlags(rawArgs) } as Settings,
    validators: readValidatorFlags(repeated(rawArgs, "keystore"), repeated(rawArgs, "label")),
  };
}

function switchOf(rawArgs: readonly string[], name: string): string | undefined {
  const last = rawArgs.findLast((word) => word === `--${name}` || word === `--no-${name}`);
  return last === undefined ? undefined : String(last === `--${name}`);
}
