import type { Db } from '../env.ts';
import { campaignOptions } from '../queries/campaigns.ts';
import { shopList } from '../queries/shops.ts';
import type { Defaults } from './rows.ts';

/** What needs no choosing, for there is only one: the campaign of coupons, the shop of sales. */
export async function usualDefaults(db: Db, kind: 'coupons' | 'sales'): Promise<Defaults> {
  const none: Defaults = { shopId: null, campaignId: null, affiliateId: null, expiresOn: null };
  if (kind === 'sales') {
    const shops = await shopList(db);
    return { ...none, shopId: shops.length === 1 ? shops[0]!.id : null };
  }
  const campaigns = await campaignOptions(db);
  return { ...none, campaignId: campaigns.length === 1 ? campaigns[0]!.id : null };
}
