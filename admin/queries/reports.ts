import { and, desc, eq, inArray, notExists, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { coupons, reports, shops } from '../../drizzle/schema.ts';
import type { Outcome } from '../../ledger/decide.ts';
import type { Db } from '../env.ts';

const SHOWN = 50;

/** What the reports' partial index is made of: these wait for a person. Written out, for SQLite to know it again. */
const WAITS = sql`${reports.outcome} in ('unreadable', 'no amount', 'other currency', 'disputed')`;

/** With a report like these, what another report left open is settled. */
const SETTLING = ['recorded', 'confirmed', 'corrected', 'already known'] satisfies Outcome[];

export type ReportRow = Awaited<ReturnType<typeof latestReports>>[number];

/** The newest reports, or of those that wait for a person, with what became of each. */
export async function latestReports(db: Db, only: 'all' | 'waiting') {
  return selectReports(db, only === 'waiting' ? and(WAITS, notExists(settlementOf(db))) : undefined)
    .orderBy(desc(reports.id))
    .limit(SHOWN);
}

/** How many reports wait for a person. */
export async function countWaiting(db: Db): Promise<number> {
  return db.$count(reports, and(WAITS, notExists(settlementOf(db))));
}

/** A report by its id, and whether it still waits for a person. */
export async function reportById(db: Db, id: string): Promise<ReportRow | undefined> {
  return selectReports(db, eq(reports.id, id)).get();
}

const settlement = alias(reports, 'settlement');

const settlementOf = (db: Db) =>
  db
    .select({ id: settlement.id })
    .from(settlement)
    .where(and(eq(settlement.settles, reports.id), inArray(settlement.outcome, SETTLING)));

function selectReports(db: Db, where: SQL | undefined) {
  return db
    .select({
      id: reports.id,
      source: reports.source,
      shopId: reports.shopId,
      code: reports.code,
      couponId: reports.couponId,
      couponDeleted: sql<boolean>`${coupons.archivedAt} is not null`.mapWith(Boolean),
      orderId: reports.orderId,
      amount: reports.amount,
      amountMinor: reports.amountMinor,
      currency: reports.currency,
      soldAt: reports.soldAt,
      receivedAt: reports.receivedAt,
      outcome: sql<Outcome>`${reports.outcome}`,
      detail: reports.detail,
      saleId: reports.saleId,
      timeZone: shops.timeZone,
      waits: sql<boolean>`${WAITS} and not exists ${settlementOf(db)}`.mapWith(Boolean),
    })
    .from(reports)
    .leftJoin(coupons, eq(coupons.id, reports.couponId))
    .leftJoin(shops, eq(shops.id, reports.shopId))
    .where(where);
}
