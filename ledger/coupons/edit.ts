/** Coupons one by one: adding and changing them. D1 first, then the tracker's copies of the codes touched. */
import { type Actor, isDuplicate, type Store } from '../audit.ts';
import { couponKey } from '../coupon.ts';
import { decideAgain } from '../sales/decide-again.ts';
import { atCommit } from '../sql.ts';
import { codesOf, tellTracker } from './publish.ts';

export interface CouponTerms {
  campaignId: number;
  /** Null: free, for an affiliate to request. */
  affiliateId: number | null;
  /** The last day on which it works, in the shop's zone; null: for ever. */
  expiresOn: string | null;
}

/** Why a coupon was not written. `code`: cannot be a code at all. */
export type CouponRefusal = 'code' | 'duplicate' | 'campaign' | 'changed meanwhile' | 'gone';

/** Orders that are decided again at once, because a change reaches back to them; of more the cron takes care. */
export const DECIDED_AT_ONCE = 1_000;

/**
 * Adds coupons with the same terms. A code that the campaign's shop has already is left as it is; orders that have named
 * one before it was a coupon are decided again.
 * @returns for each code, in order, the new coupon's id or why there is none.
 */
export async function addCoupons(
  store: Store,
  codes: string[],
  terms: CouponTerms,
  by: Actor,
): Promise<({ id: number } | { error: CouponRefusal })[]> {
  const { db } = store;
  const rows = codes.map((code) => ({ code: code.trim().normalize('NFC'), key: couponKey(code) }));
  const list = JSON.stringify(rows.flatMap(({ code, key }) => ('value' in key ? [{ code, key: key.value }] : [])));
  const [added] = await db.batch<{ id: number; codeKey: string }>([
    db
      .prepare(
        `INSERT INTO coupons (shop_id, campaign_id, code, code_key, affiliate_id, expires_on, created_at, updated_at)
         SELECT k.shop_id, k.id, j.value ->> 'code', j.value ->> 'key', ?2, ?3, ?4, ${atCommit('?4')}
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
  await tellTracker(store, ids.keys());
  await decideAgain(db, DECIDED_AT_ONCE, by.now);
  return rows.map(({ key }) => {
    if ('error' in key) return { error: 'code' };
    const id = ids.get(key.value);
    ids.delete(key.value); // A code that stands twice in the list is added once.
    return id === undefined ? { error: 'duplicate' } : { id };
  });
}

export interface CouponEdit extends CouponTerms {
  code: string;
  /** That a free coupon's first owner earns with its sales of before too. */
  alsoEarlier?: true;
}

/**
 * Changes a coupon. Sales it has made stay with who owned it then.
 * @param revision the one the person saw: a change made meanwhile by somebody else is not overwritten.
 * @param oldCodeUntil the first instant, in epoch milliseconds, at which the old code does not work any more; without it
 * that is the change of the code.
 */
export async function editCoupon(
  store: Store,
  id: number,
  revision: number,
  changed: CouponEdit,
  by: Actor,
  oldCodeUntil?: number,
): Promise<{ id: number } | { error: CouponRefusal }> {
  const { db } = store;
  const key = couponKey(changed.code);
  if ('error' in key) return { error: 'code' };
  const before = await db
    .prepare(
      `SELECT c.revision, c.affiliate_id AS affiliateId, c.archived_at AS archivedAt, c.shop_id AS shopId,
         (SELECT shop_id FROM campaigns WHERE id = ?2) AS newShopId,
         EXISTS (SELECT 1 FROM coupon_codes k WHERE k.code_key = ?3 AND k.shop_id = c.shop_id AND k.coupon_id <> c.id
           AND (k.until_at IS NULL OR k.until_at > ?4)) AS hasRival
       FROM coupons c WHERE c.id = ?1`,
    )
    .bind(id, changed.campaignId, key.value, by.now)
    .first<{
      revision: number;
      affiliateId: number | null;
      archivedAt: number | null;
      shopId: number;
      newShopId: number | null;
      hasRival: number;
    }>();
  if (!before || before.archivedAt !== null) return { error: 'gone' };
  if (before.newShopId !== before.shopId) return { error: 'campaign' };
  if (before.hasRival) return { error: 'duplicate' };
  if (before.revision !== revision) return { error: 'changed meanwhile' };
  const code = changed.code.trim().normalize('NFC');
  const { campaignId, affiliateId, expiresOn } = changed;
  const change = db
    .prepare(
      `UPDATE coupons SET code = ?3, code_key = ?4, campaign_id = ?5, affiliate_id = ?6, expires_on = ?7,
         updated_at = ${atCommit('?8')}, old_code_until = ?9
       WHERE id = ?1 AND revision = ?2 RETURNING id`,
    )
    .bind(id, revision, code, key.value, campaignId, affiliateId, expiresOn, by.now, oldCodeUntil ?? null);
  const noted = db
    .prepare(
      `INSERT INTO audit_log (at, user_id, action, subject, subject_id, before, after)
       SELECT ?3, ?4, 'changed', 'coupons', c.id, ${COUPON_JSON}, ?5 FROM coupons c WHERE c.id = ?1 AND c.revision = ?2`,
    )
    .bind(id, revision, by.now, by.userId, JSON.stringify(changed));
  const reachesBack = changed.alsoEarlier && before.affiliateId === null && affiliateId !== null;
  const earlier = reachesBack ? alsoEarlier(db, [id], affiliateId, by) : [];
  const codes = db.prepare(codesOf('c.id = ?1')).bind(id);
  try {
    const done = await db.batch<{ id: number; codeKey: string }>([noted, change, ...earlier, codes]);
    if (done[1]!.results.length === 0) return { error: 'changed meanwhile' };
    await tellTracker(
      store,
      done.at(-1)!.results.map(({ codeKey }) => codeKey),
    );
  } catch (error) {
    // Somebody else took the code between our look and our write.
    if (isTaken(error)) return { error: 'duplicate' };
    throw error;
  }
  if (reachesBack) await decideAgain(db, DECIDED_AT_ONCE, by.now);
  return { id };
}

/**
 * The statements by which coupons are given to an affiliate for earlier sales too, to stand right after the one that gives
 * them: where nobody owned them it now is as if the affiliate had, and orders that named their codes are decided again.
 */
export function alsoEarlier(db: D1Database, ids: number[], affiliateId: number, by: Actor): D1PreparedStatement[] {
  const list = JSON.stringify(ids);
  return [
    db
      .prepare(
        `UPDATE coupons_were SET affiliate_id = ?2
         WHERE changes() > 0 AND affiliate_id IS NULL AND coupon_id IN (
           SELECT c.id FROM json_each(?1) j CROSS JOIN coupons c ON c.id = j.value AND c.affiliate_id = ?2
           CROSS JOIN coupons_were w ON w.coupon_id = c.id AND w.until_at = c.since_at AND w.affiliate_id IS NULL)`,
      )
      .bind(list, affiliateId),
    db
      .prepare(
        `INSERT INTO to_decide (shop_id, order_key, kind, cause, cause_id, since)
         SELECT DISTINCT h.shop_id, h.order_key, 'sale', 'person', ?3, ${atCommit('?4')}
         FROM json_each(?1) j CROSS JOIN coupons c ON c.id = j.value AND c.affiliate_id = ?2
         CROSS JOIN coupon_codes k ON k.coupon_id = c.id
         CROSS JOIN codes_heard h ON h.code_key = k.code_key AND h.shop_id IN (0, k.shop_id)
         WHERE changes() > 0 ON CONFLICT DO UPDATE SET times = times + 1`,
      )
      .bind(list, affiliateId, by.userId, by.now),
  ];
}

/** Whether D1 refused a code because another coupon has it, or had it until lately. */
const isTaken = (error: unknown) =>
  isDuplicate(error, 'coupons.code_key') || (error instanceof Error && error.message.includes('still another coupon'));

/** What a coupon is, for the audit log; `c` is its row. */
export const COUPON_JSON = `json_object('code', c.code, 'campaignId', c.campaign_id, 'affiliateId', c.affiliate_id, 'expiresOn', c.expires_on)`;
