/** Moves money between the sums of commissions: pending → approved → in payment → paid, and back where it failed or returned. */
import type { Actor } from '../audit.ts';
import { NOTHING, type Sums } from '../owed.ts';
import { IS_DECIDED, MAY_APPROVE_ITSELF, MAY_BE_APPROVED, MAY_GO_OUT } from '../rules.ts';
import { addTotals, type Contribution, contributionsOf, totalsBetween } from './totals.ts';
import { drawAppend } from './write.ts';

/** A commission as a person has seen it: with another number of lines its sums are others. */
export interface Seen {
  saleId: number;
  affiliateId: number;
  lines: number;
}

export type MoveKind = 'approved' | 'in payment' | 'paid' | 'failed' | 'returned';

export interface Move {
  kind: MoveKind;
  cause: { cause: 'person' | 'payout' | 'hold'; causeId: string | null };
  by: Actor;
  /** Whether commissions that are asked about or whose affiliate is not active are left alone, as by the end of a hold. */
  byItself?: boolean;
  reason?: string | null;
}

/** As many as one batch moves well below 200 ms. */
const SLICE = 2_000;

/**
 * Moves whole commissions, each only where it is as it was seen, and its order is not to be decided again. What is held or
 * declined is not approved; what is asked about, or of an affiliate who is not active, does not go out either, but for a
 * debt: that is netted. What has gone out comes to its end whatever is said of it meanwhile.
 * @returns those that were moved.
 */
export async function moveMoney(db: D1Database, moves: Seen[], how: Move): Promise<Seen[]> {
  const moved: Seen[] = [];
  for (let from = 0; from < moves.length; from += SLICE)
    moved.push(...(await moveSlice(db, moves.slice(from, from + SLICE), how)));
  return moved;
}

interface Row extends Seen, Sums {
  shopId: number;
  orderKey: string;
  campaignId: number;
  currency: string;
  day: string;
  append: number;
}

async function moveSlice(db: D1Database, moves: Seen[], { kind, cause, by, byItself, reason }: Move): Promise<Seen[]> {
  const { results } = await db
    .prepare(`${MOVABLE} ${conditionOf(kind, byItself ?? false)}`)
    .bind(JSON.stringify(moves.map(({ saleId, affiliateId, lines }) => [saleId, affiliateId, lines])))
    .all<Row>();
  const going = results.flatMap((row) => {
    const line = lineOf(kind, row);
    return line ? [{ row, line }] : [];
  });
  if (going.length === 0) return [];
  // Two affiliates of one sale move under one number.
  const numbers = new Map(
    [...new Set(going.map(({ row }) => row.saleId))].map((saleId, index) => [saleId, drawAppend(index)]),
  );
  const sales = [...numbers].map(([saleId, append]) => [
    saleId,
    append,
    going.find(({ row }) => row.saleId === saleId)!.row.append,
  ]);
  const approves = kind === 'approved' && cause.cause === 'person';
  const rows = going.map(({ row, line }) => [
    ...[
      row.saleId,
      numbers.get(row.saleId),
      row.affiliateId,
      row.lines + 1,
      by.now,
      kind,
      line.pendingMinor,
      line.approvedMinor,
    ],
    ...[line.inPaymentMinor, line.paidMinor, cause.cause, cause.causeId, reason ?? null],
  ]);
  const totals = going.flatMap(({ row, line }) =>
    totalsOf(row, line).map(([key, change]) => [
      row.saleId,
      numbers.get(row.saleId),
      ...(JSON.parse(key) as unknown[]),
      ...change,
    ]),
  );
  const [written] = await db.batch<{ id: number }>([
    db.prepare(SALES).bind(JSON.stringify(sales), approves ? by.now : null),
    db.prepare(COMMISSIONS).bind(JSON.stringify(rows)),
    db.prepare(LINES).bind(JSON.stringify(rows)),
    db.prepare(TOTALS).bind(JSON.stringify(totals)),
    ...(approves ? [db.prepare(ASKED).bind(JSON.stringify(sales), cause.causeId, by.now)] : []),
  ]);
  const done = new Set(written!.results.map(({ id }) => id));
  return going
    .filter(({ row }) => done.has(row.saleId))
    .map(({ row }) => ({ saleId: row.saleId, affiliateId: row.affiliateId, lines: row.lines }));
}

