// Into the clipboard of the terminal, however many multiplexers stand between. None says whether it took it.
import type { CliRenderer } from "@opentui/core";

/**
 * OSC 52, in the plain form a multiplexer takes for its own. GNU screen swallows that and hands on what stands in a
 * string of its own; tmux has another form for the terminal outside, which screen would write on the picture.
 */
export function copyToClipboard(renderer: CliRenderer, text: string): void {
  const plain = `\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`;
  process.stdout.write(plain);
  if (isSet("STY")) process.stdout.write(`\u001bP${plain}\u001b\\`);
  else if (isSet("TMUX")) renderer.copyToClipboardOSC52(text);
}

function isSet(name: string): boolean {
  return (process.env[name] ?? "") !== "";
}
