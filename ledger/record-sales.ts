/**
 * The one door into the ledger. Whatever says that a sale happened becomes a report, and every report goes through here.
 *
 * Gather facts, decide (a pure function), append in one batch whose statements carry their own guards, and decide
 * again, with fresh facts, whatever lost a race meanwhile.
 */
import { type Decision, decide, type Facts, type Outcome } from './decide.ts';
import { type CouponCopy, factsFromCopies, factsOf, gather, IS_OFF, SAME_VISITOR_MS, type Settled } from './facts.ts';
import type { Report } from './report.ts';

/** What became of a report. Amounts are minor units of `currency`. */
export interface RecordedReport {
  reportId: string;
  outcome: Outcome;
  /** Why, in plain words, where the outcome alone does not say it. */
  detail: string | null;
  shopId: number | null;
  couponId: number | null;
  affiliateId: number | null;
  amountMinor: number | null;
  currency: string | null;
  /** What this report has earned, null where nothing new. */
  commissionMinor: number | null;
}

/** Copies of coupons that may be stale, by code key, and who wants to hear what D1 says they should be. */
export interface Hints {
  copies: Map<string, CouponCopy[]>;
  learn(codeKey: string, copies: CouponCopy[]): void;
}

/** The reason on what was taken back because the import that brought it was undone. */
export const UNDONE = 'import undone';

/** D1 takes 2 MB in a parameter; 1,000 reports are well below 1 MB, for each text in them is cut to 200 characters. */
const LIST_LENGTH = 1_000;

/** Four ranks of evidence overrule each other at most; what is not settled by then has met a bug, not a race. */
const MAX_ROUNDS = 20;

/**
 * Records what the reports say, all of it or, where it throws, possibly the first thousands of a long list: sending
 * the same reports again is always safe.
 * @param hints lets a single report be recorded in one round trip; never trusted, for D1 checks every write.
 * @returns what became of each report, in their order. Refusals are outcomes; only D1's failure throws.
 */
export async function recordSales(db: D1Database, reports: Report[], hints?: Hints): Promise<RecordedReport[]> {
  const outcomes: RecordedReport[] = [];
  for (let from = 0; from < reports.length; from += LIST_LENGTH)
    outcomes.push(...(await recordList(db, reports.slice(from, from + LIST_LENGTH), hints)));
  return outcomes;
}

async function recordList(db: D1Database, reports: Report[], hints?: Hints): Promise<RecordedReport[]> {
  const settled = new Map<string, RecordedReport>();
  let factsFor = hints && hintedFacts(reports, hints);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const open = reports.filter((report) => !settled.has(report.id));
    if (open.length === 0) return reports.map((report) => settled.get(report.id)!);
    if (!factsFor) {
      const known = await gather(db, open);
      if (known.switchedOff) return reports.map((report) => settled.get(report.id) ?? offOutcome(report.id));
      for (const report of open) {
        const before = known.settled.get(report.id);
        if (before) settled.set(report.id, asBefore(before));
        if (report.codeKey) hints?.learn(report.codeKey, known.copies.get(report.codeKey) ?? []);
      }
      factsFor = (report) => factsOf(report, known);
    }
    const decided = decideRound(
      open.filter((report) => !settled.has(report.id)),
      factsFor,
    );
    for (const id of await append(db, decided)) settled.set(id, outcomeOf(id, decided.get(id)!.decision));
    factsFor = undefined;
  }
  throw new Error(`${reports.length - settled.size} reports lost every race for ${MAX_ROUNDS} rounds`);
}

function hintedFacts(reports: Report[], { copies }: Hints): ((report: Report) => Facts) | undefined {
  const facts = new Map<string, Facts>();
  for (const report of reports) {
    const copy = copies.get(report.codeKey ?? '');
    const told = copy && factsFromCopies(report, copy);
    if (!told) return undefined;
    facts.set(report.id, told);
  }
  return (report) => facts.get(report.id)!;
}

interface Decided {
  report: Report;
  decision: Decision;
}

/**
 * Decides each report, leaving for the next round those whose order is written in this one, and all after them:
 * twins must see each other, in the order of the list.
 */
