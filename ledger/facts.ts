/** What is known when a report is decided: read from D1, or for the coupon's part from its copy in KV. */
import { expiresAt } from './coupon.ts';
import type { CouponFacts, Facts, KnownSale, Outcome, Owner } from './decide.ts';
import type { Evidence, Report } from './report.ts';

/** The same browser, coupon and amount within this time is the same sale, where the shop sends no order id. */
export const SAME_VISITOR_MS = 30 * 60_000;

/** A living coupon as it is copied to KV: the facts about it, its owner now, and which campaigns its shop has. */
export interface CouponCopy extends CouponFacts {
  owner: (Owner & { fromAt: number }) | null;
  shopCampaigns: number[];
}

/** The row of `settings` that stands where coupons are switched off. */
export const IS_OFF = `name = 'coupons' AND value = 'off'`;

/** What became of a report that was there already. */
export interface Settled {
  id: string;
  outcome: Outcome;
  detail: string | null;
  saleId: number | null;
  shopId: number | null;
  couponId: number | null;
  affiliateId: number | null;
  amountMinor: number | null;
  currency: string | null;
}

/** What D1 knows about a list of reports, by what each is looked up by. */
export interface Knowledge {
  copies: Map<string, CouponCopy[]>;
  owners: Map<number, OwnerRow[]>;
  shops: { id: number; currency: string }[];
  campaignShops: Map<string, number>;
  sales: Map<string, KnownSale>;
  visitorSales: Map<string, KnownSale[]>;
  settled: Map<string, Settled>;
  /** Whether coupons are switched off altogether (Settings › Plugins). */
  switchedOff: boolean;
}

/** Reads all that is known about the reports from D1, in one round trip whatever their number. */
export async function gather(db: D1Database, reports: Report[]): Promise<Knowledge> {
  const codeKeys = JSON.stringify([...new Set(reports.map((report) => report.codeKey).filter(Boolean))]);
  const orderKeys = JSON.stringify(reports.map((report) => report.orderKey).filter(Boolean));
  const visitorKeys = JSON.stringify(reports.flatMap((report) => (report.orderKey ? [] : report.visitorKeys)));
  const ids = JSON.stringify(reports.map((report) => report.id));
  const [copies, owners, shops, campaigns, sales, settled, off] = (await db.batch([
    db.prepare(SELECT_COPIES).bind(codeKeys),
    db.prepare(SELECT_OWNERS).bind(codeKeys),
    db.prepare('SELECT id, currency FROM shops ORDER BY id'),
    db.prepare(SELECT_CAMPAIGNS),
    db.prepare(SELECT_SALES).bind(orderKeys, visitorKeys),
    db.prepare(SELECT_SETTLED).bind(ids),
    db.prepare(`SELECT 1 FROM settings WHERE ${IS_OFF}`),
  ])) as [
    D1Result<CopyRow>,
    D1Result<OwnerRow>,
    D1Result<{ id: number; currency: string }>,
    D1Result<CampaignRow>,
    D1Result<SaleRow>,
    D1Result<Settled>,
    D1Result,
  ];
  const known = sales.results.map((row) => ({ visitorKey: row.visitorKey, sale: saleOf(row) }));
  return {
    copies: copiesOf(copies.results, campaigns.results),
    owners: Map.groupBy(owners.results, (owner) => owner.couponId),
    shops: shops.results,
    campaignShops: new Map(campaigns.results.map((campaign) => [String(campaign.id), campaign.shopId])),
    sales: new Map(known.map(({ sale }) => [orderOf(sale.shopId, sale.orderKey), sale])),
    visitorSales: new Map(
      [...Map.groupBy(known, (row) => row.visitorKey ?? '')].map(([key, rows]) => [key, rows.map((row) => row.sale)]),
    ),
    settled: new Map(settled.results.map((row) => [row.id, row])),
    switchedOff: off.results.length > 0,
  };
}

/** Picks what one report needs out of what is known. */
export function factsOf(report: Report, known: Knowledge): Facts {
  const copies = known.copies.get(report.codeKey ?? '') ?? [];
  const asked = report.shopId ?? known.campaignShops.get(report.campaign ?? '') ?? null;
  const coupon = copies.find((copy) => copy.shopId === asked) ?? copies[0] ?? null;
  const shop = known.shops.find((shop) => shop.id === (asked ?? coupon?.shopId ?? shop.id)) ?? null;
  const owner = (coupon && known.owners.get(coupon.couponId))?.find(
    ({ fromAt, untilAt }) => fromAt <= report.soldAt && (untilAt === null || report.soldAt < untilAt),
  );
  const sale = report.orderKey
    ? shop && known.sales.get(orderOf(shop.id, report.orderKey))
    : report.visitorKeys
        .flatMap((key) => known.visitorSales.get(key) ?? [])
        .find((sale) => Math.abs(report.soldAt - sale.soldAt) < SAME_VISITOR_MS);
  return {
    shop,
    coupon,
    owner: owner ? { affiliateId: owner.affiliateId, active: owner.status === 'active' } : null,
    sale: sale ?? null,
  };
}

