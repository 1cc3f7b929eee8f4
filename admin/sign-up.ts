/** The public door for affiliates: whoever applies has an account at once, and gets in when an administrator says yes. */
import { applicationRows } from '../ledger/sign-up.ts';
import { insertCredential, type NewAccount } from './accounts.ts';

/**
 * Takes an application, if the shop's sign-up is open and the address is nobody's yet. It says nothing of which it was,
 * so that nobody finds out by it whose addresses are known here.
 * @param about what the applicant says about themselves; may be empty.
 */
export async function applyTo(
  db: D1Database,
  shopId: number,
  { name, email, passwordHash }: NewAccount,
  about: string,
  now: number,
): Promise<void> {
  const userId = crypto.randomUUID();
  await db.batch([
    db
      .prepare(
        `INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
         SELECT ?1, ?2, ?3, 0, 'affiliate', ?4, ?4
         WHERE EXISTS (SELECT 1 FROM shops WHERE id = ?5 AND sign_up_open)
           AND NOT EXISTS (SELECT 1 FROM users WHERE email = ?3)
           AND NOT EXISTS (SELECT 1 FROM affiliates WHERE email = ?3)`,
      )
      .bind(userId, name, email.toLowerCase(), now, shopId),
    insertCredential(db, userId, passwordHash, now),
    ...applicationRows(db, { userId, shopId, about, now }),
  ]);
}
