/** What an affiliate has earned day by day. */
import { sql } from 'drizzle-orm';
import type { Db } from '../../env.ts';
import { daysTable } from '../days.ts';

export interface DayEarned {
  /** ISO date, by the shop's clock. */
  day: string;
  currency: string;
  sales: number;
  /** Declined lines left out. Less than nothing on a day that a line was taken back from a sale of somebody else's. */
  earnedMinor: number;
}

/**
 * The affiliate's sales and earnings of some days; a day without any is left out. A line counts on the day of its sale,
 * or on its own where it has no sale of theirs. Goes along `sales_affiliate`, day by day.
 */
export async function earnedByDay(db: Db, affiliateId: number, days: string[], zones: string[]): Promise<DayEarned[]> {
  return db.all(sql`
    WITH ${daysTable(days, zones)}, lines AS (
      SELECT d.day, s.currency, 1 AS sales, (SELECT sum(m.amount_minor) FROM commissions m
        WHERE m.sale_id = s.id AND m.affiliate_id = ${affiliateId} AND m.status <> 'declined') AS earned
      FROM days d CROSS JOIN sales s JOIN shops h ON h.id = s.shop_id AND h.time_zone = d.zone
      WHERE s.affiliate_id = ${affiliateId} AND s.sold_at >= d.from_at AND s.sold_at < d.until_at
      UNION ALL
      SELECT d.day, m.currency, 0, m.amount_minor
      FROM commissions m JOIN campaigns k ON k.id = m.campaign_id JOIN shops h ON h.id = k.shop_id
        JOIN days d ON d.zone = h.time_zone AND m.created_at >= d.from_at AND m.created_at < d.until_at
      WHERE m.affiliate_id = ${affiliateId} AND m.status <> 'declined'
        AND NOT EXISTS (SELECT 1 FROM sales s WHERE s.id = m.sale_id AND s.affiliate_id = ${affiliateId}))
    SELECT day, currency, sum(sales) AS sales, coalesce(sum(earned), 0) AS earnedMinor
    FROM lines GROUP BY day, currency ORDER BY day`);
}
