import { and, asc, count, desc, eq, gt, lt, type SQL, sql, sum } from 'drizzle-orm';
import { affiliates, campaigns, commissions, sales, shops } from '../../drizzle/schema.ts';
import type { Db } from '../env.ts';
import { batchesOf } from './batches.ts';
import { PAGE_ROWS, type Place, type Slice, sliceOf } from './keyset.ts';

export type CommissionStatus = (typeof commissions.$inferSelect)['status'];

/** Which commissions; what is undefined matters not. */
export interface CommissionFilter {
  status?: CommissionStatus | undefined;
  currency?: string | undefined;
  affiliateId?: number | undefined;
  campaignId?: number | undefined;
  saleId?: number | undefined;
}

export interface CommissionRow {
  id: number;
  kind: (typeof commissions.$inferSelect)['kind'];
  amountMinor: number;
  currency: string;
  /** Null for a fixed commission. */
  rateBp: number | null;
  status: CommissionStatus;
  reason: string | null;
  /** When it becomes approved by itself; null: only a person approves it. */
  availableAt: number | null;
  createdAt: number;
  settledAt: number | null;
  saleId: number | null;
  orderId: string | null;
  affiliateId: number;
  affiliate: string;
  campaignId: number;
  campaign: string;
  timeZone: string;
  /** Only a pixel speaks for its sale, and anybody can send what a pixel sends. */
  unconfirmed: boolean;
  /** A later line has taken it back; settling it again would pay twice. */
  reversed: boolean;
}

/** A sum of the commissions of one status and currency, with how many they are. */
export interface CommissionSum {
  status: CommissionStatus;
  currency: string;
  amountMinor: number;
  count: number;
}

const columns = {
  id: commissions.id,
  kind: commissions.kind,
  amountMinor: commissions.amountMinor,
  currency: commissions.currency,
  rateBp: commissions.rateBp,
  status: commissions.status,
  reason: commissions.reason,
  availableAt: commissions.availableAt,
  createdAt: commissions.createdAt,
  settledAt: commissions.settledAt,
  saleId: commissions.saleId,
  orderId: sales.orderId,
  affiliateId: commissions.affiliateId,
  affiliate: affiliates.name,
  campaignId: commissions.campaignId,
  campaign: campaigns.name,
  timeZone: shops.timeZone,
  unconfirmed: sql<boolean>`coalesce(${sales.evidence} = 'pixel', 0)`.mapWith(Boolean),
  reversed: sql<boolean>`exists (select 1 from commissions r where r.sale_id = ${commissions.saleId}
    and r.kind = 'reversal' and r.affiliate_id = ${commissions.affiliateId} and r.id > ${commissions.id})`.mapWith(
    Boolean,
  ),
};

/** A page of commissions, the newest first, and how many there are in all. */
export async function commissionPage(
  db: Db,
  filter: CommissionFilter,
  place: Place,
): Promise<Slice<CommissionRow> & { count: number }> {
  const these = matching(filter);
  // Not a batch: in one, D1 hands out rows by column name, and two tables' `name`s become one.
  const [found, [counted]] = await Promise.all([
    linesAlong(db, these, place, PAGE_ROWS + 1),
    db.select({ count: count() }).from(commissions).where(these),
  ]);
  return { ...sliceOf(found, place), count: counted!.count };
}

/** All commissions that match, the newest first, in batches. */
export function commissionBatches(db: Db, filter: CommissionFilter): AsyncGenerator<CommissionRow[]> {
  return batchesOf((after, limit) => linesAlong(db, matching(filter), { after }, limit));
}

async function linesAlong(db: Db, these: SQL | undefined, { after, before }: Place, limit: number) {
  const backwards = before !== undefined;
  const from = backwards ? gt(commissions.id, before) : after === undefined ? undefined : lt(commissions.id, after);
  return selectLines(db)
    .where(and(these, from))
    .orderBy(backwards ? asc(commissions.id) : desc(commissions.id))
    .limit(limit);
}

/** All lines of a sale, the oldest first. */
export async function commissionsOfSale(db: Db, saleId: number): Promise<CommissionRow[]> {
  return selectLines(db).where(eq(commissions.saleId, saleId)).orderBy(asc(commissions.id));
}

/** Those of a list of ids, at most a page of them, the newest first: what a person is about to settle. */
export async function commissionsById(db: Db, ids: number[]): Promise<CommissionRow[]> {
  return selectLines(db)
    .where(sql`${commissions.id} in (select value from json_each(${JSON.stringify(ids)}))`)
    .orderBy(desc(commissions.id));
}

/** What the commissions add up to, by currency and status. Two currencies are never added. */
export async function commissionSums(db: Db, filter: CommissionFilter): Promise<CommissionSum[]> {
  const rows = await db
    .select({
      status: commissions.status,
      currency: commissions.currency,
      amountMinor: sum(commissions.amountMinor),
      count: count(),
    })
    .from(commissions)
    .where(matching(filter))
    .groupBy(commissions.currency, commissions.status)
    .orderBy(commissions.currency, sql`instr('pending approved paid declined', ${commissions.status})`);
  return rows.map((row) => ({ ...row, amountMinor: Number(row.amountMinor) }));
}

function matching(filter: CommissionFilter): SQL | undefined {
  const { status, currency, affiliateId, campaignId, saleId } = filter;
  return and(
    status && eq(commissions.status, status),
    currency ? eq(commissions.currency, currency) : undefined,
    affiliateId === undefined ? undefined : eq(commissions.affiliateId, affiliateId),
    campaignId === undefined ? undefined : eq(commissions.campaignId, campaignId),
    saleId === undefined ? undefined : eq(commissions.saleId, saleId),
  );
}

function selectLines(db: Db) {
  return db
    .select(columns)
    .from(commissions)
    .innerJoin(affiliates, eq(affiliates.id, commissions.affiliateId))
    .innerJoin(campaigns, eq(campaigns.id, commissions.campaignId))
    .innerJoin(shops, eq(shops.id, campaigns.shopId))
    .leftJoin(sales, eq(sales.id, commissions.saleId));
}
