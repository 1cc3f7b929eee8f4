import { and, desc, eq, gt, gte, inArray, isNotNull, isNull, max, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import {
  affiliates,
  campaigns,
  commissions,
  couponAliases,
  couponOwners,
  coupons,
  reports,
  sales,
  shops,
} from '../../drizzle/schema.ts';
import { dayOf } from '../../ledger/coupon.ts';
import type { Db } from '../env.ts';

/** A living coupon with what a person wants to know before a sale is added with it. */
export type SpentCoupon = Awaited<ReturnType<typeof spentCoupons>>[number];

/** The coupons that have a code, or had it and are still known by it: one a shop at most. */
export async function spentCoupons(db: Db, codeKey: string, now: number) {
  const known = db
    .select({ id: couponAliases.couponId })
    .from(couponAliases)
    .where(and(eq(couponAliases.codeKey, codeKey), gt(couponAliases.untilAt, now)));
  const found = await db
    .select({
      id: coupons.id,
      code: coupons.code,
      expiresOn: coupons.expiresOn,
      campaignId: campaigns.id,
      campaignName: campaigns.name,
      campaignStatus: campaigns.status,
      commissionKind: campaigns.commissionKind,
      commissionValue: campaigns.commissionValue,
      shopId: shops.id,
      shopName: shops.name,
      currency: shops.currency,
      timeZone: shops.timeZone,
    })
    .from(coupons)
    .innerJoin(campaigns, eq(campaigns.id, coupons.campaignId))
    .innerJoin(shops, eq(shops.id, coupons.shopId))
    .where(and(isNull(coupons.archivedAt), or(eq(coupons.codeKey, codeKey), inArray(coupons.id, known))))
    .orderBy(shops.id, sql`${coupons.codeKey} <> ${codeKey}`);
  if (found.length === 0) return [];
  const owners = await db
    .select({
      couponId: couponOwners.couponId,
      name: affiliates.name,
      status: affiliates.status,
      fromAt: couponOwners.fromAt,
      untilAt: couponOwners.untilAt,
    })
    .from(couponOwners)
    .innerJoin(affiliates, eq(affiliates.id, couponOwners.affiliateId))
    .where(
      inArray(
        couponOwners.couponId,
        found.map(({ id }) => id),
      ),
    );
  const ofShops = new Map(found.toReversed().map((coupon) => [coupon.shopId, coupon]));
  return [...ofShops.values()].toReversed().map((coupon) => ({
    ...coupon,
    owners: owners.filter(({ couponId }) => couponId === coupon.id),
  }));
}

/** Who owned a coupon at an instant. */
export const ownerAt = ({ owners }: Pick<SpentCoupon, 'owners'>, at: number) =>
  owners.find(({ fromAt, untilAt }) => fromAt <= at && (untilAt === null || at < untilAt));

const HINTS = 200;

/** Codes to choose from while typing: the newest that have an owner and are not over. @param today an ISO date. */
export async function couponHints(db: Db, today: string): Promise<string[]> {
  const rows = await db
    .select({ code: coupons.code })
    .from(coupons)
    .where(
      and(
        isNull(coupons.archivedAt),
        isNotNull(coupons.affiliateId),
        or(isNull(coupons.expiresOn), gte(coupons.expiresOn, today)),
      ),
    )
    .orderBy(desc(coupons.id))
    .limit(HINTS);
  return rows.map(({ code }) => code);
}

/** The sale that a report is about, with what it has earned and who spoke for it last. */
export async function saleOfReport(db: Db, reportId: string) {
  const decisive = alias(reports, 'decisive');
  const [sale] = await db
    .select({ ...saleColumns, decidedBy: decisive.userId, decidedAt: decisive.receivedAt })
    .from(reports)
    .innerJoin(sales, eq(sales.id, reports.saleId))
    .innerJoin(coupons, eq(coupons.id, sales.couponId))
    .innerJoin(affiliates, eq(affiliates.id, sales.affiliateId))
    .innerJoin(shops, eq(shops.id, sales.shopId))
    .leftJoin(decisive, eq(decisive.id, sales.decidedBy))
    .where(eq(reports.id, reportId));
  return sale;
}

export type OfflineSale = Awaited<ReturnType<typeof offlineSales>>[number];

const SHOWN = 20;

/** Offline sales are looked for among so many of the newest sales, so that a busy on-line shop's are not all read. */
const LOOKED_THROUGH = 10_000;

/** The newest sales that rest on a person's word. */
export async function offlineSales(db: Db) {
  const newest = db.select({ id: max(sales.id) }).from(sales);
  const found = await db
    .select(saleColumns)
    .from(sales)
    .innerJoin(coupons, eq(coupons.id, sales.couponId))
    .innerJoin(affiliates, eq(affiliates.id, sales.affiliateId))
    .innerJoin(shops, eq(shops.id, sales.shopId))
    .where(
      and(sql`${sales.id} > (${newest}) - ${LOOKED_THROUGH}`, eq(sales.evidence, 'office'), isNull(sales.undoneAt)),
    )
    .orderBy(desc(sales.id))
    .limit(SHOWN);
  return found.map((sale) => ({ ...sale, on: dayOf(sale.soldAt, sale.timeZone) }));
}

const saleColumns = {
  id: sales.id,
  orderId: sales.orderId,
  couponId: coupons.id,
  code: coupons.code,
  affiliateId: affiliates.id,
  affiliateName: affiliates.name,
  amountMinor: sales.amountMinor,
  currency: sales.currency,
  soldAt: sales.soldAt,
  recordedAt: sales.recordedAt,
  timeZone: shops.timeZone,
  earnedMinor: sql<number>`(select coalesce(sum(m.amount_minor), 0) from ${commissions} m
    where m.sale_id = ${sales.id} and m.status <> 'declined')`,
};
