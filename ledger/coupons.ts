/** Coupons: adding, changing and requesting them. D1 first, then the tracker's copies of those touched. */
import { type Actor, isDuplicate, type Store } from './audit.ts';
import { couponKey, dayOf } from './coupon.ts';
import { publishCoupons } from './coupon-copy.ts';

export interface CouponTerms {
  campaignId: number;
  /** Null: free, for an affiliate to request. */
  affiliateId: number | null;
  /** The last day on which it works, in the shop's zone; null: for ever. */
  expiresOn: string | null;
}

/** Why a coupon was not written. `code`: cannot be a code at all. */
export type CouponRefusal = 'code' | 'duplicate' | 'campaign' | 'changed meanwhile' | 'gone';

/** More copies than this are not pushed to KV: the tracker fetches them when they are first used. */
export const PUSHED_COPIES = 500;

/**
 * Adds coupons with the same terms. A code that the campaign's shop has already is left as it is.
 * @returns for each code, in order, the new coupon's id or why there is none.
 */
export async function addCoupons(
  { db, kv }: Store,
  codes: string[],
  terms: CouponTerms,
  by: Actor,
): Promise<({ id: number } | { error: CouponRefusal })[]> {
  const rows = codes.map((code) => ({ code: code.trim().normalize('NFC'), key: couponKey(code) }));
  const list = JSON.stringify(rows.flatMap(({ code, key }) => ('value' in key ? [{ code, key: key.value }] : [])));
  const [added] = await db.batch<{ id: number; codeKey: string }>([
    db
      .prepare(
        `INSERT INTO coupons (shop_id, campaign_id, code, code_key, affiliate_id, expires_on, created_at, updated_at)
         SELECT k.shop_id, k.id, j.value ->> 'code', j.value ->> 'key', ?2, ?3, ?4, ?4
         FROM json_each(?1) j JOIN campaigns k ON k.id = ?5
         WHERE true ON CONFLICT DO NOTHING RETURNING id, code_key AS codeKey`,
      )
      .bind(list, terms.affiliateId, terms.expiresOn, by.now, terms.campaignId),
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
         SELECT ?2, ?3, 'added', 'coupons', c.id, ${COUPON_JSON}
         FROM json_each(?1) j CROSS JOIN coupons c ON c.code_key = j.value ->> 'key' AND +c.campaign_id = ?4 AND c.archived_at IS NULL
         WHERE c.created_at = ?2
           AND NOT EXISTS (SELECT 1 FROM audit_log l WHERE l.subject = 'coupons' AND l.subject_id = CAST(c.id AS TEXT))`,
      )
      .bind(list, by.now, by.userId, terms.campaignId),
  ]);
  const ids = new Map(added!.results.map((row) => [row.codeKey, row.id]));
  await publishCoupons(db, kv, [...ids.keys()].slice(0, PUSHED_COPIES));
  return rows.map(({ key }) => {
    if ('error' in key) return { error: 'code' };
    const id = ids.get(key.value);
    ids.delete(key.value); // A code that stands twice in the list is added once.
    return id === undefined ? { error: 'duplicate' } : { id };
  });
}

/**
 * Changes a coupon. Sales it has made stay with who owned it then.
 * @param revision the one the person saw: a change made meanwhile by somebody else is not overwritten.
 * @param oldCodeUntil the first instant, in epoch milliseconds, at which the old code does not work any more.
 */
export async function editCoupon(
  { db, kv }: Store,
  id: number,
  revision: number,
  changed: CouponTerms & { code: string },
  by: Actor,
  oldCodeUntil = by.now,
): Promise<{ id: number } | { error: CouponRefusal }> {
  const key = couponKey(changed.code);
  if ('error' in key) return { error: 'code' };
  const before = await db
    .prepare(
      `SELECT c.code_key AS codeKey, c.archived_at AS archivedAt, c.shop_id AS shopId,
         (SELECT shop_id FROM campaigns WHERE id = ?2) AS newShopId,
         coalesce(
           (SELECT o.id FROM coupons o WHERE o.shop_id = c.shop_id AND o.code_key = ?3 AND o.archived_at IS NULL AND o.id <> c.id),
           (SELECT o.id FROM coupon_aliases l JOIN coupons o ON o.id = l.coupon_id
            WHERE l.code_key = ?3 AND l.until_at > ?4 AND o.shop_id = c.shop_id AND o.archived_at IS NULL AND o.id <> c.id)) AS rival
       FROM coupons c WHERE c.id = ?1`,
    )
    .bind(id, changed.campaignId, key.value, by.now)
    .first<{
      codeKey: string;
      archivedAt: number | null;
      shopId: number;
      newShopId: number;
      rival: number | null;
    }>();
  if (!before || before.archivedAt !== null) return { error: 'gone' };
  if (before.newShopId !== before.shopId) return { error: 'campaign' };
  if (before.rival !== null) return { error: 'duplicate' };
  const change = [
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, before, after)
         SELECT ?3, ?4, 'changed', 'coupons', c.id, ${COUPON_JSON}, ?5 FROM coupons c WHERE c.id = ?1 AND c.revision = ?2`,
      )
      .bind(id, revision, by.now, by.userId, JSON.stringify(changed)),
    db
      .prepare(
        `INSERT INTO coupon_aliases (coupon_id, code, code_key, until_at)
         SELECT c.id, c.code, c.code_key, ?3 FROM coupons c WHERE c.id = ?1 AND c.revision = ?2 AND c.code_key <> ?4 AND ?3 > ?5`,
      )
      .bind(id, revision, oldCodeUntil, key.value, by.now),
    db
      .prepare(
        `UPDATE coupons SET code = ?3, code_key = ?4, campaign_id = ?5, affiliate_id = ?6, expires_on = ?7, updated_at = ?8
         WHERE id = ?1 AND revision = ?2 AND archived_at IS NULL RETURNING id`,
      )
      .bind(
        id,
        revision,
        changed.code.trim().normalize('NFC'),
        key.value,
        changed.campaignId,
        changed.affiliateId,
        changed.expiresOn,
        by.now,
      ),
  ];
  try {
    const [, , updated] = await db.batch<{ id: number }>(change);
    if (updated!.results.length === 0) return { error: 'changed meanwhile' };
  } catch (error) {
    // Somebody else took the code between our look and our write.
    if (isDuplicate(error, 'coupons.code_key')) return { error: 'duplicate' };
    throw error;
  }
  await publishCoupons(db, kv, [before.codeKey, key.value]);
  return { id };
}

