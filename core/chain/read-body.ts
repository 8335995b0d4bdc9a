// The text of an HTTP answer, up to a size: what comes after it is not waited for.
import { ofetch } from "ofetch";

type Request = Parameters<typeof ofetch>[1];

/**
 * The size counts what has been decompressed. Null: it is bigger than `mostBytes`.
 * Throws what `ofetch` does, for any status but a good one too.
 */
export async function fetchText(
  url: string,
  mostBytes: number,
  request: Request,
): Promise<string | null> {
  const stream = await ofetch<unknown, "stream">(url, {
    ...request,
    ...{ responseType: "stream", retry: 0 },
  });
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > mostBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
