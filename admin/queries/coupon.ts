import { desc, eq, sql } from 'drizzle-orm';
import {
  affiliates,
  campaigns,
  commissions,
  couponAliases,
  couponOwners,
  coupons,
  sales,
  shops,
} from '../../drizzle/schema.ts';
import { dayOf } from '../../ledger/coupon.ts';
import type { Db } from '../env.ts';
import { earnedWith, soldWith, statusOf } from './coupons.ts';
import { daysTable, lastDays } from './days.ts';

export interface Rival {
  id: number;
  code: string;
  /** The last day on which the code asked for is still an old one of this coupon; null: it is the coupon's own. */
  oldUntil: string | null;
}

/** The living coupon in the shop of a campaign that has a code, or had it and still works by it. */
export async function rivalOf(db: Db, campaignId: number, codeKey: string, now: number): Promise<Rival | undefined> {
  const shop = sql`(SELECT shop_id FROM campaigns WHERE id = ${campaignId})`;
  const found = await db.all<{ id: number; code: string; untilAt: number | null; timeZone: string }>(sql`
    SELECT c.id, c.code, NULL AS untilAt, '' AS timeZone FROM coupons c
    WHERE c.shop_id = ${shop} AND c.code_key = ${codeKey} AND c.archived_at IS NULL
    UNION ALL
    SELECT c.id, c.code, l.until_at, s.time_zone FROM coupon_aliases l
      JOIN coupons c ON c.id = l.coupon_id AND c.shop_id = ${shop} AND c.archived_at IS NULL
      JOIN shops s ON s.id = c.shop_id
    WHERE l.code_key = ${codeKey} AND l.until_at > ${now}`);
  const [rival] = found;
  if (!rival) return undefined;
  const { id, code, untilAt, timeZone } = rival;
  return { id, code, oldUntil: untilAt === null ? null : dayOf(untilAt - 1, timeZone) };
}

/** Everything about one coupon, deleted ones too, with its newest sales and its owners, the present one first. */
export async function couponById(db: Db, id: number, now: number) {
  const [[coupon], owners, aliases, made, sold, earned] = await Promise.all([
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
      .select({ id: couponAliases.id, code: couponAliases.code, untilAt: couponAliases.untilAt })
      .from(couponAliases)
      .where(eq(couponAliases.couponId, id))
      .orderBy(desc(couponAliases.untilAt), desc(couponAliases.id)),
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
  const oldCodes = aliases.map(({ untilAt, ...alias }) => ({
    ...alias,
    lastDay: dayOf(untilAt - 1, coupon.timeZone),
    works: untilAt > now,
  }));
  const total = sold[0]?.sales ?? 0;
  const days = total === 0 ? [] : await soldByDay(db, id, coupon.timeZone, now);
  return { ...coupon, status, owners, oldCodes, made, sales: total, days, earned };
}

const NEWEST_SALES = 20;
const DAYS_DRAWN = 90;

/** How many sales were made with a coupon on each of the last ninety days by its shop's clock, oldest first. */
async function soldByDay(db: Db, id: number, timeZone: string, now: number): Promise<{ on: string; value: number }[]> {
  const days = lastDays(DAYS_DRAWN, [timeZone], now);
  const sold = await db.all<{ day: string; sales: number }>(sql`
    WITH ${daysTable(days, [timeZone])}
    SELECT d.day, count(*) AS sales FROM sales s JOIN days d ON s.sold_at >= d.from_at AND s.sold_at < d.until_at
    WHERE s.coupon_id = ${id} GROUP BY d.day`);
  const byDay = new Map(sold.map((row) => [row.day, row.sales]));
  return days.map((on) => ({ on, value: byDay.get(on) ?? 0 }));
}

export type Coupon = NonNullable<Awaited<ReturnType<typeof couponById>>>;
