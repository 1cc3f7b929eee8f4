/**
 * Takes an import back, some rows at a time, in transactions that may be repeated. Coupons that nobody has spent vanish;
 * sales that still rest on the import are reversed by opposite lines. What others have built on since stays.
 */
import type { Store } from './audit.ts';
import { publishCoupons } from './coupon-copy.ts';
import { PUSHED_COPIES } from './coupons.ts';
import type { ImportJob } from './imports.ts';
import { UNDONE } from './record-sales.ts';

const STEP_ROWS = 2_000;

/** One step of an undo. The last one, which finds no more rows, says that it is undone. */
export async function undoStep({ db, kv }: Store, job: ImportJob, now: number): Promise<void> {
  const ids = await nextRows(db, job);
  if (ids.length === 0) {
    await db
      .prepare(`UPDATE imports SET status = 'undone', undone_at = ?3, moved_at = ?3 WHERE id = ?1 AND pass = ?2`)
      .bind(job.id, job.pass, now)
      .run();
    return;
  }
  const list = JSON.stringify(ids);
  const statements = job.kind === 'coupons' ? UNDO_COUPONS : UNDO_SALES;
  const done = await db.batch<{ codeKey: string }>([
    ...statements.map((statement) => db.prepare(statement).bind(list, now, job.id, job.pass)),
    db
      .prepare(
        `UPDATE imports SET undo_from = ?4, moved_at = ?5,
           rows_undone = rows_undone + (${COUNT_UNDONE[job.kind]}), rows_kept = rows_kept + (${COUNT_KEPT[job.kind]})
         WHERE id = ?2 AND pass = ?3 AND undo_from = ?6`,
      )
      .bind(list, job.id, job.pass, String(ids.at(-1)), now, job.undoFrom),
  ]);
  if (job.kind === 'coupons' && ids.length <= PUSHED_COPIES)
    await publishCoupons(
      db,
      kv,
      done[0]!.results.map(({ codeKey }) => codeKey),
    );
}

/** The next coupons or reports of the import, by their ids. */
async function nextRows(db: D1Database, job: ImportJob): Promise<(number | string)[]> {
  const table = job.kind === 'coupons' ? 'coupons' : 'reports';
  const from = job.kind === 'coupons' ? Number(job.undoFrom) : job.undoFrom;
  const { results } = await db
    .prepare(`SELECT id FROM ${table} WHERE import_id = ?1 AND id > ?2 ORDER BY id LIMIT ${STEP_ROWS}`)
    .bind(job.id, from)
    .all<{ id: number | string }>();
  return results.map(({ id }) => id);
}

// One parameter is a JSON list of ids; then the time, the import and its pass.

const STILL_UNDOING = `EXISTS (SELECT 1 FROM imports i WHERE i.id = ?3 AND i.pass = ?4 AND i.status = 'undoing')`;

const UNDO_COUPONS = [
  `UPDATE coupons SET archived_at = ?2, updated_at = ?2
   WHERE id IN (SELECT value FROM json_each(?1)) AND archived_at IS NULL AND ${STILL_UNDOING}
     AND NOT EXISTS (SELECT 1 FROM sales s WHERE s.coupon_id = coupons.id AND s.undone_at IS NULL)
   RETURNING code_key AS codeKey`,
];

/** Sales that a report of the list has opened or made anew, and that nobody has spoken for since. */
const OURS = `
  json_each(?1) j CROSS JOIN reports r ON r.id = j.value AND r.outcome = 'recorded'
  CROSS JOIN sales s ON s.id = r.sale_id AND s.decided_by = r.id`;

const UNDO_SALES = [
  // What was approved or paid stays written; its opposite is written beside it, to the cent.
  `INSERT INTO commissions (sale_id, report_id, affiliate_id, campaign_id, kind, amount_minor, currency, status, reason, created_at)
   SELECT s.id, r.id, l.affiliate_id, max(l.campaign_id), 'reversal', -sum(l.amount_minor), l.currency, 'approved', '${UNDONE}', ?2
   FROM ${OURS} AND s.undone_at IS NULL
   CROSS JOIN commissions l ON l.sale_id = s.id AND +l.status IN ('approved', 'paid')
   WHERE ${STILL_UNDOING}
   GROUP BY s.id, l.affiliate_id HAVING sum(l.amount_minor) > 0
   ON CONFLICT DO NOTHING`,
  `WITH line AS MATERIALIZED (
     SELECT l.id FROM ${OURS} AND s.undone_at IS NULL CROSS JOIN commissions l ON l.sale_id = s.id
     WHERE +l.status = 'pending' AND ${STILL_UNDOING})
   UPDATE commissions SET status = 'declined', reason = '${UNDONE}', settled_at = ?2
   FROM line WHERE commissions.id = line.id`,
  `UPDATE sales SET undone_at = ?2
   WHERE id IN (SELECT s.id FROM ${OURS}) AND undone_at IS NULL AND ${STILL_UNDOING}`,
];

const COUNT_UNDONE = {
  coupons: `SELECT count(*) FROM json_each(?1) j CROSS JOIN coupons c ON c.id = j.value WHERE c.archived_at IS NOT NULL`,
  sales: `SELECT count(*) FROM ${OURS} AND s.undone_at IS NOT NULL`,
};

const COUNT_KEPT = {
  coupons: `SELECT count(*) FROM json_each(?1) j CROSS JOIN coupons c ON c.id = j.value WHERE c.archived_at IS NULL`,
  sales: `SELECT count(*) FROM json_each(?1) j CROSS JOIN reports r ON r.id = j.value
    CROSS JOIN sales s ON s.id = r.sale_id
    WHERE r.outcome IN ('recorded', 'confirmed', 'corrected') AND (s.decided_by <> r.id OR r.outcome <> 'recorded')`,
};
