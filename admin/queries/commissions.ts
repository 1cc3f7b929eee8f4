import { type SQL, sql } from 'drizzle-orm';
import {
  type CommissionFilterStatus,
  type CommissionStatus,
  EARNED,
  PAID,
  type SaleState,
  type Settleable,
  STATUS,
} from '../../ledger/rules.ts';
import type { Db } from '../env.ts';
import { batchesOf } from './batches.ts';
import { beyond, countAlong, keysAlong, orderOf, TOTALS } from './by-time.ts';
import { COUNTED, PAGE_ROWS, type Place, type Slice, sliceOf } from './keyset.ts';
import { allOf, minorIn, type Sum, sumMinor } from './sums.ts';

/** Which commissions; what is undefined matters not. */
export interface CommissionFilter {
  status?: CommissionFilterStatus | undefined;
  currency?: string | undefined;
  affiliateId?: number | undefined;
  campaignId?: number | undefined;
  saleId?: number | undefined;
}

/** What one affiliate has of one sale. */
export interface CommissionRow extends Settleable {
  /** `saleId-affiliateId`, as it stands in addresses. */
  id: string;
  saleId: number;
  affiliateId: number;
  /** How many lines it has: with the sums what a person has seen. */
  lines: number;
  status: CommissionStatus;
  earnedMinor: number;
  currency: string;
  /** Null for a fixed commission. */
  rateBp: number | null;
  /** When it becomes approved by itself; null: only a person approves it. */
  availableAt: number | null;
  soldAt: number;
  /** The day of the sale by the clock of the shop. */
  day: string;
  saleState: SaleState;
  orderId: string | null;
  affiliate: string;
  campaignId: number;
  campaign: string;
  timeZone: string;
  /** Only a pixel speaks for it, and anybody can send what a pixel sends. */
  unconfirmed: number;
}

/** A page of commissions by the time of their sales, the newest first, and how many there are; COUNTED + 1 means more. */
export async function commissionPage(
  db: Db,
  filter: CommissionFilter,
  place: Place<string>,
): Promise<Slice<CommissionRow> & { count: number }> {
  const { count } = await db.get<{ count: number }>(counting(filter));
  const few = filter.status === 'pending' && count <= COUNTED;
  const found = await commissionsAlong(db, filter, place, PAGE_ROWS + 1, few);
  return { ...sliceOf(found, place), count };
}

/** All commissions that match, the newest first, in batches. */
export const commissionBatches = (db: Db, filter: CommissionFilter): AsyncGenerator<CommissionRow[]> =>
  batchesOf((after, limit) => commissionsAlong(db, filter, { after }, limit, false));

/** How many wait for approval, COUNTED + 1 meaning more than COUNTED. */
export async function countPending(db: Db, filter: CommissionFilter): Promise<number> {
  return (await db.get<{ count: number }>(counting({ ...filter, status: 'pending' }))).count;
}

/** @param few where so few are pending that finding them all is quicker than going along the hours until enough are met. */
function commissionsAlong(
  db: Db,
  filter: CommissionFilter,
  { after, before }: Place<string>,
  limit: number,
  few: boolean,
): Promise<CommissionRow[]> {
  const key = before ?? after;
  const backwards = before !== undefined;
  const these = matching(filter);
  const from = key === undefined ? undefined : { key: key.split('-').map(Number), backwards };
  const found = few || filter.saleId !== undefined ? foundIn(filter) : undefined;
  const keys = found
    ? sql`SELECT m.sale_id AS k0, m.affiliate_id AS k1 ${found} AND ${beyond('m', from)}
        ORDER BY ${orderOf('m', backwards)} LIMIT ${limit}`
    : keysAlong('m', { these, from, limit });
  return db.all(sql`
    WITH found AS MATERIALIZED (${keys})
    SELECT ${COLUMNS} FROM found CROSS JOIN ${TABLES} WHERE m.sale_id = found.k0 AND m.affiliate_id = found.k1
    ORDER BY ${orderOf('m', backwards)} LIMIT ${limit}`);
}

function counting(filter: CommissionFilter): SQL {
  const limit = COUNTED + 1;
  const found = foundIn(filter);
  return found
    ? sql`SELECT count(*) AS count FROM (SELECT 1 ${found} LIMIT ${limit})`
    : countAlong('m', { these: matching(filter), limit });
}

