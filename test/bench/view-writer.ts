// A daemon's commits on the tip, in a thread of their own: whoever times keys must not wait for them.
import { openWritable } from "../../core/storage/open.ts";
import { openWriter } from "../../core/storage/write.ts";
import type { Position } from "../../core/types.ts";
import type { ViewFixture } from "../helpers/view-fixture.ts";
import { addBlock, CHAIN } from "../helpers/view-fixture.ts";

const WRITE_EVERY_MS = 200;

/** Writes until told to stop; the fixture then has the new tip. */
export function startWriting(fixture: ViewFixture): () => Promise<void> {
  const thread = new Worker(import.meta.url);
  const { promise, resolve } = Promise.withResolvers<Position>();
  thread.addEventListener("message", ({ data }: MessageEvent<Position>) => resolve(data));
  thread.postMessage(fixture);
  return async () => {
    thread.postMessage(null);
    fixture.tip = await promise;
    thread.terminate();
  };
}

if (!Bun.isMainThread) {
  let stop: () => void = () => undefined;
  addEventListener("message", ({ data }: MessageEvent<ViewFixture | null>) => {
    if (data === null) return stop();
    let { tip } = data;
    const writable = openWritable(data.file);
    const writer = openWriter(writable.db, CHAIN);
    const timer = setInterval(() => (tip = addBlock(writer, tip)), WRITE_EVERY_MS);
    stop = () => {
      clearInterval(timer);
      writable[Symbol.dispose]();
      postMessage(tip);
    };
  });
}
