// Telegram Bot API: sendMessage with HTML.
import type { Format } from "./message.ts";
import { cut, footer, postJson } from "./message.ts";

/** The limit is 4096 after entities are parsed; the title and the footer take a little. */
const LONGEST = 3500;

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export const formatTelegram: Format = (message, { url, token, chat_id }) => {
  const base = url.replace(/\/+$/, "");
  const text = [
    `<b>${escape(cut(message.title, 200))}</b>`,
    escape(cut(message.text, LONGEST)),
    `<i>${escape(cut(footer(message), 200))}</i>`,
  ].join("\n");
  return postJson(`${base}/bot${token ?? ""}/sendMessage`, message, {
    chat_id,
    text,
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    disable_notification: message.severity === "info",
  });
};
