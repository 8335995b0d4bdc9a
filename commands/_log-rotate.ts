// Rotation by renaming: FILE becomes FILE.1, that becomes FILE.2, and the last one goes.
import { existsSync, renameSync, rmSync } from "node:fs";

/**
 * Moves a file and its predecessors one up and keeps so many old ones; with none to keep the file is removed.
 * Throws what the file system says; what was moved by then stays moved, and the next attempt goes on.
 */
export function rotate(path: string, keep: number): void {
  if (keep < 1) return rmSync(path);
  let top = 1;
  while (top < keep && existsSync(`${path}.${top}`)) top += 1;
  // From the last one down; renaming onto the oldest one replaces it.
  for (let i = top; i > 1; i--) renameSync(`${path}.${i - 1}`, `${path}.${i}`);
  renameSync(path, `${path}.1`);
}
