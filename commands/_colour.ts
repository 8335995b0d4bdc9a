// Colours or none: asked for each stream when it is written to, for picocolors decides once, and by stdout alone.
import pc from "picocolors";
import type { Colors } from "picocolors/types";

import type { Colours } from "../ui/theme.ts";

/** The flag over NO_COLOR over FORCE_COLOR over what the stream is. */
export function wantsColour(
  stream: { isTTY?: boolean },
  env: Record<string, string | undefined> = process.env,
): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"] ?? "";
  if (forced !== "") return forced !== "0" && forced !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** Terminals with sixteen colours, and such as have none at all. Others take 256, which the library can make do with. */
const SIXTEEN = /^(?:linux|cons25|ansi)$|-16color$/;
const COLOURLESS = /^vt\d/;

/** What a whole screen may be painted with. */
export function screenColours(
  stream: { isTTY?: boolean },
  env: Record<string, string | undefined> = process.env,
): Colours {
  if (!wantsColour(stream, env)) return "none";
  const { TERM = "", COLORTERM = "" } = env;
  if (COLORTERM !== "") return "all";
  if (COLOURLESS.test(TERM)) return "none";
  return SIXTEEN.test(TERM) ? "sixteen" : "all";
}

export function colours(stream: { isTTY?: boolean }): Colors {
  return pc.createColors(wantsColour(stream));
}

/** What `--color` and `--no-color` say, said to all that look at the environment: us, libraries, children. */
export function applyColourFlag(argv: readonly string[]): void {
  const end = argv.indexOf("--");
  const words = end === -1 ? argv : argv.slice(0, end);
  const flag = words.findLast((word) => /^--(?:no-)?color(?:=(?:true|false))?$/.test(word));
  if (flag === undefined) return;
  const wanted = flag.startsWith("--no-") === flag.endsWith("=false");
  delete process.env["NO_COLOR"];
  delete process.env["FORCE_COLOR"];
  process.env[wanted ? "FORCE_COLOR" : "NO_COLOR"] = "1";
}
