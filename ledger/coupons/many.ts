/** Many coupons at once: adding a series of them, and changing or deleting all that somebody has chosen. */
import type { Actor, Store } from '../audit.ts';
import { couponKey } from '../coupon.ts';
import { decideAgain } from '../sales/decide-again.ts';
import { atCommit } from '../sql.ts';
import { alsoEarlier, COUPON_JSON, type CouponTerms, DECIDED_AT_ONCE } from './edit.ts';
import { codesOf, PUSHED_COPIES, tellTracker } from './publish.ts';

/** Rows a statement brings in: its JSON parameter stays well below the 2 MB that D1 takes. */
export const BULK_ROWS = 5_000;

/** The `subject_id` of an audit row that is about many coupons. */
export const MANY = 'many';

/**
 * Adds a series of coupons with the same terms, in one transaction: all of it is there, or nothing. Orders that have named
 * one of the codes before are decided again.
 * @param codes made by ledger/coupon-series.ts; one that cannot be a code is a bug.
 * @param known what becomes of codes that the shop has already, under old names too: they are skipped, or none is added.
 * @returns how many were added, the skipped ones left out; `duplicate` where none was, because the shop has some of them.
 */
export async function addCouponSeries(
  store: Store,
  codes: string[],
  terms: CouponTerms,
  known: 'skip' | 'refuse',
  by: Actor,
): Promise<{ added: number } | { error: 'duplicate' }> {
  const { db } = store;
  const rows = codes.map((code) => [code, keyOf(code)]);
  const newest = (await db.prepare('SELECT max(id) AS id FROM coupons').first<number>('id')) ?? 0;
  // A code of NULL ends the transaction. Without it the guard on old codes would leave its row out without a word.
  const key =
    known === 'skip'
      ? `j.value ->> 1`
      : `CASE WHEN EXISTS (
           SELECT 1 FROM coupon_codes g WHERE g.code_key = j.value ->> 1 AND g.shop_id = k.shop_id AND g.until_at > ${atCommit('?4')})
         THEN NULL ELSE j.value ->> 1 END`;
  const chunks = chunksOf(rows).map((chunk) =>
    db
      .prepare(
        `INSERT INTO coupons (shop_id, campaign_id, code, code_key, affiliate_id, expires_on, created_at, updated_at)
         SELECT k.shop_id, k.id, j.value ->> 0, ${key}, ?2, ?3, ?4, ${atCommit('?4')}
         FROM json_each(?1) j JOIN campaigns k ON k.id = ?5
         WHERE true ${known === 'skip' ? 'ON CONFLICT DO NOTHING' : ''}`,
      )
      .bind(JSON.stringify(chunk), terms.affiliateId, terms.expiresOn, by.now, terms.campaignId),
  );
  const counted = db
    .prepare(
      `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
       SELECT ?1, ?2, 'added', 'coupons', '${MANY}', json_set(?3, '$.count', count(*))
       FROM coupons c WHERE c.id > ?4 AND +c.campaign_id = ?5 AND c.created_at = ?1 RETURNING after ->> 'count' AS added`,
    )
    .bind(
      by.now,
      by.userId,
      JSON.stringify({ first: codes[0], last: codes.at(-1), ...terms }),
      newest,
      terms.campaignId,
    );
  try {
    const done = await db.batch<{ added: number }>([...chunks, counted]);
    await tellTracker(
      store,
      rows.map(([, codeKey]) => codeKey!),
    );
    await decideAgain(db, DECIDED_AT_ONCE, by.now);
    return { added: done.at(-1)!.results[0]!.added };
  } catch (error) {
    // Both "UNIQUE" and "NOT NULL constraint failed" name the column.
    if (error instanceof Error && error.message.includes('coupons.code_key')) return { error: 'duplicate' };
    throw error;
  }
}

/**
 * What is changed about many coupons; null takes the affiliate or the last day away. `alsoEarlier`: those that were
 * nobody's earn the affiliate their sales of before too.
 */
export type CouponChange =
  | { what: 'affiliate'; affiliateId: number | null; alsoEarlier?: true }
  | { what: 'campaign'; campaignId: number }
  | { what: 'expiry'; expiresOn: string | null }
  | { what: 'deleted' };

/** Up to so many coupons, each change has a line of its own in the audit log; beyond, one line stands for all of them. */
const AUDITED_EACH = 1_000;

/**
 * Changes coupons, batch by batch, each of at most BULK_ROWS ids in a transaction with its line in the audit log. Left
 * alone are deleted ones, those that are so already, and those of another shop than the campaign they are to be moved to.
 * @param chosen how they were chosen, for the audit log: the filter in words, or that they were checked.
 * @returns how many were changed.
 */
