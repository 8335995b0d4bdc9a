// One thread that checks seals: a check costs a millisecond, and there may be a million of them.
import { loadSignatureVerifier } from "../chain/seal.ts";
import type { SealReply, SealRequest } from "./seal-job.ts";

declare const self: Worker;

// Importing it in the main thread does nothing.
if (!Bun.isMainThread) {
  const verifier = loadSignatureVerifier();
  self.onmessage = async ({ data }: MessageEvent<SealRequest>) => {
    const fits = await verifier;
    const reply: SealReply = {
      id: data.id,
      fits: data.jobs.map(({ preHash, seal, key }) => fits(preHash, seal, key)),
    };
    postMessage(reply);
  };
}
