// Writes examples/mvm.toml from the table of settings; a test keeps the two equal.
import { formatExample } from "../core/config/example.ts";

await Bun.write(new URL("../examples/mvm.toml", import.meta.url).pathname, formatExample());
