// Every package inside a release, as CycloneDX: bun scripts/sbom.ts > mvm.cdx.json
import packageJson from "../package.json" with { type: "json" };

interface Locked {
  packages: Record<string, [id: string, ...rest: unknown[]]>;
}

const text = await Bun.file(new URL("../bun.lock", import.meta.url)).text();
// The lock file is JSON with trailing commas, and Bun wrote it.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const { packages } = Bun.JSONC.parse(text) as Locked;
const tools = new Set(Object.keys(packageJson.devDependencies));

const components = Object.entries(packages)
  .filter(([path]) => !tools.has(path))
  .map(([, [id, ...rest]]) => {
    const at = id.lastIndexOf("@");
    const name = id.slice(0, at);
    const version = id.slice(at + 1);
    const sum = rest.find((each) => typeof each === "string" && each.startsWith("sha512-"));
    const hash =
      typeof sum === "string" ? Buffer.from(sum.slice(7), "base64").toString("hex") : null;
    return {
      ...{ type: "library", name, version, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` },
      ...(hash === null ? {} : { hashes: [{ alg: "SHA-512", content: hash }] }),
    };
  })
  .sort((a, b) => (a.purl < b.purl ? -1 : 1));

const { name, version, license } = packageJson;
const component = { type: "application", name, version, licenses: [{ license: { id: license } }] };
const bill = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, metadata: { component } };
process.stdout.write(`${JSON.stringify({ ...bill, components }, null, 2)}\n`);