function decideRound(open: Report[], factsFor: (report: Report) => Facts): Map<string, Decided> {
  const decided = new Map<string, Decided>();
  const spoken = new Set<string>();
  const closed = new Set<string>();
  for (const report of open) {
    const decision = decide(report, factsFor(report));
    const orders = report.orderKey ? [`${decision.shopId} ${decision.orderKey}`] : report.visitorKeys;
    if (orders.some((order) => closed.has(order))) continue;
    if (decision.write) for (const order of orders) closed.add(order);
    if (decision.write && orders.some((order) => spoken.has(order))) continue;
    for (const order of orders) spoken.add(order);
    decided.set(report.id, { report, decision });
  }
  return decided;
}

/**
 * Writes decisions in one transaction. Each row is written only if what it was decided on still holds.
 * @returns the ids of the reports that were written; the others have to be decided again.
 */
async function append(db: D1Database, decided: Map<string, Decided>): Promise<string[]> {
  if (decided.size === 0) return [];
  const rows = [...decided.values()].map(rowOf);
  const openings = JSON.stringify(rows.filter((row) => row.writes && row.replaces === null));
  const changes = JSON.stringify(rows.filter((row) => row.replaces !== null));
  const corrections = JSON.stringify(rows.filter((row) => row.replaces !== null && row.commissionMinor !== null));
  const earnings = JSON.stringify(rows.filter((row) => row.commissionMinor !== null));
  const statements: [string, string][] = [
    [OPEN_SALES, openings],
    [CHANGE_SALES, changes],
    [REVERSE_SETTLED_LINES, corrections],
    [ADD_LINES, earnings],
    [DECLINE_PENDING_LINES, corrections],
    [CONFIRM_LINES, changes],
    [ADD_REPORTS, JSON.stringify(rows)],
  ];
  const results = await db.batch<{ id: string }>(
    statements.filter(([, list]) => list !== '[]').map(([statement, list]) => db.prepare(statement).bind(list)),
  );
  return results.at(-1)!.results.map((row) => row.id);
}

/** A report and its decision as one flat JSON object, which the statements below take apart. */
function rowOf({ report, decision }: Decided) {
  const { write, guard } = decision;
  const held = guard === 'no such coupon' ? null : guard;
  return {
    id: report.id,
    source: report.source,
    code: report.code,
    codeKey: report.codeKey,
    sentOrderId: report.orderId,
    sentOrderKey: report.orderKey,
    visitorKey: report.orderKey ? null : (report.visitorKeys[0] ?? null),
    visitorKeys: report.orderKey ? [] : report.visitorKeys,
    campaign: report.campaign,
    amount: report.amount,
    soldAt: report.soldAt,
    receivedAt: report.receivedAt,
    importId: report.importId,
    userId: report.userId,
    settles: report.settles,
    outcome: decision.outcome,
    detail: decision.detail,
    shopId: decision.shopId,
    orderKey: decision.orderKey,
    saleId: decision.saleId,
    reportedMinor: decision.amountMinor,
    sentCurrency: decision.currency ?? report.currency,
    aboutCouponId: decision.couponId,
    aboutAffiliateId: decision.affiliateId,
    guard: write ? 'sale' : guard === null ? 'none' : held ? 'coupon' : 'no coupon',
    guardCouponId: held?.couponId ?? null,
    guardRevision: held?.revision ?? null,
    guardCampaignRevision: held?.campaignRevision ?? null,
    writes: write !== null,
    replaces: write?.replaces ?? null,
    couponId: write?.couponId ?? null,
    affiliateId: write?.affiliateId ?? null,
    campaignId: write?.campaignId ?? null,
    amountMinor: write?.amountMinor ?? null,
    currency: write?.currency ?? null,
    evidence: write?.evidence ?? null,
    saleSoldAt: write?.soldAt ?? null,
    availableAt: write?.availableAt ?? null,
    commissionMinor: write?.commission?.amountMinor ?? null,
    rateBp: write?.commission?.rateBp ?? null,
  };
}

function outcomeOf(
  reportId: string,
  { outcome, detail, shopId, couponId, affiliateId, ...decision }: Decision,
): RecordedReport {
  const { amountMinor, currency } = decision;
  const commissionMinor = decision.write?.commission?.amountMinor ?? null;
  return { reportId, outcome, detail, shopId, couponId, affiliateId, amountMinor, currency, commissionMinor };
}

const offOutcome = (reportId: string): RecordedReport => ({
  reportId,
  outcome: 'switched off',
  detail: null,
  shopId: null,
  couponId: null,
  affiliateId: null,
  amountMinor: null,
  currency: null,
  commissionMinor: null,
});

