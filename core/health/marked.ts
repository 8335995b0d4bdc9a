// Our validators as the database knows them: for when no keystore is configured here.
import { isCode } from "../errors.ts";
import type { OurValidator } from "../ours.ts";
import { readMarkedKeys } from "../queries/ours.ts";
import { openReadable } from "../storage/open.ts";

/** One validator a sidechain key; an Aura key without one stands by itself. None without a database. */
export function readMarkedValidators(path: string): OurValidator[] {
  const groups = new Map<string, OurValidator>();
  for (const { aura, sidechain, grandpa, label } of readMarked(path)) {
    const name = sidechain ?? aura;
    const known = groups.get(name);
    groups.set(name, {
      id: known?.id ?? label ?? aura,
      label,
      keystore: null,
      aura: [...(known?.aura ?? []), aura],
      grandpa: [...(known?.grandpa ?? []), ...(grandpa === null ? [] : [grandpa])],
      sidechain: sidechain === null ? [] : [sidechain],
    });
  }
  return named([...groups.values()]);
}

/** Keys of one keystore share its label, so several validators may. */
function named(validators: OurValidator[]): OurValidator[] {
  return validators.map((each, i) => {
    const before = validators.slice(0, i).filter(({ id }) => id === each.id).length;
    return before === 0 ? each : { ...each, id: `${each.id} #${before + 1}` };
  });
}

function readMarked(path: string): ReturnType<typeof readMarkedKeys> {
  try {
    using db = openReadable(path);
    return readMarkedKeys(db);
  } catch (error) {
    // What is wrong with the file is said by the check of the file.
    if (isCode(error, "database", "disk-full", "busy", "locked")) return [];
    throw error;
  }
}
