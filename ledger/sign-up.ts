/** Affiliates who come by themselves: pending, until an administrator answers. */

/**
 * The statements that make the holder of a new account a pending affiliate, to go into the batch that makes the account;
 * without an account they do nothing. What the applicant says becomes the administrators' note.
 */
export function applicationRows(
  db: D1Database,
  { userId, shopId, about, now }: { userId: string; shopId: number; about: string; now: number },
): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `INSERT INTO affiliates (user_id, name, email, status, note, created_at, updated_at)
         SELECT u.id, u.name, u.email, 'pending', ?2, ?3, ?3 FROM users u WHERE u.id = ?1`,
      )
      .bind(userId, about, now),
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
         SELECT ?3, a.user_id, 'applied', 'affiliates', a.id,
           json_object('name', a.name, 'email', a.email, 'note', a.note, 'status', a.status, 'shopId', ?2)
         FROM affiliates a WHERE a.user_id = ?1`,
      )
      .bind(userId, shopId, now),
  ];
}
