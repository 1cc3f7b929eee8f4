/** What D1's views say, beside what the model says; and whether the sums add up. */
import type { House } from './house.ts';
import type { Told } from './model.ts';

/** An order in one line: two that are the same read the same. */
type Lines = Map<string, string>;

/** What D1 says of many houses at once. */
export interface Ledger {
  orders: Map<number, Lines>;
  /** Orders of no shop that wait for a person. */
  nowhere: Set<string>;
  /** By shop: sums that do not add up, and orders that are still to be decided. */
  wrong: Map<number, string[]>;
}

interface Commission {
  shopId: number;
  orderKey: string;
  affiliate: number;
  earned: number;
  pending: number;
  approved: number;
  inPayment: number;
  paid: number;
  status: string;
  lines: number;
}

interface Sale {
  shopId: number;
  orderKey: string;
  state: string;
  couponId: number | null;
  affiliateId: number | null;
  amountMinor: number | null;
  refundedMinor: number;
  question: string | null;
  reports: number;
}

/**
 * @param between the first and last of the times at which anything of these houses was received.
 * @param detailed also sums and totals, which cost more.
 */
export async function readLedger(
  db: D1Database,
  houses: House[],
  between: [since: number, until: number],
  detailed: boolean,
): Promise<Ledger> {
  const ids = houses.flatMap(({ shops }) => shops);
  const range = [Math.min(...ids), Math.max(...ids)];
  const on = (sql: string) => db.prepare(sql).bind(...range);
  const checks = detailed ? CHECKS.map(on) : [];
  const [commissions, sales, waiting, undecided, ...found] = await db.batch<Record<string, unknown>>([
    on(COMMISSIONS),
    on(SALES),
    db.prepare(WAITING).bind(...between),
    db.prepare(`SELECT shop_id AS shopId, 'still to be decided: ' || order_key AS wrong FROM to_decide`),
    ...checks,
  ]);
  const by = new Map<string, string[]>();
  for (const row of commissions!.results as unknown as Commission[]) {
    const key = `${row.shopId} ${row.orderKey}`;
    by.set(key, [...(by.get(key) ?? []), commissionLine(row)]);
  }
  const rows = waiting!.results as { shopId: number; orderKey: string; outcome: string }[];
  const asked = new Set(rows.map((row) => `${row.shopId} ${row.orderKey}`));
  const waits = new Set(
    rows.filter(({ outcome }) => outcome !== 'disputed').map((row) => `${row.shopId} ${row.orderKey}`),
  );
  const wrong = new Map<number, string[]>();
  const note = (shopId: number, what: string) => wrong.set(shopId, [...(wrong.get(shopId) ?? []), what]);
  for (const row of [undecided!, ...found].flatMap(({ results }) => results as { shopId: number; wrong: string }[]))
    note(row.shopId, row.wrong);
  const orders = new Map<number, Lines>();
  const lines = (shopId: number) => orders.get(shopId) ?? orders.set(shopId, new Map()).get(shopId)!;
  for (const row of sales!.results as unknown as Sale[]) {
    const key = `${row.shopId} ${row.orderKey}`;
    const stands = row.state === 'standing';
    if (row.question !== null && !asked.has(key)) note(row.shopId, `the question about ${key} waits for nobody`);
    lines(row.shopId).set(
      row.orderKey,
      orderLine({
        state: row.state,
        coupon: stands ? row.couponId : null,
        affiliate: stands ? row.affiliateId : null,
        amountMinor: stands ? row.amountMinor : null,
        refundedMinor: stands ? row.refundedMinor : 0,
        question: row.question !== null,
        waits: waits.has(key),
        reports: row.reports,
        commissions: by.get(key) ?? [],
      }),
    );
  }
  const nowhere = rows.filter(({ shopId }) => shopId === 0).map(({ orderKey }) => orderKey);
  return { orders, nowhere: new Set(nowhere), wrong };
}

/** @returns how they differ, order by order; empty where they do not. */
export function differences(told: Told[], ledger: Ledger, house: House, keyOf: (key: string) => string): string[] {
  const found = house.shops.flatMap((shop) => ledger.wrong.get(shop) ?? []);
  for (const order of told) {
    const key = keyOf(order.key);
    // What belongs to no shop is no sale; it only waits.
    if (order.state === 'which shop') {
      if (order.waits && !ledger.nowhere.has(key)) found.push(`order ${key} of no shop does not wait`);
      continue;
    }
    const expected = modelLine(order);
    const actual = ledger.orders.get(order.shop)?.get(key);
    if (expected !== actual)
      found.push(`order ${key} of shop ${order.shop}:\n  model:  ${expected}\n  ledger: ${actual ?? 'no such order'}`);
  }
  const known = new Set(told.map(({ shop, key }) => `${shop} ${keyOf(key)}`));
  for (const shop of house.shops)
    for (const [key, line] of ledger.orders.get(shop) ?? [])
      if (!known.has(`${shop} ${key}`)) found.push(`order ${key} of shop ${shop}, unknown to the model: ${line}`);
  return found;
}

