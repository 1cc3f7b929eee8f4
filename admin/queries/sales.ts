import { type SQL, sql } from 'drizzle-orm';
import type { Evidence } from '../../ledger/report.ts';
import { EARNED, IS_LISTED, type SaleState } from '../../ledger/rules.ts';
import type { Db } from '../env.ts';
import { batchesOf } from './batches.ts';
import { type Asked, countAlong, keysAlong, orderOf, soldWithin, stretchesOf } from './by-time.ts';
import { COUNTED, PAGE_ROWS, type Place, type Slice, sliceOf } from './keyset.ts';
import { ownerAt, ownersOf } from './owners.ts';
import { allOf } from './sums.ts';

/** Which sales; what is undefined matters not. */
export interface SaleFilter {
  campaignId?: number | undefined;
  affiliateId?: number | undefined;
  couponId?: number | undefined;
  evidence?: 'unconfirmed' | 'confirmed' | undefined;
  state?: 'standing' | 'void' | 'undone' | undefined;
  /** First and last day, ISO dates, each by the clock of the shop that sold. */
  from?: string | undefined;
  until?: string | undefined;
}

export interface SaleRow {
  id: number;
  state: SaleState;
  /** Null where the shop sent none. */
  orderId: string | null;
  soldAt: number;
  /** The day it is counted under, by the clock of the shop. */
  day: string;
  shop: string;
  timeZone: string;
  couponId: number | null;
  /** The code by which it was spent. */
  code: string | null;
  couponDeleted: number;
  affiliateId: number | null;
  affiliate: string | null;
  campaignId: number | null;
  campaign: string | null;
  /** Before refunds; null where nobody named one. */
  amountMinor: number | null;
  refundedMinor: number;
  /** Null where there is no shop to have one. */
  currency: string | null;
  evidence: Evidence;
  /** What a person is asked about it. */
  question: string | null;
  /** What all affiliates have earned with it; null where all of it is declined, or nothing was ever owed. */
  commissionMinor: number | null;
}

/** A page of a list of sales. Only those that stand are counted; COUNTED + 1 means more than COUNTED. */
export type SalePage = Slice<SaleRow> & { count: number };

export async function salePage(db: Db, filter: SaleFilter, place: Place): Promise<SalePage> {
  const [found, count] = await Promise.all([salesAlong(db, filter, place, PAGE_ROWS + 1), countSales(db, filter)]);
  return { ...sliceOf(found, place), count };
}

/** All sales that match, the newest first, in batches. */
export const saleBatches = (db: Db, filter: SaleFilter): AsyncGenerator<SaleRow[]> =>
  batchesOf((after, limit) => salesAlong(db, filter, { after }, limit));

/** The newest sales of an affiliate. */
export const latestSalesOf = (db: Db, affiliateId: number, limit: number): Promise<SaleRow[]> =>
  salesAlong(db, { affiliateId }, {}, limit);

/** The newest sales that were made with a coupon. */
export const newestSalesWith = (db: Db, couponId: number, limit: number): Promise<SaleRow[]> =>
  salesAlong(db, { couponId }, {}, limit);

function salesAlong(db: Db, filter: SaleFilter, { after, before }: Place, limit: number): Promise<SaleRow[]> {
  const key = before ?? after;
  const backwards = before !== undefined;
  const keys = keysAlong('s', {
    these: matching(filter),
    from: key === undefined ? undefined : { key: [key], backwards },
    limit,
  });
  return db.all(sql`
    WITH found AS MATERIALIZED (${keys})
    SELECT ${COLUMNS} FROM found CROSS JOIN ${TABLES} WHERE s.id = found.k0
    ORDER BY ${orderOf('s', backwards)} LIMIT ${limit}`);
}

/** How many stand: by the totals, where those know what is asked for. */
async function countSales(db: Db, filter: SaleFilter): Promise<number> {
  const { campaignId, affiliateId, couponId, evidence, state } = filter;
  if (state !== undefined && state !== 'standing') return 0;
  if (couponId !== undefined || evidence !== undefined) {
    const asked: Asked = { these: matching({ ...filter, state: 'standing' }), limit: COUNTED + 1 };
    return (await db.get<{ count: number }>(countAlong('s', asked))).count;
  }
  const these = allOf(
    campaignId === undefined ? undefined : sql`t.campaign_id = ${campaignId}`,
    affiliateId === undefined ? undefined : sql`t.affiliate_id = ${affiliateId}`,
  );
  const { count } = await db.get<{ count: number }>(sql`
    SELECT coalesce(sum(t.sales), 0) AS count FROM ${stretchesOf(filter)} x CROSS JOIN shops h CROSS JOIN totals t
    WHERE t.grain = x.grain AND t.shop_id = h.id AND t.period BETWEEN x.first AND x.last AND ${these}`);
  return Math.min(count, COUNTED + 1);
}

function matching({ campaignId, affiliateId, couponId, evidence, state, ...days }: SaleFilter): SQL {
  return allOf(
    state === undefined ? sql.raw(IS_LISTED) : sql`s.state = ${state}`,
    couponId === undefined ? undefined : sql`s.coupon_id = ${couponId}`,
    soldWithin('s', days),
    // Sooner than by their rows sales are known by their coupons, which the index has.
    affiliateId === undefined ? undefined : sql`${couponOf(affiliateId)} AND s.affiliate_id = ${affiliateId}`,
    campaignId === undefined ? undefined : sql`s.campaign_id = ${campaignId}`,
    evidence && (evidence === 'unconfirmed' ? sql`s.evidence = 'pixel'` : sql`s.evidence <> 'pixel'`),
  );
}

