/** What becomes of a report: a pure function of the report and of what is known. No clock, no database. */
import { availableAt, commissionOn, type Terms } from './commission.ts';
import { formatMinor, minorDigits, parseMinor } from './money.ts';
import { type Evidence, evidenceOf, type Report, rank } from './report.ts';

export type Outcome =
  | 'recorded'
  | 'confirmed'
  | 'corrected'
  | 'already known'
  | 'unknown coupon'
  | 'free coupon'
  | 'expired'
  | 'campaign paused'
  | 'affiliate not active'
  | 'suspicious'
  | 'test'
  // Nothing is written of it: coupons are switched off.
  | 'switched off'
  // These wait for a person:
  | 'unreadable'
  | 'no amount'
  | 'other currency'
  | 'disputed';

/** The outcomes that wait for a person. */
const WAITING: readonly Outcome[] = ['unreadable', 'no amount', 'other currency', 'disputed'];

/** A living coupon with everything a sale is decided on. */
export interface CouponFacts extends Terms {
  couponId: number;
  /** The code by which it was found. */
  codeKey: string;
  /** The first instant at which that code, which the coupon has no longer, does not work any more; null: it has it. */
  aliasUntil: number | null;
  shopId: number;
  campaignId: number;
  /** The currency of its shop, and so of its campaign. */
  currency: string;
  /** The first instant at which it no longer works. */
  expiresAt: number | null;
  campaignActive: boolean;
  revision: number;
  campaignRevision: number;
}

/** Who owned the coupon when the sale was made. */
export interface Owner {
  affiliateId: number;
  active: boolean;
}

/** The sale that an order already is. `line` is its newest line of kind `sale`. */
export interface KnownSale {
  id: number;
  shopId: number;
  orderKey: string;
  couponId: number;
  codeKey: string;
  affiliateId: number;
  campaignId: number;
  amountMinor: number | null;
  currency: string;
  evidence: Evidence;
  decidedBy: string;
  soldAt: number;
  /** The import that brought it was undone: whoever speaks of it next makes it anew. */
  undone: boolean;
  line: { amountMinor: number; rateBp: number | null };
  terms: Terms;
}

export interface Facts {
  /** The shop whose order numbers the report speaks of, and its currency; null only where there is no shop at all. */
  shop: { id: number; currency: string } | null;
  coupon: CouponFacts | null;
  owner: Owner | null;
  sale: KnownSale | null;
}

export interface Decision {
  outcome: Outcome;
  detail: string | null;
  shopId: number | null;
  couponId: number | null;
  affiliateId: number | null;
  amountMinor: number | null;
  currency: string | null;
  /** The sale that was there already. */
  saleId: number | null;
  /** The order as its sale knows it. */
  orderKey: string;
  /** What must still be so when this is written; null: it holds whatever happens meanwhile. */
  guard: { couponId: number; revision: number; campaignRevision: number } | 'no such coupon' | null;
  /** The sale as it shall stand, and its commission. */
  write: Write | null;
}

export interface Write {
  /** The `decidedBy` that is replaced; null: the sale is new. */
  replaces: string | null;
  couponId: number;
  affiliateId: number;
  campaignId: number;
  amountMinor: number | null;
  currency: string;
  evidence: Evidence;
  soldAt: number;
  availableAt: number | null;
  /** Null: the commission stands, and is only confirmed. */
  commission: { amountMinor: number; rateBp: number | null } | null;
}

/** Decides what becomes of a report. The order of the questions is the order in which a person would ask them. */
export function decide(report: Report, facts: Facts): Decision {
  const decision = decideWhole(report, facts);
  // Nobody has to look after what no customer sent.
  if (WAITING.includes(decision.outcome) && (report.test || report.doubt)) {
    const detail = [report.doubt, decision.outcome, decision.detail].filter(Boolean).join('; ');
    return { ...decision, outcome: report.test ? 'test' : 'suspicious', detail };
  }
  if (!decision.write) return decision;
  if (report.test) return { ...decision, outcome: 'test', detail: wouldEarn(decision), write: null };
  if (report.doubt) return { ...decision, outcome: 'suspicious', detail: report.doubt, write: null };
  return decision;
}

function decideWhole(report: Report, facts: Facts): Decision {
  const { sale } = facts;
  if (!sale) return decideNew(report, facts);
  if (!sale.undone) return decideKnown(report, facts, sale);
  const anew = decideNew(report, facts);
  if (!anew.write || anew.write.currency !== sale.currency) return anew;
  return { ...anew, saleId: sale.id, orderKey: sale.orderKey, write: { ...anew.write, replaces: sale.decidedBy } };
}

function decideNew(report: Report, facts: Facts): Decision {
  const { coupon, owner } = facts;
  const verdict = about(report, facts);
  if (!report.codeKey) return verdict('unreadable', report.problem);
  if (!coupon) return verdict('unknown coupon');
  const amount = amountOf(report, facts, coupon);
  if (report.problem) return verdict('unreadable', report.problem);
  if (coupon.expiresAt !== null && report.soldAt >= coupon.expiresAt) return verdict('expired');
  if (coupon.aliasUntil !== null && report.soldAt >= coupon.aliasUntil)
    return verdict('expired', 'the code was changed');
  if (!coupon.campaignActive) return verdict('campaign paused');
  if (!owner) return verdict('free coupon');
  if (!owner.active) return verdict('affiliate not active');
  if ('outcome' in amount) return verdict(amount.outcome, amount.detail);
  if (amount.minor === null && coupon.kind === 'percent') return verdict('no amount');

  return {
    ...verdict('recorded'),
    amountMinor: amount.minor,
    currency: coupon.currency,
    write: saleBy(report, coupon, owner, amount.minor),
  };
}

