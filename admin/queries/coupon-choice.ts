/** The coupons that somebody has chosen on the list: those checked, or all that its filter matches. */
import { and, asc, count, eq, gt, isNull, sql } from 'drizzle-orm';
import { coupons, shops } from '../../drizzle/schema.ts';
import { BULK_ROWS } from '../../ledger/coupons/many.ts';
import type { Db } from '../env.ts';
import { type CouponFilter, isOneOf, matching, matchMany, type Today } from './coupons.ts';

export type Choice = { ids: number[] } | { filter: CouponFilter; today: Today };

const where = (choice: Choice) =>
  'ids' in choice
    ? and(isOneOf(coupons.id, choice.ids), isNull(coupons.archivedAt))
    : matching(choice.filter, choice.today);

/**
 * How many living ones they are, by shop, and a mark of which: it is another one where a coupon came, went or was changed.
 * (Knuth's multiplicative hash of ids and revisions; a sum of 28 bits each stays exact up to thirty million coupons.)
 */
export async function chosenByShop(db: Db, choice: Choice) {
  const mark = sql<number>`sum((${coupons.id} * 2654435761 + ${coupons.revision} * 40503) & 268435455)`;
  return db
    .select({ shopId: coupons.shopId, shopName: shops.name, timeZone: shops.timeZone, count: count(), mark })
    .from(coupons)
    .innerJoin(shops, eq(shops.id, coupons.shopId))
    .where(where(choice))
    .groupBy(coupons.shopId)
    .orderBy(asc(shops.name));
}

/** The first of them, to be named. */
export async function firstChosen(db: Db, choice: Choice, limit: number): Promise<{ id: number; code: string }[]> {
  const order = 'ids' in choice ? coupons.codeKey : coupons.id;
  return db
    .select({ id: coupons.id, code: coupons.code })
    .from(coupons)
    .where(where(choice))
    .orderBy(asc(order))
    .limit(limit);
}

/** Their ids in batches for `changeCoupons`. A coupon that leaves the filter by being changed is met only once. */
export async function* chosenIds(db: Db, choice: Choice): AsyncGenerator<number[]> {
  if ('ids' in choice) {
    yield choice.ids;
    return;
  }
  const { filter, today } = choice;
  const these = matching(filter, today, await matchMany(db, filter, today));
  let last = 0;
  while (true) {
    const rows = await db
      .select({ id: coupons.id })
      .from(coupons)
      .where(and(these, gt(coupons.id, last)))
      .orderBy(asc(coupons.id))
      .limit(BULK_ROWS);
    if (rows.length > 0) yield rows.map(({ id }) => id);
    if (rows.length < BULK_ROWS) return;
    last = rows.at(-1)!.id;
  }
}
