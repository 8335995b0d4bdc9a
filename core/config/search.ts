// Where configuration files are looked for.
import { isAbsolute, join, resolve } from "pathe";

export interface SearchOptions {
  /** This one alone, instead of the search. */
  file?: string | undefined;
  env: Record<string, string | undefined>;
  cwd: string;
  home: string;
  /** Where the system's folders hang; for tests. */
  roots?: { opt: string; etc: string } | undefined;
}

/** Highest first: what an upper file says, a lower one cannot change. */
export function searchPaths(options: SearchOptions): string[] {
  const { file, cwd, roots = { opt: "/opt", etc: "/etc" } } = options;
  if (file !== undefined) return [resolve(cwd, file)];
  const user = userConfigPath(options);
  return [
    join(cwd, "mvm.toml"),
    ...(user === null ? [] : [user]),
    join(roots.etc, "mvm/config.toml"),
    // Of the Rust tool of the same name; whoever comes from there keeps the file.
    join(roots.opt, "midnight/mvm/config/config.toml"),
  ];
}

/** Null without a home folder, as a service may be. */
export function userConfigPath({ env, home }: Pick<SearchOptions, "env" | "home">): string | null {
  const xdg = env["XDG_CONFIG_HOME"] ?? "";
  // The XDG specification says to ignore relative paths.
  if (isAbsolute(xdg)) return join(xdg, "mvm/config.toml");
  return home === "" ? null : join(home, ".config/mvm/config.toml");
}
