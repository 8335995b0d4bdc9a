// Discord webhook: one embed.
import type { Format } from "./message.ts";
import { colourOf, cut, footer, postJson } from "./message.ts";

/** Labels are the operator's, words from nodes are not: nothing of them may be markup. */
function escape(text: string): string {
  return text.replaceAll(/[\\*_~`|>#[\]()]/g, String.raw`\$&`);
}

export const formatDiscord: Format = (message, { url }) =>
  postJson(url, message, {
    username: "mvm",
    embeds: [
      {
        title: cut(escape(message.title), 256),
        description: cut(escape(message.text), 4096),
        color: Number.parseInt(colourOf(message), 16),
        timestamp: new Date(message.atMs).toISOString(),
        footer: { text: cut(footer(message), 2048) },
      },
    ],
    // A label like @everyone calls nobody.
    allowed_mentions: { parse: [] },
  });