function orderOf(shopId: number, orderKey: string): string {
  return `${shopId} ${orderKey}`;
}

/**
 * The facts as the copies in KV tell them, or null where the copies are not enough: the report names a campaign that
 * the coupon's shop had not when the copy was made, or was made when another affiliate may have owned the coupon.
 * @param copies every living coupon with the report's code, by shop; an empty list: there was none.
 */
export function factsFromCopies(report: Report, copies: CouponCopy[]): Facts | null {
  if (report.shopId !== null) return null;
  if (copies.length === 0) return { shop: null, coupon: null, owner: null, sale: null };
  const named = Number(report.campaign);
  const coupon = report.campaign === null ? copies[0]! : copies.find((copy) => copy.shopCampaigns.includes(named));
  if (!coupon || (coupon.owner && report.soldAt < coupon.owner.fromAt)) return null;
  return { shop: { id: coupon.shopId, currency: coupon.currency }, coupon, owner: coupon.owner, sale: null };
}

/** The coupons that have one of these codes, or had it until lately. One parameter: a JSON list of code keys. */
const NAMED_COUPONS = `(
  SELECT wanted.value AS codeKey, c.id, NULL AS aliasUntil
  FROM json_each(?1) wanted JOIN coupons c ON c.code_key = wanted.value AND c.archived_at IS NULL
  UNION ALL
  SELECT wanted.value, l.coupon_id, l.until_at FROM json_each(?1) wanted JOIN coupon_aliases l ON l.code_key = wanted.value)`;

/** One parameter: a JSON list of code keys. A coupon that has the code stands before one that had it. */
export const SELECT_COPIES = `
  SELECT c.id AS couponId, named.codeKey, named.aliasUntil, c.shop_id AS shopId, c.campaign_id AS campaignId, c.revision,
    c.expires_on AS expiresOn, s.time_zone AS timeZone, s.currency, k.revision AS campaignRevision,
    k.status AS campaignStatus, k.commission_kind AS kind, k.commission_value AS value, k.approval,
    k.hold_days AS holdDays, k.trust_pixel AS trustPixel, c.affiliate_id AS affiliateId, a.status AS affiliateStatus,
    (SELECT o.from_at FROM coupon_owners o WHERE o.coupon_id = c.id AND o.until_at IS NULL) AS fromAt
  FROM ${NAMED_COUPONS} named
  JOIN coupons c ON c.id = named.id AND c.archived_at IS NULL
  JOIN campaigns k ON k.id = c.campaign_id
  JOIN shops s ON s.id = c.shop_id
  LEFT JOIN affiliates a ON a.id = c.affiliate_id
  ORDER BY c.shop_id, named.aliasUntil IS NOT NULL, named.aliasUntil DESC`;

const SELECT_OWNERS = `
  SELECT o.coupon_id AS couponId, o.affiliate_id AS affiliateId, a.status, o.from_at AS fromAt, o.until_at AS untilAt
  FROM (SELECT DISTINCT id FROM ${NAMED_COUPONS}) named
  JOIN coupon_owners o ON o.coupon_id = named.id
  JOIN affiliates a ON a.id = o.affiliate_id
  ORDER BY o.from_at DESC`;