/** A report that was delivered before keeps the outcome it had; it earns nothing a second time. */
function asBefore({ id, saleId: _, ...settled }: Settled): RecordedReport {
  return { reportId: id, ...settled, commissionMinor: null };
}

// Each statement takes one parameter, a JSON list of rows as `rowOf` makes them: a thousand reports cost as many
// statements as one. `decided_by` is the lock: a sale that carries the report's id was written by it, in this batch.

const SWITCHED_ON = `NOT EXISTS (SELECT 1 FROM settings WHERE ${IS_OFF})`;

const COUPON_STANDS = `EXISTS (
  SELECT 1 FROM coupons c JOIN campaigns k ON k.id = c.campaign_id
  WHERE c.id = j.value ->> 'guardCouponId' AND c.revision = j.value ->> 'guardRevision' AND c.archived_at IS NULL
    AND k.revision = j.value ->> 'guardCampaignRevision')`;

const OWNER_STANDS = `EXISTS (SELECT 1 FROM affiliates a WHERE a.id = j.value ->> 'affiliateId' AND a.status = 'active')`;

const SALE_IS_OURS = `s.shop_id = j.value ->> 'shopId' AND s.order_key = j.value ->> 'orderKey' AND s.decided_by = j.value ->> 'id'`;

const OPEN_SALES = `
  INSERT INTO sales (shop_id, order_id, order_key, visitor_key, coupon_id, affiliate_id, campaign_id, amount_minor,
    currency, evidence, decided_by, sold_at, recorded_at)
  SELECT j.value ->> 'shopId', j.value ->> 'sentOrderId', j.value ->> 'orderKey', j.value ->> 'visitorKey',
    j.value ->> 'couponId', j.value ->> 'affiliateId', j.value ->> 'campaignId', j.value ->> 'amountMinor',
    j.value ->> 'currency', j.value ->> 'evidence', j.value ->> 'id', j.value ->> 'saleSoldAt', j.value ->> 'receivedAt'
  FROM json_each(?1) j
  WHERE ${SWITCHED_ON} AND ${COUPON_STANDS} AND ${OWNER_STANDS}
    AND NOT EXISTS (
      SELECT 1 FROM json_each(j.value, '$.visitorKeys') known JOIN sales v ON v.visitor_key = known.value
      WHERE abs(v.sold_at - (j.value ->> 'soldAt')) < ${SAME_VISITOR_MS})
  ON CONFLICT (shop_id, order_key) DO NOTHING`;

const CHANGE_SALES = `
  UPDATE sales SET coupon_id = j.value ->> 'couponId', affiliate_id = j.value ->> 'affiliateId',
    campaign_id = j.value ->> 'campaignId', amount_minor = j.value ->> 'amountMinor',
    evidence = j.value ->> 'evidence', decided_by = j.value ->> 'id',
    sold_at = j.value ->> 'saleSoldAt', undone_at = NULL
  FROM json_each(?1) j
  WHERE ${SWITCHED_ON} AND sales.id = j.value ->> 'saleId' AND sales.decided_by = j.value ->> 'replaces'
    AND (j.value ->> 'guardCouponId' IS NULL OR (${COUPON_STANDS} AND ${OWNER_STANDS}))`;

// What was approved or paid stays written; its opposite is written beside it, to the cent.
const REVERSE_SETTLED_LINES = `
  INSERT INTO commissions (sale_id, report_id, affiliate_id, campaign_id, kind, amount_minor, currency, status, reason, created_at)
  SELECT s.id, j.value ->> 'id', l.affiliate_id, max(l.campaign_id), 'reversal', -sum(l.amount_minor), l.currency,
    'approved', 'corrected', j.value ->> 'receivedAt'
  FROM json_each(?1) j CROSS JOIN sales s ON ${SALE_IS_OURS}
  CROSS JOIN commissions l ON l.sale_id = s.id AND +l.status IN ('approved', 'paid')
  GROUP BY s.id, l.affiliate_id HAVING sum(l.amount_minor) > 0
  ON CONFLICT DO NOTHING`;

