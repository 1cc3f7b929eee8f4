/** The life of a commission after its birth: pending, then approved or declined, then paid. Its amount never changes. */
import type { Actor } from './audit.ts';
import { UNDONE } from './record-sales.ts';

/**
 * Approves or declines commissions. Left alone are those that are paid, that a correction or an undone import has replaced or reversed
 * (settling them again would pay twice), and those that stand so already.
 * @returns how many were changed.
 */
export async function settleCommissions(
  db: D1Database,
  ids: number[],
  status: 'approved' | 'declined',
  reason: string | null,
  by: Actor,
): Promise<number> {
  const list = JSON.stringify(ids);
  const [, settled] = await db.batch<{ id: number }>([
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, before, after)
         SELECT ?2, ?3, ?4, 'commissions', id, json_object('status', status, 'reason', reason), json_object('status', ?4, 'reason', ?5)
         FROM commissions WHERE ${OPEN_TO_SETTLE}`,
      )
      .bind(list, by.now, by.userId, status, reason),
    db
      .prepare(
        `UPDATE commissions SET status = ?4, settled_at = ?2, settled_by = ?3, reason = ?5 WHERE ${OPEN_TO_SETTLE} RETURNING id`,
      )
      .bind(list, by.now, by.userId, status, reason),
  ]);
  return settled!.results.length;
}

/** Approves what is due: pending lines whose hold is over. @returns how many. */
export async function approveDue(db: D1Database, now: number): Promise<number> {
  const approved = await db
    .prepare(
      `UPDATE commissions SET status = 'approved', settled_at = ?1, reason = 'hold over'
       WHERE status = 'pending' AND available_at <= ?1`,
    )
    .bind(now)
    .run();
  return approved.meta.changes;
}

const OPEN_TO_SETTLE = `
  id IN (SELECT value FROM json_each(?1)) AND status NOT IN ('paid', ?4) AND kind <> 'reversal' AND reason IS NOT 'corrected' AND reason IS NOT '${UNDONE}'
  AND NOT EXISTS (SELECT 1 FROM commissions r WHERE r.sale_id = commissions.sale_id AND r.kind = 'reversal'
    AND r.affiliate_id = commissions.affiliate_id AND r.id > commissions.id)`;
