/** An affiliate's own sales. Each query here is about one affiliate, and there is none that is not. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../env.ts';
import { batchesOf } from '../batches.ts';
import { isWithin, shopZones } from '../days.ts';
import { PAGE_ROWS, type Place, type Slice, sliceOf } from '../keyset.ts';

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
  /** Null where the shop sent none. */
  orderId: string | null;
  soldAt: number;
  timeZone: string;
  code: string;
  campaign: string;
  /** Null where a fixed campaign's report named no amount. */
  amountMinor: number | null;
  currency: string;
  /** Only the shop's page speaks for it so far. */
  unconfirmed: number;
  /** Their own lines together but the declined ones; null where all of them are. */
  earnedMinor: number | null;
}

/** A page of the affiliate's sales, the newest first, and how many there are in all. */
export async function ownSales(
  db: Db,
  affiliateId: number,
  filter: OwnSaleFilter,
  place: Place,
): Promise<Slice<OwnSale> & { count: number }> {
  const these = matching(affiliateId, filter, await shopZones(db));
  const [found, counted] = await Promise.all([
    salesAlong(db, affiliateId, these, place, PAGE_ROWS + 1),
    db.get<{ count: number }>(
      sql`SELECT count(*) AS count FROM sales s JOIN shops h ON h.id = s.shop_id WHERE ${these}`,
    ),
  ]);
  return { ...sliceOf(found, place), count: counted.count };
}

/** All of the affiliate's sales that match, the newest first, in batches. */
export async function* ownSaleBatches(db: Db, affiliateId: number, filter: OwnSaleFilter): AsyncGenerator<OwnSale[]> {
  const these = matching(affiliateId, filter, await shopZones(db));
  yield* batchesOf((after, limit) => salesAlong(db, affiliateId, these, { after }, limit));
}

function salesAlong(db: Db, affiliateId: number, these: SQL, place: Place, limit: number): Promise<OwnSale[]> {
  const key = (id: number) => sql`(SELECT sold_at, id FROM sales WHERE id = ${id} AND affiliate_id = ${affiliateId})`;
  const beyond =
    place.before !== undefined
      ? sql`AND (s.sold_at, s.id) > ${key(place.before)}`
      : place.after !== undefined
        ? sql`AND (s.sold_at, s.id) < ${key(place.after)}`
        : sql``;
  const order = place.before !== undefined ? sql`s.sold_at, s.id` : sql`s.sold_at DESC, s.id DESC`;
  return selectSales(db, affiliateId, sql`${these} ${beyond} ORDER BY ${order} LIMIT ${limit}`);
}

/** The affiliate's newest sales. */
export async function latestOwnSales(db: Db, affiliateId: number, limit: number): Promise<OwnSale[]> {
  return selectSales(
    db,
    affiliateId,
    sql`s.affiliate_id = ${affiliateId} ORDER BY s.sold_at DESC, s.id DESC LIMIT ${limit}`,
  );
}

/** The campaigns that the affiliate has sales or commissions of, to filter by. */
export async function campaignsEarned(db: Db, affiliateId: number): Promise<{ id: number; name: string }[]> {
  return db.all(sql`
    SELECT id, name FROM campaigns
    WHERE id IN (SELECT campaign_id FROM commissions WHERE affiliate_id = ${affiliateId}
      UNION SELECT campaign_id FROM sales WHERE affiliate_id = ${affiliateId})
    ORDER BY name, id`);
}

/** The unary plus keeps SQLite to the index of the sale: an affiliate has many lines, a sale one or two. */
function selectSales(db: Db, affiliateId: number, rest: SQL): Promise<OwnSale[]> {
  return db.all<OwnSale>(sql`
    SELECT s.id, s.order_id AS orderId, s.sold_at AS soldAt, h.time_zone AS timeZone, c.code, k.name AS campaign,
      s.amount_minor AS amountMinor, s.currency, s.evidence = 'pixel' AS unconfirmed,
      (SELECT sum(m.amount_minor) FROM commissions m
        WHERE m.sale_id = s.id AND +m.affiliate_id = ${affiliateId} AND m.status <> 'declined') AS earnedMinor
    FROM sales s JOIN shops h ON h.id = s.shop_id JOIN coupons c ON c.id = s.coupon_id
      JOIN campaigns k ON k.id = s.campaign_id
    WHERE s.affiliate_id = ${affiliateId} AND ${rest}`);
}

function matching(affiliateId: number, filter: OwnSaleFilter, zones: string[]): SQL {
  const conditions = [
    sql`s.affiliate_id = ${affiliateId}`,
    filter.campaignId && sql`s.campaign_id = ${filter.campaignId}`,
    filter.couponId && sql`s.coupon_id = ${filter.couponId}`,
    filter.status && sql`(s.evidence = 'pixel') = ${filter.status === 'unconfirmed' ? 1 : 0}`,
    isWithin(sql`s.sold_at`, sql`h.time_zone`, filter, zones),
  ];
  return sql.join(
    conditions.filter((condition) => typeof condition === 'object'),
    sql` AND `,
  );
}
