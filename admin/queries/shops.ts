import { asc, eq, sql } from 'drizzle-orm';
import { shops } from '../../drizzle/schema.ts';
import type { Db } from '../env.ts';

export interface ShopRow {
  id: number;
  name: string;
  address: string;
  currency: string;
  timeZone: string;
  /** Whose coupon counts where an order names those of two affiliates. */
  severalAffiliates: 'first' | 'last' | 'a person';
  /** Whether anybody may apply to be an affiliate, on a page of its own. */
  signUpOpen: boolean;
  updatedAt: number;
  campaigns: number;
  /** Then its currency stands. */
  hasSales: boolean;
}

const columns = {
  id: shops.id,
  name: shops.name,
  address: shops.address,
  currency: shops.currency,
  timeZone: shops.timeZone,
  severalAffiliates: shops.severalAffiliates,
  signUpOpen: shops.signUpOpen,
  updatedAt: shops.updatedAt,
  // Written out: of a single table, drizzle would print a column without its table.
  campaigns: sql<number>`(select count(*) from campaigns k where k.shop_id = shops.id)`,
  hasSales: sql<boolean>`exists (select 1 from sales s where s.shop_id = shops.id)`.mapWith(Boolean),
};

/** All shops, by name. */
export async function shopList(db: Db): Promise<ShopRow[]> {
  return db.select(columns).from(shops).orderBy(asc(shops.name));
}

export async function shopById(db: Db, id: number): Promise<ShopRow | undefined> {
  return db.select(columns).from(shops).where(eq(shops.id, id)).get();
}
