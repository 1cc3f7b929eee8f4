import { type SQL, sql } from 'drizzle-orm';
import type { Kind, Source } from '../../ledger/report.ts';
import type { Db } from '../env.ts';
import type { Became } from '../outcomes.ts';

const SHOWN = 50;

/** A report with what became of it. */
export interface ReportRow {
  id: string;
  source: Source;
  kind: Kind;
  /** 0: none; nobody could tell which shop's order it is. */
  shopId: number;
  orderKey: string;
  code: string;
  /** The coupon that the code means now, where it means one. */
  couponId: number | null;
  couponDeleted: boolean;
  orderId: string | null;
  amount: string | null;
  /** Read, in the currency beside it. */
  amountMinor: number | null;
  /** What came back of the order. */
  refundedMinor: number | null;
  currency: string | null;
  soldAt: number;
  /** Whether of the sale only the day is known. */
  dayOnly: number;
  receivedAt: number;
  outcome: Became;
  detail: string | null;
  /** The sale that it is part of; null where its order earns nobody anything. */
  saleId: number | null;
  timeZone: string | null;
  waits: boolean;
}

/** The newest reports, or of those that wait for a person, with what became of each. */
export function latestReports(db: Db, only: 'all' | 'waiting'): Promise<ReportRow[]> {
  return only === 'waiting'
    ? selectReports(
        db,
        sql`(${WAITING}) w CROSS JOIN reports r ON r.id = w.id`,
        sql`true ORDER BY r.received_at DESC LIMIT ${SHOWN}`,
      )
    : selectReports(
        db,
        sql`reports r`,
        sql`r.kind IN ('sale', 'refund', 'correction') ORDER BY r.id DESC LIMIT ${SHOWN}`,
      );
}

/** How many reports wait for a person, and how many sales are asked about. */
export async function countWaiting(db: Db): Promise<number> {
  return (await db.get<{ count: number }>(sql`SELECT count(*) AS count FROM (${WAITING})`)).count;
}

/** A report by its id, and whether it still waits for a person. */
export async function reportById(db: Db, id: string): Promise<ReportRow | undefined> {
  return (await selectReports(db, sql`reports r`, sql`r.id = ${id}`))[0];
}

/** Those that wait by themselves, and those that have raised a question about their sale. */
const WAITING = sql`
  SELECT report_id AS id FROM verdicts WHERE waits = 1 AND answered_by IS NULL
  UNION SELECT question_by FROM sales WHERE question IS NOT NULL`;

async function selectReports(db: Db, from: SQL, where: SQL): Promise<ReportRow[]> {
  const rows = await db.all<Omit<ReportRow, 'couponDeleted' | 'waits'> & { couponDeleted: number; waits: number }>(sql`
    SELECT r.id, r.source, r.kind, r.shop_id AS shopId, r.order_key AS orderKey, r.code, c.id AS couponId,
      c.archived_at IS NOT NULL AS couponDeleted, r.order_id AS orderId, r.amount, r.amount_minor AS amountMinor,
      r.refunded_minor AS refundedMinor, iif(r.amount_minor IS NULL AND r.refunded_minor IS NULL, r.currency, h.currency) AS currency,
      coalesce(r.sold_at, s.sold_at, r.received_at) AS soldAt,
      r.sold_on IS NOT NULL OR (r.sold_at IS NULL AND coalesce(s.day_only, 0)) AS dayOnly, r.received_at AS receivedAt, h.time_zone AS timeZone,
      ${BECAME} AS outcome, coalesce(v.detail, iif(s.question_by = r.id, s.question, NULL)) AS detail,
      iif(s.state IN ('standing', 'void', 'undone', 'joined'), s.id, NULL) AS saleId,
      coalesce(v.waits AND v.answered_by IS NULL, 0) OR (s.question IS NOT NULL AND s.question_by = r.id) AS waits
    FROM ${from}
    LEFT JOIN sales s ON s.shop_id = r.shop_id AND s.order_key = r.order_key
    LEFT JOIN verdicts v ON v.report_id = r.id
    LEFT JOIN shops h ON h.id = r.shop_id
    LEFT JOIN coupons c ON c.id = (SELECT k.coupon_id FROM coupon_codes k
      WHERE k.code_key = r.codes ->> 0 AND k.shop_id = r.shop_id ORDER BY k.from_at DESC LIMIT 1)
    WHERE ${where}`);
  return rows.map((row) => ({ ...row, couponDeleted: row.couponDeleted === 1, waits: row.waits === 1 }));
}

const rank = (source: string) =>
  `CASE ${source} WHEN 'webhook' THEN 3 WHEN 'server' THEN 2 WHEN 'pixel' THEN 0 ELSE 1 END`;

/** Those that were heard of its order before; better than all of them it put right or confirmed what they said. */
const EARLIER = `FROM reports e WHERE e.shop_id = r.shop_id AND e.order_key = r.order_key AND e.place < r.place`;

/**
 * What a report \`r\` came to, in a word, told by its verdict, by its sale \`s\`, and by those before it. Whether it counts in
 * what stands today only a decision knows: the page of the sale says it.
 */
const BECAME = sql.raw(`CASE
  WHEN v.outcome IS NOT NULL THEN v.outcome
  WHEN s.question_by = r.id THEN 'disputed'
  WHEN r.test THEN 'test'
  WHEN r.doubt IS NOT NULL THEN 'suspicious'
  WHEN s.state = 'void' THEN 'void'
  WHEN s.state = 'undone' THEN 'undone'
  WHEN s.state = 'joined' THEN 'joined'
  WHEN s.state IS NOT 'standing' THEN 'noted'
  WHEN r.kind = 'refund' THEN 'refunded'
  WHEN r.place = 1 THEN 'recorded'
  WHEN r.kind = 'correction' THEN 'corrected'
  WHEN r.amount_minor <> s.amount_minor OR (r.codes IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM json_each(r.codes) j JOIN coupon_codes k ON k.code_key = j.value AND k.shop_id = r.shop_id
    WHERE k.coupon_id = s.coupon_id)) THEN 'overruled'
  WHEN EXISTS (SELECT 1 ${EARLIER} AND ${rank('e.source')} >= ${rank('r.source')}) THEN 'already known'
  WHEN EXISTS (SELECT 1 ${EARLIER} AND (e.amount_minor IS NOT r.amount_minor OR e.codes IS NOT r.codes)) THEN 'corrected'
  ELSE 'confirmed' END`);
