import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { affiliates, campaigns, commissions, couponOwners, coupons, sales, shops } from '../../drizzle/schema.ts';
import { dayOf } from '../../ledger/coupon.ts';
import type { Db } from '../env.ts';
import { earnedWith, soldWith, statusOf } from './coupons.ts';

/** The living coupon that has a code in the shop of a campaign. */
export async function rivalOf(
  db: Db,
  campaignId: number,
  codeKey: string,
): Promise<{ id: number; code: string } | undefined> {
  return db
    .select({ id: coupons.id, code: coupons.code })
    .from(coupons)
    .innerJoin(campaigns, eq(campaigns.shopId, coupons.shopId))
    .where(and(eq(campaigns.id, campaignId), eq(coupons.codeKey, codeKey), isNull(coupons.archivedAt)))
    .get();
}

/** Everything about one coupon, deleted ones too, with its newest sales and its owners, the present one first. */
export async function couponById(db: Db, id: number, now: number) {
  const [[coupon], owners, made, sold, earned] = await Promise.all([
    db
      .select({
        id: coupons.id,
        code: coupons.code,
        shopId: coupons.shopId,
        shopName: shops.name,
        timeZone: shops.timeZone,
        campaignId: coupons.campaignId,
        campaignName: campaigns.name,
        affiliateId: coupons.affiliateId,
        affiliateName: affiliates.name,
        expiresOn: coupons.expiresOn,
        archivedAt: coupons.archivedAt,
        revision: coupons.revision,
      })
      .from(coupons)
      .innerJoin(campaigns, eq(campaigns.id, coupons.campaignId))
      .innerJoin(shops, eq(shops.id, coupons.shopId))
      .leftJoin(affiliates, eq(affiliates.id, coupons.affiliateId))
      .where(eq(coupons.id, id)),
    db
      .select({
        id: couponOwners.id,
        affiliateId: couponOwners.affiliateId,
        name: affiliates.name,
        fromAt: couponOwners.fromAt,
        untilAt: couponOwners.untilAt,
      })
      .from(couponOwners)
      .innerJoin(affiliates, eq(affiliates.id, couponOwners.affiliateId))
      .where(eq(couponOwners.couponId, id))
      .orderBy(desc(couponOwners.fromAt), desc(couponOwners.id)),
    db
      .select({
        id: sales.id,
        orderId: sales.orderId,
        soldAt: sales.soldAt,
        amountMinor: sales.amountMinor,
        currency: sales.currency,
        affiliateName: affiliates.name,
        earnedMinor: sql<number>`(select coalesce(sum(${commissions.amountMinor}), 0) from ${commissions}
          where ${commissions.saleId} = ${sales.id} and ${commissions.status} <> 'declined')`,
      })
      .from(sales)
      .innerJoin(affiliates, eq(affiliates.id, sales.affiliateId))
      .where(eq(sales.couponId, id))
      .orderBy(desc(sales.id))
      .limit(NEWEST_SALES),
    soldWith(db, [id]),
    earnedWith(db, [id]),
  ]);
  if (!coupon) return undefined;
  const status = statusOf(coupon, dayOf(now, coupon.timeZone));
  return { ...coupon, status, owners, made, sales: sold[0]?.sales ?? 0, earned };
}

const NEWEST_SALES = 20;

export type Coupon = NonNullable<Awaited<ReturnType<typeof couponById>>>;