// CROSS JOIN has SQLite keep the order of the tables: left to itself it reads all sales where there are few wanted.
// A visitor's sale may be older than half an hour; which one is meant, `factsOf` decides.
const SELECT_SALES = `
  SELECT s.id, s.shop_id AS shopId, s.order_key AS orderKey, s.visitor_key AS visitorKey, s.coupon_id AS couponId,
    c.code_key AS codeKey, s.affiliate_id AS affiliateId, s.campaign_id AS campaignId, s.amount_minor AS amountMinor,
    s.currency, s.evidence, s.decided_by AS decidedBy, s.sold_at AS soldAt, s.undone_at IS NOT NULL AS undone,
    l.amount_minor AS lineMinor, l.rate_bp AS rateBp, k.commission_kind AS kind, k.commission_value AS value,
    k.approval, k.hold_days AS holdDays, k.trust_pixel AS trustPixel
  FROM (
    SELECT o.id FROM json_each(?1) wanted CROSS JOIN shops h CROSS JOIN sales o ON o.shop_id = h.id AND o.order_key = wanted.value
    UNION SELECT v.id FROM json_each(?2) wanted CROSS JOIN sales v ON v.visitor_key = wanted.value) known
  CROSS JOIN sales s ON s.id = known.id
  CROSS JOIN commissions l ON l.id = (SELECT max(n.id) FROM commissions n WHERE n.sale_id = s.id AND n.kind = 'sale')
  CROSS JOIN coupons c ON c.id = s.coupon_id
  CROSS JOIN campaigns k ON k.id = s.campaign_id
  ORDER BY s.sold_at DESC`;

export const SELECT_CAMPAIGNS = 'SELECT id, shop_id AS shopId FROM campaigns';

const SELECT_SETTLED = `
  SELECT id, outcome, detail, sale_id AS saleId, shop_id AS shopId, coupon_id AS couponId, affiliate_id AS affiliateId,
    amount_minor AS amountMinor, currency
  FROM reports WHERE id IN (SELECT value FROM json_each(?1))`;

export interface CampaignRow {
  id: number;
  shopId: number;
}

interface OwnerRow {
  couponId: number;
  affiliateId: number;
  status: string;
  fromAt: number;
  untilAt: number | null;
}

interface TermsRow {
  kind: 'percent' | 'fixed';
  value: number;
  approval: 'manual' | 'automatic';
  holdDays: number;
  trustPixel: number;
}

export interface CopyRow extends TermsRow {
  couponId: number;
  codeKey: string;
  aliasUntil: number | null;
  shopId: number;
  campaignId: number;
  revision: number;
  expiresOn: string | null;
  timeZone: string;
  currency: string;
  campaignRevision: number;
  campaignStatus: string;
  affiliateId: number | null;
  affiliateStatus: string | null;
  fromAt: number | null;
}

interface SaleRow extends TermsRow, Omit<KnownSale, 'line' | 'terms' | 'evidence' | 'undone'> {
  undone: number;
  visitorKey: string | null;
  evidence: Evidence;
  lineMinor: number;
  rateBp: number | null;
}

function termsOf(row: TermsRow) {
  return {
    kind: row.kind,
    value: row.value,
    automatic: row.approval === 'automatic',
    holdDays: row.holdDays,
    trustPixel: row.trustPixel === 1,
  };
}

/** Makes copies of rows of `SELECT_COPIES`, by code key; each list is in the order of the shops. */
export function copiesOf(rows: CopyRow[], campaigns: CampaignRow[]): Map<string, CouponCopy[]> {
  const byShop = Map.groupBy(campaigns, (campaign) => campaign.shopId);
  const campaignsOf = new Map([...byShop].map(([shopId, its]) => [shopId, its.map((campaign) => campaign.id)]));
  const copies = rows.map((row) => ({
    ...termsOf(row),
    couponId: row.couponId,
    codeKey: row.codeKey,
    aliasUntil: row.aliasUntil,
    shopId: row.shopId,
    campaignId: row.campaignId,
    currency: row.currency,
    expiresAt: row.expiresOn === null ? null : firstInstantAfter(row.expiresOn, row.timeZone),
    campaignActive: row.campaignStatus === 'active',
    revision: row.revision,
    campaignRevision: row.campaignRevision,
    owner:
      row.affiliateId === null
        ? null
        : { affiliateId: row.affiliateId, active: row.affiliateStatus === 'active', fromAt: row.fromAt ?? 0 },
    shopCampaigns: campaignsOf.get(row.shopId) ?? [],
  }));
  return Map.groupBy(copies, (copy) => copy.codeKey);
}

function firstInstantAfter(day: string, timeZone: string): number {
  const end = expiresAt(day, timeZone);
  if ('error' in end) throw new Error(`a coupon's last day ${day} in ${timeZone}: ${end.error}`);
  return end.value;
}

function saleOf({ visitorKey: _, lineMinor, rateBp, kind, value, approval, holdDays, trustPixel, ...sale }: SaleRow) {
  return {
    ...sale,
    undone: sale.undone === 1,
    line: { amountMinor: lineMinor, rateBp },
    terms: termsOf({ kind, value, approval, holdDays, trustPixel }),
  };
}
