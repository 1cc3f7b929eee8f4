import { asc, eq } from 'drizzle-orm';
import { affiliates, shops } from '../../drizzle/schema.ts';
import type { PayoutDetails } from '../../ledger/payout-details.ts';
import type { Db } from '../env.ts';

/** How an affiliate wants to be paid, or null as long as they have not said. */
export async function payoutDetailsOf(db: Db, affiliateId: number): Promise<PayoutDetails | null> {
  const found = await db
    .select({
      method: affiliates.payoutMethod,
      account: affiliates.payoutAccount,
      minimumMinor: affiliates.payoutMinimumMinor,
      minimumCurrency: affiliates.payoutMinimumCurrency,
    })
    .from(affiliates)
    .where(eq(affiliates.id, affiliateId))
    .get();
  return found && found.method !== '' ? (found as PayoutDetails) : null;
}

/** The currencies of the shops: those that can be earned here. */
export async function shopCurrencies(db: Db): Promise<string[]> {
  const found = await db.selectDistinct({ currency: shops.currency }).from(shops).orderBy(asc(shops.currency));
  return found.map(({ currency }) => currency);
}