function decideKnown(report: Report, facts: Facts, sale: KnownSale): Decision {
  const verdict = (outcome: Outcome, detail: string | null = null): Decision => ({
    ...about(report, facts)(outcome, detail),
    saleId: sale.id,
    shopId: sale.shopId,
    orderKey: sale.orderKey,
    couponId: sale.couponId,
    affiliateId: sale.affiliateId,
    guard: null,
  });
  const amount = amountOf(report, facts, sale);
  const amountMinor = 'minor' in amount ? amount.minor : null;
  const sameCoupon = report.codeKey === sale.codeKey || facts.coupon?.couponId === sale.couponId;
  const sameAmount = 'minor' in amount && (amountMinor === null || amountMinor === sale.amountMinor);
  const difference = [!sameCoupon && `coupon ${report.code}`, !sameAmount && `amount ${report.amount}`].filter(Boolean);
  const differs = difference.length ? `differs: ${difference.join(', ')}` : null;

  if (rank(evidenceOf(report.source)) <= rank(sale.evidence))
    return { ...verdict('already known', differs), amountMinor, currency: sale.currency };
  if ('outcome' in amount) return verdict(amount.outcome, amount.detail);
  if (report.problem) return verdict('unreadable', report.problem);

  const stands: Write = {
    replaces: sale.decidedBy,
    couponId: sale.couponId,
    affiliateId: sale.affiliateId,
    campaignId: sale.campaignId,
    amountMinor: sale.amountMinor,
    currency: sale.currency,
    evidence: evidenceOf(report.source),
    soldAt: sale.soldAt,
    availableAt: availableAt(sale.terms, true, sale.soldAt),
    commission: null,
  };
  if (!differs)
    return { ...verdict('confirmed'), amountMinor: sale.amountMinor, currency: sale.currency, write: stands };

  if (sameCoupon) {
    // The rate of the day stands: what the campaign pays by now is for later sales.
    const commission =
      sale.line.rateBp === null ? sale.line : commissionOn(amountMinor, { kind: 'percent', value: sale.line.rateBp });
    return {
      ...verdict('corrected', `was ${amountText(sale)}`),
      amountMinor,
      currency: sale.currency,
      write: { ...stands, amountMinor, commission },
    };
  }
  // The order was spent on another coupon than the pixel said. Where that coupon can earn, it does; where it cannot, a person looks.
  const other = decideNew(report, { ...facts, sale: null });
  if (!other.write || other.write.currency !== sale.currency)
    return verdict('disputed', `${differs}; the other coupon: ${other.outcome}`);
  return {
    ...other,
    outcome: 'corrected',
    detail: `was coupon ${sale.codeKey}, ${amountText(sale)}`,
    saleId: sale.id,
    shopId: sale.shopId,
    orderKey: sale.orderKey,
    write: { ...other.write, replaces: sale.decidedBy },
  };
}

/** A decision that writes nothing yet, with what is known of the report's coupon. */
function about(report: Report, { shop, coupon, owner }: Facts) {
  return (outcome: Outcome, detail: string | null = null): Decision => ({
    outcome,
    detail,
    shopId: shop?.id ?? null,
    couponId: coupon?.couponId ?? null,
    affiliateId: owner?.affiliateId ?? null,
    amountMinor: null,
    currency: null,
    saleId: null,
    orderKey: report.orderKey ?? `none:${report.id}`,
    guard: coupon
      ? { couponId: coupon.couponId, revision: coupon.revision, campaignRevision: coupon.campaignRevision }
      : report.codeKey === null
        ? null
        : 'no such coupon',
    write: null,
  });
}

function saleBy(report: Report, coupon: CouponFacts, owner: Owner, amountMinor: number | null): Write {
  const evidence = evidenceOf(report.source);
  return {
    replaces: null,
    couponId: coupon.couponId,
    affiliateId: owner.affiliateId,
    campaignId: coupon.campaignId,
    amountMinor,
    currency: coupon.currency,
    evidence,
    soldAt: report.soldAt,
    availableAt: availableAt(coupon, evidence !== 'pixel', report.soldAt),
    commission: commissionOn(amountMinor, coupon),
  };
}

/** The amount in minor units of `money.currency`, null where none was sent; or why it cannot be had. */
function amountOf(
  report: Report,
  { shop }: Facts,
  money: { currency: string },
): { minor: number | null } | { outcome: 'unreadable' | 'other currency'; detail: string } {
  const currency = report.currency?.trim().toUpperCase() || (shop?.currency ?? money.currency);
  if (minorDigits(currency) === undefined)
    return { outcome: 'unreadable', detail: `the currency cannot be read: ${report.currency}` };
  if (currency !== money.currency)
    return {
      outcome: 'other currency',
      detail: `${report.amount ?? ''} ${currency}, where ${money.currency} is due`.trim(),
    };
  const amount = parseMinor(report.amount ?? '', currency);
  if ('value' in amount) return { minor: amount.value };
  if (amount.error === 'empty') return { minor: null };
  return { outcome: 'unreadable', detail: `the amount cannot be read: ${amount.error}` };
}

function wouldEarn({ write }: Decision): string {
  return write?.commission
    ? `would earn ${formatMinor(write.commission.amountMinor, write.currency)}`
    : 'would be confirmed';
}

function amountText(sale: KnownSale): string {
  return sale.amountMinor === null ? 'without an amount' : formatMinor(sale.amountMinor, sale.currency);
}
