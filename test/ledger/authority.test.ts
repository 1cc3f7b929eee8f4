/** Who has the say of an order, and what persons say of it, through the one door (DESIGN §3.2). */
import { env } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { editAffiliate } from '../../ledger/affiliates.ts';
import { editCampaign, editShop } from '../../ledger/campaigns.ts';
import { editCoupon } from '../../ledger/coupons/edit.ts';
import { type Message, reportOf } from '../../ledger/report.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions } from '../../ledger/sales/settle.ts';
import { books } from '../books.ts';
import {
  azulejo,
  DAY,
  deleteCoupons,
  lines,
  NOON,
  nobody,
  pixel,
  type Said,
  standing,
  TEN_PERCENT,
  word,
} from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;
let order = 7000;
const fresh = () => String(order++);

beforeAll(async () => {
  house = await azulejo(store);
});

/** What stands when a test starts is left out of what it looks at. */
let before = 0;
beforeEach(async () => {
  before = (await lines(env.DB)).length;
});
afterEach(async () => {
  expect(await books(env.DB)).toEqual([]);
});
const newLines = async () => (await lines(env.DB)).slice(before);
const outcomes = async (...reports: Parameters<typeof recordSales>[1]) =>
  (await recordSales(env.DB, reports)).map(({ outcome, detail }) =>
    detail === null ? outcome : `${outcome}: ${detail}`,
  );
const webhook = (orderId: string, said: Said = {}) =>
  pixel({ orderId, source: 'webhook', shopId: house.shop, ...said });
const server = (orderId: string, said: Said = {}) => webhook(orderId, { source: 'server', ...said });
const office = (orderId: string, said: Said = {}) => webhook(orderId, { source: 'office', ...said });
const refund = (orderId: string, amount: string, refundId: string, said: Said = {}) =>
  webhook(orderId, { kind: 'refund', codes: null, amount: null, refunded: amount, more: { refundId }, ...said });
const saleOf = (orderKey: string) => env.DB.prepare('SELECT * FROM sales WHERE order_key = ?').bind(orderKey).first();
const saleIdOf = async (orderKey: string) => (await saleOf(orderKey))!.id as number;

describe('authority', () => {
  test('a pixel’s sale is confirmed by the office, in the same amount', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId }), office(orderId), pixel({ orderId }))).toEqual([
      'recorded',
      'confirmed',
      'already known',
    ]);
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
    expect(await saleOf(orderId)).toMatchObject({ evidence: 'office', reports: 2, reloads: 1 });
  });

  test('a webhook sets amount and coupon; what is lower is only noted, and nothing is summed', async () => {
    const orderId = fresh();
    expect(
      await outcomes(
        pixel({ orderId }),
        server(orderId, { amount: '100' }),
        webhook(orderId, { amount: '80', code: 'JOAO10' }),
        server(orderId, { amount: '1' }),
      ),
    ).toEqual([
      'recorded',
      'corrected: was €120.00',
      'corrected: was coupon MARIA10, €100.00',
      'already known: differs: coupon MARIA10, amount 1',
    ]);
    expect(await newLines()).toEqual([
      'Maria sale +1200 pending',
      'Maria correction -200 pending',
      'Maria correction -1000 pending',
      'João sale +800 pending',
    ]);
  });

  test('what was approved is taken back to the cent, below zero if need be', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    const saleId = await saleIdOf(orderId);
    expect(await approveCommissions(env.DB, [{ saleId, affiliateId: house.maria, lines: 1 }], nobody)).toEqual({
      done: 1,
      changed: [],
    });
    await outcomes(webhook(orderId, { amount: '60' }));
    expect(await newLines()).toEqual([
      'Maria sale +1200 pending',
      'Maria approved -1200 pending +1200 approved',
      'Maria correction -600 approved',
    ]);
  });

  test('a better one that says there was no coupon takes the sale away', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId }), webhook(orderId, { codes: [] }))).toEqual([
      'recorded',
      'corrected: was coupon MARIA10',
    ]);
    expect(await newLines()).toEqual(['Maria sale +1200 pending', 'Maria correction -1200 pending']);
    expect(await saleOf(orderId)).toMatchObject({ state: 'nothing', affiliate_id: null });
  });

  test('equals are a question, and the first stands', async () => {
    const orderId = fresh();
    expect(await outcomes(office(orderId), office(orderId, { amount: '90', witness: 'person:rui' }))).toEqual([
      'recorded',
      'disputed: Another amount is named: €90.00.',
    ]);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 disputed']);
    expect(await outcomes(word('correction', { order: orderId, amount: '90' }))).toEqual(['corrected: was €120.00']);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 900 pending']);
  });

  test('an approval answers what browsers disagree about', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    const saleId = await saleIdOf(orderId);
    await outcomes(pixel({ orderId, code: 'JOAO10', browsers: ['forger'] }));
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 disputed']);
    await approveCommissions(env.DB, [{ saleId, affiliateId: house.maria, lines: 1 }], nobody);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 approved']);
    expect(await outcomes(pixel({ orderId, code: 'JOAO10', amount: '999', browsers: ['forger'] }))).toEqual([
      'already known: differs: coupon JOAO10, amount 999',
    ]);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 approved']);
  });

  test('another currency is asked about, and does not speak of the amount', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId }), webhook(orderId, { amount: '130', currency: 'usd' }))).toEqual([
      'recorded',
      'disputed: It was paid in another currency: 130 USD.',
    ]);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 disputed']);
    await outcomes(webhook(orderId, { amount: '110' }));
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1100 pending']);
  });
});

