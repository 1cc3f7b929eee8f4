import { and, asc, count, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { affiliates, campaigns, coupons, shops } from '../../drizzle/schema.ts';
import type { AffiliateStatus } from '../../ledger/affiliates.ts';
import type { Db } from '../env.ts';
import { TOTALS } from './by-time.ts';
import { type Come, comeTo, NOTHING_YET } from './commissions.ts';
import { PAGE_ROWS, type Place, type Slice, sliceOf } from './keyset.ts';

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

export interface AffiliateRow extends AffiliateOption, Come {
  createdAt: number;
  updatedAt: number;
  /** Whether they can sign in: they have accepted an invitation. */
  hasAccount: boolean;
  coupons: number;
}

// Names inside the subqueries are written out: of a single table, drizzle would print a column without its table.
const columns = {
  id: affiliates.id,
  name: affiliates.name,
  email: affiliates.email,
  status: affiliates.status,
  createdAt: affiliates.createdAt,
  updatedAt: affiliates.updatedAt,
  hasAccount: sql<boolean>`${affiliates.userId} is not null`.mapWith(Boolean),
  coupons: sql<number>`(select count(*) from coupons c where c.affiliate_id = affiliates.id and c.archived_at is null)`,
};

/** A page of affiliates by name, and how many there are in all. */
export async function affiliatePage(
  db: Db,
  filter: { search: string; status: AffiliateStatus | undefined },
  place: Place,
): Promise<Slice<AffiliateRow> & { count: number }> {
  const these = and(
    filter.status && eq(affiliates.status, filter.status),
    // Not LIKE: D1 takes patterns of 50 bytes at most.
    filter.search
      ? sql`(instr(lower(${affiliates.name}), lower(${filter.search})) or instr(${affiliates.email}, lower(${filter.search})))`
      : undefined,
  );
  const backwards = place.before !== undefined;
  const [found, [counted]] = await db.batch([
    db
      .select(columns)
      .from(affiliates)
      .where(and(these, beyond(place)))
      .orderBy(...(backwards ? [desc(byName), desc(affiliates.id)] : [asc(byName), asc(affiliates.id)]))
      .limit(PAGE_ROWS + 1),
    db.select({ count: count() }).from(affiliates).where(these),
  ]);
  const slice = sliceOf(found, place);
  const figures = await figuresOf(
    db,
    slice.rows.map(({ id }) => id),
  );
  const rows = slice.rows.map((row) => ({ ...row, ...(figures.get(row.id) ?? NOTHING_YET) }));
  return { ...slice, rows, count: counted!.count };
}

export interface AffiliateDetail extends Omit<AffiliateRow, keyof Come> {
  note: string;
}

export async function affiliateById(db: Db, id: number): Promise<AffiliateDetail | undefined> {
  return db
    .select({ ...columns, note: affiliates.note })
    .from(affiliates)
    .where(eq(affiliates.id, id))
    .get();
}

export interface AffiliateCoupon {
  id: number;
  code: string;
  campaign: string;
  expiresOn: string | null;
  timeZone: string;
}

/** The living coupons of an affiliate, the newest first. */
export async function couponsOf(db: Db, affiliateId: number, limit: number): Promise<AffiliateCoupon[]> {
  return db
    .select({
      id: coupons.id,
      code: coupons.code,
      campaign: campaigns.name,
      expiresOn: coupons.expiresOn,
      timeZone: shops.timeZone,
    })
    .from(coupons)
    .innerJoin(campaigns, eq(campaigns.id, coupons.campaignId))
    .innerJoin(shops, eq(shops.id, coupons.shopId))
    .where(and(eq(coupons.affiliateId, affiliateId), isNull(coupons.archivedAt)))
    .orderBy(desc(coupons.id))
    .limit(limit);
}

/** What affiliates have come to, by their ids. */
async function figuresOf(db: Db, ids: number[]): Promise<Map<number, Come>> {
  return comeTo(
    await db.all(sql`
      SELECT t.affiliate_id AS id, t.currency, sum(t.sales) AS sales, ${TOTALS.earned} AS earned
      FROM json_each(${JSON.stringify(ids)}) j CROSS JOIN totals t INDEXED BY totals_affiliate
      WHERE t.affiliate_id = j.value AND t.grain = 'month' GROUP BY t.affiliate_id, t.currency ORDER BY t.currency`),
  );
}

const byName = sql`${affiliates.name} collate nocase`;

function beyond({ after, before }: Place): SQL | undefined {
  const key = (id: number) => sql`(select name, id from affiliates where id = ${id})`;
  if (before !== undefined) return sql`(${byName}, ${affiliates.id}) < ${key(before)}`;
  return after === undefined ? undefined : sql`(${byName}, ${affiliates.id}) > ${key(after)}`;
}
