// What there is to say about one setting, and the TypeScript type that follows from it.

interface Common {
  /** One line for the operator, shown in the example file. */
  description: string;
  /** Environment variable, where it is not MVM_<SECTION>_<KEY>. */
  env?: string;
  /** Command-line flag that sets it, without dashes. */
  flag?: string;
  /** Never shown, and may be read from a file: the same name with `_file` says which. */
  secret?: boolean;
  /** A running process could take over a new value; the others need a restart. */
  reloadable?: boolean;
  /** It stands in files of the Rust tool and has nothing to change here. Said wherever the key is shown. */
  status?: "compat";
  /** Another `section.key` a file may set it by. */
  alias?: string;
  /** An entry of a list must have it. */
  required?: boolean;
  /** Shown in the example file where there is no default. */
  example?: Value;
}

interface TextSpec extends Common {
  type: "string" | "path";
  default: string | null;
  /** What is allowed, and in words. */
  form?: { pattern: RegExp; words: string };
}

interface UrlSpec extends Common {
  type: "url";
  default: string | null;
  protocols: readonly string[];
}

/** Several in their order, each once; as text they are separated by commas. */
interface UrlsSpec extends Common {
  type: "urls";
  default: readonly string[] | null;
  protocols: readonly string[];
}

interface NumberSpec extends Common {
  /** A duration is a whole number too; its unit is the end of its name. */
  type: "integer" | "duration";
  default: number | null;
  min: number;
  max: number;
}

interface BooleanSpec extends Common {
  type: "boolean";
  default: boolean | null;
}

interface EnumSpec extends Common {
  type: "enum";
  default: string | null;
  allowed: readonly string[];
}

export type Spec = TextSpec | UrlSpec | UrlsSpec | NumberSpec | BooleanSpec | EnumSpec;

export type Value = string | number | boolean | readonly string[];

export function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

export function isValue(value: unknown): value is Value {
  if (isList(value)) return true;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

type Given<S> = S extends { type: "boolean" }
  ? boolean
  : S extends { type: "integer" | "duration" }
    ? number
    : S extends { type: "enum"; allowed: readonly (infer A)[] }
      ? A
      : S extends { type: "urls" }
        ? readonly string[]
        : string;

/** What a setting may be set to. */
export type GivenValue<S> = Given<S>;

/** What a setting is once all is read: null only where there is no default. */
export type FinalValue<S> = S extends { required: true }
  ? Given<S>
  : S extends { default: null }
    ? Given<S> | null
    : Given<S>;
