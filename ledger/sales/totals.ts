/** What sales and commissions add up to, by the day of the sale: kept with every line, so that no page has to add. */
import type { Sums } from '../owed.ts';
import type { CommissionRow, SaleRow } from './orders.ts';

/** What an order's sale and commissions add to the totals, by day, campaign, affiliate and currency. */
export type Contribution = [
  sales: number,
  sold: number,
  refunded: number,
  pending: number,
  approved: number,
  inPayment: number,
  paid: number,
];

/** @returns by `JSON.stringify([day, campaignId, affiliateId, currency])`. */
export function contributionsOf(
  sale: Pick<
    SaleRow,
    'state' | 'day' | 'campaignId' | 'affiliateId' | 'currency' | 'amountMinor' | 'refundedMinor'
  > | null,
  commissions: Pick<CommissionRow, 'campaignId' | 'affiliateId' | 'currency' | keyof Sums>[],
): Map<string, Contribution> {
  const totals = new Map<string, Contribution>();
  if (!sale) return totals;
  const put = (campaignId: number, affiliateId: number, currency: string, added: Contribution) => {
    const key = JSON.stringify([sale.day, campaignId, affiliateId, currency]);
    const before = totals.get(key);
    totals.set(key, before ? (before.map((minor, index) => minor + added[index]!) as Contribution) : added);
  };
  if (sale.state === 'standing')
    put(sale.campaignId!, sale.affiliateId!, sale.currency!, [
      1,
      sale.amountMinor ?? 0,
      sale.refundedMinor,
      0,
      0,
      0,
      0,
    ]);
  for (const {
    campaignId,
    affiliateId,
    currency,
    pendingMinor,
    approvedMinor,
    inPaymentMinor,
    paidMinor,
  } of commissions)
    put(campaignId, affiliateId, currency, [0, 0, 0, pendingMinor, approvedMinor, inPaymentMinor, paidMinor]);
  return totals;
}

/** What changes in the totals from one to the other; groups that do not change are left out. */
export function totalsBetween(
  before: Map<string, Contribution>,
  after: Map<string, Contribution>,
): [string, Contribution][] {
  const none: Contribution = [0, 0, 0, 0, 0, 0, 0];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key) ?? none, after.get(key) ?? none];
    const change = is.map((minor, index) => minor - was[index]!) as Contribution;
    return change.some((minor) => minor !== 0) ? [[key, change] satisfies [string, Contribution]] : [];
  });
}

const SUMS = [
  'sales',
  'sold_minor',
  'refunded_minor',
  'pending_minor',
  'approved_minor',
  'in_payment_minor',
  'paid_minor',
];

/**
 * The statement that adds changes to the totals in their three grains. Its one parameter is a JSON list of lists that end
 * with day, campaign, affiliate, currency and the seven sums.
 * @param written what joins a list with the sale `s` that was written, or with nothing.
 * @param first where the day stands in a list.
 */
export function addTotals(written: string, first: number): string {
  const at = (index: number) => `(j.value ->> ${first + index})`;
  return `
    INSERT INTO totals (grain, shop_id, period, campaign_id, affiliate_id, currency, ${SUMS.join(', ')})
    SELECT g.grain, s.shop_id, substr(${at(0)}, 1, g.length), ${at(1)}, iif(g.grain = 'campaign', 0, ${at(2)}), ${at(3)},
      ${SUMS.map((_, index) => `sum(${at(4 + index)})`).join(', ')}
    FROM json_each(?1) j ${written}
    CROSS JOIN (SELECT 'day' AS grain, 10 AS length UNION ALL SELECT 'month', 7 UNION ALL SELECT 'campaign', 10) g
    GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT DO UPDATE SET ${SUMS.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`;
}
