/** An affiliate's own sales. Each query here is about one affiliate, and there is none that is not. */
import { type SQL, sql } from 'drizzle-orm';
import { COUNTS_AS_SOLD, EARNED, IS_LISTED, type SaleState } from '../../../ledger/rules.ts';
import type { Db } from '../../env.ts';
import { batchesOf } from '../batches.ts';
import { countAlong, keysAlong, orderOf, soldWithin } from '../by-time.ts';
import { COUNTED, PAGE_ROWS, type Place, type Slice, sliceOf } from '../keyset.ts';
import { allOf } from '../sums.ts';

/** Which of them; what is undefined matters not. */
export interface OwnSaleFilter {
  campaignId?: number | undefined;
  couponId?: number | undefined;
  status?: 'unconfirmed' | 'confirmed' | undefined;
  /** ISO dates, each by the clock of the shop that sold. */
  from?: string | undefined;
  until?: string | undefined;
}

export interface OwnSale {
  id: number;
  state: SaleState;
  /** Null where the shop sent none. */
  orderId: string | null;
  soldAt: number;
  day: string;
  timeZone: string;
  code: string;
  campaign: string;
  /** Before refunds; null where a fixed campaign's report named no amount. */
  amountMinor: number | null;
  refundedMinor: number;
  currency: string;
  /** Only the shop's page speaks for it so far. */
  unconfirmed: number;
  /** Null where it is declined, or nothing was ever owed. */
  earnedMinor: number | null;
}

/** A page of the affiliate's sales, the newest first, and how many stand: COUNTED + 1 means more than COUNTED. */
export async function ownSales(
  db: Db,
  affiliateId: number,
  filter: OwnSaleFilter,
  place: Place,
): Promise<Slice<OwnSale> & { count: number }> {
  const these = matching(affiliateId, filter, COUNTS_AS_SOLD);
  const [found, counted] = await Promise.all([
    salesAlong(db, affiliateId, filter, place, PAGE_ROWS + 1),
    db.get<{ count: number }>(countAlong('s', { these, limit: COUNTED + 1 })),
  ]);
  return { ...sliceOf(found, place), count: counted.count };
}

/** All of the affiliate's sales that match, the newest first, in batches. */
export async function* ownSaleBatches(db: Db, affiliateId: number, filter: OwnSaleFilter): AsyncGenerator<OwnSale[]> {
  yield* batchesOf<OwnSale>((after, limit) => salesAlong(db, affiliateId, filter, { after }, limit));
}

/** The affiliate's newest sales. */
export async function latestOwnSales(db: Db, affiliateId: number, limit: number): Promise<OwnSale[]> {
  return salesAlong(db, affiliateId, {}, {}, limit);
}

/** The campaigns that the affiliate has sales or commissions of, to filter by. */
export async function campaignsEarned(db: Db, affiliateId: number): Promise<{ id: number; name: string }[]> {
  return db.all(sql`
    SELECT id, name FROM campaigns WHERE id IN (
      SELECT t.campaign_id FROM totals t INDEXED BY totals_affiliate WHERE t.affiliate_id = ${affiliateId} AND t.grain = 'month')
    ORDER BY name, id`);
}

function salesAlong(
  db: Db,
  affiliateId: number,
  filter: OwnSaleFilter,
  { after, before }: Place,
  limit: number,
): Promise<OwnSale[]> {
  const key = before ?? after;
  const backwards = before !== undefined;
  const keys = keysAlong('s', {
    these: matching(affiliateId, filter, IS_LISTED),
    from: key === undefined ? undefined : { key: [key], backwards },
    limit,
  });
  return db.all<OwnSale>(sql`
    WITH found AS MATERIALIZED (${keys})
    SELECT s.id, s.state, s.order_id AS orderId, s.sold_at AS soldAt, s.day, h.time_zone AS timeZone, coalesce(s.code, c.code) AS code,
      k.name AS campaign, s.amount_minor AS amountMinor, s.refunded_minor AS refundedMinor, s.currency,
      s.evidence = 'pixel' AS unconfirmed,
      (SELECT ${sql.raw(EARNED)} FROM commissions m
        WHERE m.sale_id = s.id AND m.affiliate_id = ${affiliateId} AND m.declined IS NULL) AS earnedMinor
    FROM found CROSS JOIN sales s CROSS JOIN shops h ON h.id = s.shop_id CROSS JOIN coupons c ON c.id = s.coupon_id
      CROSS JOIN campaigns k ON k.id = s.campaign_id
    WHERE s.id = found.k0 AND s.affiliate_id = ${affiliateId} ORDER BY ${orderOf('s', backwards)} LIMIT ${limit}`);
}

/** Sooner than by their rows sales are known by their coupons, which the index has: those that are or were the affiliate's. */
function matching(affiliateId: number, { campaignId, couponId, status, ...days }: OwnSaleFilter, state: string): SQL {
  return allOf(
    sql.raw(state),
    sql`s.coupon_id IN (SELECT id FROM coupons WHERE affiliate_id = ${affiliateId}
      UNION ALL SELECT coupon_id FROM coupons_were WHERE affiliate_id = ${affiliateId})`,
    couponId === undefined ? undefined : sql`s.coupon_id = ${couponId}`,
    soldWithin('s', days),
    sql`s.affiliate_id = ${affiliateId}`,
    campaignId === undefined ? undefined : sql`s.campaign_id = ${campaignId}`,
    status && (status === 'unconfirmed' ? sql`s.evidence = 'pixel'` : sql`s.evidence <> 'pixel'`),
  );
}