export async function changeCoupons(
  store: Store,
  batches: AsyncIterable<number[]> | Iterable<number[]>,
  change: CouponChange,
  chosen: string,
  by: Actor,
): Promise<number> {
  let [count, told] = [0, 0];
  for await (const ids of batches) {
    const changed = await changeBatch(store.db, ids, change, chosen, by);
    await tellTracker(store, changed.codeKeys, Math.max(PUSHED_COPIES - told, 0));
    count += changed.count;
    told += changed.codeKeys.length;
  }
  if (change.what === 'affiliate' && change.alsoEarlier) await decideAgain(store.db, DECIDED_AT_ONCE, by.now);
  return count;
}

/** @returns how many were changed, and the keys of all codes that these have or had. */
async function changeBatch(
  db: D1Database,
  ids: number[],
  change: CouponChange,
  chosen: string,
  by: Actor,
): Promise<{ count: number; codeKeys: string[] }> {
  if (ids.length > BULK_ROWS) throw new Error(`${ids.length} coupons are too many for one change`);
  const list = JSON.stringify(ids);
  const { column, value, name } = columnOf(change, by.now);
  const these = `c.id IN (SELECT value FROM json_each(?1)) AND c.archived_at IS NULL AND c.${column} IS NOT ?2
    ${change.what === 'campaign' ? 'AND c.shop_id = (SELECT shop_id FROM campaigns WHERE id = ?2)' : ''}`;
  const action = change.what === 'deleted' ? 'deleted' : 'changed';
  // A number is bound as 2.0, and would stand so in the JSON.
  const said = change.what === 'expiry' ? '?2' : 'CAST(?2 AS INTEGER)';
  const reachesBack = change.what === 'affiliate' && change.alsoEarlier === true && change.affiliateId !== null;
  const told = `'${name}', ${said}${reachesBack ? `, 'alsoEarlier', json('true')` : ''}`;
  const after = name === null ? 'NULL' : `json_object(${told})`;
  const each = db
    .prepare(
      `INSERT INTO audit_log (at, user_id, action, subject, subject_id, before, after)
       SELECT ?3, ?4, ?5, 'coupons', c.id, ${COUPON_JSON}, ${after} FROM coupons c WHERE ${these}`,
    )
    .bind(list, value, by.now, by.userId, action);
  const all = db
    .prepare(
      `INSERT INTO audit_log (at, user_id, action, subject, subject_id, before, after)
       SELECT ?3, ?4, ?5, 'coupons', '${MANY}', json_object('chosen', ?6, 'firstId', min(c.id), 'lastId', max(c.id)),
         ${name === null ? `json_object('count', count(*))` : `json_object(${told}, 'count', count(*))`}
       FROM coupons c WHERE ${these} HAVING count(*) > 0`,
    )
    .bind(list, value, by.now, by.userId, action, chosen);
  const codes = db.prepare(codesOf(these)).bind(list, value);
  const changed = db
    .prepare(
      `UPDATE coupons AS c SET ${column} = ${change.what === 'deleted' ? atCommit('?3') : '?2'}, updated_at = ${atCommit('?3')}
       WHERE ${these} RETURNING id`,
    )
    .bind(list, value, by.now);
  const audit = ids.length === 1 ? [each] : ids.length > AUDITED_EACH ? [all] : [each, all];
  const earlier = reachesBack ? alsoEarlier(db, ids, change.affiliateId!, by) : [];
  const done = await db.batch<{ codeKey: string }>([codes, ...audit, changed, ...earlier]);
  return {
    count: done[audit.length + 1]!.results.length,
    codeKeys: done[0]!.results.map(({ codeKey }) => codeKey),
  };
}

/** The column that a change writes, and the name under which the audit log tells of it. */
function columnOf(change: CouponChange, now: number) {
  switch (change.what) {
    case 'affiliate':
      return { column: 'affiliate_id', value: change.affiliateId, name: 'affiliateId' };
    case 'campaign':
      return { column: 'campaign_id', value: change.campaignId, name: 'campaignId' };
    case 'expiry':
      return { column: 'expires_on', value: change.expiresOn, name: 'expiresOn' };
    case 'deleted':
      return { column: 'archived_at', value: now, name: null };
  }
}

function keyOf(code: string): string {
  const key = couponKey(code);
  if ('error' in key) throw new Error(`"${code}" cannot be a code: ${key.error}`);
  return key.value;
}

function chunksOf<Row>(rows: Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / BULK_ROWS) }, (_, i) =>
    rows.slice(i * BULK_ROWS, (i + 1) * BULK_ROWS),
  );
}
