// Slack incoming webhook: a coloured attachment, and a text for notifications.
import type { Format } from "./message.ts";
import { colourOf, cut, footer, postJson } from "./message.ts";

/** The three characters Slack gives a meaning; mentions and links need the first of them. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export const formatSlack: Format = (message, { url }) => {
  const title = escape(cut(message.title, 200));
  const text = cut(message.text, 2500);
  return postJson(url, message, {
    text: `*${title}*`,
    attachments: [
      {
        color: `#${colourOf(message)}`,
        fallback: `${title}: ${escape(text)}`,
        blocks: [
          // Plain text knows no mentions and no links: nothing of it needs escaping.
          { type: "section", text: { type: "plain_text", text } },
          {
            type: "context",
            elements: [{ type: "plain_text", text: cut(footer(message), 2000) }],
          },
        ],
      },
    ],
  });
};