function modelLine(order: Told): string {
  const stands = order.state === 'standing';
  return orderLine({
    ...order,
    amountMinor: stands ? order.amountMinor : null,
    refundedMinor: stands ? order.refundedMinor : 0,
    commissions: order.commissions.map(commissionLine),
  });
}

function orderLine(
  order: Omit<Told, 'shop' | 'key' | 'state' | 'commissions'> & { state: string; commissions: string[] },
): string {
  const { state, coupon, affiliate, amountMinor, refundedMinor, question, waits, reports, commissions } = order;
  return [
    `${state} coupon ${coupon ?? '-'} of ${affiliate ?? '-'}: ${amountMinor ?? '-'} less ${refundedMinor}, ${reports} reports`,
    ...(question ? ['asked'] : []),
    ...(waits ? ['waits'] : []),
    ...commissions.toSorted(),
  ].join(' | ');
}

function commissionLine(row: Omit<Commission, 'shopId' | 'orderKey'>): string {
  const { affiliate, earned, status, pending, approved, inPayment, paid, lines } = row;
  return `${affiliate} ${earned} ${status} = ${pending} + ${approved} + ${inPayment} + ${paid} in ${lines}`;
}

const COMMISSIONS = `
  SELECT t.shop_id AS shopId, t.order_key AS orderKey, t.affiliate_id AS affiliate, t.earned_minor AS earned,
    t.pending_minor AS pending, t.approved_minor AS approved, m.in_payment_minor AS inPayment,
    t.paid_minor - m.in_payment_minor AS paid, t.status, m.lines
  FROM standing t JOIN commissions m ON m.sale_id = t.sale_id AND m.affiliate_id = t.affiliate_id
  WHERE t.shop_id BETWEEN ?1 AND ?2`;

const SALES = `
  SELECT shop_id AS shopId, order_key AS orderKey, state, coupon_id AS couponId, affiliate_id AS affiliateId,
    amount_minor AS amountMinor, refunded_minor AS refundedMinor, question, reports
  FROM sales WHERE shop_id BETWEEN ?1 AND ?2`;

const WAITING = `
  SELECT r.shop_id AS shopId, r.order_key AS orderKey, u.outcome
  FROM uncredited u JOIN reports r ON r.id = u.report_id
  WHERE u.waits = 1 AND u.received_at BETWEEN ?1 AND ?2`;

const SUMS = ['pending', 'approved', 'in_payment', 'paid'].map((sum) => `${sum}_minor`);
const summed = (of: string) => SUMS.map((sum) => `sum(${of}.${sum}) AS ${sum}`).join(', ');

/** Each finds what does not add up. */
const CHECKS = [
  `SELECT m.shop_id AS shopId, 'lines of ' || m.sale_id || '-' || m.affiliate_id || ' are not its sums' AS wrong
   FROM commissions m WHERE m.shop_id BETWEEN ?1 AND ?2
     AND (m.lines, ${SUMS.map((sum) => `m.${sum}`).join(', ')}) IS NOT (
       SELECT count(*), ${summed('l')} FROM lines l WHERE l.sale_id = m.sale_id AND l.affiliate_id = m.affiliate_id)`,
  ...(
    [
      ['day', 's.day', 'affiliate_id'],
      ['month', 'substr(s.day, 1, 7)', 'affiliate_id'],
      ['campaign', 's.day', '0'],
    ] as const
  ).map(
    ([grain, period, affiliate]) => `
   SELECT shop_id AS shopId, '${grain} totals: ' || json_array(shop_id, period, campaign_id, affiliate_id, currency, sum(sales), sum(sold), sum(refunded),
     ${SUMS.map((sum) => `sum(${sum})`).join(', ')}) AS wrong
   FROM (
     SELECT t.shop_id, t.period, t.campaign_id, t.affiliate_id, t.currency, t.sales, t.sold_minor AS sold, t.refunded_minor AS refunded,
       ${SUMS.map((sum) => `t.${sum}`).join(', ')}
     FROM totals t WHERE t.grain = '${grain}' AND t.shop_id BETWEEN ?1 AND ?2
     UNION ALL
     SELECT s.shop_id, ${period}, s.campaign_id, ${affiliate === '0' ? '0' : 's.affiliate_id'}, s.currency, -1, -coalesce(s.amount_minor, 0), -s.refunded_minor, 0, 0, 0, 0
     FROM sales s WHERE s.state = 'standing' AND s.shop_id BETWEEN ?1 AND ?2
     UNION ALL
     SELECT m.shop_id, ${period}, m.campaign_id, ${affiliate === '0' ? '0' : 'm.affiliate_id'}, m.currency, 0, 0, 0, ${SUMS.map((sum) => `-m.${sum}`).join(', ')}
     FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE m.shop_id BETWEEN ?1 AND ?2)
   GROUP BY 1 = 1, shop_id, period, campaign_id, affiliate_id, currency
   HAVING sum(sales) <> 0 OR sum(sold) <> 0 OR sum(refunded) <> 0 OR ${SUMS.map((sum) => `sum(${sum}) <> 0`).join(' OR ')}`,
  ),
];
