import { eq, sql } from 'drizzle-orm';
import { affiliates, campaigns, coupons, shops } from '../../drizzle/schema.ts';
import { dayOf } from '../../ledger/coupon.ts';
import { COUNTS_AS_SOLD } from '../../ledger/rules.ts';
import type { Db } from '../env.ts';
import { soldWithin } from './by-time.ts';
import { NOTHING_YET } from './commissions.ts';
import { comeWith, statusOf } from './coupons.ts';
import { lastDays } from './days.ts';
import { ownersOf } from './owners.ts';
import { newestSalesWith } from './sales.ts';

export interface Rival {
  id: number;
  code: string;
  /** The last day on which the code asked for is still an old one of this coupon; null: it is the coupon's own. */
  oldUntil: string | null;
}

/** The living coupon in the shop of a campaign that has a code, or had it and still works by it. */
export async function rivalOf(db: Db, campaignId: number, codeKey: string, now: number): Promise<Rival | undefined> {
  const [rival] = await db.all<{ id: number; code: string; untilAt: number | null; timeZone: string }>(sql`
    SELECT c.id, c.code, k.until_at AS untilAt, h.time_zone AS timeZone
    FROM coupon_codes k JOIN coupons c ON c.id = k.coupon_id JOIN shops h ON h.id = k.shop_id
    WHERE k.code_key = ${codeKey} AND k.shop_id = (SELECT shop_id FROM campaigns WHERE id = ${campaignId})
      AND (k.until_at IS NULL OR k.until_at > ${now})
    ORDER BY k.until_at IS NOT NULL LIMIT 1`);
  if (!rival) return undefined;
  const { id, code, untilAt, timeZone } = rival;
  return { id, code, oldUntil: untilAt === null ? null : dayOf(untilAt - 1, timeZone) };
}

/** Everything about one coupon, deleted ones too, with its newest sales and its owners, the present one first. */
export async function couponById(db: Db, id: number, now: number) {
  const [[coupon], owners, codes, made, come, heard] = await Promise.all([
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
    ownersOf(db, [id]),
    db.all<{ code: string; untilAt: number }>(sql`
      SELECT code, until_at AS untilAt FROM coupon_codes
      WHERE coupon_id = ${id} AND until_at > from_at ORDER BY until_at DESC, from_at DESC`),
    newestSalesWith(db, id, NEWEST_SALES),
    comeWith(db, [id]),
    db.get<{ orders: number }>(sql`
      SELECT count(*) AS orders FROM (SELECT DISTINCT h.shop_id, h.order_key FROM coupon_codes k
        JOIN codes_heard h ON h.code_key = k.code_key AND h.shop_id IN (0, k.shop_id) WHERE k.coupon_id = ${id})`),
  ]);
  if (!coupon) return undefined;
  const status = statusOf(coupon, dayOf(now, coupon.timeZone));
  // With a deleted coupon its last code ended as well: that one is no old code.
  const oldCodes = codes
    .filter(({ code, untilAt }) => code !== coupon.code || untilAt !== coupon.archivedAt)
    .map(({ code, untilAt }) => ({
      code,
      untilAt,
      lastDay: dayOf(untilAt - 1, coupon.timeZone),
      works: untilAt > now,
    }));
  const { sales, earned } = come.get(id) ?? NOTHING_YET;
  const days = sales === 0 ? [] : await soldByDay(db, coupon, now);
  // Orders that named it and earn nobody anything: while it is nobody's, its first owner may have them too.
  const ordersHeard = coupon.affiliateId === null ? heard.orders : 0;
  return { ...coupon, status, owners: owners.toReversed(), oldCodes, made, sales, days, earned, ordersHeard };
}

const NEWEST_SALES = 20;
const DAYS_DRAWN = 90;

/** How many sales were made with a coupon on each of the last ninety days by its shop's clock, oldest first. */
async function soldByDay(
  db: Db,
  { id, shopId, timeZone }: { id: number; shopId: number; timeZone: string },
  now: number,
): Promise<{ on: string; value: number }[]> {
  const days = lastDays(DAYS_DRAWN, [timeZone], now);
  const sold = await db.all<{ day: string; sales: number }>(sql`
    SELECT s.day, count(*) AS sales FROM sales s INDEXED BY sales_hour
    WHERE s.shop_id = ${shopId} AND s.coupon_id = ${id} AND ${soldWithin('s', { from: days[0]!, until: days.at(-1)! })}
      AND ${sql.raw(COUNTS_AS_SOLD)}
    GROUP BY s.day`);
  const byDay = new Map(sold.map((row) => [row.day, row.sales]));
  return days.map((on) => ({ on, value: byDay.get(on) ?? 0 }));
}

export type Coupon = NonNullable<Awaited<ReturnType<typeof couponById>>>;