/** Where another way than along the hours finds what is asked for: `FROM … WHERE …`; undefined where none does. */
function foundIn(filter: CommissionFilter): SQL | undefined {
  if (filter.saleId !== undefined) return sql`FROM commissions m WHERE ${matching(filter)}`;
  if (filter.status !== 'pending') return undefined;
  return sql`FROM commissions m INDEXED BY commissions_waiting WHERE m.pending_minor <> 0 AND ${matching(filter)}`;
}

/** All commissions of a sale, the one of its affiliate first. */
export const commissionsOfSale = (db: Db, saleId: number): Promise<CommissionRow[]> =>
  db.all(sql`
    SELECT ${COLUMNS} FROM ${TABLES} WHERE m.sale_id = ${saleId} ORDER BY m.affiliate_id IS s.affiliate_id DESC, m.affiliate_id`);

/** Those that a person is about to settle, the newest first. */
export const commissionsNamed = (db: Db, named: { saleId: number; affiliateId: number }[]): Promise<CommissionRow[]> =>
  db.all(sql`
    SELECT ${COLUMNS} FROM json_each(${JSON.stringify(named.map(({ saleId, affiliateId }) => [saleId, affiliateId]))}) j
    CROSS JOIN ${TABLES} WHERE m.sale_id = j.value ->> 0 AND m.affiliate_id = j.value ->> 1 ORDER BY ${orderOf('m')}`);

/** One movement of a commission's money. */
export interface Line {
  n: number;
  affiliateId: number;
  affiliate: string;
  at: number;
  kind: string;
  pendingMinor: number;
  approvedMinor: number;
  inPaymentMinor: number;
  paidMinor: number;
  currency: string;
  cause: string;
  causeId: string | null;
  /** The person, or whose report it was; null where nobody in particular is. */
  person: string | null;
  /** Of a report: through which door it came, and what it was. */
  source: string | null;
  reportKind: string | null;
  refundId: string | null;
  /** Of an import: the file's name. */
  file: string | null;
  rule: string | null;
  reason: string | null;
}

/** The lines of a sale's commissions, in their order. */
export const linesOfSale = (db: Db, saleId: number): Promise<Line[]> =>
  db.all(sql`
    SELECT l.n, l.affiliate_id AS affiliateId, a.name AS affiliate, l.at, l.kind, l.pending_minor AS pendingMinor,
      l.approved_minor AS approvedMinor, l.in_payment_minor AS inPaymentMinor, l.paid_minor AS paidMinor, m.currency,
      l.cause, l.cause_id AS causeId, u.name AS person, r.source, r.kind AS reportKind, r.more ->> 'refundId' AS refundId,
      i.file_name AS file, l.rule, l.reason
    FROM lines l JOIN commissions m ON m.sale_id = l.sale_id AND m.affiliate_id = l.affiliate_id
      JOIN affiliates a ON a.id = l.affiliate_id
      LEFT JOIN reports r ON l.cause = 'report' AND r.id = l.cause_id
      LEFT JOIN imports i ON i.id = CASE WHEN l.cause = 'import' THEN CAST(l.cause_id AS INTEGER) ELSE r.import_id END
      LEFT JOIN users u ON u.id = CASE WHEN l.cause = 'person' THEN l.cause_id ELSE r.user_id END
    WHERE l.sale_id = ${saleId} ORDER BY l.at, l.affiliate_id, l.n`);

/** What commissions come to in one currency. */
export interface CommissionSums {
  currency: string;
  pendingMinor: bigint;
  approvedMinor: bigint;
  /** In payment or paid. */
  paidMinor: bigint;
}

