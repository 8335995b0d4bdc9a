// Text from outside, made so that a terminal only shows it: no command for it, nothing unseen, nothing that turns the line.

/**
 * C0, DEL and C1 command a terminal (U+009B alone begins a sequence); formats are unseen or turn the direction of what
 * follows; the two separators break a line.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Each such character as a question mark, which is as wide as what is shown of it. */
export function clean(text: string): string {
  return text.replace(UNSAFE, "?");
}

/** Each such character spelt out as JSON would, so that what was there can still be told. */
export function spellOut(text: string): string {
  return text.replace(UNSAFE, escapeUnits);
}

// Colour and weight as our own library sets them; the parts of our own lines; all else that would command.
const OWN = "\\u001b\\[\\d{1,2}m|\\r\\n|[\\n\\t]";
const PAINTED = new RegExp(`(${OWN})|[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]`, "gu");
// Most text is plain, and is told from other at once.
// oxlint-disable-next-line no-control-regex
const TOUCHY = /[\u0000-\u0008\u000b-\u001f\u007f-\uffff]/;

/** The same for text that is whole: our own line breaks and colours stay. */
export function spellOutPainted(text: string): string {
  if (!TOUCHY.test(text)) return text;
  return text.replace(PAINTED, (found, own: string | undefined) => own ?? escapeUnits(found));
}

function escapeUnits(found: string): string {
  let text = "";
  for (let i = 0; i < found.length; i++)
    text += `\\u${found.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return text;
}
