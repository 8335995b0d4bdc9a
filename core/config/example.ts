// The example file, from the table.
import type { ListName } from "./lists.ts";
import { specsOf } from "./lists.ts";
import type { Key } from "./schema.ts";
import { FILE_SUFFIX, KEYS } from "./schema.ts";
import type { Value } from "./spec.ts";
import { isList } from "./spec.ts";
import { describeExpected } from "./value.ts";

const HEAD = `# Configuration of mvm. Every key is optional; what stands here are the defaults, commented out.
#
# Flags win over environment variables, these over files, files over defaults. Files, highest first:
#   ./mvm.toml, ~/.config/mvm/config.toml, /etc/mvm/config.toml, /opt/midnight/mvm/config/config.toml
# \`mvm config show\` prints every value and where it came from; \`mvm config validate\` checks.
`;

const TAIL = `
# Tables for one environment, chosen with --env staging or MVM_ENV=staging, lie over the ones above:
#[env.staging.rpc]
#url = "ws://staging:9944"
`;

/** Commented out to the last key: a copy must not hold what a file below it or a later version says. */
export function formatExample(): string {
  let text = HEAD;
  let section = "";
  for (const key of KEYS) {
    if (key.section !== section) text += `\n[${key.section}]\n`;
    section = key.section;
    text += formatKey(key);
  }
  return text + formatLists() + TAIL;
}

/** Two brackets: as many of them as there are. Told apart from keys by a space after the sign. */
function formatLists(): string {
  let text = "";
  for (const list of LIST_NAMES) {
    text += `\n# ${ABOUT[list]}\n# [[${list}]]\n`;
    for (const [name, spec] of specsOf(list)) {
      const needed = spec.required === true ? ", needed" : "";
      const value = formatValue(spec.default ?? spec.example ?? "");
      text += `# ${name} = ${value} # ${spec.description} (${describeExpected(spec)}${needed})\n`;
    }
  }
  return text;
}

const LIST_NAMES: readonly ListName[] = ["validator", "alerts.channel", "remote"];
const ABOUT: Record<ListName, string> = {
  validator:
    "Several validators: instead of [validator], whose line above must go, one of these for each.",
  "alerts.channel": "Where alerts go besides webhook_url: one of these for each.",
  remote:
    "Other machines, for `mvm status --remote all` and `mvm view --remote all`: one of these for each.",
};

function formatKey({ name, env, flag, spec }: Key): string {
  const ways = spec.flag === undefined ? env : `${flag}, ${env}`;
  const file =
    spec.secret === true
      ? ` ${name}${FILE_SUFFIX} or ${env}_FILE instead names the file it is in.`
      : "";
  const none = spec.default === null ? " No default." : "";
  const about = `# ${spec.description} (${describeExpected(spec)}; ${ways}).${file}${none}\n`;
  return `${about}#${name} = ${formatValue(spec.default ?? spec.example ?? "")}\n`;
}

function formatValue(value: Value): string {
  // JSON's texts, numbers, truth values and lists of them are TOML's too.
  return isList(value) ? `[${value.map(formatValue).join(", ")}]` : JSON.stringify(value);
}