/** That a sale `s` was made with a coupon that is or was an affiliate's. */
export const couponOf = (affiliateId: number): SQL => sql`s.coupon_id IN (
  SELECT id FROM coupons WHERE affiliate_id = ${affiliateId}
  UNION ALL SELECT coupon_id FROM coupons_were WHERE affiliate_id = ${affiliateId})`;

export interface SaleDetail extends SaleRow {
  shopId: number;
  orderKey: string;
  recordedAt: number;
  /** Whether only the day is known. */
  dayOnly: number;
  questionBy: string | null;
  questions: number;
  /** Hits that only said again what one had said, and such that were one too many to be kept. */
  reloads: number;
  unkept: number;
  /** Since when the affiliate owned the coupon as the sale was made, 0: from the beginning; null: no history says so. */
  ownedFrom: number | null;
  /** The first instant at which they no longer did; null: they still do. */
  ownedUntil: number | null;
  /** The sale under which this order is decided, where a witness has named the two as one. */
  into: { id: number; orderId: string | null } | null;
  /** The orders that are decided under this one. */
  joined: { id: number; name: string }[];
}

export async function saleById(db: Db, id: number): Promise<SaleDetail | undefined> {
  const [sale] = await db.all<SaleDetail>(sql`
    SELECT ${COLUMNS}, s.shop_id AS shopId, s.order_key AS orderKey, s.recorded_at AS recordedAt, s.day_only AS dayOnly,
      s.question_by AS questionBy, s.questions, s.reloads, s.unkept
    FROM ${TABLES} WHERE s.id = ${id}`);
  if (!sale) return undefined;
  const [owners, [into], joined] = await Promise.all([
    sale.couponId === null ? [] : ownersOf(db, [sale.couponId]),
    db.all<{ id: number; orderId: string | null }>(sql`
      SELECT i.id, i.order_id AS orderId FROM order_joins x
      CROSS JOIN sales i ON i.shop_id = x.shop_id AND i.order_key = x.into_key
      WHERE x.shop_id = ${sale.shopId} AND x.order_key = ${sale.orderKey} AND x.parted_at IS NULL`),
    db.all<{ id: number; name: string }>(sql`
      SELECT o.id, coalesce(o.order_id, o.order_key) AS name FROM order_joins x
      CROSS JOIN sales o ON o.shop_id = x.shop_id AND o.order_key = x.order_key
      WHERE x.shop_id = ${sale.shopId} AND x.into_key = ${sale.orderKey} AND x.parted_at IS NULL`),
  ]);
  const owner = ownerAt(owners, sale.couponId, sale.soldAt);
  const known = owner?.affiliateId === sale.affiliateId ? owner : undefined;
  return {
    ...sale,
    ownedFrom: known?.fromAt ?? null,
    ownedUntil: known?.untilAt ?? null,
    into: into ?? null,
    joined,
  };
}

/** Names that an order's reports mention: people by their ids, and campaigns. */
export interface ReportNames {
  people: Map<string, string>;
  campaigns: Map<string, string>;
  affiliates: Map<number, string>;
}

/** What the ids in an order's reports are called. */
export async function reportNames(
  db: Db,
  reports: { userId: string | null; campaign: string | null; affiliateId: number | null }[],
): Promise<ReportNames> {
  const list = (ids: (string | number | null)[]) => JSON.stringify([...new Set(ids.filter((id) => id !== null))]);
  const [people, campaigns, affiliates] = await Promise.all([
    db.all<{ id: string; name: string }>(
      sql`SELECT id, name FROM users WHERE id IN (SELECT value FROM json_each(${list(reports.map(({ userId }) => userId))}))`,
    ),
    db.all<{ id: string; name: string }>(
      sql`SELECT CAST(id AS TEXT) AS id, name FROM campaigns
        WHERE CAST(id AS TEXT) IN (SELECT value FROM json_each(${list(reports.map(({ campaign }) => campaign))}))`,
    ),
    db.all<{ id: number; name: string }>(
      sql`SELECT id, name FROM affiliates
        WHERE id IN (SELECT value FROM json_each(${list(reports.map(({ affiliateId }) => affiliateId))}))`,
    ),
  ]);
  return {
    people: new Map(people.map(({ id, name }) => [id, name])),
    campaigns: new Map(campaigns.map(({ id, name }) => [id, name])),
    affiliates: new Map(affiliates.map(({ id, name }) => [id, name])),
  };
}

const COLUMNS = sql.raw(`s.id, s.state, s.order_id AS orderId, s.sold_at AS soldAt, s.day, coalesce(h.name, '') AS shop,
  coalesce(h.time_zone, 'UTC') AS timeZone, s.coupon_id AS couponId, coalesce(s.code, c.code) AS code,
  c.archived_at IS NOT NULL AS couponDeleted, s.affiliate_id AS affiliateId, a.name AS affiliate, s.campaign_id AS campaignId,
  k.name AS campaign, s.amount_minor AS amountMinor, s.refunded_minor AS refundedMinor, s.currency, s.evidence, s.question,
  (SELECT sum(${EARNED}) FROM commissions m WHERE m.sale_id = s.id AND m.declined IS NULL) AS commissionMinor`);

const TABLES = sql.raw(`sales s LEFT JOIN shops h ON h.id = s.shop_id LEFT JOIN coupons c ON c.id = s.coupon_id
  LEFT JOIN affiliates a ON a.id = s.affiliate_id LEFT JOIN campaigns k ON k.id = s.campaign_id`);
