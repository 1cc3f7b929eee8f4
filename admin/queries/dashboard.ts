import { sql } from 'drizzle-orm';
import { dayOf } from '../../ledger/coupon.ts';
import { COUNTS_AS_SOLD, EARNED, FREE_ON, WORKS_ON } from '../../ledger/rules.ts';
import type { Db } from '../env.ts';
import { soldWithin, stretchesOf, TOTALS } from './by-time.ts';
import { type Days, shifted } from './days.ts';
import { COUNTED } from './keyset.ts';
import { minorIn, ruleOn, sumMinor } from './sums.ts';

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

/** Sales together, and what they have earned their affiliates. Two currencies are never added. */
interface Sold {
  currency: string;
  sales: number;
  /** Before refunds. */
  amountMinor: bigint;
  commissionMinor: bigint;
}

export interface DaySold extends Sold {
  /** ISO date, by the clock of the shop that sold. */
  day: string;
  refundedMinor: bigint;
}

export interface Top extends Omit<Sold, 'amountMinor'> {
  id: number;
  /** An affiliate's name, or a coupon's code. */
  name: string;
}

/** The sales of some days, by day; one without any is left out. */
export async function soldByDay(db: Db, days: Required<Days>): Promise<DaySold[]> {
  const rows = await db.all<{
    day: string;
    currency: string;
    sales: number;
    sold: string;
    refunded: string;
    earned: string;
  }>(sql`
    SELECT t.period AS day, t.currency, sum(t.sales) AS sales, ${sumMinor(sql`t.sold_minor`)} AS sold,
      ${sumMinor(sql`t.refunded_minor`)} AS refunded, ${TOTALS.earned} AS earned
    FROM shops h CROSS JOIN totals t
    WHERE t.grain = 'campaign' AND t.shop_id = h.id AND t.period BETWEEN ${days.from} AND ${days.until}
    GROUP BY t.period, t.currency ORDER BY t.period, t.currency`);
  return rows.map(({ sold, refunded, earned, ...row }) => ({
    ...row,
    amountMinor: minorIn(sold),
    refundedMinor: minorIn(refunded),
    commissionMinor: minorIn(earned),
  }));
}

const TOP = 5;
const LOOKED_THROUGH = 10;

/** Who, and which coupons, earned most, the first five in each currency. */
export interface Tops {
  affiliates: Top[];
  coupons: Top[];
  /** Whether a better coupon may be one of an affiliate who is not among the best ten of a currency. */
  ofTheBest: boolean;
}

/**
 * Who earned most in some days, and with which coupon. Affiliates are added up in the totals; coupons are not, so those of
 * the best affiliates are looked through: a better coupon of somebody else's would have made them one of the best.
 */
export async function tops(db: Db, days: Required<Days>): Promise<Tops> {
  const ranked = await db.all<RankedRow>(sql`
    WITH sums AS (
      SELECT t.affiliate_id AS id, t.currency, sum(t.sales) AS sales, ${TOTALS.earned} AS earned,
        row_number() OVER (PARTITION BY t.currency ORDER BY ${EARNED_IN_TOTALS} DESC, sum(t.sales) DESC, t.affiliate_id) AS place
      FROM ${stretchesOf(days)} x CROSS JOIN shops h CROSS JOIN totals t
      WHERE t.grain = x.grain AND t.shop_id = h.id AND t.period BETWEEN x.first AND x.last
      GROUP BY t.affiliate_id, t.currency HAVING sum(t.sales) > 0)
    SELECT sums.id, a.name, currency, sales, earned FROM sums JOIN affiliates a ON a.id = sums.id
    WHERE place <= ${LOOKED_THROUGH + 1} ORDER BY currency, place`);
  const currencies = Map.groupBy(ranked.map(topOf), ({ currency }) => currency);
  const best = [...currencies.values()].map((affiliates) => affiliates.slice(0, LOOKED_THROUGH));
  const coupons = await topCoupons(db, days, best.flat());
  const couponsIn = Map.groupBy(coupons, ({ currency }) => currency);
  return {
    affiliates: best.flatMap((affiliates) => affiliates.slice(0, TOP)),
    coupons,
    ofTheBest: [...currencies].some(([currency, affiliates]) => {
      const next = affiliates[LOOKED_THROUGH];
      const last = couponsIn.get(currency)?.[TOP - 1];
      return next !== undefined && (last === undefined || last.commissionMinor < next.commissionMinor);
    }),
  };
}

/** The coupons that some affiliates earned most with, the first five in each currency. */
async function topCoupons(db: Db, days: Required<Days>, affiliates: Top[]): Promise<Top[]> {
  const ids = JSON.stringify([...new Set(affiliates.map(({ id }) => id))]);
  const rows = await db.all<RankedRow>(sql`
    WITH sums AS (
      SELECT s.coupon_id AS id, m.currency, count(*) AS sales, ${sumMinor(sql.raw(EARNED))} AS earned,
        row_number() OVER (PARTITION BY m.currency ORDER BY total(${sql.raw(EARNED)}) DESC, count(*) DESC, s.coupon_id) AS place
      FROM shops h CROSS JOIN commissions m INDEXED BY commissions_hour CROSS JOIN sales s ON s.id = m.sale_id
      WHERE m.shop_id = h.id AND m.affiliate_id IN (SELECT value FROM json_each(${ids})) AND ${soldWithin('m', days)}
        AND ${sql.raw(COUNTS_AS_SOLD)} AND s.affiliate_id = m.affiliate_id
      GROUP BY s.coupon_id, m.currency)
    SELECT sums.id, c.code AS name, currency, sales, earned FROM sums JOIN coupons c ON c.id = sums.id
    WHERE place <= ${TOP} ORDER BY currency, place`);
  return rows.map(topOf);
}

interface RankedRow {
  id: number;
  name: string;
  currency: string;
  sales: number;
  earned: string;
}

const topOf = ({ earned, ...row }: RankedRow): Top => ({ ...row, commissionMinor: minorIn(earned) });

/** To be ordered by, where a float is exact enough. */
const EARNED_IN_TOTALS = sql.raw(`total(${EARNED.replaceAll('m.', 't.')})`);

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
        WHERE ${ruleOn(FREE_ON, today)}
        LIMIT ${COUNTED + 1})) AS free,
      (SELECT count(*) FROM (
        SELECT 1 FROM coupons c JOIN shops h ON h.id = c.shop_id
        WHERE ${ruleOn(WORKS_ON, today)} AND c.expires_on BETWEEN ${earliest} AND ${latest} AND c.expires_on <= date(${today}, ${`+${SOON_DAYS} days`})
        LIMIT ${COUNTED + 1})) AS soon`);
  return counted;
}

/** How many affiliates have applied and wait for an answer. */
export async function countApplicants(db: Db): Promise<number> {
  const { n } = await db.get<{ n: number }>(sql`SELECT count(*) AS n FROM affiliates WHERE status = 'pending'`);
  return n;
}
