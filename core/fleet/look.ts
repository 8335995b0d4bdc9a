import { describeError } from "../errors.ts";
// One look at another machine: its status, or in words why there is none. Never throws, never waits past its deadline.
import { formatSeconds } from "../health/check.ts";
import { parseNewest, parseStatus } from "./parse-status.ts";
import type { Remote, RemoteLook } from "./remote.ts";

/** A status of a hundred validators is a tenth of this. */
const LARGEST_BYTES = 8 * 1024 * 1024;
/** It looks each minute: one older than this is no picture of now. */
const STALE_MS = 180_000;

export async function lookAt(remote: Remote, timeoutMs: number): Promise<RemoteLook> {
  const { name, url } = remote;
  const nothing = { name, url, status: null };
  const signal = AbortSignal.timeout(timeoutMs);
  let told: Told;
  let newest: Told | null;
  try {
    [told, newest] = await Promise.all([
      ask(remote, "status", signal),
      // Without it the status says, as of its last look.
      ask(remote, "blocks?limit=1", signal).catch(() => null),
    ]);
  } catch (error) {
    return { ...nothing, ...describeSilence(error, timeoutMs) };
  }
  if (told.code !== 200) return { ...nothing, ...describeRefusal(told.code) };
  try {
    const status = parseStatus(JSON.parse(told.text));
    const block = newest?.code === 200 ? parseNewest(JSON.parse(newest.text)) : null;
    return judge(remote, { ...status, ...block }, Date.now());
  } catch (error) {
    const hint = "is an mvm-sync at that address, of the same version?";
    return { ...nothing, verdict: "unknown", problem: `no status: ${describeError(error)}`, hint };
  }
}

interface Told {
  code: number;
  text: string;
}

async function ask({ url, token }: Remote, question: string, signal: AbortSignal): Promise<Told> {
  const headers: Record<string, string> =
    token === null ? {} : { authorization: `Bearer ${token}` };
  // A token goes where it was meant to go, and nowhere it is sent on to.
  const options = { headers, signal, redirect: "error" } as const;
  const response = await fetch(`${url}/api/v1/${question}`, options);
  return { code: response.status, text: await readUpTo(response) };
}

async function readUpTo(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST_BYTES) throw new Error("the answer has no end");
  }
  return text;
}

type Words = Pick<RemoteLook, "verdict" | "problem" | "hint">;

/** A machine that says nothing may be on fire: nobody there would tell. */
function describeSilence(error: unknown, timeoutMs: number): Words {
  const isLate = error instanceof Error && error.name === "TimeoutError";
  const code = error instanceof Error && "code" in error ? error.code : null;
  const isRefused = code === "ConnectionRefused" || code === "ECONNREFUSED";
  const other = isRefused ? "connection refused" : describeError(error);
  const why = isLate ? `no answer within ${formatSeconds(timeoutMs / 1000)}` : other;
  return {
    verdict: "critical",
    problem: `unreachable: ${why}`,
    hint: "is the machine up, mvm-sync running with metrics.listen, the port open to this one?",
  };
}

function describeRefusal(status: number): Words {
  const [problem, hint] =
    status === 401
      ? ["the token is refused", "set token of its [[remote]], or give --remote-token-file"]
      : status === 503
        ? ["it has not looked yet", "mvm-sync takes its first look some seconds after its start"]
        : status === 429
          ? ["it is asked too often", "ask less often, or raise its metrics.api_rate"]
          : status === 404
            ? ["there is no API", "it may be an older mvm-sync, or something else"]
            : [`it answers ${status}`, "see its log"];
  return { verdict: "unknown", problem, hint };
}

function judge(
  { name, url }: Remote,
  status: NonNullable<RemoteLook["status"]>,
  nowMs: number,
): RemoteLook {
  const ageMs = nowMs - Date.parse(status.at);
  if (ageMs > STALE_MS) {
    const problem = `its last look is ${formatSeconds(ageMs / 1000)} old`;
    const hint = "its mvm-sync may hang, or one of the two clocks is wrong";
    return { ...{ name, url, status }, verdict: "unknown", problem, hint };
  }
  const [first] = status.troubles;
  return {
    ...{ name, url, status },
    verdict: status.worst,
    problem: first?.message ?? null,
    hint: null,
  };
}

/** All at once: the slowest says how long it takes. */
export async function lookAtAll(
  remotes: readonly Remote[],
  timeoutMs: number,
): Promise<RemoteLook[]> {
  return await Promise.all(remotes.map(async (remote) => await lookAt(remote, timeoutMs)));
}
