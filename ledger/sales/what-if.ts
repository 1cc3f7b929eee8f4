/** How far a change would reach back: the same decision, with other facts, unwritten. */
import { decide } from '../decide.ts';
import type { CouponFacts } from '../facts.ts';
import { earnedOf } from '../owed.ts';
import { type CodeFacts, readCodes, readTerms } from './histories.ts';
import { type OrderId, type OrderState, readOrders } from './orders.ts';
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

/** What comes of orders that have named a code before it is a coupon, once it is one. */
export async function reachOfCoupon(
  db: D1Database,
  shopId: number,
  code: string,
  codeKey: string,
  terms: Terms,
): Promise<Reach> {
  return reachOf(
    db,
    shopId,
    [codeKey],
    (codes) => {
      const spans = codes.spans.get(codeKey) ?? [];
      const lost = spans.filter((span) => span.shopId === shopId).map(({ untilAt }) => untilAt ?? 0);
      const span = { codeKey, code, shopId, couponId: NEW, fromAt: Math.max(0, ...lost), untilAt: null };
      codes.spans.set(codeKey, [...spans, span]);
      codes.coupons.set(NEW, { id: NEW, shopId, revision: 1, archivedAt: null, codes: [span], spans: [always(terms)] });
    },
    terms,
  );
}

/** What comes of orders that have named a free coupon, once it is as if its first owner had always had it. */
export async function reachOfOwner(
  db: D1Database,
  coupon: { id: number; shopId: number; codeKeys: string[] },
  terms: Terms,
): Promise<Reach> {
  return reachOf(
    db,
    coupon.shopId,
    coupon.codeKeys,
    (codes) => {
      const before = codes.coupons.get(coupon.id);
      if (!before) return;
      const spans = before.spans.map((span) => ({ ...span, affiliateId: span.affiliateId ?? terms.affiliateId }));
      codes.coupons.set(coupon.id, { ...before, spans });
    },
    terms,
  );
}

/** No coupon has this number yet. */
const NEW = -1;

const always = (terms: Terms): CouponFacts['spans'][number] => ({ ...terms, fromAt: 0, untilAt: null });

async function reachOf(
  db: D1Database,
  shopId: number,
  codeKeys: string[],
  change: (codes: CodeFacts) => void,
  { campaignId, affiliateId }: Terms,
): Promise<Reach> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT h.shop_id AS shopId, h.order_key AS orderKey FROM json_each(?1) j
       CROSS JOIN codes_heard h ON h.code_key = j.value AND h.shop_id = ?2 LIMIT ${MOST}`,
    )
    .bind(JSON.stringify(codeKeys), shopId)
    .all<OrderId>();
  if (results.length === 0) return { orders: 0, sums: [] };
  const orders = await readOrders(db, results);
  const states = [...new Set(orders.values())].filter(({ heard }) => heard.length > 0);
  const [codes, undone, terms] = await Promise.all([
    readCodes(
      db,
      states.flatMap(({ heard }) => heard.flatMap((report) => report.codes ?? [])),
    ),
    readUndone(db, orders),
    readTerms(db, campaignId, affiliateId),
  ]);
  for (const campaign of terms.campaigns.values()) codes.campaigns.set(campaign.id, campaign);
  for (const affiliate of terms.affiliates.values()) codes.affiliates.set(affiliate.id, affiliate);
  change(codes);
  const sums = new Map<string, number>();
  let count = 0;
  for (const state of states) {
    const { owed, currency } = decide(state.heard, factsFor(state, state.heard, { codes, undone }));
    if (!differs(state, owed)) continue;
    count++;
    const more = (owed?.owedMinor ?? 0) - [...earnedNow(state).values()].reduce((sum, minor) => sum + minor, 0);
    if (currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + more);
  }
  return { orders: count, sums: [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor })) };
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
