/** Where an affiliate wants to be paid: theirs to say, and nobody else's to change. */
import { type Actor, auditRow } from './audit.ts';
import { atCommit } from './sql.ts';

export const PAYOUT_METHODS = ['bank transfer', 'PayPal', 'other'] as const;
export type PayoutMethod = (typeof PAYOUT_METHODS)[number];

export interface PayoutDetails {
  method: PayoutMethod;
  /** An IBAN, a PayPal address, or words. */
  account: string;
  /** Less than this is kept until there is more; 0 for any amount. Other currencies know no minimum. */
  minimumMinor: number;
  /** ISO 4217; null with a minimum of 0. */
  minimumCurrency: string | null;
}

/** The audit log has the account masked: who reads the log need not know where the money goes. */
export async function changePayoutDetails(
  db: D1Database,
  affiliateId: number,
  details: PayoutDetails,
  by: Actor,
): Promise<void> {
  const before = await db
    .prepare(
      `SELECT payout_method AS method, payout_account AS account, payout_minimum_minor AS minimumMinor,
         payout_minimum_currency AS minimumCurrency FROM affiliates WHERE id = ?`,
    )
    .bind(affiliateId)
    .first<{ method: PayoutMethod | ''; account: string; minimumMinor: number; minimumCurrency: string | null }>();
  if (!before) throw new Error(`there is no affiliate ${affiliateId}`);
  await db.batch([
    db
      .prepare(
        `UPDATE affiliates SET payout_method = ?1, payout_account = ?2, payout_minimum_minor = ?3, payout_minimum_currency = ?4,
           updated_at = ${atCommit('?6')}
         WHERE id = ?5`,
      )
      .bind(details.method, details.account, details.minimumMinor, details.minimumCurrency, affiliateId, by.now),
    auditRow(db, by, 'changed', {
      subject: 'affiliates',
      id: affiliateId,
      before: before.method === '' ? null : logged({ ...before, method: before.method }),
      after: logged(details),
    }),
  ]);
}

const logged = ({ method, account, minimumMinor, minimumCurrency }: PayoutDetails) => ({
  payoutMethod: method,
  payoutAccount: masked(account),
  ...(minimumCurrency === null ? {} : { payoutMinimumMinor: minimumMinor, currency: minimumCurrency }),
});

/** An account of which only the end is told: "•••• 3000", for an address "•••@example.com". */
export function masked(account: string): string {
  const at = account.indexOf('@');
  return at > 0 ? `•••${account.slice(at)}` : `•••• ${account.slice(-Math.min(4, Math.floor(account.length / 2)))}`;
}
