import { type SQL, sql } from 'drizzle-orm';
import { dayOf } from '../../ledger/coupon.ts';
import { FREE_ON } from '../../ledger/rules.ts';
import type { Db } from '../env.ts';
import { ruleOn } from './sums.ts';

export interface CouponRequest {
  id: number;
  status: 'waiting' | 'granted' | 'refused';
  affiliateId: number;
  affiliate: string;
  campaignId: number;
  campaign: string;
  shop: string;
  timeZone: string;
  askedAt: number;
  /** Living ones of the campaign that they have already. */
  coupons: number;
}

const SHOWN = 20;

/** Those that wait for an answer, the oldest first, and how many there are in all. */
export async function waitingRequests(db: Db): Promise<{ rows: CouponRequest[]; count: number }> {
  const [rows, count] = await Promise.all([
    select(db, sql`r.status = 'waiting' ORDER BY r.id LIMIT ${SHOWN}`),
    countRequests(db),
  ]);
  return { rows, count };
}

/** How many wait for an answer. */
export async function countRequests(db: Db): Promise<number> {
  const { n } = await db.get<{ n: number }>(sql`SELECT count(*) AS n FROM coupon_requests WHERE status = 'waiting'`);
  return n;
}

export async function requestById(db: Db, id: number): Promise<CouponRequest | undefined> {
  return (await select(db, sql`r.id = ${id}`))[0];
}

/** The first free coupons of a request's campaign that work today, to choose from. */
export async function freeCoupons(db: Db, { campaignId, timeZone }: CouponRequest, now: number): Promise<string[]> {
  const rows = await db.all<{ code: string }>(sql`
    SELECT c.code FROM coupons c WHERE ${free(campaignId, timeZone, now)} ORDER BY c.id LIMIT ${SHOWN}`);
  return rows.map(({ code }) => code);
}

/** The free coupon of a request's campaign that has a code. */
export async function freeCouponNamed(
  db: Db,
  { campaignId, timeZone }: CouponRequest,
  codeKey: string,
  now: number,
): Promise<number | undefined> {
  const rows = await db.all<{ id: number }>(sql`
    SELECT c.id FROM coupons c WHERE ${free(campaignId, timeZone, now)} AND c.code_key = ${codeKey}`);
  return rows[0]?.id;
}

const free = (campaignId: number, timeZone: string, now: number) =>
  sql`c.campaign_id = ${campaignId} AND ${ruleOn(FREE_ON, dayOf(now, timeZone))}`;

function select(db: Db, rest: SQL): Promise<CouponRequest[]> {
  return db.all(sql`
    SELECT r.id, r.status, r.affiliate_id AS affiliateId, a.name AS affiliate, r.campaign_id AS campaignId,
      k.name AS campaign, s.name AS shop, s.time_zone AS timeZone, r.created_at AS askedAt,
      (SELECT count(*) FROM coupons c WHERE c.campaign_id = r.campaign_id AND c.affiliate_id = r.affiliate_id
        AND c.archived_at IS NULL) AS coupons
    FROM coupon_requests r JOIN affiliates a ON a.id = r.affiliate_id JOIN campaigns k ON k.id = r.campaign_id
      JOIN shops s ON s.id = k.shop_id
    WHERE ${rest}`);
}
