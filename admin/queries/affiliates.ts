import { asc } from 'drizzle-orm';
import { affiliates } from '../../drizzle/schema.ts';
import type { AffiliateStatus } from '../../ledger/affiliates.ts';
import type { Db } from '../env.ts';

/** An affiliate as forms and filters offer them. */
export interface AffiliateOption {
  id: number;
  name: string;
  email: string;
  status: AffiliateStatus;
}

/** All affiliates by name, whatever their status, to choose from. */
export async function affiliateOptions(db: Db): Promise<AffiliateOption[]> {
  return db
    .select({ id: affiliates.id, name: affiliates.name, email: affiliates.email, status: affiliates.status })
    .from(affiliates)
    .orderBy(asc(affiliates.name), asc(affiliates.id));
}
