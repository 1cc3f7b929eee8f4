import { aliasedTable, and, asc, count, desc, eq, ne, type SQL, sql } from 'drizzle-orm';
import { affiliates, campaigns, couponOwners, coupons, reports, sales, shops, users } from '../../drizzle/schema.ts';
import type { Db } from '../env.ts';
import { batchesOf } from './batches.ts';
import { isWithin } from './days.ts';
import { PAGE_ROWS, type Place, type Slice, sliceOf } from './keyset.ts';

/** Which sales; what is undefined matters not. */
export interface SaleFilter {
  campaignId?: number | undefined;
  affiliateId?: number | undefined;
  couponId?: number | undefined;
  evidence?: 'unconfirmed' | 'confirmed' | undefined;
  /** First and last day, ISO dates, each by the clock of the shop that sold. */
  from?: string | undefined;
  until?: string | undefined;
}

export interface SaleRow {
  id: number;
  /** Null where the shop sent none. */
  orderId: string | null;
  soldAt: number;
  shop: string;
  timeZone: string;
  couponId: number;
  code: string;
  couponDeleted: boolean;
  affiliateId: number;
  affiliate: string;
  campaignId: number;
  campaign: string;
  /** Null where a fixed campaign's report named no amount. */
  amountMinor: number | null;
  currency: string;
  evidence: (typeof sales.$inferSelect)['evidence'];
  /** All its lines together but the declined ones; null where all of them are. */
  commissionMinor: number | null;
}

const columns = {
  id: sales.id,
  orderId: sales.orderId,
  soldAt: sales.soldAt,
  shop: shops.name,
  timeZone: shops.timeZone,
  couponId: sales.couponId,
  code: coupons.code,
  couponDeleted: sql<boolean>`${coupons.archivedAt} is not null`.mapWith(Boolean),
  affiliateId: sales.affiliateId,
  affiliate: affiliates.name,
  campaignId: sales.campaignId,
  campaign: campaigns.name,
  amountMinor: sales.amountMinor,
  currency: sales.currency,
  evidence: sales.evidence,
  commissionMinor: sql<number | null>`(select sum(m.amount_minor) from commissions m
    where m.sale_id = ${sales.id} and m.status <> 'declined')`,
};

/** A page of sales, the newest first, and how many there are in all. */
export async function salePage(db: Db, filter: SaleFilter, place: Place): Promise<Slice<SaleRow> & { count: number }> {
  const these = and(matching(filter), await soldBetween(db, filter));
  // Not a batch: in one, D1 hands out rows by column name, and two tables' `name`s become one.
  const [found, [counted]] = await Promise.all([
    salesAlong(db, these, place, PAGE_ROWS + 1),
    db.select({ count: count() }).from(sales).innerJoin(shops, eq(shops.id, sales.shopId)).where(these),
  ]);
  return { ...sliceOf(found, place), count: counted!.count };
}

/** All sales that match, the newest first, in batches. */
export async function* saleBatches(db: Db, filter: SaleFilter): AsyncGenerator<SaleRow[]> {
  const these = and(matching(filter), await soldBetween(db, filter));
  yield* batchesOf((after, limit) => salesAlong(db, these, { after }, limit));
}

async function salesAlong(db: Db, these: SQL | undefined, place: Place, limit: number): Promise<SaleRow[]> {
  const backwards = place.before !== undefined;
  return selectSales(db)
    .where(and(these, beyond(place)))
    .orderBy(...(backwards ? [asc(sales.soldAt), asc(sales.id)] : [desc(sales.soldAt), desc(sales.id)]))
    .limit(limit);
}

/** The newest sales of an affiliate. */
export async function latestSalesOf(db: Db, affiliateId: number, limit: number): Promise<SaleRow[]> {
  return selectSales(db)
    .where(eq(sales.affiliateId, affiliateId))
    .orderBy(desc(sales.soldAt), desc(sales.id))
    .limit(limit);
}

export interface SaleDetail extends SaleRow {
  recordedAt: number;
  shopId: number;
  /** Since when the affiliate owned the coupon as the sale was made, 0: from the beginning; null: no history says so. */
  ownedFrom: number | null;
  /** The first instant at which they no longer did; null: they still do. */
  ownedUntil: number | null;
}

