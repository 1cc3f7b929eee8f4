import { sql } from 'drizzle-orm';
import { dayOf } from '../../ledger/coupon.ts';
import type { Db } from '../env.ts';
import { daysTable, shifted } from './days.ts';

/** What must be there before a sale can be; in the order in which it is made. */
export interface Begun {
  shop: boolean;
  campaign: boolean;
  affiliate: boolean;
  coupon: boolean;
  /** Some report has ever arrived: the tag is in its place. */
  report: boolean;
}

export async function begun(db: Db): Promise<Begun> {
  const found = await db.get<Record<keyof Begun, number>>(sql`
    SELECT EXISTS (SELECT 1 FROM shops) AS shop, EXISTS (SELECT 1 FROM campaigns) AS campaign,
      EXISTS (SELECT 1 FROM affiliates) AS affiliate, EXISTS (SELECT 1 FROM coupons) AS coupon,
      EXISTS (SELECT 1 FROM reports) AS report`);
  const { shop, campaign, affiliate, coupon, report } = found;
  return { shop: !!shop, campaign: !!campaign, affiliate: !!affiliate, coupon: !!coupon, report: !!report };
}

/** Sales together, and what they have earned their affiliates, declined lines left out. Two currencies are never added. */
interface Sold {
  currency: string;
  sales: number;
  amountMinor: number;
  commissionMinor: number;
}

export interface DaySold extends Sold {
  /** ISO date, by the clock of the shop that sold. */
  day: string;
}

export interface Top extends Sold {
  id: number;
  /** An affiliate's name, or a coupon's code. */
  name: string;
}

const TOP = 5;

/**
 * The sales of some days, by day (one without any is left out), and of those from `since` on who, and which coupons,
 * earned most: the first five in each currency. One pass over the sales, along `sales_sold_at`, serves all three.
 */
export async function soldIn(
  db: Db,
  days: string[],
  since: string,
  zones: string[],
): Promise<{ byDay: DaySold[]; affiliates: Top[]; coupons: Top[] }> {
  const sums = sql`currency, count(*) AS sales, coalesce(sum(amount), 0) AS amountMinor, coalesce(sum(earned), 0) AS commissionMinor`;
  const rows = await db.all<
    Sold & { part: 'day' | 'affiliate' | 'coupon'; subject: string | number; name: string }
  >(sql`
    WITH ${daysTable(days, zones)}, sold AS MATERIALIZED (
      SELECT d.day, s.currency, s.affiliate_id, s.coupon_id, s.amount_minor AS amount,
        (SELECT sum(m.amount_minor) FROM commissions m WHERE m.sale_id = s.id AND m.status <> 'declined') AS earned
      -- CROSS JOIN keeps SQLite to this order: from a day into the index, rather than from each sale to its day.
      FROM days d CROSS JOIN sales s JOIN shops h ON h.id = s.shop_id AND h.time_zone = d.zone
      WHERE s.sold_at >= d.from_at AND s.sold_at < d.until_at),
    totals AS (
      SELECT 'day' AS part, day AS subject, ${sums} FROM sold GROUP BY day, currency
      UNION ALL
      SELECT 'affiliate', affiliate_id, ${sums} FROM sold WHERE day >= ${since} GROUP BY affiliate_id, currency
      UNION ALL
      SELECT 'coupon', coupon_id, ${sums} FROM sold WHERE day >= ${since} GROUP BY coupon_id, currency),
    ranked AS (
      SELECT *, row_number() OVER (PARTITION BY part, currency
        ORDER BY commissionMinor DESC, sales DESC, subject) AS place FROM totals)
    SELECT part, subject, currency, sales, amountMinor, commissionMinor, CASE part
      WHEN 'affiliate' THEN (SELECT name FROM affiliates WHERE id = subject)
      WHEN 'coupon' THEN (SELECT code FROM coupons WHERE id = subject) END AS name
    FROM ranked WHERE part = 'day' OR place <= ${TOP} ORDER BY currency, place`);
  const topOf = (part: 'affiliate' | 'coupon') =>
    rows.flatMap((row) => (row.part === part ? [{ ...row, id: Number(row.subject) }] : []));
  return {
    byDay: rows.flatMap((row) => (row.part === 'day' ? [{ ...row, day: String(row.subject) }] : [])),
    affiliates: topOf('affiliate'),
    coupons: topOf('coupon'),
  };
}

export interface Pending {
  currency: string;
  amountMinor: number;
  count: number;
}

/** The commissions that wait for approval, in each currency. */
export async function pendingCommissions(db: Db): Promise<Pending[]> {
  return db.all(sql`
    SELECT currency, sum(amount_minor) AS amountMinor, count(*) AS count
    FROM commissions WHERE status = 'pending' GROUP BY currency ORDER BY currency`);
}

/** Coupons are counted up to here, then said to be more. */
export const COUNTED = 10_000;

/** Those that end within so many days count as ending soon. */
export const SOON_DAYS = 14;

/** How many coupons are free to request, and how many end soon, COUNTED + 1 meaning more than COUNTED. */
export async function couponCounts(db: Db, zones: string[], now: number): Promise<{ free: number; soon: number }> {
  const todays = Object.fromEntries(zones.map((zone) => [zone, dayOf(now, zone)]));
  const earliest = Object.values(todays).sort()[0]!;
  const latest = shifted(Object.values(todays).sort().at(-1)!, SOON_DAYS);
  const today = sql`(${JSON.stringify(todays)} ->> ('$."' || h.time_zone || '"'))`;
  const counted = await db.get<{ free: number; soon: number }>(sql`
    SELECT (SELECT count(*) FROM (
        SELECT 1 FROM coupons c JOIN shops h ON h.id = c.shop_id
        WHERE c.archived_at IS NULL AND c.affiliate_id IS NULL AND (c.expires_on IS NULL OR c.expires_on >= ${today})
        LIMIT ${COUNTED + 1})) AS free,
      (SELECT count(*) FROM (
        SELECT 1 FROM coupons c JOIN shops h ON h.id = c.shop_id
        WHERE c.archived_at IS NULL AND c.expires_on BETWEEN ${earliest} AND ${latest}
          AND c.expires_on >= ${today} AND c.expires_on <= date(${today}, ${`+${SOON_DAYS} days`})
        LIMIT ${COUNTED + 1})) AS soon`);
  return counted;
}

/** How many affiliates have applied and wait for an answer. */
export async function countApplicants(db: Db): Promise<number> {
  const { n } = await db.get<{ n: number }>(sql`SELECT count(*) AS n FROM affiliates WHERE status = 'pending'`);
  return n;
}
