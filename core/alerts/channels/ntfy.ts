// ntfy: published as JSON to the server's root, since headers hold no letters beyond ASCII.
import type { Format, Message } from "./message.ts";
import { cut, footer, postJson } from "./message.ts";

function priorityOf({ action, severity }: Message): number {
  if (action === "recover") return 3;
  return { info: 2, warning: 4, critical: 5 }[severity];
}

/** Short codes that ntfy turns into signs. */
function tagsOf({ action, severity, kind }: Message): string[] {
  if (action === "recover") return ["white_check_mark", kind];
  return [
    { info: "information_source", warning: "warning", critical: "rotating_light" }[severity],
    kind,
  ];
}

/** The address is that of the topic: `https://ntfy.sh/my-topic`. */
export const formatNtfy: Format = (message, { url, token }) => {
  const address = new URL(url);
  const topic = decodeURIComponent(address.pathname.split("/").findLast(Boolean) ?? "");
  return postJson(
    `${address.origin}/${address.search}`,
    message,
    {
      topic,
      title: cut(message.title, 250),
      message: cut(`${message.text}\n${footer(message)}`, 3500),
      priority: priorityOf(message),
      tags: tagsOf(message),
    },
    token === null ? {} : { authorization: `Bearer ${token}` },
  );
};