export async function saleById(db: Db, id: number): Promise<SaleDetail | undefined> {
  return db
    .select({
      ...columns,
      recordedAt: sales.recordedAt,
      shopId: sales.shopId,
      ownedFrom: couponOwners.fromAt,
      ownedUntil: couponOwners.untilAt,
    })
    .from(sales)
    .innerJoin(shops, eq(shops.id, sales.shopId))
    .innerJoin(coupons, eq(coupons.id, sales.couponId))
    .innerJoin(affiliates, eq(affiliates.id, sales.affiliateId))
    .innerJoin(campaigns, eq(campaigns.id, sales.campaignId))
    .leftJoin(
      couponOwners,
      and(
        eq(couponOwners.couponId, sales.couponId),
        eq(couponOwners.affiliateId, sales.affiliateId),
        sql`${couponOwners.fromAt} <= ${sales.soldAt} and ${sales.soldAt} < coalesce(${couponOwners.untilAt}, 9e15)`,
      ),
    )
    .where(eq(sales.id, id))
    .get();
}

export interface SaleReport {
  id: string;
  source: (typeof reports.$inferSelect)['source'];
  receivedAt: number;
  code: string;
  /** As it was sent; null where there was none. */
  amount: string | null;
  currency: string | null;
  outcome: string;
  detail: string | null;
  /** The campaign that the message named, where that is not the coupon's own. */
  otherCampaign: string | null;
  /** Who typed it. */
  person: string | null;
}

/** All that was ever said of a sale, the oldest first. */
export async function reportsOfSale(db: Db, saleId: number): Promise<SaleReport[]> {
  const named = aliasedTable(campaigns, 'named');
  return db
    .select({
      id: reports.id,
      source: reports.source,
      receivedAt: reports.receivedAt,
      code: reports.code,
      amount: reports.amount,
      currency: reports.currency,
      outcome: reports.outcome,
      detail: reports.detail,
      otherCampaign: sql<string | null>`case when ${reports.campaign} is null or ${reports.campaign} = ''
        or ${reports.campaign} = cast(${sales.campaignId} as text) then null
        else coalesce(${named.name}, ${reports.campaign}) end`,
      person: users.name,
    })
    .from(reports)
    .innerJoin(sales, eq(sales.id, reports.saleId))
    .leftJoin(users, eq(users.id, reports.userId))
    .leftJoin(named, sql`cast(${named.id} as text) = ${reports.campaign}`)
    .where(eq(reports.saleId, saleId))
    .orderBy(asc(reports.id));
}

function selectSales(db: Db) {
  return db
    .select(columns)
    .from(sales)
    .innerJoin(shops, eq(shops.id, sales.shopId))
    .innerJoin(coupons, eq(coupons.id, sales.couponId))
    .innerJoin(affiliates, eq(affiliates.id, sales.affiliateId))
    .innerJoin(campaigns, eq(campaigns.id, sales.campaignId));
}

function matching({ campaignId, affiliateId, couponId, evidence }: SaleFilter): SQL | undefined {
  return and(
    campaignId === undefined ? undefined : eq(sales.campaignId, campaignId),
    affiliateId === undefined ? undefined : eq(sales.affiliateId, affiliateId),
    couponId === undefined ? undefined : eq(sales.couponId, couponId),
    evidence && (evidence === 'unconfirmed' ? eq(sales.evidence, 'pixel') : ne(sales.evidence, 'pixel')),
  );
}

function beyond({ after, before }: Place): SQL | undefined {
  const key = (id: number) => sql`(select sold_at, id from sales where id = ${id})`;
  if (before !== undefined) return sql`(${sales.soldAt}, ${sales.id}) > ${key(before)}`;
  return after === undefined ? undefined : sql`(${sales.soldAt}, ${sales.id}) < ${key(after)}`;
}

/** A day begins at another instant in each time zone, and each shop counts by its own. */
async function soldBetween(db: Db, { from, until }: SaleFilter): Promise<SQL | undefined> {
  if (!from && !until) return undefined;
  const zones = await db.selectDistinct({ timeZone: shops.timeZone }).from(shops);
  const names = zones.map(({ timeZone }) => timeZone);
  return isWithin(sql`${sales.soldAt}`, sql`${shops.timeZone}`, { from, until }, names);
}
