/** Affiliates: who earns. */
import { type Actor, auditRow, auditRowIfChanged, isDuplicate } from './audit.ts';
import { atCommit } from './sql.ts';

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
          `INSERT INTO affiliates (name, email, note, status, created_at, updated_at) VALUES (?1, ?2, ?3, 'active', ?4, ?4) RETURNING id`,
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

/** Why a change was not written. `changed meanwhile`: by somebody else, since the person saw it. */
export type AffiliateRefusal = 'duplicate' | 'gone' | 'changed meanwhile';

/**
 * Changes an affiliate: their details, and their status where it is told. Who is not active any more keeps what they have
 * earned and earns nothing by what is sold from then on.
 * @param seenAt the `updated_at` of the affiliate as the person saw it.
 */
export async function editAffiliate(
  db: D1Database,
  id: number,
  changed: AffiliateDetails & { status?: AffiliateStatus },
  by: Actor,
  seenAt?: number,
): Promise<{ id: number } | { error: AffiliateRefusal }> {
  const read = await db
    .prepare('SELECT name, email, note, status, updated_at AS updatedAt FROM affiliates WHERE id = ?')
    .bind(id)
    .first<AffiliateDetails & { status: AffiliateStatus; updatedAt: number }>();
  if (!read) return { error: 'gone' };
  const { updatedAt, ...before } = read;
  if (seenAt !== undefined && updatedAt !== seenAt) return { error: 'changed meanwhile' };
  const after = {
    name: changed.name,
    email: changed.email.toLowerCase(),
    note: changed.note,
    status: changed.status ?? before.status,
  };
  const names = (['name', 'email', 'note', 'status'] as const).filter((name) => before[name] !== after[name]);
  if (names.length === 0) return { id };
  const pick = (row: typeof after) => Object.fromEntries(names.map((name) => [name, row[name]]));
  const set = names.map((name, index) => `${name} = ?${index + 3}`);
  const asRead = names.map((name, index) => `${name} IS ?${index + 3 + names.length}`);
  try {
    const [updated] = await db.batch<{ id: number }>([
      db
        .prepare(
          `UPDATE affiliates SET ${set.join(', ')}, updated_at = ${atCommit('?2')} WHERE id = ?1 AND ${asRead.join(' AND ')} RETURNING id`,
        )
        .bind(id, by.now, ...names.map((name) => after[name]), ...names.map((name) => before[name])),
      auditRowIfChanged(db, by, 'changed', { subject: 'affiliates', id, before: pick(before), after: pick(after) }),
      db
        .prepare(
          `UPDATE users SET (name, email) = (SELECT name, email FROM affiliates WHERE id = ?1)
           WHERE changes() > 0 AND id = (SELECT user_id FROM affiliates WHERE id = ?1)`,
        )
        .bind(id),
    ]);
    return updated!.results[0] ?? { error: 'changed meanwhile' };
  } catch (error) {
    if (isDuplicate(error, 'affiliates.email') || isDuplicate(error, 'users.email')) return { error: 'duplicate' };
    throw error;
  }
}

/** Changes an affiliate's status, from the one that the person saw. @returns `changed meanwhile` where it is another by now. */
export async function changeStatus(
  db: D1Database,
  id: number,
  { from, to }: { from: AffiliateStatus; to: AffiliateStatus },
  by: Actor,
): Promise<{ id: number } | { error: 'changed meanwhile' }> {
  const [updated] = await db.batch<{ id: number }>([
    db
      .prepare(
        `UPDATE affiliates SET status = ?2, updated_at = ${atCommit('?4')} WHERE id = ?1 AND status = ?3 RETURNING id`,
      )
      .bind(id, to, from, by.now),
    auditRowIfChanged(db, by, 'changed', {
      subject: 'affiliates',
      id,
      before: { status: from },
      after: { status: to },
    }),
  ]);
  return updated!.results[0] ?? { error: 'changed meanwhile' };
}
