import { sql } from 'drizzle-orm';
import type { Evidence } from '../../ledger/report.ts';
import { COUNTS_AS_SOLD, EARNED, FREE_ON, WORKS_ON } from '../../ledger/rules.ts';
import type { Db } from '../env.ts';
import { type Owner, ownerAt as ownerOf, ownersOf } from './owners.ts';
import { ruleOn } from './sums.ts';

/** A coupon with what a person wants to know before a sale is added with it. */
export interface SpentCoupon {
  id: number;
  code: string;
  expiresOn: string | null;
  campaignId: number;
  campaignName: string;
  campaignStatus: 'active' | 'paused';
  commissionKind: 'percent' | 'fixed';
  commissionValue: number;
  shopId: number;
  shopName: string;
  currency: string;
  timeZone: string;
  owners: Owner[];
}

/** The coupons that have a code, or ever had it, for a sale may be one of last month: of each shop the last that had it first. */
export async function spentCoupons(db: Db, codeKey: string): Promise<SpentCoupon[]> {
  const found = await db.all<Omit<SpentCoupon, 'owners'>>(sql`
    SELECT c.id, c.code, c.expires_on AS expiresOn, k.id AS campaignId, k.name AS campaignName, k.status AS campaignStatus,
      k.commission_kind AS commissionKind, k.commission_value AS commissionValue, h.id AS shopId, h.name AS shopName,
      h.currency, h.time_zone AS timeZone
    FROM coupon_codes n CROSS JOIN coupons c ON c.id = n.coupon_id CROSS JOIN campaigns k ON k.id = c.campaign_id
    CROSS JOIN shops h ON h.id = c.shop_id
    WHERE n.code_key = ${codeKey} AND (n.until_at IS NULL OR n.until_at > n.from_at)
    GROUP BY c.id ORDER BY h.id, max(n.until_at IS NULL) DESC, max(n.until_at) DESC`);
  const owners = await ownersOf(
    db,
    found.map(({ id }) => id),
  );
  return found.map((coupon) => ({ ...coupon, owners: owners.filter(({ couponId }) => couponId === coupon.id) }));
}

/** Who owned a coupon at an instant. */
export const ownerAt = ({ id, owners }: Pick<SpentCoupon, 'id' | 'owners'>, at: number) => ownerOf(owners, id, at);

const HINTS = 200;

/** Codes to choose from while typing: the newest that have an owner and are not over. @param today an ISO date. */
export async function couponHints(db: Db, today: string): Promise<string[]> {
  const rows = await db.all<{ code: string }>(sql`
    SELECT c.code FROM coupons c WHERE ${ruleOn(WORKS_ON, today)} AND NOT (${ruleOn(FREE_ON, today)}) ORDER BY c.id DESC LIMIT ${HINTS}`);
  return rows.map(({ code }) => code);
}

/** A sale that rests on a person's word, or is about to. */
export interface OfflineSale {
  id: number;
  orderId: string | null;
  couponId: number;
  code: string;
  affiliateId: number;
  affiliateName: string;
  amountMinor: number | null;
  currency: string;
  soldAt: number;
  /** The day it is counted under. */
  on: string;
  timeZone: string;
  earnedMinor: number;
}

/** A sale that stands, as the office lists it. */
export async function offlineSaleById(db: Db, id: number): Promise<OfflineSale | undefined> {
  const [sale] = await db.all<OfflineSale>(sql`SELECT ${COLUMNS} FROM ${TABLES} WHERE s.id = ${id} AND ${STANDS}`);
  return sale;
}

/** The sale that stands for an order, with whose word it rests on. */
export async function saleOfOrder(
  db: Db,
  { shopId, orderKey }: { shopId: number; orderKey: string },
): Promise<(OfflineSale & { evidence: Evidence }) | undefined> {
  const [sale] = await db.all<OfflineSale & { evidence: Evidence }>(sql`
    SELECT ${COLUMNS}, s.evidence FROM ${TABLES} WHERE s.shop_id = ${shopId} AND s.order_key = ${orderKey} AND ${STANDS}`);
  return sale;
}

const SHOWN = 20;

/** Offline sales are looked for among so many of the newest sales, so that a busy on-line shop's are not all read. */
const LOOKED_THROUGH = 10_000;

/** The newest sales that rest on a person's word. */
export function offlineSales(db: Db): Promise<OfflineSale[]> {
  return db.all<OfflineSale>(sql`
    SELECT ${COLUMNS} FROM ${TABLES}
    WHERE s.id > (SELECT coalesce(max(id), 0) FROM sales) - ${LOOKED_THROUGH} AND s.evidence = 'office' AND ${STANDS}
    ORDER BY s.id DESC LIMIT ${SHOWN}`);
}

const STANDS = sql.raw(COUNTS_AS_SOLD);

const COLUMNS =
  sql.raw(`s.id, s.order_id AS orderId, c.id AS couponId, c.code, a.id AS affiliateId, a.name AS affiliateName,
  s.amount_minor AS amountMinor, s.currency, s.sold_at AS soldAt, s.day AS "on", h.time_zone AS timeZone,
  (SELECT coalesce(sum(${EARNED}), 0) FROM commissions m WHERE m.sale_id = s.id) AS earnedMinor`);

const TABLES =
  sql.raw(`sales s CROSS JOIN coupons c ON c.id = s.coupon_id CROSS JOIN affiliates a ON a.id = s.affiliate_id
  CROSS JOIN shops h ON h.id = s.shop_id`);
