/** Days where a shop is, and the instants at which they begin and end. */

export const DAY_MS = 86_400_000;

/**
 * The first instant at which a coupon no longer works: the first of the day after its last one, where the shop is.
 * Where clocks go forward at midnight that day begins at 1:00 (São Paulo, Beirut, Cairo); where a whole day was skipped
 * (Apia, 2011-12-30) its coupons end with the day before.
 * @param lastDay `YYYY-MM-DD`.
 * @param timeZone of the IANA, such as `Europe/Lisbon`.
 * @returns epoch milliseconds.
 */
export function expiresAt(
  lastDay: string,
  timeZone: string,
): { value: number } | { error: 'not a day' | 'unknown time zone' } {
  if (!isDay(lastDay)) return { error: 'not a day' };
  if (!isTimeZone(timeZone)) return { error: 'unknown time zone' };
  const midnight = Date.parse(lastDay) + DAY_MS; // What the wall clock shall show, counted as if it were UTC.
  const before = offsetMs(midnight - DAY_MS, timeZone);
  const after = offsetMs(midnight + DAY_MS, timeZone);
  // The clock reaches midnight by one offset or the other, or jumps over it in between.
  const [earliest, latest] = [midnight - Math.max(before, after), midnight - Math.min(before, after)];
  return { value: firstAt(earliest, latest, (at) => at + offsetMs(at, timeZone) >= midnight) };
}

/** The first and the last instant of a day where the shop is, in epoch milliseconds; null where there is no such day. */
export function spanOf(day: string, timeZone: string): { first: number; last: number } | null {
  const end = expiresAt(day, timeZone);
  if ('error' in end) return null;
  const before = expiresAt(new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10), timeZone);
  return 'error' in before ? null : { first: before.value, last: end.value - 1 };
}

/** The day on the wall at an instant, `YYYY-MM-DD`. The zone is one that `isTimeZone` knows. */
export function dayOf(atMs: number, timeZone: string): string {
  return new Date(atMs + offsetMs(atMs, timeZone)).toISOString().split('T')[0]!;
}

/** Is it a zone of the IANA by name? A bare offset such as `+05:00` is none: it knows of no summer. */
export function isTimeZone(timeZone: string): boolean {
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    clockOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** A day of the calendar: there is no 30th of February, and no year 0. */
function isDay(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The first whole millisecond from `low` to `high` at which it holds; it holds at `high`, and once it does it stays so. */
function firstAt(low: number, high: number, holds: (at: number) => boolean): number {
  if (low === high || holds(low)) return low;
  const middle = Math.floor((low + high) / 2);
  return holds(middle) ? firstAt(low, middle, holds) : firstAt(Math.max(middle, low + 1), high, holds);
}

/** How far the wall clock is ahead of UTC. ECMA-402 prints it to the second: "1/1/1900, GMT-00:43:08". */
function offsetMs(atMs: number, timeZone: string): number {
  const printed = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(clockOf(timeZone).format(atMs));
  if (!printed) return 0; // Plain "GMT".
  const [, sign, hours, minutes, seconds = 0] = printed;
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return (sign === '-' ? -ahead : ahead) * 1000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Kept, because making one takes a hundred times as long as asking it. An unknown zone throws. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  clocks.set(timeZone, clock);
  return clock;
}