/** What the commissions of an affiliate, of a campaign, of a sale, or all add up to, by currency. */
export async function commissionSums(
  db: Db,
  { affiliateId, campaignId, saleId }: Pick<CommissionFilter, 'affiliateId' | 'campaignId' | 'saleId'>,
): Promise<CommissionSums[]> {
  const rows = await db.all<{ currency: string; pending: string; approved: string; paid: string }>(
    saleId === undefined
      ? sql`
        SELECT t.currency, ${TOTALS.pending} AS pending, ${TOTALS.approved} AS approved, ${TOTALS.paid} AS paid
        FROM ${affiliateId === undefined ? sql`totals t WHERE t.grain = 'campaign'` : totalsOfAffiliate(affiliateId)}
          AND ${campaignId === undefined ? sql`true` : sql`t.campaign_id = ${campaignId}`}
        GROUP BY t.currency ORDER BY t.currency`
      : sql`
        SELECT m.currency, ${sumMinor(sql`m.pending_minor`)} AS pending, ${sumMinor(sql`m.approved_minor`)} AS approved,
          ${sumMinor(sql.raw(PAID))} AS paid
        FROM commissions m WHERE m.sale_id = ${saleId} GROUP BY m.currency ORDER BY m.currency`,
  );
  return rows.map(({ currency, pending, approved, paid }) => ({
    currency,
    pendingMinor: minorIn(pending),
    approvedMinor: minorIn(approved),
    paidMinor: minorIn(paid),
  }));
}

/** The months of an affiliate's totals, `FROM` and the beginning of `WHERE`: SQLite would rather go by the key, through all of them. */
export const totalsOfAffiliate = (affiliateId: number, grain: 'day' | 'month' = 'month'): SQL =>
  sql`totals t INDEXED BY totals_affiliate WHERE t.affiliate_id = ${affiliateId} AND t.grain = ${grain}`;

/** What campaigns or affiliates have come to: how many sales, and what was earned with them, by currency. */
export interface Come {
  sales: number;
  earned: Sum[];
}

export const NOTHING_YET: Come = { sales: 0, earned: [] };

/** @param rows a total for each subject and currency. */
export function comeTo(rows: { id: number; currency: string; sales: number; earned: string }[]): Map<number, Come> {
  const found = new Map<number, Come>();
  for (const { id, currency, sales, earned } of rows) {
    const come = found.get(id) ?? { sales: 0, earned: [] };
    come.sales += sales;
    come.earned.push({ currency, amountMinor: minorIn(earned) });
    found.set(id, come);
  }
  return found;
}

/** Each by what it asks of a commission `m`, whatever else is of it. */
const HAS: Record<CommissionFilterStatus, string> = {
  pending: 'm.pending_minor <> 0',
  approved: 'm.approved_minor <> 0',
  paid: `${PAID} <> 0`,
  disputed: 'm.sale_id IN (SELECT id FROM sales WHERE question IS NOT NULL) AND m.held IS NULL AND m.declined IS NULL',
  held: 'm.held IS NOT NULL AND m.declined IS NULL',
  declined: 'm.declined IS NOT NULL',
};

/** Conditions on commissions `m` alone. */
export function matching({ status, currency, affiliateId, campaignId, saleId }: CommissionFilter): SQL {
  return allOf(
    affiliateId === undefined ? undefined : sql`m.affiliate_id = ${affiliateId}`,
    saleId === undefined ? undefined : sql`m.sale_id = ${saleId}`,
    status && sql.raw(HAS[status]),
    currency ? sql`m.currency = ${currency}` : undefined,
    campaignId === undefined ? undefined : sql`m.campaign_id = ${campaignId}`,
  );
}

const COLUMNS =
  sql.raw(`m.sale_id || '-' || m.affiliate_id AS id, m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines,
  ${STATUS} AS status, ${EARNED} AS earnedMinor, m.pending_minor AS pendingMinor, m.approved_minor AS approvedMinor,
  m.in_payment_minor AS inPaymentMinor, m.paid_minor AS paidMinor, m.currency, m.rate_bp AS rateBp, m.declined, m.held,
  m.available_at AS availableAt, m.sold_at AS soldAt, s.day, s.state AS saleState, s.order_id AS orderId, a.name AS affiliate,
  m.campaign_id AS campaignId, k.name AS campaign, h.time_zone AS timeZone, NOT m.confirmed AS unconfirmed`);

const TABLES =
  sql.raw(`commissions m CROSS JOIN sales s ON s.id = m.sale_id CROSS JOIN affiliates a ON a.id = m.affiliate_id
  CROSS JOIN campaigns k ON k.id = m.campaign_id CROSS JOIN shops h ON h.id = m.shop_id`);
