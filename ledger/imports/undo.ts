/**
 * Takes an import back, some rows at a time, in transactions that may be repeated. Coupons that no sale stands by are as if
 * they had never been; what a file said of sales counts no more since the undo began, and the orders that it spoke of are
 * decided again from what others have said.
 */
import type { Store } from '../audit.ts';
import { codesOf, tellTracker } from '../coupons/publish.ts';
import { decideAgain } from '../sales/decide-again.ts';
import { atCommit } from '../sql.ts';
import type { ImportJob } from './job.ts';

const COUPONS_A_STEP = 5_000;
const ORDERS_A_STEP = 2_000;

/** One step of an undo. The last one, which finds nothing more to do, says that it is undone. */
export async function undoStep(store: Store, job: ImportJob, now: number): Promise<void> {
  const ids = job.kind === 'coupons' ? await nextCoupons(store.db, job) : [];
  if (ids.length > 0) return takeBack(store, job, ids, now);
  if (!(await isAwaited(store.db, job))) return end(store.db, job, now);
  const before = await store.db.prepare('SELECT count(*) AS n FROM to_decide').first<number>('n');
  // The list has other orders too, and they come first where they have waited longer.
  const left = await decideAgain(store.db, ORDERS_A_STEP, now);
  if (left > 0 && left >= before!) throw new Error(`${left} orders could not be decided again`);
  await store.db
    .prepare(
      `UPDATE imports SET moved_at = ?3, failures = 0, failure = NULL WHERE id = ?1 AND pass = ?2 AND status = 'undoing'`,
    )
    .bind(job.id, job.pass, now)
    .run();
}

async function nextCoupons(db: D1Database, job: ImportJob): Promise<number[]> {
  const { results } = await db
    .prepare(`SELECT id FROM coupons WHERE import_id = ?1 AND id > ?2 ORDER BY id LIMIT ${COUPONS_A_STEP}`)
    .bind(job.id, Number(job.undoFrom))
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

async function takeBack(store: Store, job: ImportJob, ids: number[], now: number): Promise<void> {
  const { db } = store;
  const list = JSON.stringify(ids);
  const [codes] = await db.batch<{ codeKey: string }>([
    db.prepare(codesOf('c.id IN (SELECT value FROM json_each(?1)) AND c.archived_at IS NULL')).bind(list),
    db.prepare(NEVER_WERE).bind(list, now, job.id, job.pass),
    db.prepare(THEIR_ORDERS).bind(list, now, job.id, job.pass, String(job.id)),
    db
      .prepare(
        `UPDATE imports SET undo_from = ?4, moved_at = ?5, failures = 0, failure = NULL,
           rows_undone = rows_undone + (${COUNTED} AND c.archived_at IS NOT NULL),
           rows_kept = rows_kept + (${COUNTED} AND c.archived_at IS NULL)
         WHERE id = ?2 AND pass = ?3 AND undo_from = ?6`,
      )
      .bind(list, job.id, job.pass, String(ids.at(-1)), now, job.undoFrom),
  ]);
  await tellTracker(
    store,
    codes!.results.map(({ codeKey }) => codeKey),
    0,
  );
}

/** Whether an order of the import is still to be decided again, whatever else has put it on the list. */
async function isAwaited(db: D1Database, job: ImportJob): Promise<boolean> {
  const own = db
    .prepare(`SELECT 1 FROM to_decide WHERE cause = 'import' AND cause_id = ? LIMIT 1`)
    .bind(String(job.id));
  const others = db
    .prepare(
      `SELECT 1 FROM to_decide t WHERE EXISTS (
         SELECT 1 FROM reports r WHERE r.shop_id = t.shop_id AND r.order_key = t.order_key AND r.import_id = ?) LIMIT 1`,
    )
    .bind(job.id);
  return (await own.first()) !== null || (await others.first()) !== null;
}

async function end(db: D1Database, job: ImportJob, now: number): Promise<void> {
  const counts =
    job.kind === 'sales'
      ? `, rows_undone = (${REPORTS} AND s.state IS NOT 'standing'), rows_kept = (${REPORTS} AND s.state = 'standing')`
      : '';
  await db
    .prepare(
      `UPDATE imports SET status = 'undone', undone_at = ?3, moved_at = ?3, failures = 0, failure = NULL ${counts}
       WHERE id = ?1 AND pass = ?2 AND status = 'undoing'`,
    )
    .bind(job.id, job.pass, now)
    .run();
}

const REPORTS = `SELECT count(*) FROM reports r
  LEFT JOIN order_joins x ON x.shop_id = r.shop_id AND x.order_key = r.order_key AND x.parted_at IS NULL
  LEFT JOIN sales s ON s.shop_id = r.shop_id AND s.order_key = coalesce(x.into_key, r.order_key)
  WHERE r.import_id = ?1`;

// One parameter is a JSON list of coupons' ids; then the time, the import and its pass.

const STILL_UNDOING = `EXISTS (SELECT 1 FROM imports i WHERE i.id = ?3 AND i.pass = ?4 AND i.status = 'undoing')`;

const THESE = '(SELECT value FROM json_each(?1))';

// The sales are gone through once for all coupons, by the one index that has them.
const NEVER_WERE = `
  UPDATE coupons SET archived_at = ${atCommit('?2')}, updated_at = ${atCommit('?2')}, never_was = 1
  WHERE id IN ${THESE} AND archived_at IS NULL AND ${STILL_UNDOING}
    AND id NOT IN (SELECT s.coupon_id FROM sales s INDEXED BY sales_hour
      WHERE s.coupon_id IS NOT NULL AND s.coupon_id IN ${THESE} AND s.state = 'standing')`;

/** Orders that named one of the codes, and whose outcome may speak of a coupon that never was. */
const THEIR_ORDERS = `
  INSERT INTO to_decide (shop_id, order_key, kind, cause, cause_id, since)
  SELECT DISTINCT h.shop_id, h.order_key, 'undone', 'import', ?5, ${atCommit('?2')}
  FROM json_each(?1) j CROSS JOIN coupons c ON c.id = j.value AND c.never_was = 1
  CROSS JOIN coupon_codes k ON k.coupon_id = c.id
  CROSS JOIN codes_heard h ON h.code_key = k.code_key AND h.shop_id IN (0, k.shop_id)
  WHERE ${STILL_UNDOING} ON CONFLICT DO UPDATE SET times = times + 1`;

const COUNTED = 'SELECT count(*) FROM json_each(?1) j CROSS JOIN coupons c ON c.id = j.value WHERE true';