/** The line that moves all there is; null where there is nothing to move. */
function lineOf(kind: MoveKind, { pendingMinor, approvedMinor, inPaymentMinor, paidMinor }: Sums): Sums | null {
  const move = (minor: number, from: keyof Sums, to: keyof Sums) =>
    minor === 0 ? null : { ...NOTHING, [from]: -minor, [to]: minor };
  switch (kind) {
    case 'approved':
      return move(pendingMinor, 'pendingMinor', 'approvedMinor');
    case 'in payment':
      return move(approvedMinor, 'approvedMinor', 'inPaymentMinor');
    case 'paid':
      return move(inPaymentMinor, 'inPaymentMinor', 'paidMinor');
    case 'failed':
      return move(inPaymentMinor, 'inPaymentMinor', 'approvedMinor');
    case 'returned':
      return move(paidMinor, 'paidMinor', 'approvedMinor');
  }
}

function totalsOf(row: Row, line: Sums): [string, Contribution][] {
  const sale = {
    state: 'nothing' as const,
    day: row.day,
    campaignId: null,
    affiliateId: null,
    currency: null,
    amountMinor: null,
    refundedMinor: 0,
  };
  return totalsBetween(
    new Map(),
    contributionsOf(sale, [
      { ...line, campaignId: row.campaignId, affiliateId: row.affiliateId, currency: row.currency },
    ]),
  );
}

const at = (index: number) => `(j.value ->> ${index})`;

const MOVABLE = `
  SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines, m.campaign_id AS campaignId, m.currency,
    m.pending_minor AS pendingMinor, m.approved_minor AS approvedMinor, m.in_payment_minor AS inPaymentMinor,
    m.paid_minor AS paidMinor, s.shop_id AS shopId, s.order_key AS orderKey, s.day, s.append
  FROM json_each(?1) j
  CROSS JOIN commissions m ON m.sale_id = ${at(0)} AND m.affiliate_id = ${at(1)} AND m.lines = ${at(2)}
  CROSS JOIN sales s ON s.id = m.sale_id
  WHERE ${IS_DECIDED}`;

function conditionOf(kind: MoveKind, byItself: boolean): string {
  if (kind === 'approved') return `AND ${byItself ? MAY_APPROVE_ITSELF : MAY_BE_APPROVED}`;
  return kind === 'in payment' ? `AND (${MAY_GO_OUT})` : '';
}

const SALES = `
  UPDATE sales SET append = its.append, approved_at = coalesce(approved_at, ?2)
  FROM (SELECT ${at(0)} AS id, ${at(1)} AS append, ${at(2)} AS seen FROM json_each(?1) j) its
  WHERE sales.id = its.id AND sales.append = its.seen
    AND NOT EXISTS (SELECT 1 FROM to_decide t WHERE t.shop_id = sales.shop_id AND t.order_key = sales.order_key)
  RETURNING id`;

const WRITTEN = `CROSS JOIN sales s ON s.id = ${at(0)} AND s.append = ${at(1)}`;

/** What browsers are asked about is answered by a person's approval: such a sale is to be decided again. */
const ASKED = `
  INSERT INTO to_decide (shop_id, order_key, kind, cause, cause_id, since)
  SELECT s.shop_id, s.order_key, 'correction', 'person', ?2, ?3 FROM json_each(?1) j ${WRITTEN}
  WHERE s.question IS NOT NULL ON CONFLICT DO UPDATE SET times = times + 1`;

const COMMISSIONS = `
  UPDATE commissions SET lines = its.n, pending_minor = pending_minor + its.pending, approved_minor = approved_minor + its.approved,
    in_payment_minor = in_payment_minor + its.in_payment, paid_minor = paid_minor + its.paid
  FROM (SELECT s.id, ${at(2)} AS affiliate_id, ${at(3)} AS n, ${at(6)} AS pending, ${at(7)} AS approved, ${at(8)} AS in_payment, ${at(9)} AS paid
    FROM json_each(?1) j ${WRITTEN}) its
  WHERE commissions.sale_id = its.id AND commissions.affiliate_id = its.affiliate_id`;

const LINES = `
  INSERT INTO lines (sale_id, affiliate_id, n, at, kind, pending_minor, approved_minor, in_payment_minor, paid_minor, cause, cause_id, reason)
  SELECT s.id, ${[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(at).join(', ')} FROM json_each(?1) j ${WRITTEN}`;

const TOTALS = addTotals(WRITTEN, 2);
