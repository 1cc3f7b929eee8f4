/** Who did what to which record, from what to what. Every change of truth by a person leaves a row in `audit_log`. */

/** The person behind a change, or null where nobody in particular is (the end of a hold), and the time of it. */
export interface Actor {
  userId: string | null;
  now: number;
}

/** Where truth is changed: D1, and KV for the tracker's copies of coupons. */
export interface Store {
  db: D1Database;
  kv: KVNamespace;
}

/** The statement that notes a change, to go into the same batch as the change; `id: 'inserted'` is the row just inserted there. */
export function auditRow(
  db: D1Database,
  by: Actor,
  action: string,
  record: { subject: string; id: number | string; before?: object | null; after?: object | null },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO audit_log (at, user_id, action, subject, subject_id, before, after)
       VALUES (?1, ?2, ?3, ?4, CASE ?5 WHEN 'inserted' THEN CAST(last_insert_rowid() AS TEXT) ELSE ?5 END, ?6, ?7)`,
    )
    .bind(by.now, by.userId, action, record.subject, String(record.id), json(record.before), json(record.after));
}

/** The same where the statement just before it in the batch may have changed nothing: then neither is anything noted. */
export function auditRowIfChanged(
  db: D1Database,
  by: Actor,
  action: string,
  record: { subject: string; id: number | string; before?: object | null; after?: object | null },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO audit_log (at, user_id, action, subject, subject_id, before, after)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE changes() > 0`,
    )
    .bind(by.now, by.userId, action, record.subject, String(record.id), json(record.before), json(record.after));
}

const json = (value: object | null | undefined) => (value == null ? null : JSON.stringify(value));

/** Whether D1 refused a write because a UNIQUE index stood against it; `index` is "table.column" as SQLite names it. */
export function isDuplicate(error: unknown, index: string): boolean {
  return error instanceof Error && error.message.includes('UNIQUE constraint failed') && error.message.includes(index);
}
