/** Days as the shops' clocks have them: a sale is counted under its day where it was made, which stands on it. */
import { shops } from '../../drizzle/schema.ts';
import { DAY_MS, dayOf, expiresAt } from '../../ledger/clock.ts';
import type { Db } from '../env.ts';

/** What dashboards look back on: 30 or 90 days. */
export type Period = 30 | 90;

/** First and last day, ISO dates; what is undefined has no end. */
export interface Days {
  from?: string | undefined;
  until?: string | undefined;
}

/** Reads `?days=`. What is neither is 30. */
export const periodOf = (text: string | undefined): Period => (text === '90' ? 90 : 30);

/** A day as it stands in an address, or undefined: there is no 30th of February. */
export const dayIn = (text: string | undefined): string | undefined =>
  text && 'value' in expiresAt(text, 'UTC') ? text : undefined;

/** Each time zone that some shop is in; UTC while there is no shop. */
export async function shopZones(db: Db): Promise<string[]> {
  const rows = await db.selectDistinct({ timeZone: shops.timeZone }).from(shops);
  return rows.length > 0 ? rows.map(({ timeZone }) => timeZone) : ['UTC'];
}

/** The last so many days, ISO dates, oldest first. The last of them is today where it is latest. */
export function lastDays(count: number, zones: string[], now: number): string[] {
  const today = zones.map((zone) => dayOf(now, zone)).reduce((a, b) => (a > b ? a : b));
  return Array.from({ length: count }, (_, index) => shifted(today, index - count + 1));
}

/** The first day a date field can send and that has one before it, and so the earliest that is asked for. */
const EARLIEST = '0002-01-01';

/** An ISO date so many days later; never one before the year 2, which no calendar of ours goes back to. */
export function shifted(day: string, days: number): string {
  const at = Math.max(Date.parse(day) + days * DAY_MS, Date.parse(EARLIEST));
  return new Date(at).toISOString().slice(0, 10);
}
