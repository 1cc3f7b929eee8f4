/** Whoever speaks first: an order comes to the same in every order of arrival (issue 13, 14). */
import { env } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import { reportOf } from '../../ledger/report.ts';
import { type MoveKind, moveMoney, type Seen } from '../../ledger/sales/move-money.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions } from '../../ledger/sales/settle.ts';
import { books } from '../books.ts';
import { azulejo, NOON, pixel, word } from '../people.ts';

let house: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  house = await azulejo({ db: env.DB, kv: env.COUPONS });
});

const by = { userId: null, now: NOON };

/** What is said of an order; each with an id of its own, so that it can be told twice. */
const said = [
  (order: string) => pixel({ id: `pixel ${order}`, orderId: order, amount: '100' }),
  (order: string) => pixel({ ...webhook(order), id: `webhook ${order}`, amount: '120' }),
  (order: string) => refund(order, 'r-1', '20'),
  (order: string) => refund(order, 'r-2', '30'),
  (order: string) => word('correction', { id: `correction ${order}`, order, codes: ['JOAO10'] }),
];
const webhook = (orderId: string) => ({ source: 'webhook' as const, shopId: house.shop, orderId, saidAt: NOON - 10 });
const refund = (order: string, refundId: string, refunded: string) =>
  reportOf({
    ...webhook(order),
    ...{ id: `${refundId} ${order}`, kind: 'refund', codes: null, refunded, saidAt: NOON, receivedAt: NOON },
    more: { refundId },
  });

function permutations(things: number[]): number[][] {
  if (things.length === 0) return [[]];
  return things.flatMap((thing, index) => permutations(things.toSpliced(index, 1)).map((rest) => [thing, ...rest]));
}
const ARRIVALS = permutations([0, 1, 2, 3, 4]);

/** Each affiliate's sum of the lines of each order, those that differ from one another. */
async function earned(prefix: string) {
  const { results } = await env.DB.prepare(
    `SELECT s.order_key AS "order", group_concat(a.name || ' ' || (
       SELECT sum(l.pending_minor + l.approved_minor + l.in_payment_minor + l.paid_minor) FROM lines l
       WHERE l.sale_id = m.sale_id AND l.affiliate_id = m.affiliate_id), ', ') AS who
     FROM sales s CROSS JOIN commissions m ON m.sale_id = s.id CROSS JOIN affiliates a ON a.id = m.affiliate_id
     WHERE s.order_key LIKE ? GROUP BY s.id ORDER BY s.id`,
  )
    .bind(`${prefix}-%`)
    .all<{ order: string; who: string }>();
  expect(results).toHaveLength(ARRIVALS.length);
  return new Set(results.map(({ who }) => who));
}

/** Tells all orders one report each, twice, and then whatever a person does. */
async function tellAll(prefix: string, between: (step: number) => Promise<void>) {
  for (let step = 0; step < said.length; step++) {
    const list = ARRIVALS.map((arrival, index) => said[arrival[step]!]!(`${prefix}-${index}`));
    await recordSales(env.DB, list);
    await recordSales(env.DB, list.toReversed());
    await between(step);
  }
}

test('in all 120, each report told twice, João has 7.00 and Maria nothing', async () => {
  await tellAll('once', async () => {});
  expect(await earned('once')).toEqual(new Set(['Maria 0, João 700', 'João 700']));
  expect(await books(env.DB)).toEqual([]);
});

test('the same with approval after the second and payout after the fourth', async () => {
  const seen = async (sum: string) =>
    (
      await env.DB.prepare(
        `SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines FROM commissions m
         CROSS JOIN sales s ON s.id = m.sale_id WHERE s.order_key LIKE 'paid-%' AND m.${sum} <> 0`,
      ).all<Seen>()
    ).results;
  const move = async (kind: MoveKind, from: string) =>
    moveMoney(env.DB, await seen(from), { kind, cause: { cause: 'payout', causeId: '1' }, by });
  let paid = 0;
  await tellAll('paid', async (step) => {
    if (step === 1) await approveCommissions(env.DB, await seen('pending_minor'), by);
    if (step !== 3) return;
    await move('in payment', 'approved_minor');
    paid = (await move('paid', 'in_payment_minor')).length;
  });
  expect(paid).toBeGreaterThan(30);
  expect(await earned('paid')).toEqual(new Set(['Maria 0, João 700', 'João 700']));
  expect(await books(env.DB)).toEqual([]);
});
