// Ways a configuration file is broken, and what must be said of each. Windows' line ends and mark alone break nothing.

export interface BrokenFile {
  name: string;
  bytes: Uint8Array | string;
  /** Permission bits. */
  mode?: number;
  /** Part of what is said; null = the file is fine. */
  says: string | null;
}

export const BROKEN_FILES: readonly BrokenFile[] = [
  {
    name: "typo",
    bytes: "[rpc]\nulr = 1\n",
    says: ":2: [rpc] ulr: unknown key, did you mean url?",
  },
  {
    name: "wrong type",
    bytes: '[sync]\nbatch_size = "many"\n',
    says: ':2: [sync] batch_size: found "many", expected a whole number from 1 to 100000',
  },
  {
    name: "duplicate table",
    bytes: "[sync]\n[rpc]\n[sync]\n",
    says: ":3: not TOML: Cannot redefine",
  },
  {
    name: "bad URL",
    bytes: '[rpc]\nurl = "localhost:9944"\n',
    says: ':2: [rpc] url: found "localhost:9944", expected a URL with ws://, wss://, http://, https://',
  },
  {
    name: "unreadable",
    bytes: "[rpc]\n",
    mode: 0o000,
    says: ": cannot be read: permission denied",
  },
  { name: "byte order mark", bytes: "\uFEFF[sync]\nbatch_size = 7\n", says: null },
  {
    name: "byte order mark and a typo",
    bytes: "\uFEFF[sync]\nbatch_siz = 7\n",
    says: ":2: [sync] batch_siz: unknown key, did you mean batch_size?",
  },
  {
    name: "byte order mark of UTF-16",
    bytes: Buffer.from("\uFEFF[sync]\n", "utf16le"),
    says: ": is UTF-16 text, expected UTF-8",
  },
  { name: "CRLF", bytes: "[sync]\r\nbatch_size = 7\r\n", says: null },
  {
    name: "CRLF and a typo",
    bytes: "[sync]\r\nbatch_siz = 7\r\n",
    says: ":2: [sync] batch_siz: unknown",
  },
  { name: "empty", bytes: "", says: ": is empty; remove it, or write it anew" },
  {
    name: "binary",
    bytes: new Uint8Array([0x7f, 0x45, 0, 1, 2]),
    says: ": is a binary file, expected TOML",
  },
  { name: "10 MB", bytes: "#".repeat(10_000_000), says: ": is larger than 256 KB; not read" },
  {
    name: "many keys",
    bytes: Array.from({ length: 10_000 }, (_, i) => `k${i} = 1\n`).join(""),
    says: ": has more than 6000 keys; not read",
  },
];
