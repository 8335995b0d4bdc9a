// What core says while it works. The edge decides how it looks and where it goes.

export type Fields = Record<string, string | number | boolean | null>;

export interface Log {
  error: (message: string, fields?: Fields) => void;
  warn: (message: string, fields?: Fields) => void;
  info: (message: string, fields?: Fields) => void;
  debug: (message: string, fields?: Fields) => void;
}
