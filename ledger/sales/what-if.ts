/** How far a change would reach back: the same decision, with other facts, unwritten. */
import { decide } from '../decide.ts';
import { earnedOf } from '../owed.ts';
import { type CodeFacts, readCodes, readTerms } from './histories.ts';
import { nameOf, type OrderId, type OrderState, readOrders } from './orders.ts';
import { factsFor, readUndone } from './prepare.ts';

/** What would change of orders that are there. */
export interface Reach {
  /** Orders by which somebody would earn otherwise than now. */
  orders: number;
  /** How much more is owed then, in minor units; one sum a currency. */
  sums: { currency: string; amountMinor: number }[];
}

/** What a coupon is to be. */
export interface Terms {
  campaignId: number;
  affiliateId: number | null;
  expiresOn: string | null;
}

/** As many orders are looked at; of more than these the first tell enough. */
const MOST = 1_000;

/** Codes in one look: well below the 2 MB of a parameter. */
const CODES_AT_ONCE = 2_000;

/** A coupon that is to be. */
export interface NewCoupon extends Terms {
  shopId: number;
  code: string;
  codeKey: string;
}

/** What comes of orders that have named codes before they are coupons, once they are. */
export async function reachOfCoupons(db: D1Database, coupons: NewCoupon[]): Promise<Reach> {
  const heard = await heardOf(
    db,
    coupons.map(({ shopId, codeKey }) => [shopId, codeKey]),
  );
  const named = coupons.filter(({ shopId, codeKey }) => heard.codes.has(`${shopId} ${codeKey}`));
  return reachOf(db, heard.orders, named, (codes) => {
    for (const [index, { shopId, code, codeKey, ...terms }] of named.entries()) {
      const spans = codes.spans.get(codeKey) ?? [];
      // What the shop has already stays as it is.
      if (spans.some((span) => span.shopId === shopId && span.untilAt === null)) continue;
      const lost = spans.filter((span) => span.shopId === shopId).map(({ untilAt }) => untilAt ?? 0);
      // No coupon has a number below zero.
      const id = -1 - index;
      const span = { codeKey, code, shopId, couponId: id, fromAt: Math.max(0, ...lost), untilAt: null };
      codes.spans.set(codeKey, [...spans, span]);
      const always = { ...terms, fromAt: 0, untilAt: null };
      codes.coupons.set(id, { id, shopId, revision: 1, archivedAt: null, codes: [span], spans: [always] });
    }
  });
}

/** What comes of orders that have named free coupons, once it is as if their first owner had always had them. */
export async function reachOfOwner(db: D1Database, couponIds: number[], affiliateId: number): Promise<Reach> {
  const { results: free } = await db
    .prepare(
      `SELECT k.shop_id AS shopId, k.code_key AS codeKey, c.campaign_id AS campaignId
       FROM json_each(?1) j CROSS JOIN coupons c ON c.id = j.value AND c.affiliate_id IS NULL
       CROSS JOIN coupon_codes k ON k.coupon_id = c.id`,
    )
    .bind(JSON.stringify(couponIds))
    .all<{ shopId: number; codeKey: string; campaignId: number }>();
  const heard = await heardOf(
    db,
    free.map(({ shopId, codeKey }) => [shopId, codeKey]),
  );
  const terms = free.map(({ campaignId }) => ({ campaignId, affiliateId, expiresOn: null }));
  return reachOf(db, heard.orders, terms, (codes) => {
    for (const id of couponIds) {
      const coupon = codes.coupons.get(id);
      if (!coupon) continue;
      const spans = coupon.spans.map((span) => ({ ...span, affiliateId: span.affiliateId ?? affiliateId }));
      codes.coupons.set(id, { ...coupon, spans });
    }
  });
}

/** The orders that have named any of these codes, and which of the codes they are. */
async function heardOf(db: D1Database, codes: [shopId: number, codeKey: string][]) {
  const orders = new Map<string, OrderId>();
  const named = new Set<string>();
  for (let from = 0; from < codes.length && orders.size < MOST; from += CODES_AT_ONCE) {
    const { results } = await db
      .prepare(
        `SELECT h.shop_id AS shopId, h.order_key AS orderKey, h.code_key AS codeKey FROM json_each(?1) j
         CROSS JOIN codes_heard h ON h.code_key = j.value ->> 1 AND h.shop_id = j.value ->> 0 LIMIT ${MOST}`,
      )
      .bind(JSON.stringify(codes.slice(from, from + CODES_AT_ONCE)))
      .all<OrderId & { codeKey: string }>();
    for (const { shopId, orderKey, codeKey } of results) {
      orders.set(nameOf({ shopId, orderKey }), { shopId, orderKey });
      named.add(`${shopId} ${codeKey}`);
    }
  }
  return { orders: [...orders.values()], codes: named };
}

async function reachOf(
  db: D1Database,
  named: OrderId[],
  terms: Terms[],
  change: (codes: CodeFacts) => void,
): Promise<Reach> {
  if (named.length === 0) return { orders: 0, sums: [] };
  const orders = await readOrders(db, named);
  const states = [...new Set(orders.values())].filter(({ heard }) => heard.length > 0);
  const [codes, undone] = await Promise.all([
    readCodes(
      db,
      states.flatMap(({ heard }) => heard.flatMap((report) => report.codes ?? [])),
    ),
    readUndone(db, orders),
  ]);
  for (const { campaigns, affiliates } of await termsOf(db, terms)) {
    for (const campaign of campaigns.values()) codes.campaigns.set(campaign.id, campaign);
    for (const affiliate of affiliates.values()) codes.affiliates.set(affiliate.id, affiliate);
  }
  change(codes);
  const sums = new Map<string, number>();
  let count = 0;
  for (const state of states) {
    const { owed, currency } = decide(state.heard, factsFor(state, state.heard, { codes, undone }));
    if (!differs(state, owed)) continue;
    count++;
    const now = [...earnedNow(state).values()].reduce((sum, minor) => sum + minor, 0);
    if (currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + (owed?.owedMinor ?? 0) - now);
  }
  return { orders: count, sums: [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor })) };
}

/** Each campaign with each affiliate once: there are few of both. */
function termsOf(db: D1Database, terms: Terms[]) {
  const pairs = new Map(
    terms.map(({ campaignId, affiliateId }) => [`${campaignId} ${affiliateId}`, { campaignId, affiliateId }]),
  );
  return Promise.all([...pairs.values()].map(({ campaignId, affiliateId }) => readTerms(db, campaignId, affiliateId)));
}

/** What each affiliate has of an order now, where that is anything. */
function earnedNow({ members }: OrderState): Map<number, number> {
  const earned = members
    .flatMap(({ commissions }) => commissions)
    .map((each) => [each.affiliateId, earnedOf(each)] as const);
  return new Map(earned.filter(([, minor]) => minor !== 0));
}

function differs(state: OrderState, owed: { affiliateId: number; owedMinor: number } | null): boolean {
  const then = owed && owed.owedMinor !== 0 ? new Map([[owed.affiliateId, owed.owedMinor]]) : new Map();
  return JSON.stringify([...earnedNow(state)]) !== JSON.stringify([...then]);
}
