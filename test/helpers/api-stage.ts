// A devnet at the present time, and a real mvm-sync that follows it and serves.
import { writeFileSync } from "node:fs";

import type { Devnet, DevnetOptions } from "../../examples/devnet/devnet.ts";
import { startSmallDevnet } from "../core/chain/small-devnet.ts";
import type { SyncProcess } from "./sync-process.ts";
import { startSync, temporaryFolder } from "./sync-process.ts";

/** Has seats in every epoch. */
const WATCHED = 8;
const SLOT_MS = 6000;

export interface ApiStage extends AsyncDisposable {
  devnet: Devnet;
  sync: SyncProcess;
  file: string;
  /** With a slash at its end. */
  url: string;
  get: (path: string, init?: RequestInit) => Promise<Response>;
}

export interface StageOptions extends Partial<DevnetOptions> {
  /** Lines of the `[metrics]` section. */
  metrics?: readonly string[];
}

/** Resolves once the first look is taken: everything can be asked then. */
export async function openApiStage({
  metrics = [],
  ...options
}: StageOptions = {}): Promise<ApiStage> {
  const folder = temporaryFolder();
  const [file, config, keystore] = ["mvm.db", "mvm.toml", "keystore"].map(folder.file);
  if (file === undefined || config === undefined || keystore === undefined) throw new Error("none");
  const endSlot = Math.floor(Date.now() / SLOT_MS);
  const devnet = await startSmallDevnet({
    ...{ operator: WATCHED, rpcMethods: "unsafe", endSlot, history: 100, ...options },
  });
  await devnet.writeKeystore(keystore, WATCHED);
  const ours = `[validator]\nkeystore_path = "${keystore}"\nlabel = "home"`;
  const served = ["[metrics]", 'listen = "127.0.0.1:0"', ...metrics].join("\n");
  writeFileSync(config, `${ours}\n${served}\n`);
  const sync = startSync(devnet.url, file, "--config", config);
  await sync.until("serving", () => /metrics at http/.test(sync.log()));
  const url = /metrics at (http\S+\/)metrics/.exec(sync.log())?.[1] ?? "";
  const get = async (path: string, init: RequestInit = {}): Promise<Response> =>
    await fetch(`${url}${path.replace(/^\//, "")}`, {
      ...init,
      signal: init.signal ?? AbortSignal.timeout(10_000),
    });
  const deadline = performance.now() + 30_000;
  while ((await get("/api/v1/status")).status === 503 && performance.now() < deadline)
    await Bun.sleep(100);
  return {
    ...{ devnet, sync, file, url, get },
    [Symbol.asyncDispose]: async () => {
      await sync[Symbol.asyncDispose]();
      await devnet.stop();
      folder[Symbol.dispose]();
    },
  };
}
