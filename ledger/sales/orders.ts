/** Orders as they stand in D1: what was said of them, what it came to, and what money moved. */
import type { Sums } from '../owed.ts';
import type { Evidence, Heard, Kind, More, Source } from '../report.ts';

/** An order by its shop (0: none) and key. */
export interface OrderId {
  shopId: number;
  orderKey: string;
}

/** One name for both, for maps. */
export const nameOf = ({ shopId, orderKey }: OrderId) => `${shopId} ${orderKey}`;

/** A sale as it was written last. */
export interface SaleRow extends OrderId {
  id: number;
  state: 'standing' | 'nothing' | 'void' | 'undone' | 'joined' | 'adjustment';
  couponId: number | null;
  affiliateId: number | null;
  campaignId: number | null;
  amountMinor: number | null;
  refundedMinor: number;
  currency: string | null;
  evidence: Evidence;
  day: string;
  soldAt: number;
  approvedAt: number | null;
  reports: number;
  unkept: number;
  append: number;
}

export interface CommissionRow extends Sums {
  saleId: number;
  affiliateId: number;
  campaignId: number;
  couponId: number | null;
  currency: string;
  lines: number;
  rateBp: number | null;
  confirmed: boolean;
  declined: string | null;
  held: string | null;
  availableAt: number | null;
  soldAt: number;
}

/** What reaches back to an order, for the lines that come of it. */
export interface Awaited {
  times: number;
  kind: string;
  cause: string;
  causeId: string | null;
}

/** An order that anybody spoke of. */
export interface Member extends OrderId {
  sale: SaleRow | null;
  commissions: CommissionRow[];
  /** That it must be decided again; null: it need not. */
  awaited: Awaited | null;
  /** What was said under its key, in order. */
  heard: Heard[];
  /** The report of the eldest that has named it as one with that; null: it is the eldest. */
  joinedBy: string | null;
}

/** An order with those that are one with it: decided together, under the eldest. */
export interface OrderState extends OrderId {
  /** The eldest first. */
  members: Member[];
  /** All that was said of them, in order, counted through. */
  heard: Heard[];
}

/** Reads orders and those joined to them. @returns by the name of each that was asked for. */
export async function readOrders(db: D1Database, wanted: OrderId[]): Promise<Map<string, OrderState>> {
  const list = JSON.stringify(wanted.map(({ shopId, orderKey }) => [shopId, orderKey]));
  const [members, commissions, reports] = (await db.batch([
    db.prepare(MEMBERS).bind(list),
    db.prepare(COMMISSIONS).bind(list),
    db.prepare(REPORTS).bind(list),
  ])) as [D1Result<MemberRow>, D1Result<StoredCommission>, D1Result<ReportRow>];
  const commissionsOf = Map.groupBy(commissions.results, ({ saleId }) => saleId);
  const reportsOf = Map.groupBy(reports.results, ({ shopId, orderKey }) => nameOf({ shopId, orderKey }));
  const orders = new Map<string, OrderState>();
  for (const rows of Map.groupBy(members.results, ({ shopId, root }) => nameOf({ shopId, orderKey: root })).values()) {
    const eldestFirst = rows.toSorted((a, b) => Number(b.orderKey === b.root) - Number(a.orderKey === a.root));
    const { shopId, root } = rows[0]!;
    const members = eldestFirst.map((row) => memberOf(row, commissionsOf, reportsOf));
    const state: OrderState = { shopId, orderKey: root, members, heard: inOrder(members) };
    for (const row of rows) orders.set(nameOf(row), state);
  }
  return orders;
}

function memberOf(
  row: MemberRow,
  commissions: Map<number, StoredCommission[]>,
  reports: Map<string, ReportRow[]>,
): Member {
  const { shopId, orderKey, root: _, joinedBy, times, kind, cause, causeId, id, ...sale } = row;
  return {
    shopId,
    orderKey,
    sale: id === null ? null : ({ ...sale, id, shopId, orderKey } as SaleRow),
    commissions: (commissions.get(id ?? -1) ?? []).map((each) => ({ ...each, confirmed: each.confirmed === 1 })),
    awaited: times === null ? null : { times, kind: kind!, cause: cause!, causeId },
    heard: (reports.get(nameOf(row)) ?? []).map(heardOf),
    joinedBy,
  };
}

/** The reports of several orders as those of one: by arrival, each order's own in their order. */
export function inOrder(members: Member[]): Heard[] {
  if (members.length === 1) return members[0]!.heard;
  const queues = members.map(({ orderKey, heard, joinedBy }) => ({ orderKey, joinedBy, left: [...heard] }));
  const merged: Heard[] = [];
  for (;;) {
    const open = queues.filter(({ left }) => left.length > 0);
    if (open.length === 0) return merged;
    // What was said of the younger came before the report that made them one.
    const free = open.filter(({ left }) => !open.some(({ joinedBy }) => joinedBy === left[0]!.id));
    const [next] = (free.length > 0 ? free : open).sort(
      (a, b) =>
        a.left[0]!.receivedAt - b.left[0]!.receivedAt ||
        a.left[0]!.place - b.left[0]!.place ||
        (a.orderKey < b.orderKey ? -1 : 1),
    );
    merged.push({ ...next!.left.shift()!, place: merged.length + 1 });
  }
}

type StoredCommission = Omit<CommissionRow, 'confirmed'> & { confirmed: number };

interface MemberRow extends Omit<SaleRow, 'id'>, OrderId {
  root: string;
  joinedBy: string | null;
  id: number | null;
  times: number | null;
  kind: string | null;
  cause: string | null;
  causeId: string | null;
}

