// DEPLOYMENT.md from top to bottom: each command of it is typed, in its order.
import { readFileSync } from "node:fs";

import { join } from "pathe";

import type { Steps } from "./inside.ts";
import { must, sameAsBefore, until } from "./inside.ts";
import type { Machine } from "./machine.ts";

const DOCUMENT = join(import.meta.dir, "../../DEPLOYMENT.md");

/** Where a line names what each reader has of their own, or waits for a person. */
const INSTEAD: readonly (readonly [written: RegExp, typed: string])[] = [
  [/usermod -aG mvm NAME/, "usermod -aG mvm alice"],
  [/^mvm view$/, "mvm view --once"],
  [/cd mvm-NEW-linux-x64/, "cd /root/mvm-*-linux-x64"],
];

const KEYSTORE = "/opt/midnight/node/chains/midnight/keystore";

/** What must be there by then, on a machine that is not a validator's. */
const FIRST: readonly (readonly [line: RegExp, before: string])[] = [
  [
    /^setfacl /,
    `mkdir -p ${KEYSTORE} && touch ${KEYSTORE}/61757261${"ab".repeat(32)} && chmod 0700 ${KEYSTORE} &&
      sed -i 's|^#keystore_path = .*|keystore_path = "${KEYSTORE}"|' /etc/mvm/config.toml`,
  ],
  [
    /^mvm alerts test/,
    // The node's own port takes what is posted, whatever it is.
    `sed -i 's|^#webhook_url = .*|webhook_url = "http://127.0.0.1:9944/"|' /etc/mvm/config.toml`,
  ],
  [
    /^mvm import .*--dry-run/,
    `mkdir -p /opt/midnight/mvm/data && sqlite3 /opt/midnight/mvm/data/mvm.db "CREATE TABLE IF NOT EXISTS
      blocks (block_number INTEGER PRIMARY KEY, block_hash TEXT, parent_hash TEXT, slot_number INTEGER)" &&
      chmod -R a+rX /opt/midnight`,
  ],
];

/** A check that says no is an answer too: this node's machine is none of a real validator. */
const MAY_SAY_NO = /^mvm (?:status|keys verify|schedule)\b/;

function commands(): string[] {
  const blocks = readFileSync(DOCUMENT, "utf8").matchAll(/^```console\n(.*?)^```/gms);
  return [...blocks]
    .flatMap(([, text = ""]) => text.split("\n"))
    .filter((line) => /^[#$] /.test(line))
    .map((line) => line.slice(2));
}

/** Returns the folder it left the shell in. */
async function type(machine: Machine, line: string, folder: string): Promise<string> {
  for (const [wanted, before] of FIRST) if (wanted.test(line)) await must(machine, before);
  const instead = INSTEAD.find(([written]) => written.test(line));
  const typed = instead === undefined ? line : line.replace(...instead);
  const { code, out } = await machine.sh(`cd ${folder} && { ${typed}\n} && pwd`);
  if (code !== 0 && !MAY_SAY_NO.test(line)) throw new Error(`${typed}\nexit ${code}\n${out}`);
  if (code > 3) throw new Error(`${typed}\nexit ${code}\n${out}`);
  return code === 0 ? (out.split("\n").at(-1) ?? folder) : folder;
}

export const DOCUMENT_STEPS: Steps = [
  [
    "every command of DEPLOYMENT.md works, in its order, and leaves nothing in the end",
    async (machine) => {
      await must(machine, "useradd -m alice");
      await must(machine, "mkdir -p /opt/pack && cp -al /opt/rel /opt/pack/mvm-1-linux-x64");
      await must(machine, "tar -C /opt/pack -cf /root/mvm-1-linux-x64.tar.gz mvm-1-linux-x64");
      let folder = "/root";
      const lines = commands();
      for (const line of lines) {
        folder = await type(machine, line, folder);
        if (!line.startsWith("./install.sh --with")) continue;
        await until("a first block", 60, async () => {
          const { out } = await machine.sh("mvm query stats --json");
          return /"lastBlock": [1-9]/.test(out);
        });
      }
      await must(machine, "userdel -r alice 2>/dev/null; rm -rf /opt/midnight");
      await sameAsBefore(machine);
      return `${lines.length} commands`;
    },
  ],
];
