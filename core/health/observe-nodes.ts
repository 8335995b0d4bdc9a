// Of several nodes the one that is looked at: the first of the list that answers and is on our chain.
import type { Link } from "../chain/link.ts";
import type { Reached } from "../chain/reach.ts";
import { reach } from "../chain/reach.ts";
import type { Deadline, Told } from "./told.ts";
import { describeMissing, missing } from "./told.ts";

/** A node of the list that was not chosen. */
export interface Standby {
  url: string;
  /** Why it could not stand in; null = it could. */
  problem: string | null;
}

export interface Chosen {
  url: string;
  /** The receiver's to close. */
  link: Told<Link>;
  standby: Standby[];
}

/** Of all that is wanted to be known, knowing who answers may take this part of the time. */
const SHARE = 0.4;

/** `genesisHash`: of our own file's chain; null = any will do. Asked side by side. */
export async function chooseNode(
  urls: readonly string[],
  genesisHash: string | null,
  deadline: Deadline,
  linkTimeoutMs: number,
): Promise<Chosen> {
  const patienceMs = Math.round(SHARE * deadline.left());
  const asked = await Promise.all(
    urls.map(async (url) => {
      const told = await deadline.tell(() =>
        reach(url, { timeoutMs: linkTimeoutMs }, deadline.signal, patienceMs),
      );
      return { url, told };
    }),
  );
  const isOurs = ({ told }: (typeof asked)[number]): boolean =>
    "value" in told && (genesisHash === null || told.value.genesisHash === genesisHash);
  const chosen = asked.find(isOurs) ?? asked.find(({ told }) => "value" in told) ?? asked[0];
  if (chosen === undefined) return { url: "", link: missing("not-asked"), standby: [] };
  const others = asked.filter((each) => each !== chosen);
  for (const { told } of others) if ("value" in told) told.value.link.close();
  const standby = others.map((each) => ({
    url: each.url,
    problem: isOurs(each) ? null : describeProblem(each.told),
  }));
  const link = "value" in chosen.told ? { value: chosen.told.value.link } : chosen.told;
  return { url: chosen.url, link, standby };
}

function describeProblem(told: Told<Reached>): string {
  if ("value" in told) return "serves another chain";
  const { missing: why } = told;
  return `does not answer: ${why.text === "" ? describeMissing(why) : why.text}`;
}
