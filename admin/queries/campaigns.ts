import { asc, eq, sql } from 'drizzle-orm';
import { campaigns, coupons, shops } from '../../drizzle/schema.ts';
import type { CampaignTerms } from '../../ledger/campaigns.ts';
import type { Db } from '../env.ts';
import { TOTALS } from './by-time.ts';
import { type Come, comeTo } from './commissions.ts';

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

export interface CampaignRow extends CampaignTerms {
  id: number;
  shopId: number;
  shopName: string;
  currency: string;
  timeZone: string;
  updatedAt: number;
  /** Living ones, and how many of them are free. */
  coupons: number;
  freeCoupons: number;
}

const living = sql`${coupons.campaignId} = ${campaigns.id} and ${coupons.archivedAt} is null`;

const columns = {
  id: campaigns.id,
  name: campaigns.name,
  status: campaigns.status,
  commissionKind: campaigns.commissionKind,
  commissionValue: campaigns.commissionValue,
  approval: campaigns.approval,
  holdDays: campaigns.holdDays,
  trustPixel: campaigns.trustPixel,
  requestMode: campaigns.requestMode,
  requestLimit: campaigns.requestLimit,
  updatedAt: campaigns.updatedAt,
  shopId: campaigns.shopId,
  shopName: shops.name,
  currency: shops.currency,
  timeZone: shops.timeZone,
  coupons: sql<number>`(select count(*) from ${coupons} where ${living})`,
  freeCoupons: sql<number>`(select count(*) from ${coupons} where ${living} and ${coupons.affiliateId} is null)`,
};

/** The campaigns of one shop, or of all, by shop and name. */
export async function campaignList(db: Db, shopId: number | undefined): Promise<CampaignRow[]> {
  return db
    .select(columns)
    .from(campaigns)
    .innerJoin(shops, eq(shops.id, campaigns.shopId))
    .where(shopId === undefined ? undefined : eq(campaigns.shopId, shopId))
    .orderBy(asc(shops.name), asc(campaigns.name));
}

export async function campaignById(db: Db, id: number): Promise<CampaignRow | undefined> {
  return db
    .select(columns)
    .from(campaigns)
    .innerJoin(shops, eq(shops.id, campaigns.shopId))
    .where(eq(campaigns.id, id))
    .get();
}

/** What each campaign has come to, by its id; one without a sale or a commission is not in it. */
export async function campaignFigures(db: Db): Promise<Map<number, Come>> {
  return comeTo(
    await db.all(sql`
      SELECT t.campaign_id AS id, t.currency, sum(t.sales) AS sales, ${TOTALS.earned} AS earned
      FROM totals t WHERE t.grain = 'campaign' GROUP BY t.campaign_id, t.currency ORDER BY t.currency`),
  );
}
