// Slack incoming webhook: a coloured attachment, and a text for notifications.
import type { Format } from "./message.ts";
import { colourOf, cut, footer, postJson } from "./message.ts";

/** The three characters Slack gives a meaning; mentions and links need the first of them. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export const formatSlack: Format = (message, { url }) => {
  const title = escape(cut(message.title, 200));
  const text = escape(cut(message.text, 2000));
  return postJson(url ?? "", message, {
    text: `${title}: ${text}`,
    attachments: [
      {
        color: `#${colourOf(message)}`,
        fallback: `${title}: ${text}`,
        blocks: [
          { type: "header", text: { type: "plain_text", text: cut(message.title, 150) } },
          { type: "section", text: { type: "plain_text", text: cut(message.text, 3000) } },
          {
            type: "context",
            elements: [{ type: "plain_text", text: cut(footer(message), 2000) }],
          },
        ],
      },
    ],
  });
};
