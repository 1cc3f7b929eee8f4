import { type SQL, sql } from 'drizzle-orm';
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

export interface DaySold {
  /** ISO date, by the clock of the shop that sold. */
  day: string;
  currency: string;
  sales: number;
  amountMinor: number;
  /** What these sales have earned their affiliates, declined lines left out. */
  commissionMinor: number;
}

/** The sales of some days; a day without any is left out. Goes along `sales_sold_at`, day by day. */
export async function soldByDay(db: Db, days: string[], zones: string[]): Promise<DaySold[]> {
  return db.all(sql`
    WITH ${daysTable(days, zones)}
    SELECT d.day, s.currency, count(*) AS sales, coalesce(sum(s.amount_minor), 0) AS amountMinor,
      coalesce(sum(${EARNED}), 0) AS commissionMinor
    ${SOLD_IN_DAYS} GROUP BY d.day, s.currency ORDER BY d.day`);
}

export interface Top {
  currency: string;
  id: number;
  /** An affiliate's name, or a coupon's code. */
  name: string;
  sales: number;
  commissionMinor: number;
}

const TOP = 5;

/** Who, and which coupons, earned most in some days; the first five in each currency, since two cannot be compared. */
export async function topOf(db: Db, of: 'affiliates' | 'coupons', days: string[], zones: string[]): Promise<Top[]> {
  const [column, name] = {
    affiliates: [sql`s.affiliate_id`, sql`(SELECT name FROM affiliates WHERE affiliates.id = t.id)`],
    coupons: [sql`s.coupon_id`, sql`(SELECT code FROM coupons WHERE coupons.id = t.id)`],
  }[of] as [SQL, SQL];
  return db.all(sql`
    WITH ${daysTable(days, zones)}, totals AS (
      SELECT s.currency, ${column} AS id, count(*) AS sales, coalesce(sum(${EARNED}), 0) AS commission
      ${SOLD_IN_DAYS} GROUP BY s.currency, ${column}),
    ranked AS (SELECT *, row_number() OVER (PARTITION BY currency ORDER BY commission DESC, sales DESC, id) AS place
      FROM totals)
    SELECT t.currency, t.id, ${name} AS name, t.sales, t.commission AS commissionMinor
    FROM ranked t WHERE t.place <= ${TOP} ORDER BY t.currency, t.place`);
}

/** One sum for each sale, of the lines that stand. */
const EARNED = sql`(SELECT sum(m.amount_minor) FROM commissions m WHERE m.sale_id = s.id AND m.status <> 'declined')`;

/** CROSS JOIN keeps SQLite to this order: from a day into the index, rather than from each sale to its day. */
const SOLD_IN_DAYS = sql`FROM days d CROSS JOIN sales s JOIN shops h ON h.id = s.shop_id AND h.time_zone = d.zone
  WHERE s.sold_at >= d.from_at AND s.sold_at < d.until_at`;

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
