// The examples for containers: what they set is a setting, and nothing in them runs as root or writes where it need not.
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";

import { join } from "pathe";

import { loadConfig } from "../../core/config/load.ts";
import { KEYS } from "../../core/config/schema.ts";
import { temporaryFolder } from "../helpers/sync-process.ts";

const EXAMPLES = join(import.meta.dir, "../../examples");
const VARIABLES = new Set(["MVM_ENV", ...KEYS.map(({ env }) => env)]);

function read(path: string): string {
  return readFileSync(join(EXAMPLES, path), "utf8");
}

test.each([
  "docker/Dockerfile",
  "docker/compose.yml",
  "kubernetes/sidecar.yaml",
  "kubernetes/statefulset.yaml",
])("%s: every variable is one of ours", (path) => {
  const named = [...read(path).matchAll(/\bMVM_[A-Z_]+/g)].map(([name]) => name);
  expect(named.filter((name) => !VARIABLES.has(name))).toEqual([]);
});

test("the image runs as nobody special, and its health check fails on critical alone", () => {
  const file = read("docker/Dockerfile");
  expect(file).toMatch(/^USER mvm$/m);
  expect(file).toContain("test $? -ne 2");
  expect(file).toMatch(/^ENTRYPOINT \["mvm"\]$/m);
});

test("compose: read-only root, no capabilities, the keystore only to be read", () => {
  expect(Bun.YAML.parse(read("docker/compose.yml"))).toMatchObject({
    services: {
      mvm: {
        read_only: true,
        user: "65501:65501",
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        volumes: ["mvm-data:/var/lib/mvm", "./data/chains/midnight/keystore:/keystore:ro"],
      },
    },
  });
});

const CONTAINER = {
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

test("kubernetes: probes, no privileges, one writer, and settings that are valid", async () => {
  expect(Bun.YAML.parse(read("kubernetes/sidecar.yaml"))).toMatchObject([CONTAINER]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- several documents
  const [config, set] = Bun.YAML.parse(read("kubernetes/statefulset.yaml")) as unknown[];
  expect(set).toMatchObject({
    kind: "StatefulSet",
    spec: {
      replicas: 1,
      template: {
        spec: {
          securityContext: { runAsNonRoot: true },
          containers: [
            {
              ...CONTAINER,
              livenessProbe: { httpGet: { path: "/healthz" } },
              readinessProbe: { httpGet: { path: "/readyz" } },
            },
          ],
        },
      },
    },
  });
  expect(config).toMatchObject({ kind: "ConfigMap" });
  using folder = temporaryFolder();
  writeFileSync(folder.file("token"), "t");
  const [, block = ""] =
    /mvm\.toml: \|\n((?: {4}.*\n)+)/.exec(read("kubernetes/statefulset.yaml")) ?? [];
  const text = block
    .replaceAll(/^ {4}/gm, "")
    .replace(/"\/run\/secrets[^"]*"/, `"${folder.file("token")}"`);
  writeFileSync(folder.file("mvm.toml"), text);
  const place = { file: folder.file("mvm.toml"), env: {}, cwd: folder.path, home: "" };
  const { values } = await loadConfig({ ...place, flags: {} });
  expect(values.metrics.listen).toBe("0.0.0.0:9616");
});
