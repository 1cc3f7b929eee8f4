/** What an affiliate has earned day by day. */
import { sql } from 'drizzle-orm';
import type { Db } from '../../env.ts';
import { TOTALS } from '../by-time.ts';
import type { Days } from '../days.ts';
import { minorIn } from '../sums.ts';

export interface DayEarned {
  /** ISO date, by the shop's clock. */
  day: string;
  currency: string;
  sales: number;
  earnedMinor: bigint;
}

/** The affiliate's sales and earnings of some days, counted under the day of the sale; a day without any is left out. */
export async function earnedByDay(db: Db, affiliateId: number, days: Required<Days>): Promise<DayEarned[]> {
  const rows = await db.all<{ day: string; currency: string; sales: number; earned: string }>(sql`
    SELECT t.period AS day, t.currency, sum(t.sales) AS sales, ${TOTALS.earned} AS earned
    FROM totals t INDEXED BY totals_affiliate
    WHERE t.affiliate_id = ${affiliateId} AND t.grain = 'day' AND t.period BETWEEN ${days.from} AND ${days.until}
    GROUP BY t.period, t.currency ORDER BY t.period`);
  return rows.map(({ earned, ...row }) => ({ ...row, earnedMinor: minorIn(earned) }));
}