/**
 * Gives an affiliate one of a campaign's free coupons, the oldest that still works. One statement chooses and assigns,
 * so two affiliates who ask at the same moment never get the same one.
 * @returns the coupon, or null where there is none to have: no free one, requests off, or the affiliate's limit reached.
 */
export async function requestCoupon(
  { db, kv }: Store,
  campaignId: number,
  affiliateId: number,
  now: number,
): Promise<{ id: number; code: string } | null> {
  const campaign = await db
    .prepare('SELECT s.time_zone AS timeZone FROM campaigns k JOIN shops s ON s.id = k.shop_id WHERE k.id = ?')
    .bind(campaignId)
    .first<{ timeZone: string }>();
  if (!campaign) return null;
  const [given] = await db.batch<{ id: number; code: string; codeKey: string }>([
    db
      .prepare(
        `UPDATE coupons SET affiliate_id = ?2, updated_at = ?3
         WHERE id = (
           SELECT c.id FROM coupons c JOIN campaigns k ON k.id = c.campaign_id
           WHERE c.campaign_id = ?1 AND c.affiliate_id IS NULL AND c.archived_at IS NULL
             AND (c.expires_on IS NULL OR c.expires_on >= ?4)
             AND k.status = 'active' AND k.request_mode = 'at once'
             AND EXISTS (SELECT 1 FROM affiliates a WHERE a.id = ?2 AND a.status = 'active')
             AND (k.request_limit IS NULL OR k.request_limit > (
               SELECT count(*) FROM coupons o WHERE o.campaign_id = ?1 AND o.affiliate_id = ?2 AND o.archived_at IS NULL
                 AND (o.expires_on IS NULL OR o.expires_on >= ?4))
               + (SELECT count(*) FROM coupon_requests w WHERE w.campaign_id = ?1 AND w.affiliate_id = ?2 AND w.status = 'waiting'))
           ORDER BY c.id LIMIT 1)
         RETURNING id, code, code_key AS codeKey`,
      )
      .bind(campaignId, affiliateId, now, dayOf(now, campaign.timeZone)),
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
         SELECT ?3, a.user_id, 'requested', 'coupons', c.id, ${COUPON_JSON}
         FROM coupons c JOIN affiliates a ON a.id = c.affiliate_id
         WHERE c.campaign_id = ?1 AND c.affiliate_id = ?2 AND c.updated_at = ?3
           AND NOT EXISTS (SELECT 1 FROM audit_log l WHERE l.subject = 'coupons' AND l.subject_id = CAST(c.id AS TEXT) AND l.action = 'requested' AND l.at = ?3)`,
      )
      .bind(campaignId, affiliateId, now),
  ]);
  const coupon = given!.results[0];
  if (!coupon) return null;
  await publishCoupons(db, kv, [coupon.codeKey]);
  return { id: coupon.id, code: coupon.code };
}

/** What a coupon is, for the audit log; `c` is its row. */
export const COUPON_JSON = `json_object('code', c.code, 'campaignId', c.campaign_id, 'affiliateId', c.affiliate_id, 'expiresOn', c.expires_on)`;
