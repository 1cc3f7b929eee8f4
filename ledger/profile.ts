/** A person's own name and e-mail address: of their account and, for an affiliate, of what shops know them by. */
import { type Actor, auditRow, isDuplicate } from './audit.ts';
import { atCommit } from './sql.ts';

/** @returns `duplicate` where somebody else has the e-mail address. */
export async function editProfile(
  db: D1Database,
  userId: string,
  changed: { name: string; email: string },
  by: Actor,
): Promise<'changed' | 'duplicate'> {
  const before = await db
    .prepare(
      `SELECT u.name, u.email, a.id AS affiliateId FROM users u LEFT JOIN affiliates a ON a.user_id = u.id WHERE u.id = ?`,
    )
    .bind(userId)
    .first<{ name: string; email: string; affiliateId: number | null }>();
  if (!before) throw new Error(`there is no user ${userId}`);
  const after = { name: changed.name, email: changed.email.toLowerCase() };
  // One address signs in as one person: an affiliate who has no account yet will sign in with theirs.
  const taken = db.prepare('SELECT 1 FROM affiliates WHERE email = ? AND user_id IS NOT ?').bind(after.email, userId);
  if (await taken.first()) return 'duplicate';
  const { name, email, affiliateId } = before;
  const record = affiliateId === null ? { subject: 'users', id: userId } : { subject: 'affiliates', id: affiliateId };
  try {
    await db.batch([
      db
        .prepare('UPDATE users SET name = ?, email = ?, updated_at = ? WHERE id = ?')
        .bind(after.name, after.email, by.now, userId),
      db
        .prepare(`UPDATE affiliates SET name = ?1, email = ?2, updated_at = ${atCommit('?3')} WHERE user_id = ?4`)
        .bind(after.name, after.email, by.now, userId),
      auditRow(db, by, 'changed', { ...record, before: { name, email }, after }),
    ]);
    return 'changed';
  } catch (error) {
    if (isDuplicate(error, 'users.email') || isDuplicate(error, 'affiliates.email')) return 'duplicate';
    throw error;
  }
}