describe('refunds', () => {
  test('come before their sale as well as after it', async () => {
    const orderId = fresh();
    expect(await outcomes(refund(orderId, '20', 'r-1'))).toEqual(['noted']);
    expect(await outcomes(webhook(orderId))).toEqual(['recorded']);
    expect(await outcomes(refund(orderId, '100', 'r-2'))).toEqual(['corrected']);
    expect(await newLines()).toEqual(['Maria sale +1000 pending', 'Maria refund -1000 pending']);
    expect(await saleOf(orderId)).toMatchObject({ amount_minor: 12_000, refunded_minor: 12_000, state: 'standing' });
  });

  test('any parts of a full refund leave exactly nothing', async () => {
    const orderId = fresh();
    await outcomes(webhook(orderId, { amount: '0.99' }));
    for (const [index, part] of ['0.33', '0.33', '0.32', '0.01'].entries())
      await outcomes(refund(orderId, part, `r-${index}`));
    expect(await standing(env.DB, orderId)).toEqual(['Maria 0 nothing owed']);
  });

  test('a cancelled order owes nothing, and what is not cancelled any more owes again', async () => {
    const orderId = fresh();
    await outcomes(webhook(orderId), webhook(orderId, { codes: null, amount: null, cancelled: true }));
    expect(await standing(env.DB, orderId)).toEqual(['Maria 0 nothing owed']);
    await outcomes(webhook(orderId, { codes: null, amount: null, cancelled: false }));
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 pending']);
  });
});

describe('coupons of two affiliates', () => {
  const both = (orderId: string) => webhook(orderId, { codes: ['MARIA10', 'JOAO10'] });
  const rule = (severalAffiliates: 'first' | 'last' | 'a person', now: number) =>
    editShop(
      env.DB,
      house.shop,
      { name: 'Azulejo', address: '', currency: 'EUR', timeZone: 'Europe/Lisbon', severalAffiliates },
      { userId: null, now },
    );

  test('wait for a person, or are the first’s or the last’s as the shop has chosen by then', async () => {
    const [asked, first, last] = [fresh(), fresh(), fresh()];
    expect(await outcomes({ ...both(asked), receivedAt: NOON - 4 * DAY })).toEqual(['two affiliates']);
    await rule('first', NOON - 3 * DAY);
    expect(await outcomes({ ...both(first), receivedAt: NOON - 2 * DAY })).toEqual(['recorded']);
    await rule('last', NOON - DAY);
    expect(await outcomes(both(last))).toEqual(['recorded']);
    await rule('a person', NOON + 1);
    expect(await newLines()).toEqual(['Maria sale +1200 pending', 'João sale +1200 pending']);
  });

  test('a person answers', async () => {
    const orderId = fresh();
    await outcomes({ ...both(orderId), receivedAt: NOON + DAY });
    expect(await saleOf(orderId)).toMatchObject({
      state: 'nothing',
      question: 'It names coupons of two affiliates, MARIA10 and JOAO10: whose is it?',
    });
    await outcomes(word('correction', { order: orderId, codes: ['JOAO10'] }));
    expect(await standing(env.DB, orderId)).toEqual(['João 1200 pending']);
    expect(await saleOf(orderId)).toMatchObject({ question: null });
  });
});

