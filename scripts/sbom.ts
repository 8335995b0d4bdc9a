// Every package inside a release, and the runtime, as CycloneDX: bun scripts/sbom.ts > mvm.cdx.json
import packageJson from "../package.json" with { type: "json" };
import type { Package } from "./lock.ts";
import { packagesInside } from "./parts.ts";

/** An expression such as "MIT AND LGPL-2.1-or-later" is no name of one licence. */
function describeLicence(licence: string): object {
  return licence.includes(" ") ? { expression: licence } : { license: { id: licence } };
}

function describe({ name, version, sum, licence }: Package): object {
  return {
    ...{ type: "library", name, version, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` },
    licenses: [describeLicence(licence)],
    hashes: [{ alg: "SHA-512", content: sum }],
  };
}

const runtime = {
  ...{ type: "framework", name: "bun", version: Bun.version, purl: `pkg:npm/bun@${Bun.version}` },
  // WebKit is linked into it.
  licenses: [describeLicence("MIT AND LGPL-2.0-or-later")],
};
const { name, version, license } = packageJson;
const component = { type: "application", name, version, licenses: [describeLicence(license)] };
const bill = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, metadata: { component } };
const components = [runtime, ...(await packagesInside()).map(describe)];
process.stdout.write(`${JSON.stringify({ ...bill, components }, null, 2)}\n`);
