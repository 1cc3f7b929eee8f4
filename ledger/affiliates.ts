/** Affiliates: who earns. */
import { type Actor, auditRow, isDuplicate } from './audit.ts';

export type AffiliateStatus = 'pending' | 'active' | 'declined' | 'suspended';

export interface AffiliateDetails {
  name: string;
  email: string;
  /** What administrators note about them; never shown to the affiliate. */
  note: string;
}

/** Adds an affiliate, active at once: their coupons earn from the first sale, signed in or not. */
export async function createAffiliate(
  db: D1Database,
  details: AffiliateDetails,
  by: Actor,
): Promise<{ id: number } | { error: 'duplicate' }> {
  // An administrator's address cannot be an affiliate's: one address signs in as one person.
  const account = db.prepare('SELECT 1 FROM users WHERE email = ?').bind(details.email.toLowerCase());
  if (await account.first()) return { error: 'duplicate' };
  try {
    const [inserted] = await db.batch<{ id: number }>([
      db
        .prepare(
          `INSERT INTO affiliates (name, email, note, status, created_at) VALUES (?, ?, ?, 'active', ?) RETURNING id`,
        )
        .bind(details.name, details.email.toLowerCase(), details.note, by.now),
      auditRow(db, by, 'added', { subject: 'affiliates', id: 'inserted', after: details }),
    ]);
    return inserted!.results[0]!;
  } catch (error) {
    if (isDuplicate(error, 'affiliates.email')) return { error: 'duplicate' };
    throw error;
  }
}

/**
 * Changes an affiliate. Who is not active any more keeps what they have earned and earns nothing from then on:
 * the database raises the revision of their coupons with the status, so that no copy of them pays.
 */
export async function editAffiliate(
  db: D1Database,
  id: number,
  changed: AffiliateDetails & { status: AffiliateStatus },
  by: Actor,
): Promise<{ id: number } | { error: 'duplicate' | 'gone' }> {
  const before = await db
    .prepare('SELECT name, email, note, status FROM affiliates WHERE id = ?')
    .bind(id)
    .first<AffiliateDetails & { status: AffiliateStatus }>();
  if (!before) return { error: 'gone' };
  const after = { name: changed.name, email: changed.email.toLowerCase(), note: changed.note, status: changed.status };
  try {
    await db.batch([
      db
        .prepare('UPDATE affiliates SET name = ?, email = ?, note = ?, status = ? WHERE id = ?')
        .bind(after.name, after.email, after.note, after.status, id),
      db
        .prepare('UPDATE users SET name = ?, email = ? WHERE id = (SELECT user_id FROM affiliates WHERE id = ?)')
        .bind(after.name, after.email, id),
      auditRow(db, by, 'changed', { subject: 'affiliates', id, before, after }),
    ]);
    return { id };
  } catch (error) {
    if (isDuplicate(error, 'affiliates.email') || isDuplicate(error, 'users.email')) return { error: 'duplicate' };
    throw error;
  }
}
