/** Accounts are made here only: the first administrator's on the setup page, an affiliate's by invitation. */

export interface NewAccount {
  name: string;
  email: string;
  passwordHash: string;
}

/** Whether an administrator exists; until then, and only then, the setup page is open. */
export async function isSetUp(db: D1Database): Promise<boolean> {
  return (await db.prepare("SELECT 1 FROM users WHERE role = 'administrator' LIMIT 1").first()) !== null;
}

/**
 * Makes the very first administrator. Of two who press at once one gets in: the statement itself asks whether there is
 * an administrator already. @returns whether this one was made.
 */
export async function createFirstAdministrator(db: D1Database, account: NewAccount, now: number): Promise<boolean> {
  const id = crypto.randomUUID();
  const [user] = await db.batch([
    db
      .prepare(
        `INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
         SELECT ?1, ?2, ?3, 1, 'administrator', ?4, ?4
         WHERE NOT EXISTS (SELECT 1 FROM users WHERE role = 'administrator')`,
      )
      .bind(id, account.name, account.email.toLowerCase(), now),
    insertCredential(db, id, account.passwordHash, now),
  ]);
  return user!.meta.changes === 1;
}

/** The password of user `userId`, if that user exists by now: the statement before may have been refused by its guard. */
export function insertCredential(
  db: D1Database,
  userId: string,
  passwordHash: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
       SELECT ?1, id, 'credential', id, ?3, ?4, ?4 FROM users WHERE id = ?2`,
    )
    .bind(crypto.randomUUID(), userId, passwordHash, now);
}