// A correction of a commission that a person has declined stays declined: it is no way around the refusal.
// What was declined because an import was undone was declined by nobody.
const ADD_LINES = `
  INSERT INTO commissions (sale_id, report_id, affiliate_id, campaign_id, kind, amount_minor, currency, rate_bp, status,
    available_at, created_at)
  SELECT s.id, j.value ->> 'id', j.value ->> 'affiliateId', j.value ->> 'campaignId', 'sale', j.value ->> 'commissionMinor',
    j.value ->> 'currency', j.value ->> 'rateBp',
    CASE WHEN (SELECT l.status = 'declined' AND l.reason IS NOT '${UNDONE}' FROM commissions l
        WHERE l.sale_id = s.id AND l.kind = 'sale' ORDER BY l.id DESC LIMIT 1)
      THEN 'declined' ELSE 'pending' END,
    j.value ->> 'availableAt', j.value ->> 'receivedAt'
  FROM json_each(?1) j CROSS JOIN sales s ON ${SALE_IS_OURS}
  WHERE true
  ON CONFLICT DO NOTHING`;

// The lines are looked for first, sale by sale, and the plus keeps SQLite off the index on status: else it goes through
// all that are pending, for each sale.
const PENDING_LINES = `
  WITH line AS MATERIALIZED (
    SELECT l.id, l.report_id, l.available_at, j.value AS value
    FROM json_each(?1) j CROSS JOIN sales s ON ${SALE_IS_OURS} CROSS JOIN commissions l ON l.sale_id = s.id
    WHERE +l.status = 'pending')`;

const DECLINE_PENDING_LINES = `${PENDING_LINES}
  UPDATE commissions SET status = 'declined', reason = 'corrected', settled_at = line.value ->> 'receivedAt'
  FROM line WHERE commissions.id = line.id AND line.report_id <> line.value ->> 'id'`;

const CONFIRM_LINES = `${PENDING_LINES}
  UPDATE commissions SET available_at = line.value ->> 'availableAt'
  FROM line WHERE commissions.id = line.id AND line.available_at IS NULL AND line.value ->> 'availableAt' IS NOT NULL`;

// A report of a coupon we do not know belongs to the shop of the campaign it names, else to the first shop.
const ADD_REPORTS = `
  INSERT INTO reports (id, source, shop_id, code, code_key, order_id, order_key, campaign, amount, amount_minor, currency,
    sold_at, received_at, outcome, detail, sale_id, coupon_id, affiliate_id, import_id, user_id, settles)
  SELECT j.value ->> 'id', j.value ->> 'source',
    coalesce(j.value ->> 'shopId', (SELECT k.shop_id FROM campaigns k WHERE k.id = CAST(j.value ->> 'campaign' AS INTEGER) AND CAST(k.id AS TEXT) = j.value ->> 'campaign'), (SELECT min(id) FROM shops)),
    j.value ->> 'code', j.value ->> 'codeKey', j.value ->> 'sentOrderId', j.value ->> 'sentOrderKey',
    j.value ->> 'campaign', j.value ->> 'amount', j.value ->> 'reportedMinor', j.value ->> 'sentCurrency',
    j.value ->> 'soldAt', j.value ->> 'receivedAt', j.value ->> 'outcome', j.value ->> 'detail',
    coalesce(j.value ->> 'saleId', s.id), j.value ->> 'aboutCouponId', j.value ->> 'aboutAffiliateId',
    j.value ->> 'importId', j.value ->> 'userId', j.value ->> 'settles'
  FROM json_each(?1) j LEFT JOIN sales s ON j.value ->> 'guard' = 'sale' AND ${SALE_IS_OURS}
  WHERE ${SWITCHED_ON} AND CASE j.value ->> 'guard'
    WHEN 'sale' THEN s.id IS NOT NULL
    WHEN 'coupon' THEN ${COUPON_STANDS}
      AND NOT EXISTS (SELECT 1 FROM sales o WHERE o.shop_id = j.value ->> 'shopId' AND o.order_key = j.value ->> 'sentOrderKey')
    WHEN 'no coupon' THEN NOT EXISTS (SELECT 1 FROM coupons c WHERE c.code_key = j.value ->> 'codeKey' AND c.archived_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM coupon_aliases l JOIN coupons c ON c.id = l.coupon_id
        WHERE l.code_key = j.value ->> 'codeKey' AND c.archived_at IS NULL)
    ELSE true END
  ON CONFLICT (id) DO NOTHING
  RETURNING id`;
