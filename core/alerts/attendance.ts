// Who sits in the committees, and when a change of that is news. Pure.
//
// Seats are drawn anew each epoch: a small stake is in and out all day, and that is no news. Left is who stayed
// away longer than chance explains; entered is who then has a seat again. Each committee counts once.

/** So many committees in a row without a seat are the least that is called left. */
const LEAST_ABSENT = 3;
/** An absence as long as this is by chance is news: one in a thousand. */
const CHANCE = 0.001;
/** Committees after which older ones count half. */
const WINDOW = 200;

export interface Attendance {
  /** As last told; at first, as found. */
  member: boolean;
  /** Committees in a row without a seat. */
  absent: number;
  /** Committees with a seat, of those counted. */
  seated: number;
  of: number;
  /** Epoch of the last committee counted. */
  epoch: number;
}

export interface Committee {
  epoch: number;
  seats: number;
}

export type Turnout = "entered" | "left" | null;

export function firstAttendance({ epoch, seats }: Committee): Attendance {
  const member = seats > 0;
  return { member, absent: member ? 0 : 1, seated: member ? 1 : 0, of: member ? 1 : 0, epoch };
}

/** Counts a committee not counted yet, and says what is news of it. Who was not known before is none. */
export function attend(
  before: Attendance | undefined,
  committee: Committee,
): { attendance: Attendance; news: Turnout } {
  if (before === undefined) return { attendance: firstAttendance(committee), news: null };
  const { epoch, seats } = committee;
  if (epoch <= before.epoch) return { attendance: before, news: null };
  if (seats > 0) {
    const attendance = { ...count(before), member: true, absent: 0, epoch };
    return { attendance, news: before.member ? null : "entered" };
  }
  const absent = before.absent + 1;
  if (!before.member) return { attendance: { ...before, absent, epoch }, news: null };
  const left = absent >= longestPause(before);
  return {
    attendance: { ...before, absent, epoch, member: !left },
    news: left ? "left" : null,
  };
}

/** A pause counts once it has ended: it must not excuse itself. One that was told counts up to then. */
function count(before: Attendance): Attendance {
  const seated = before.seated + 1;
  const of = before.of + Math.min(before.absent, longestPause(before)) + 1;
  const share = of > WINDOW ? 0.5 : 1;
  return { ...before, seated: seated * share, of: of * share };
}

/** Committees without a seat that chance does not explain, by how often there was one before. */
function longestPause({ seated, of }: Attendance): number {
  const missing = of === 0 ? 0 : 1 - seated / of;
  if (missing <= 0) return LEAST_ABSENT;
  return Math.max(LEAST_ABSENT, Math.ceil(Math.log(CHANCE) / Math.log(missing)));
}
