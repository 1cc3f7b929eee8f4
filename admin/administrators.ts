/** Administrators after the first: let in by a link, and removed. Somebody can always get in: the last one stays. */
import { createHash, randomBytes } from 'node:crypto';
import { type Actor, auditRow, auditRowIfChanged, isDuplicate } from '../ledger/audit.ts';
import { insertCredential } from './accounts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_MS = 14 * DAY_MS;

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * Invites an administrator: `${OFFICE_URL}/invitation/${token}` lets them choose name and password, once, within 14 days.
 * Links given out for the address before stop working. @returns the token, shown once; `duplicate` where the address is
 * somebody's already.
 */
export async function inviteAdministrator(
  db: D1Database,
  email: string,
  by: Actor,
): Promise<{ token: string } | { error: 'duplicate' }> {
  const address = email.toLowerCase();
  if (
    await db
      .prepare(`SELECT 1 WHERE ${IS_SOMEBODYS('?1')}`)
      .bind(address)
      .first()
  )
    return { error: 'duplicate' };
  const token = randomBytes(32).toString('base64url');
  const hash = hashOf(token);
  await db.batch([
    db
      .prepare('UPDATE invitations SET expires_at = ?2 WHERE email = ?1 AND used_at IS NULL AND expires_at > ?2')
      .bind(address, by.now),
    db
      .prepare(
        'INSERT INTO invitations (token_hash, email, expires_at, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)',
      )
      .bind(hash, address, by.now + VALID_MS, by.now, by.userId),
    auditRow(db, by, 'invited', { subject: 'invitations', id: hash, after: { email: address } }),
  ]);
  return { token };
}

/** Makes a link useless that nobody has used yet. @returns whether there was one. */
export async function withdrawInvitation(db: D1Database, hash: string, by: Actor): Promise<boolean> {
  const open = await db
    .prepare(
      `UPDATE invitations SET expires_at = ?2 WHERE token_hash = ?1 AND email IS NOT NULL AND used_at IS NULL
         AND expires_at > ?2 RETURNING email`,
    )
    .bind(hash, by.now)
    .first<{ email: string }>();
  if (!open) return false;
  await auditRow(db, by, 'withdrawn', { subject: 'invitations', id: hash, before: open }).run();
  return true;
}

/** The address that an administrator's link is for, or null for one that is used, expired, unknown or an affiliate's. */
export async function administratorInvitedBy(db: D1Database, token: string, now: number): Promise<string | null> {
  return db
    .prepare(
      'SELECT email FROM invitations WHERE token_hash = ?1 AND email IS NOT NULL AND used_at IS NULL AND expires_at > ?2',
    )
    .bind(hashOf(token), now)
    .first<string>('email');
}

/**
 * Makes the administrator whom a link is for. The link is used up by the first statement, on which all others hang, so
 * that it works once only. @returns false where the link is not good any more.
 */
export async function acceptAsAdministrator(
  db: D1Database,
  token: string,
  { name, passwordHash }: { name: string; passwordHash: string },
  now: number,
): Promise<boolean> {
  const hash = hashOf(token);
  const userId = crypto.randomUUID();
  try {
    const email = await administratorInvitedBy(db, token, now);
    const [used] = await db.batch([
      db
        .prepare(
          `UPDATE invitations SET used_at = ?2 WHERE token_hash = ?1 AND email IS NOT NULL AND used_at IS NULL
             AND expires_at > ?2 AND NOT (${IS_SOMEBODYS('invitations.email')})`,
        )
        .bind(hash, now),
      db
        .prepare(
          `INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
           SELECT ?3, ?4, email, 0, 'administrator', ?2, ?2 FROM invitations WHERE token_hash = ?1 AND changes() = 1`,
        )
        .bind(hash, now, userId, name),
      auditRowIfChanged(db, { userId, now }, 'joined', { subject: 'users', id: userId, after: { name, email } }),
      insertCredential(db, userId, passwordHash, now),
    ]);
    return used!.meta.changes === 1;
  } catch (error) {
    if (isDuplicate(error, 'users.email')) return false;
    throw error;
  }
}

/**
 * Removes an administrator: their sessions end with it, and the links they gave out to others. What they did still names
 * them; their address is free again (`.invalid` is nobody's: RFC 2606 §2). The statement itself asks whether another
 * administrator stays, and whether who removes is still one: of two who remove each other at once, one does.
 * @returns 'last' where nobody else would be left, 'gone' where there is no such administrator any more.
 */
export async function removeAdministrator(
  db: D1Database,
  userId: string,
  by: Actor & { userId: string },
): Promise<'removed' | 'last' | 'gone'> {
  const before = await db
    .prepare(`SELECT name, email FROM users WHERE id = ? AND ${IS_ADMINISTRATOR}`)
    .bind(userId)
    .first<{ name: string; email: string }>();
  if (!before) return 'gone';
  const removedNow = 'EXISTS (SELECT 1 FROM users WHERE id = ?1 AND removed_at = ?2)';
  const [removed] = await db.batch([
    db
      .prepare(
        `UPDATE users SET removed_at = ?2, updated_at = ?2, email = 'removed-' || id || '@counterfoil.invalid'
         WHERE id = ?1 AND ${IS_ADMINISTRATOR}
           AND EXISTS (SELECT 1 FROM users WHERE id <> ?1 AND ${IS_ADMINISTRATOR})
           AND EXISTS (SELECT 1 FROM users WHERE id = ?3 AND ${IS_ADMINISTRATOR})`,
      )
      .bind(userId, by.now, by.userId),
    auditRowIfChanged(db, by, 'removed', { subject: 'users', id: userId, before }),
    ...['sessions', 'accounts', 'two_factors'].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE user_id = ?1 AND ${removedNow}`).bind(userId, by.now),
    ),
    db
      .prepare(
        `UPDATE invitations SET expires_at = ?2
         WHERE created_by = ?1 AND email IS NOT NULL AND used_at IS NULL AND expires_at > ?2 AND ${removedNow}`,
      )
      .bind(userId, by.now),
  ]);
  if (removed!.meta.changes > 0) return 'removed';
  const others = db.prepare(`SELECT 1 FROM users WHERE id <> ? AND ${IS_ADMINISTRATOR}`).bind(userId);
  return (await others.first()) ? 'gone' : 'last';
}

const IS_ADMINISTRATOR = `role = 'administrator' AND removed_at IS NULL`;

const IS_SOMEBODYS = (email: string) =>
  `EXISTS (SELECT 1 FROM users u WHERE u.email = ${email}) OR EXISTS (SELECT 1 FROM affiliates a WHERE a.email = ${email})`;