describe('a person’s word', () => {
  const says = (kind: Parameters<typeof word>[0], orderKey: string, said: Omit<Partial<Message>, 'order'> = {}) =>
    outcomes(word(kind, { order: orderKey, ...said }));

  test('declines an affiliate through corrections, and touches no other', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    expect(await says('decline', orderId, { affiliateId: house.maria, reason: 'own purchase' })).toEqual(['corrected']);
    await outcomes(webhook(orderId, { amount: '60', code: 'JOAO10' }));
    expect(await standing(env.DB, orderId)).toEqual(['Maria 0 declined', 'João 600 pending']);
    // A better witness than all who had been heard says that it was so.
    await outcomes(webhook(orderId, { amount: '90' }));
    expect(await standing(env.DB, orderId)).toEqual(['Maria 0 declined', 'João 0 disputed']);
    expect(await says('restore', orderId, { affiliateId: house.maria })).toEqual(['corrected']);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 900 pending', 'João 0 nothing owed']);
  });

  test('voids an order until it is restored; what comes meanwhile is asked about', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId, browsers: ['rita'] }));
    expect(await says('void', orderId)).toEqual(['corrected']);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 0 nothing owed']);
    expect(await outcomes(pixel({ orderId, browsers: ['rita'] }), webhook(orderId))).toEqual([
      'void',
      'void: The order was voided, and was heard of again.',
    ]);
    expect(await saleOf(orderId)).toMatchObject({ state: 'void', code: 'MARIA10', amount_minor: 12_000, questions: 1 });
    expect(await says('restore', orderId)).toEqual(['corrected']);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 pending']);
    expect(await newLines()).toEqual([
      'Maria sale +1200 pending',
      'Maria voided -1200 pending',
      'Maria restored +1200 pending',
    ]);
  });

  test('holds a commission: owed, and said so', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    await says('hold', orderId, { affiliateId: house.maria, reason: 'ask the shop' });
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 held']);
    await says('release', orderId, { affiliateId: house.maria });
    expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 pending']);
  });

  test('that was given on other sums than those there are is not heard', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    const seen = (lines: number) => ({ affiliateId: house.maria, more: { seen: { lines } } });
    await outcomes(webhook(orderId, { amount: '60' }));
    expect(await says('decline', orderId, seen(1))).toEqual(['changed meanwhile']);
    expect(await says('hold', orderId, seen(3))).toEqual(['changed meanwhile']);
    expect(await says('void', orderId, { more: { seen: { lines: 1 } } })).toEqual(['changed meanwhile']);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 600 pending']);
    expect(await saleOf(orderId)).toMatchObject({ reports: 2 });
    expect(await says('decline', orderId, seen(2))).toEqual(['corrected']);
    expect(await standing(env.DB, orderId)).toEqual(['Maria 0 declined']);
  });

  test('puts a mistyped sale right, more than once', async () => {
    const orderId = fresh();
    await outcomes(office(orderId, { amount: '1200', witness: 'person:helena' }));
    await says('correction', orderId, { amount: '120' });
    await says('correction', orderId, { amount: '12', codes: ['JOAO10'] });
    expect(await standing(env.DB, orderId)).toEqual(['Maria 0 nothing owed', 'João 120 pending']);
  });

  test('adjusts and gives bonuses: an order of its own, and no sale', async () => {
    const order = `adjustment:${fresh()}`;
    const adjust = (amount: string, bonus = false) =>
      reportOf({
        ...{ source: 'office', kind: 'adjustment', shopId: house.shop, order, codes: null, amount, receivedAt: NOON },
        affiliateId: house.joao,
        more: { campaignId: house.autumn, ...(bonus ? { bonus } : {}) },
      });
    const sold = () =>
      env.DB.prepare(`SELECT sum(sales) AS n, sum(sold_minor) AS sold FROM totals WHERE grain = 'month'`).first();
    const was = await sold();
    expect(await outcomes(adjust('5'))).toEqual(['recorded']);
    expect(await outcomes(adjust('-2.50'))).toEqual(['corrected']);
    expect(await outcomes(adjust('10', true))).toEqual(['corrected']);
    expect(await newLines()).toEqual([
      'João adjustment +500 pending',
      'João adjustment -500 pending -250 approved',
      'João bonus +1000 pending +250 approved',
    ]);
    expect(await sold()).toEqual(was);
    expect(await saleOf(order)).toMatchObject({ state: 'adjustment', amount_minor: 1_000 });
    await outcomes(word('void', { order }));
    expect(await standing(env.DB, order)).toEqual(['João 0 nothing owed']);
  });
});

