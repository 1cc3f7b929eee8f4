/** Days as the shops' clocks have them. A day of a shop in Lisbon and one of a shop in Tokyo begin at other instants. */
import { type SQL, sql } from 'drizzle-orm';
import { shops } from '../../drizzle/schema.ts';
import { dayOf, expiresAt } from '../../ledger/coupon.ts';
import type { Db } from '../env.ts';

const DAY_MS = 86_400_000;

/** What dashboards look back on: 30 or 90 days. */
export type Period = 30 | 90;

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

/**
 * The days as a table for SQL, one row for each day and zone: `WITH days AS (…)` of `day`, `zone`, `from_at` and
 * `until_at`. SQLite knows no time zones; the instants are found here, and it goes through each day by an index.
 */
export function daysTable(days: string[], zones: string[]): SQL {
  const rows = zones.flatMap((zone) =>
    days.map((day) => ({ day, zone, from: endOf(shifted(day, -1), zone), until: endOf(day, zone) })),
  );
  return sql`days AS (SELECT value ->> 'day' AS day, value ->> 'zone' AS zone,
    value ->> 'from' AS from_at, value ->> 'until' AS until_at FROM json_each(${JSON.stringify(rows)}))`;
}

/** That an instant lies in days, first and last included, by the clock of the shop in `zone`; undefined for any. */
export function isWithin(
  at: SQL,
  zone: SQL,
  days: { from?: string | undefined; until?: string | undefined },
  zones: string[],
): SQL | undefined {
  const { from, until } = days;
  if (!from && !until) return undefined;
  const alternatives = zones.map((name) => {
    const begins = from ? endOf(shifted(from, -1), name) : Number.MIN_SAFE_INTEGER;
    const ends = until ? endOf(until, name) : Number.MAX_SAFE_INTEGER;
    return sql`(${zone} = ${name} AND ${at} >= ${begins} AND ${at} < ${ends})`;
  });
  return sql`(${sql.join(alternatives, sql` OR `)})`;
}

function endOf(day: string, timeZone: string): number {
  const end = expiresAt(day, timeZone);
  if ('error' in end) throw new Error(`${day} in ${timeZone}: ${end.error}`);
  return end.value;
}
