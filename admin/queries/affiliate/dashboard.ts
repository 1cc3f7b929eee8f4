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
 * or on its own where it has no sale of theirs. Goes along `sales_affiliate`, day by day; the unary
 * plus keeps SQLite, which knows no statistics here, from going through all lines of the affiliate for each sale.
 */
export async function earnedByDay(db: Db, affiliateId: number, days: string[], zones: string[]): Promise<DayEarned[]> {
  return db.all(sql`
    WITH ${daysTable(days, zones)},
    apart AS MATERIALIZED (
      SELECT m.campaign_id, m.currency, m.amount_minor, m.created_at
      FROM commissions m LEFT JOIN sales s ON s.id = m.sale_id AND +s.affiliate_id = ${affiliateId}
      WHERE m.affiliate_id = ${affiliateId} AND m.status <> 'declined' AND s.id IS NULL),
    lines AS (
      SELECT d.day, s.currency, 1 AS sales, (SELECT sum(m.amount_minor) FROM commissions m
        WHERE m.sale_id = s.id AND +m.affiliate_id = ${affiliateId} AND m.status <> 'declined') AS earned
      FROM days d CROSS JOIN sales s JOIN shops h ON h.id = s.shop_id AND h.time_zone = d.zone
      WHERE s.affiliate_id = ${affiliateId} AND s.sold_at >= d.from_at AND s.sold_at < d.until_at
      UNION ALL
      SELECT d.day, a.currency, 0, a.amount_minor
      FROM apart a JOIN campaigns k ON k.id = a.campaign_id JOIN shops h ON h.id = k.shop_id
        JOIN days d ON d.zone = h.time_zone AND a.created_at >= d.from_at AND a.created_at < d.until_at)
    SELECT day, currency, sum(sales) AS sales, coalesce(sum(earned), 0) AS earnedMinor
    FROM lines GROUP BY day, currency ORDER BY day`);
}