interface ReportRow extends OrderId {
  id: string;
  place: number;
  source: Source;
  kind: Kind;
  witness: string;
  receivedAt: number;
  saidAt: number | null;
  soldAt: number | null;
  soldOn: string | null;
  code: string;
  codes: string | null;
  orderId: string | null;
  campaign: string | null;
  amount: string | null;
  amountMinor: number | null;
  currency: string | null;
  cancelled: number | null;
  refundedMinor: number | null;
  more: string | null;
  problem: string | null;
  doubt: string | null;
  test: number;
  importId: number | null;
  userId: string | null;
  affiliateId: number | null;
  about: string | null;
  reason: string | null;
}

export function heardOf(row: ReportRow & { first?: number; newest?: number }): Heard {
  const { shopId: _, orderKey: __, first: ___, newest: ____, ...report } = row;
  return {
    ...report,
    codes: row.codes === null ? null : (JSON.parse(row.codes) as string[]),
    cancelled: row.cancelled === null ? null : row.cancelled === 1,
    more: row.more === null ? {} : (JSON.parse(row.more) as More),
    test: row.test === 1,
  };
}

// One parameter: a JSON list of [shop, key]. CROSS JOIN has SQLite keep the order of the tables.

/** The orders that are wanted, and all that are one with them, by the eldest's key. */
const ORDERS = `
  wanted AS (SELECT value ->> 0 AS shop_id, value ->> 1 AS order_key FROM json_each(?1)),
  roots AS (SELECT DISTINCT w.shop_id, coalesce(x.into_key, w.order_key) AS root FROM wanted w
    LEFT JOIN order_joins x ON x.shop_id = w.shop_id AND x.order_key = w.order_key AND x.parted_at IS NULL),
  orders AS MATERIALIZED (SELECT shop_id, root, root AS order_key, NULL AS joined_by FROM roots
    UNION ALL SELECT r.shop_id, r.root, x.order_key, x.report_id FROM roots r
      CROSS JOIN order_joins x ON x.shop_id = r.shop_id AND x.into_key = r.root AND x.parted_at IS NULL)`;

const MEMBERS = `WITH ${ORDERS}
  SELECT o.root, o.joined_by AS joinedBy, o.shop_id AS shopId, o.order_key AS orderKey, s.id, s.state, s.coupon_id AS couponId, s.affiliate_id AS affiliateId,
    s.campaign_id AS campaignId, s.amount_minor AS amountMinor, s.refunded_minor AS refundedMinor, s.currency, s.evidence, s.day,
    s.sold_at AS soldAt, s.approved_at AS approvedAt, s.reports, s.unkept, s.append, t.times, t.kind, t.cause, t.cause_id AS causeId
  FROM orders o
  LEFT JOIN sales s ON s.shop_id = o.shop_id AND s.order_key = o.order_key
  LEFT JOIN to_decide t ON t.shop_id = o.shop_id AND t.order_key = o.order_key`;

const COMMISSIONS = `WITH ${ORDERS}
  SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.campaign_id AS campaignId, m.coupon_id AS couponId, m.currency,
    m.pending_minor AS pendingMinor, m.approved_minor AS approvedMinor, m.in_payment_minor AS inPaymentMinor,
    m.paid_minor AS paidMinor, m.lines, m.rate_bp AS rateBp, m.confirmed, m.declined, m.held, m.available_at AS availableAt,
    m.sold_at AS soldAt
  FROM orders o CROSS JOIN sales s ON s.shop_id = o.shop_id AND s.order_key = o.order_key
  CROSS JOIN commissions m ON m.sale_id = s.id`;

/** Of each witness so many states are read, the newest, and its first, by which it has its place: a decision is never long. */
const NEWEST = 50;

/** The reports of an order, in order, as they are read once all of them are kept. */
export function stillRead(heard: Heard[]): Heard[] {
  const states = heard.filter(({ kind }) => kind === 'sale');
  const byWitness = Map.groupBy(states, ({ source, witness }) => `${source} ${witness}`);
  const passed = new Set([...byWitness.values()].flatMap((its) => its.slice(1, -NEWEST)));
  return passed.size === 0 ? heard : heard.filter((report) => !passed.has(report));
}

const REPORT_COLUMNS = `r.shop_id AS shopId, r.order_key AS orderKey, r.id, r.place, r.source, r.kind, r.witness, r.received_at AS receivedAt,
  r.said_at AS saidAt, r.sold_at AS soldAt, r.sold_on AS soldOn, r.code, r.codes, r.order_id AS orderId, r.campaign, r.amount,
  r.amount_minor AS amountMinor, r.currency, r.cancelled, r.refunded_minor AS refundedMinor, r.more, r.problem, r.doubt, r.test,
  r.import_id AS importId, r.user_id AS userId, r.affiliate_id AS affiliateId, r.about, r.reason`;

const REPORTS = `WITH ${ORDERS}, said AS (
    SELECT ${REPORT_COLUMNS},
      row_number() OVER (PARTITION BY r.shop_id, r.order_key, r.source, r.witness, r.kind ORDER BY r.place DESC) AS newest,
      min(r.place) OVER (PARTITION BY r.shop_id, r.order_key, r.source, r.witness, r.kind) AS first
    FROM orders o CROSS JOIN reports r ON r.shop_id = o.shop_id AND r.order_key = o.order_key)
  SELECT * FROM said WHERE kind <> 'sale' OR newest <= ${NEWEST} OR place = first ORDER BY shopId, orderKey, place`;

/** Reports by themselves, each with its order. @param from what follows FROM; `r` is the report. */
export const selectReports = (from: string) => `SELECT ${REPORT_COLUMNS} FROM ${from}`;

export type { ReportRow };
