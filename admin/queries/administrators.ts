import { and, asc, desc, eq, gt, isNotNull, isNull } from 'drizzle-orm';
import { invitations, users } from '../../drizzle/schema.ts';
import type { Db } from '../env.ts';

const columns = {
  id: users.id,
  name: users.name,
  email: users.email,
  secondFactor: users.twoFactorEnabled,
  createdAt: users.createdAt,
};

const living = and(eq(users.role, 'administrator'), isNull(users.removedAt));

export type Administrator = Awaited<ReturnType<typeof administratorList>>[number];

/** Who runs the office, by name. */
export async function administratorList(db: Db) {
  return db.select(columns).from(users).where(living).orderBy(asc(users.name), asc(users.id));
}

export async function administratorById(db: Db, id: string): Promise<Administrator | undefined> {
  return db
    .select(columns)
    .from(users)
    .where(and(living, eq(users.id, id)))
    .get();
}

export type OpenInvitation = Awaited<ReturnType<typeof openInvitations>>[number];

/** Administrators' links that nobody has used yet, the newest first. */
export async function openInvitations(db: Db, now: number) {
  return db
    .select({
      hash: invitations.tokenHash,
      email: invitations.email,
      expiresAt: invitations.expiresAt,
      by: users.name,
    })
    .from(invitations)
    .leftJoin(users, eq(users.id, invitations.createdBy))
    .where(and(isNotNull(invitations.email), isNull(invitations.usedAt), gt(invitations.expiresAt, now)))
    .orderBy(desc(invitations.createdAt));
}
