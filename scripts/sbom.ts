// Every package inside a release, and the runtime, as CycloneDX: bun scripts/sbom.ts > mvm.cdx.json
import packageJson from "../package.json" with { type: "json" };

interface Wants {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

type Entry = [id: string, registry: string, wants: Wants, sum: string];

const text = await Bun.file(new URL("../bun.lock", import.meta.url)).text();
// The lock file is JSON with trailing commas, and Bun wrote it.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const { packages } = Bun.JSONC.parse(text) as { packages: Record<string, Entry> };

/** Names in the lock file of what is reached from our dependencies; tools for building are not. */
function reached(): Set<string> {
  const found = new Set<string>();
  const open = Object.keys(packageJson.dependencies);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const entry = packages[path];
    if (entry === undefined || found.has(path)) continue;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = entry[2];
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    // A version of its own is kept under the package that wants it.
    open.push(...names.map((name) => (`${path}/${name}` in packages ? `${path}/${name}` : name)));
  }
  return found;
}

function describe([id, , , sum]: Entry) {
  const at = id.lastIndexOf("@");
  const [name, version] = [id.slice(0, at), id.slice(at + 1)];
  const hash = sum.startsWith("sha512-") ? Buffer.from(sum.slice(7), "base64").toString("hex") : "";
  return {
    ...{ type: "library", name, version, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` },
    ...(hash === "" ? {} : { hashes: [{ alg: "SHA-512", content: hash }] }),
  };
}

const runtime = { type: "framework", name: "bun", version: Bun.version };
const inside = reached();
const libraries = Object.entries(packages)
  .filter(([path]) => inside.has(path))
  .map(([, entry]) => describe(entry))
  .sort((a, b) => (a.purl < b.purl ? -1 : 1));

const { name, version, license } = packageJson;
const component = { type: "application", name, version, licenses: [{ license: { id: license } }] };
const bill = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, metadata: { component } };
const components = [{ ...runtime, purl: `pkg:npm/bun@${Bun.version}` }, ...libraries];
process.stdout.write(`${JSON.stringify({ ...bill, components }, null, 2)}\n`);
