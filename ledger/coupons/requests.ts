/** An affiliate's wish for a coupon: given at once, or where the campaign gives them after approval, by an administrator. */
import type { Actor, Store } from '../audit.ts';
import { dayOf } from '../clock.ts';
import { FREE_ON, WORKS_ON } from '../rules.ts';
import { atCommit } from '../sql.ts';
import { COUPON_JSON } from './edit.ts';
import { codesOf, tellTracker } from './publish.ts';

/**
 * Gives an affiliate one of a campaign's free coupons, the oldest that still works. One statement chooses, and notes which
 * in the audit log; the next gives that one. So two affiliates who ask at the same moment never get the same one.
 * @returns the coupon, or null where there is none to have: no free one, requests off, or the affiliate's limit reached.
 */
export async function requestCoupon(
  store: Store,
  campaignId: number,
  affiliateId: number,
  now: number,
): Promise<{ id: number; code: string } | null> {
  const { db } = store;
  const today = await todayOf(db, campaignId, now);
  if (today === null) return null;
  const [, given, codes] = await db.batch<{ id: number; code: string; codeKey: string }>([
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
         SELECT ?3, a.user_id, 'requested', 'coupons', c.id, json_set(${COUPON_JSON}, '$.affiliateId', a.id)
         FROM coupons c JOIN campaigns k ON k.id = c.campaign_id JOIN affiliates a ON a.id = ?2 AND a.status = 'active'
         WHERE c.campaign_id = ?1 AND ${FREE} AND k.status = 'active' AND k.request_mode = 'at once'
           AND (k.request_limit IS NULL OR k.request_limit > ${HELD}
             + (SELECT count(*) FROM coupon_requests w WHERE w.campaign_id = ?1 AND w.affiliate_id = ?2 AND w.status = 'waiting'))
         ORDER BY c.id LIMIT 1`,
      )
      .bind(campaignId, affiliateId, now, today),
    db
      .prepare(
        `UPDATE coupons SET affiliate_id = ?1, updated_at = ${atCommit('?2')}
         WHERE id = ${JUST_NOTED} AND changes() > 0 RETURNING id, code`,
      )
      .bind(affiliateId, now),
    db.prepare(codesOf(`c.id = ${JUST_NOTED}`)),
  ]);
  const coupon = given!.results[0];
  if (!coupon) return null;
  await tellTracker(
    store,
    codes!.results.map(({ codeKey }) => codeKey),
  );
  return { id: coupon.id, code: coupon.code };
}

/** The coupon that the batch has just noted in the audit log. */
const JUST_NOTED = '(SELECT CAST(l.subject_id AS INTEGER) FROM audit_log l WHERE l.id = last_insert_rowid())';

/**
 * Notes that an affiliate asks for a coupon of a campaign. One request of theirs for a campaign waits at a time, and those
 * that wait count towards their limit.
 * @returns the request, or null where it could not succeed: no free coupon, no requests, limit reached, or one waits already.
 */
export async function askForCoupon(
  db: D1Database,
  campaignId: number,
  affiliateId: number,
  now: number,
): Promise<{ id: number } | null> {
  const today = await todayOf(db, campaignId, now);
  if (today === null) return null;
  const [asked] = await db.batch<{ id: number }>([
    db
      .prepare(
        `INSERT INTO coupon_requests (campaign_id, affiliate_id, status, created_at)
         SELECT k.id, a.id, 'waiting', ?3 FROM campaigns k JOIN affiliates a ON a.id = ?2
         WHERE k.id = ?1 AND k.status = 'active' AND k.request_mode = 'after approval' AND a.status = 'active'
           AND EXISTS (SELECT 1 FROM coupons c WHERE ${FREE} AND c.campaign_id = ?1)
           AND (k.request_limit IS NULL OR k.request_limit > ${HELD})
         ON CONFLICT DO NOTHING RETURNING id`,
      )
      .bind(campaignId, affiliateId, now, today),
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
         SELECT ?3, a.user_id, 'requested', 'coupon_requests', r.id, json_object('campaignId', r.campaign_id, 'affiliateId', r.affiliate_id)
         FROM coupon_requests r JOIN affiliates a ON a.id = r.affiliate_id
         WHERE r.campaign_id = ?1 AND r.affiliate_id = ?2 AND r.status = 'waiting' AND r.created_at = ?3
           AND NOT EXISTS (SELECT 1 FROM audit_log l WHERE l.subject = 'coupon_requests' AND l.subject_id = CAST(r.id AS TEXT))`,
      )
      .bind(campaignId, affiliateId, now),
  ]);
  return asked!.results[0] ?? null;
}

export type GrantRefusal = 'answered' | 'no free coupon' | 'affiliate not active';

/**
 * Gives who asked a free coupon of the campaign that works today: the one that is named, or the oldest. One transaction
 * answers the request and hands the coupon over, so that two administrators who answer at once give one coupon.
 */
