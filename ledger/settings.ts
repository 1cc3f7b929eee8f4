/** What an installation has chosen. */
import { type Actor, auditRow } from './audit.ts';

/** The row of `settings` that stands where coupons are switched off. */
export const IS_OFF = `name = 'coupons' AND value = 'off'`;

/** Whether coupons are switched on. They are, until somebody switches them off. */
export async function areCouponsOn(db: D1Database): Promise<boolean> {
  return (await db.prepare(`SELECT 1 FROM settings WHERE ${IS_OFF}`).first()) === null;
}

/**
 * Switches coupons and offline sales on or off. D1 is asked with each sale that is written, so it takes effect at once:
 * while off, nothing is recorded, and what is recorded stays.
 */
export async function switchCoupons(db: D1Database, on: boolean, by: Actor): Promise<void> {
  const value = on ? 'on' : 'off';
  await db.batch([
    db
      .prepare(
        `INSERT INTO settings (name, value) VALUES ('coupons', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      )
      .bind(value),
    auditRow(db, by, `switched ${value}`, { subject: 'settings', id: 'coupons' }),
  ]);
}
