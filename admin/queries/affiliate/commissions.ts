/** An affiliate's own commissions. Each query here is about one affiliate, and there is none that is not. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../env.ts';
import { batchesOf } from '../batches.ts';
import { isWithin, shopZones } from '../days.ts';
import { PAGE_ROWS, type Place, type Slice, sliceOf } from '../keyset.ts';

export type OwnStatus = 'pending' | 'approved' | 'declined' | 'paid';

/** Which of them; what is undefined matters not. `earned` is all but the declined ones. */
export interface OwnCommissionFilter {
  status?: OwnStatus | 'earned' | undefined;
  campaignId?: number | undefined;
  couponId?: number | undefined;
  saleId?: number | undefined;
  currency?: string | undefined;
  /** ISO dates by the shop's clock: of the day of the sale, or of the line where it has no sale of theirs. */
  from?: string | undefined;
  until?: string | undefined;
}

export interface OwnCommission {
  id: number;
  /** Of the sale, or of the line where it has no sale of theirs. */
  earnedAt: number;
  timeZone: string;
  kind: 'sale' | 'reversal' | 'adjustment' | 'bonus';
  /** Null where the line has no sale, or one that has turned out to be somebody else's. */
  saleId: number | null;
  orderId: string | null;
  code: string | null;
  campaign: string;
  amountMinor: number;
  currency: string;
  status: OwnStatus;
  /** When a pending line becomes approved by itself; null: a person approves it. */
  availableAt: number | null;
  /** Why it was declined; null for all others. */
  reason: string | null;
}

export interface Sum {
  currency: string;
  amountMinor: number;
}

export interface StatusSum extends Sum {
  status: OwnStatus;
  count: number;
}

/**
 * A page of the affiliate's commissions, the newest first, with the count of all of them and what they add up to:
 * declined lines count for nothing, unless they alone are asked for.
 */
export async function ownCommissions(
  db: Db,
  affiliateId: number,
  filter: OwnCommissionFilter,
  place: Place,
): Promise<Slice<OwnCommission> & { count: number; sums: Sum[] }> {
  const lines = linesOf(affiliateId, filter, await shopZones(db));
  const [found, sums] = await Promise.all([
    linesAlong(db, lines, place, PAGE_ROWS + 1),
    db.all<Sum & { count: number }>(sql`
      SELECT m.currency, count(*) AS count,
        coalesce(sum(m.amount_minor) FILTER (WHERE m.status <> 'declined' OR ${filter.status === 'declined'}), 0) AS amountMinor
      ${lines}
      GROUP BY m.currency ORDER BY m.currency`),
  ]);
  return { ...sliceOf(found, place), sums, count: sums.reduce((sum, { count }) => sum + count, 0) };
}

/** All of the affiliate's commissions that match, the newest first, in batches. */
export async function* ownCommissionBatches(
  db: Db,
  affiliateId: number,
  filter: OwnCommissionFilter,
): AsyncGenerator<OwnCommission[]> {
  const lines = linesOf(affiliateId, filter, await shopZones(db));
  yield* batchesOf((after, limit) => linesAlong(db, lines, { after }, limit));
}

function linesAlong(db: Db, lines: SQL, { after, before }: Place, limit: number): Promise<OwnCommission[]> {
  const from = before ? sql`AND m.id > ${before}` : after ? sql`AND m.id < ${after}` : sql``;
  return db.all<OwnCommission>(sql`
    SELECT m.id, ${EARNED_AT} AS earnedAt, h.time_zone AS timeZone, m.kind, s.id AS saleId, s.order_id AS orderId,
      c.code, k.name AS campaign, m.amount_minor AS amountMinor, m.currency, m.status, m.available_at AS availableAt,
      CASE WHEN m.status = 'declined' THEN m.reason END AS reason
    ${lines} ${from} ORDER BY m.id ${before ? sql`ASC` : sql`DESC`} LIMIT ${limit}`);
}

/** What the affiliate's commissions add up to, by currency and status. */
export async function ownStatusSums(db: Db, affiliateId: number): Promise<StatusSum[]> {
  return db.all(sql`
    SELECT currency, status, sum(amount_minor) AS amountMinor, count(*) AS count FROM commissions
    WHERE affiliate_id = ${affiliateId} GROUP BY currency, status ORDER BY currency`);
}

const EARNED_AT = sql`coalesce(s.sold_at, m.created_at)`;

/** Sales are joined only while they are theirs: a corrected order may have become another affiliate's. */
function linesOf(affiliateId: number, filter: OwnCommissionFilter, zones: string[]): SQL {
  const conditions = [
    sql`m.affiliate_id = ${affiliateId}`,
    filter.status && (filter.status === 'earned' ? sql`m.status <> 'declined'` : sql`m.status = ${filter.status}`),
    filter.campaignId && sql`m.campaign_id = ${filter.campaignId}`,
    filter.couponId && sql`s.coupon_id = ${filter.couponId}`,
    filter.saleId && sql`s.id = ${filter.saleId}`,
    filter.currency && sql`m.currency = ${filter.currency}`,
    isWithin(EARNED_AT, sql`h.time_zone`, filter, zones),
  ];
  return sql`FROM commissions m JOIN campaigns k ON k.id = m.campaign_id JOIN shops h ON h.id = k.shop_id
    LEFT JOIN sales s ON s.id = m.sale_id AND +s.affiliate_id = ${affiliateId}
    LEFT JOIN coupons c ON c.id = s.coupon_id
    WHERE ${sql.join(
      conditions.filter((condition) => typeof condition === 'object'),
      sql` AND `,
    )}`;
}