export async function grantRequest(
  store: Store,
  id: number,
  couponId: number | null,
  by: Actor,
): Promise<{ couponId: number; code: string } | { error: GrantRefusal }> {
  const { db } = store;
  const request = await db
    .prepare(
      `SELECT r.status, r.campaign_id AS campaignId, a.status AS affiliateStatus
       FROM coupon_requests r JOIN affiliates a ON a.id = r.affiliate_id WHERE r.id = ?`,
    )
    .bind(id)
    .first<{ status: string; campaignId: number; affiliateStatus: string }>();
  if (request?.status !== 'waiting') return { error: 'answered' };
  if (request.affiliateStatus !== 'active') return { error: 'affiliate not active' };
  const today = await todayOf(db, request.campaignId, by.now);
  const [answered, , given, codes] = await db.batch<{ id: number; code: string; codeKey: string }>([
    db
      .prepare(
        `UPDATE coupon_requests AS r SET status = 'granted', coupon_id = f.id, answered_at = ?2, answered_by = ?3
         FROM (SELECT c.id FROM coupons c
           WHERE c.campaign_id = ?5 AND ${FREE} AND c.id = coalesce(?6, c.id) ORDER BY c.id LIMIT 1) f
         WHERE r.id = ?1 AND r.status = 'waiting'
           AND EXISTS (SELECT 1 FROM affiliates a WHERE a.id = r.affiliate_id AND a.status = 'active')
         RETURNING id`,
      )
      .bind(id, by.now, by.userId, today, request.campaignId, couponId),
    // The coupon is still nobody's only in the transaction that has just chosen it.
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, before, after)
         SELECT ?2, ?3, 'granted', 'coupons', c.id, ${COUPON_JSON}, json_object('affiliateId', r.affiliate_id, 'requestId', r.id)
         FROM coupon_requests r JOIN coupons c ON c.id = r.coupon_id
         WHERE r.id = ?1 AND r.answered_at = ?2 AND c.affiliate_id IS NULL`,
      )
      .bind(id, by.now, by.userId),
    db
      .prepare(
        `UPDATE coupons AS c SET affiliate_id = r.affiliate_id, updated_at = ${atCommit('?2')} FROM coupon_requests r
         WHERE r.id = ?1 AND c.id = r.coupon_id AND r.answered_at = ?2 AND c.affiliate_id IS NULL
         RETURNING id, code`,
      )
      .bind(id, by.now),
    db.prepare(codesOf('c.id = (SELECT coupon_id FROM coupon_requests WHERE id = ?1)')).bind(id),
  ]);
  const coupon = given!.results[0];
  if (answered!.results.length === 0 || !coupon) {
    const status = await db.prepare('SELECT status FROM coupon_requests WHERE id = ?').bind(id).first('status');
    return { error: status === 'waiting' ? 'no free coupon' : 'answered' };
  }
  await tellTracker(
    store,
    codes!.results.map(({ codeKey }) => codeKey),
  );
  return { couponId: coupon.id, code: coupon.code };
}

/** Says no, with a note that the affiliate reads. @returns false where the request was answered already. */
export async function refuseRequest(db: D1Database, id: number, note: string, by: Actor): Promise<boolean> {
  const [refused] = await db.batch<{ id: number }>([
    db
      .prepare(
        `UPDATE coupon_requests SET status = 'refused', note = ?2, answered_at = ?3, answered_by = ?4
         WHERE id = ?1 AND status = 'waiting' RETURNING id`,
      )
      .bind(id, note, by.now, by.userId),
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
         SELECT ?3, ?4, 'refused', 'coupon_requests', r.id, json_object('note', r.note) FROM coupon_requests r
         WHERE r.id = ?1 AND r.status = 'refused' AND r.answered_at = ?3
           AND NOT EXISTS (SELECT 1 FROM audit_log l
             WHERE l.subject = 'coupon_requests' AND l.subject_id = CAST(r.id AS TEXT) AND l.action = 'refused')`,
      )
      .bind(id, note, by.now, by.userId),
  ]);
  return refused!.results.length === 1;
}

/** Nobody's, and works on the day ?4. */
const FREE = FREE_ON('?4');

/** How many coupons that still work an affiliate ?2 has of a campaign ?1: those count towards the limit. */
const HELD = `(SELECT count(*) FROM coupons c WHERE c.campaign_id = ?1 AND c.affiliate_id = ?2 AND ${WORKS_ON('?4')})`;

/** The day it is by the clock of a campaign's shop; null for a campaign that is not there. */
async function todayOf(db: D1Database, campaignId: number, now: number): Promise<string | null> {
  const timeZone = await db
    .prepare('SELECT s.time_zone AS timeZone FROM campaigns k JOIN shops s ON s.id = k.shop_id WHERE k.id = ?')
    .bind(campaignId)
    .first<string>('timeZone');
  return timeZone === null ? null : dayOf(now, timeZone);
}
