/** An affiliate's own coupons. Each query here is about one affiliate, and there is none that is not. */
import { type SQL, sql } from 'drizzle-orm';
import { dayOf } from '../../../ledger/coupon.ts';
import { COUNTS_AS_SOLD, EARNED, FREE_ON, WORKS_ON } from '../../../ledger/rules.ts';
import type { Db } from '../../env.ts';
import { PAGE_ROWS, type Place, type Slice, sliceOf } from '../keyset.ts';
import { minorIn, ruleOn, sumMinor } from '../sums.ts';

export interface OwnCampaign {
  id: number;
  name: string;
  shop: string;
  currency: string;
  timeZone: string;
  commissionKind: 'percent' | 'fixed';
  commissionValue: number;
  requestLimit: number | null;
  /** Of the affiliate, and working today. */
  coupons: number;
  requestMode: 'at once' | 'after approval' | 'off';
  /** Whether a request made now is taken: the conditions of `requestCoupon` and `askForCoupon` in ledger/. */
  canRequest: boolean;
  /** A request of theirs waits for an answer. */
  waiting: boolean;
  /** They have as many as one affiliate may. */
  limitReached: boolean;
}

/** The active campaigns that the affiliate has coupons of, or can have one of, by shop and name. */
export async function ownCampaigns(db: Db, affiliateId: number, now: number): Promise<OwnCampaign[]> {
  const rows = await db.all<
    Omit<OwnCampaign, 'canRequest' | 'limitReached' | 'waiting'> & { waits: number; requestable: number; owned: number }
  >(sql`
    WITH today AS (${await todays(db, now)})
    SELECT k.id, k.name, s.name AS shop, s.currency, s.time_zone AS timeZone, k.commission_kind AS commissionKind,
      k.commission_value AS commissionValue, k.request_limit AS requestLimit, k.request_mode AS requestMode,
      (SELECT count(*) FROM coupons o WHERE o.campaign_id = k.id AND o.affiliate_id = ${affiliateId}
        AND o.archived_at IS NULL) AS owned,
      (SELECT count(*) FROM coupons c WHERE c.campaign_id = k.id AND c.affiliate_id = ${affiliateId}
        AND ${sql.raw(WORKS_ON('t.day'))}) AS coupons,
      (SELECT count(*) FROM coupon_requests w WHERE w.campaign_id = k.id AND w.affiliate_id = ${affiliateId}
        AND w.status = 'waiting') AS waits,
      k.request_mode <> 'off'
        AND EXISTS (SELECT 1 FROM affiliates a WHERE a.id = ${affiliateId} AND a.status = 'active')
        AND EXISTS (SELECT 1 FROM coupons c WHERE c.campaign_id = k.id AND ${sql.raw(FREE_ON('t.day'))}) AS requestable
    FROM campaigns k JOIN shops s ON s.id = k.shop_id JOIN today t ON t.zone = s.time_zone
    WHERE k.status = 'active'
    ORDER BY s.name, k.name`);
  return rows.flatMap(({ waits, requestable, owned, ...campaign }) => {
    const { requestLimit, requestMode, coupons } = campaign;
    const limitReached = requestLimit !== null && coupons >= requestLimit;
    const waiting = waits > 0;
    const mayHaveMore = requestLimit === null || coupons + waits < requestLimit;
    const canRequest = requestable === 1 && mayHaveMore && !(waiting && requestMode === 'after approval');
    return owned > 0 || canRequest || waiting ? [{ ...campaign, canRequest, limitReached, waiting }] : [];
  });
}

export interface OwnRequest {
  id: number;
  campaign: string;
  askedAt: number;
  timeZone: string;
  status: 'waiting' | 'granted' | 'refused';
  /** The coupon that was given; null where none was. */
  code: string | null;
  /** What the administrator says to it. */
  note: string;
}

const REQUESTS_SHOWN = 10;

/** What the affiliate has asked for, the newest first, with the answers. */
export async function ownRequests(db: Db, affiliateId: number): Promise<OwnRequest[]> {
  return db.all(sql`
    SELECT r.id, k.name AS campaign, r.created_at AS askedAt, s.time_zone AS timeZone, r.status, c.code, r.note
    FROM coupon_requests r JOIN campaigns k ON k.id = r.campaign_id JOIN shops s ON s.id = k.shop_id
      LEFT JOIN coupons c ON c.id = r.coupon_id
    WHERE r.affiliate_id = ${affiliateId} ORDER BY r.id DESC LIMIT ${REQUESTS_SHOWN}`);
}

export interface OwnCoupon {
  id: number;
  code: string;
  /** The last day on which it works, in the shop's zone; null: for ever. */
  expiresOn: string | null;
  /** Of this affiliate: a coupon may have had another owner before. */
  sales: number;
  /** Minor units of the shop's currency. */
  earnedMinor: bigint;
}

/** The affiliate's coupons of a campaign that work today, the newest first. */
export async function ownCoupons(
  db: Db,
  affiliateId: number,
  campaign: Pick<OwnCampaign, 'id' | 'timeZone'>,
  place: Place,
  now: number,
): Promise<Slice<OwnCoupon>> {
  const { after, before } = place;
  const from = before ? sql`AND c.id > ${before}` : after ? sql`AND c.id < ${after}` : sql``;
  const found = await db.all<Pick<OwnCoupon, 'id' | 'code' | 'expiresOn'>>(sql`
    SELECT c.id, c.code, c.expires_on AS expiresOn FROM coupons c
    WHERE c.campaign_id = ${campaign.id} AND c.affiliate_id = ${affiliateId}
      AND ${ruleOn(WORKS_ON, dayOf(now, campaign.timeZone))} ${from}
    ORDER BY c.id ${before ? sql`ASC` : sql`DESC`} LIMIT ${PAGE_ROWS + 1}`);
  const { rows, ...slice } = sliceOf(found, place);
  const come = await comeWithOwn(
    db,
    affiliateId,
    rows.map(({ id }) => id),
  );
  return { ...slice, rows: rows.map((row) => ({ ...row, ...(come.get(row.id) ?? { sales: 0, earnedMinor: 0n }) })) };
}

/** How many sales the affiliate has had with some coupons, and what they have earned. */
async function comeWithOwn(db: Db, affiliateId: number, couponIds: number[]) {
  const rows = await db.all<{ id: number; sales: number; earned: string }>(sql`
    SELECT s.coupon_id AS id, count(*) AS sales, ${sumMinor(sql.raw(EARNED))} AS earned
    FROM shops h CROSS JOIN sales s INDEXED BY sales_hour
      LEFT JOIN commissions m ON m.sale_id = s.id AND m.affiliate_id = ${affiliateId}
    WHERE s.shop_id = h.id AND s.coupon_id IS NOT NULL AND s.coupon_id IN (SELECT value FROM json_each(${JSON.stringify(couponIds)}))
      AND ${sql.raw(COUNTS_AS_SOLD)} AND s.affiliate_id = ${affiliateId}
    GROUP BY s.coupon_id`);
  return new Map(rows.map(({ id, sales, earned }) => [id, { sales, earnedMinor: minorIn(earned) }]));
}

/** What day it is in each zone a shop is in, as a table for SQL. */
async function todays(db: Db, now: number): Promise<SQL> {
  const zones = await db.all<{ zone: string }>(sql`SELECT DISTINCT time_zone AS zone FROM shops`);
  const rows = zones.map(({ zone }) => ({ zone, day: dayOf(now, zone) }));
  return sql`SELECT value ->> 'zone' AS zone, value ->> 'day' AS day FROM json_each(${JSON.stringify(rows)})`;
}
