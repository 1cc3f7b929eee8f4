/** `npm run audit`: whether every sum in STATE_DIR is what it adds up to, and every order what its reports say. */
import { audit, NOTHING_LOOKED_AT } from '../ledger/sales/audit.ts';
import { CannotStart } from './cannot-start.ts';
import { refuseOtherMigrations } from './migrate.ts';
import { openReadOnly } from './read-only.ts';

try {
  process.exitCode = await look(process.env.STATE_DIR || '.state');
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** @returns 1 where anything is different. */
async function look(stateDir: string): Promise<0 | 1> {
  const { db, close } = openReadOnly(stateDir);
  const looked = { ...NOTHING_LOOKED_AT };
  let differences = 0;
  try {
    await refuseOtherMigrations(db, stateDir);
    for await (const { where, text } of audit(db, looked)) {
      console.log(`${where}: ${text}`);
      differences++;
    }
  } finally {
    close();
  }
  const n = (count: number) => count.toLocaleString('en');
  const { orders, reports, verdicts, commissions, lines, days, affiliates, waiting } = looked;
  if (waiting > 0) console.log(`Still to be decided again, and left out: ${n(waiting)}.`);
  console.log(
    `Looked at orders: ${n(orders)}, reports: ${n(reports)}, verdicts: ${n(verdicts)}, commissions: ${n(commissions)}, ` +
      `lines: ${n(lines)}, days of totals: ${n(days)}, balances of affiliates: ${n(affiliates)}. ` +
      (differences === 0 ? 'All is as it adds up.' : `Differences: ${n(differences)}.`),
  );
  return differences === 0 ? 0 : 1;
}
