// A dashboard without colours: the library does not know NO_COLOR.
import type { CliRenderer } from "@opentui/core";

type Frame = Parameters<Parameters<CliRenderer["addPostProcessFn"]>[0]>[0];

/** Takes every colour off a frame. */
export async function openMono(): Promise<(frame: Frame) => void> {
  const { RGBA } = await import("@opentui/core");
  const [foreground, background] = [RGBA.defaultForeground(), RGBA.defaultBackground()];
  let planes = { fg: new Uint16Array(0), bg: new Uint16Array(0) };
  return (frame) =>
    frame.withBuffers(({ fg, bg }) => {
      if (planes.fg.length !== fg.length) {
        planes = { fg: new Uint16Array(fg.length), bg: new Uint16Array(bg.length) };
        for (let i = 0; i < fg.length; i += 4) {
          planes.fg.set(foreground.buffer, i);
          planes.bg.set(background.buffer, i);
        }
      }
      fg.set(planes.fg);
      bg.set(planes.bg);
    });
}
