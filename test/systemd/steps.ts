// What an operator does and what happens to machines, in order; each step leaves a running service behind, the last ones none.
import type { Steps } from "./inside.ts";
import { DOCUMENT_STEPS } from "./steps-document.ts";
import { INSTALL_STEPS } from "./steps-install.ts";
import { LOOK_STEPS } from "./steps-look.ts";
import { PACKAGE_STEPS } from "./steps-package.ts";
import { SERVICE_STEPS } from "./steps-service.ts";
import { UPGRADE_STEPS } from "./steps-upgrade.ts";
import { WAYS_STEPS } from "./steps-ways.ts";

export const STEPS: Steps = [
  ...INSTALL_STEPS,
  ...LOOK_STEPS,
  ...SERVICE_STEPS,
  ...UPGRADE_STEPS,
  ...WAYS_STEPS,
  ...DOCUMENT_STEPS,
  ...PACKAGE_STEPS,
];