describe('as of the moment', () => {
  test('a correction keeps the rate of the day of the sale', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    await editCampaign(
      env.DB,
      house.autumn,
      { ...TEN_PERCENT, commissionValue: 2_000 },
      { userId: null, now: NOON + 1 },
    );
    await outcomes(webhook(orderId, { amount: '100', receivedAt: NOON + DAY }));
    await editCampaign(env.DB, house.autumn, TEN_PERCENT, { userId: null, now: NOON + 2 });
    expect(await newLines()).toEqual(['Maria sale +1200 pending', 'Maria correction -200 pending']);
  });

  test('a sale of last week is the owner’s of last week', async () => {
    const coupon = await house.coupon('HANDED', house.autumn, house.maria);
    const terms = { code: 'HANDED', campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
    await editCoupon(store, coupon, 1, terms, { userId: null, now: NOON - 7 * DAY });
    const sold = (days: number) => office(fresh(), { code: 'HANDED', soldAt: NOON - days * DAY });
    expect(await outcomes(sold(8), sold(7), sold(0))).toEqual(['recorded', 'recorded', 'recorded']);
    expect(await newLines()).toEqual([
      'Maria sale +1200 pending',
      'João sale +1200 pending',
      'João sale +1200 pending',
    ]);
  });

  test('a coupon works through its last day in Lisbon', async () => {
    await house.coupon('TILL23', house.autumn, house.maria, '2026-11-23');
    const at = (receivedAt: number) => pixel({ orderId: fresh(), code: 'TILL23', receivedAt });
    const midnight = Date.UTC(2026, 10, 24);
    expect(await outcomes(at(midnight - 1), at(midnight))).toEqual(['recorded', 'expired']);
  });

  test('a deleted coupon earns nothing more, and keeps what it earned', async () => {
    const coupon = await house.coupon('GONE', house.autumn, house.maria);
    const orderId = fresh();
    await outcomes(pixel({ orderId, code: 'GONE' }));
    expect(await deleteCoupons(store, [coupon], { userId: null, now: NOON + 1 })).toBe(1);
    const later = { receivedAt: NOON + 1, code: 'GONE' };
    expect(await outcomes(pixel({ orderId: fresh(), ...later }))).toEqual(['unknown coupon: it was deleted']);
    expect(await outcomes(webhook(orderId, { code: 'GONE', receivedAt: NOON + 1 }))).toEqual(['confirmed']);
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
  });

  test('a suspended affiliate earns nothing by what is sold from then on', async () => {
    const joao = { name: 'João', email: 'joao@azulejo.test', note: '' };
    const at = (days: number) => ({ userId: null, now: NOON + days * DAY });
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'suspended' }, at(1));
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'active' }, at(2));
    const sold = (hours: number) => pixel({ orderId: fresh(), code: 'JOAO10', receivedAt: NOON + hours * 3_600_000 });
    expect(await outcomes(sold(23), sold(25), sold(49))).toEqual(['recorded', 'affiliate not active', 'recorded']);
  });
});
