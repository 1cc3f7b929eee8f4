/** The links by which an administrator lets an affiliate in. Only the SHA-256 of a link's token is kept. */
import { createHash, randomBytes } from 'node:crypto';
import { atCommit } from '../ledger/sql.ts';
import { insertCredential } from './accounts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_MS = 14 * DAY_MS;

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

export interface Invited {
  affiliateId: number;
  name: string;
  email: string;
  /** Whether they had an account before: then the link sets a new password. */
  hadAccount: boolean;
}

/**
 * Invites an affiliate: `${OFFICE_URL}/invitation/${token}` lets them set a password, once, within 14 days. Links given
 * out before stop working. One who has an account already gets a new password by it. @returns the token, shown once.
 */
export async function invite(db: D1Database, affiliateId: number, createdBy: string, now: number): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db.batch([
    db
      .prepare('UPDATE invitations SET expires_at = ?2 WHERE affiliate_id = ?1 AND used_at IS NULL AND expires_at > ?2')
      .bind(affiliateId, now),
    db
      .prepare(
        'INSERT INTO invitations (token_hash, affiliate_id, expires_at, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)',
      )
      .bind(hashOf(token), affiliateId, now + VALID_MS, now, createdBy),
  ]);
  return token;
}

/** Whom a link is for, or null for one that is used, expired, unknown, or for somebody who is not let in any more. */
export async function invitedBy(db: D1Database, token: string, now: number): Promise<Invited | null> {
  const row = await db
    .prepare(
      `SELECT a.id AS affiliateId, a.name, a.email, a.user_id IS NOT NULL AS hadAccount
       FROM invitations i JOIN affiliates a ON a.id = i.affiliate_id
       WHERE i.token_hash = ?1 AND i.used_at IS NULL AND i.expires_at > ?2 AND a.status IN ('pending', 'active')`,
    )
    .bind(hashOf(token), now)
    .first<Omit<Invited, 'hadAccount'> & { hadAccount: number }>();
  return row && { ...row, hadAccount: row.hadAccount === 1 };
}

/**
 * Accepts an invitation: makes the account, or sets the new password and ends all sessions, and makes the affiliate
 * active. The link is used up by the first statement, on which all others hang, so that it works once only.
 * @returns false where the link is not good any more, or the e-mail address is another person's account.
 */
export async function acceptInvitation(
  db: D1Database,
  token: string,
  invited: Invited,
  passwordHash: string,
  now: number,
): Promise<boolean> {
  const hash = hashOf(token);
  const userId = crypto.randomUUID();
  // The mark by which the later statements know that it was this acceptance that used the link up.
  const usedNow = 'EXISTS (SELECT 1 FROM invitations WHERE token_hash = ?1 AND used_at = ?2)';
  const use = db
    .prepare(
      `UPDATE invitations SET used_at = ?2 WHERE token_hash = ?1 AND used_at IS NULL AND expires_at > ?2
         AND EXISTS (SELECT 1 FROM affiliates a WHERE a.id = ?3 AND a.status IN ('pending', 'active')
           AND (a.user_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM users u WHERE u.email = a.email)))`,
    )
    .bind(hash, now, invited.affiliateId);
  const account = invited.hadAccount
    ? [
        db
          .prepare(
            `UPDATE accounts SET password = ?4, updated_at = ?2 WHERE provider_id = 'credential'
               AND user_id = (SELECT user_id FROM affiliates WHERE id = ?3) AND ${usedNow}`,
          )
          .bind(hash, now, invited.affiliateId, passwordHash),
        db
          .prepare(`DELETE FROM sessions WHERE user_id = (SELECT user_id FROM affiliates WHERE id = ?3) AND ${usedNow}`)
          .bind(hash, now, invited.affiliateId),
        // To invite somebody who has applied is to say yes.
        db
          .prepare(
            `UPDATE affiliates SET status = 'active', updated_at = ${atCommit('?2')} WHERE id = ?3 AND status = 'pending' AND ${usedNow}`,
          )
          .bind(hash, now, invited.affiliateId),
      ]
    : [
        db
          .prepare(
            `INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
             SELECT ?4, name, email, 0, 'affiliate', ?2, ?2 FROM affiliates WHERE id = ?3 AND user_id IS NULL AND ${usedNow}`,
          )
          .bind(hash, now, invited.affiliateId, userId),
        insertCredential(db, userId, passwordHash, now),
        db
          .prepare(
            `UPDATE affiliates SET user_id = ?2, status = 'active', updated_at = ${atCommit('?3')}
             WHERE id = ?1 AND user_id IS NULL AND EXISTS (SELECT 1 FROM users WHERE id = ?2)`,
          )
          .bind(invited.affiliateId, userId, now),
      ];
  const [used] = await db.batch([use, ...account]);
  return used!.meta.changes === 1;
}
