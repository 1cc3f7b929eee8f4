import { asc, eq } from 'drizzle-orm';
import { campaigns, shops } from '../../drizzle/schema.ts';
import type { Db } from '../env.ts';

/** A campaign as forms and filters offer it. */
export interface CampaignOption {
  id: number;
  name: string;
  shopId: number;
  shopName: string;
  /** ISO 4217, of its shop. */
  currency: string;
  /** IANA, of its shop. */
  timeZone: string;
  status: 'active' | 'paused';
}

/** All campaigns by shop and name, to choose from. */
export async function campaignOptions(db: Db): Promise<CampaignOption[]> {
  return db
    .select({
      id: campaigns.id,
      name: campaigns.name,
      shopId: campaigns.shopId,
      shopName: shops.name,
      currency: shops.currency,
      timeZone: shops.timeZone,
      status: campaigns.status,
    })
    .from(campaigns)
    .innerJoin(shops, eq(shops.id, campaigns.shopId))
    .orderBy(asc(shops.name), asc(campaigns.name));
}
