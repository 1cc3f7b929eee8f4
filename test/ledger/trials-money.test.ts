/** Trials (../shared/trials/ledger.md) 5 to 19: who was paid twice, the wrong one, or nobody; each with what it should come to. */
import { env } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCampaign, createShop } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { type Report, reportOf } from '../../ledger/report.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions, declineCommissions } from '../../ledger/sales/settle.ts';
import { readTag } from '../../worker/read-tag.ts';
import { TAGS } from '../../worker/tags.ts';
import { browsersOf } from '../../worker/visitor.ts';
import { books } from '../books.ts';
import { type FileRow, importSales, undoImport } from '../files.ts';
import {
  azulejo,
  count,
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
const at = (days: number) => ({ userId: null, now: NOON + days * DAY });
let house: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  house = await azulejo(store);
});
let before = 0;
beforeEach(async () => {
  before = (await lines(env.DB)).length;
});
afterEach(async () => {
  expect(await books(env.DB)).toEqual([]);
});

const newLines = async () => (await lines(env.DB)).slice(before);
const outcomes = async (...reports: Report[]) => (await recordSales(env.DB, reports)).map(({ outcome }) => outcome);
const office = (orderId: string | null, said: Said = {}) =>
  pixel({ orderId, source: 'office', shopId: house.shop, ...said });
const imported = (rows: FileRow[], hash?: string) => importSales(env.DB, house.shop, rows, hash);

/** All that there is of an order, as a person sees it. */
async function seen(order: string) {
  const { results } = await env.DB.prepare(
    `SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE s.order_key = ?`,
  )
    .bind(order)
    .all<{ saleId: number; affiliateId: number; lines: number }>();
  return results;
}
const approve = async (order: string) => approveCommissions(env.DB, await seen(order), at(0));
const decline = async (order: string, reason: string) => declineCommissions(env.DB, await seen(order), reason, at(0));

describe('5. a commission that a person declined', () => {
  test('E1: of an undone sale is not approved, nor beside the one of the file sent again', async () => {
    const { id } = await imported([['E1', '120']]);
    await decline('E1', 'fraud');
    await undoImport(store, id);
    expect(await approve('E1')).toMatchObject({ done: 0 });
    await imported([['E1', '120']]);
    expect(await approve('E1')).toMatchObject({ done: 0 });
    expect(await standing(env.DB, 'E1')).toEqual(['Maria 0 declined']);
  });

  test('F1: of the wrong affiliate does not decline the right one; only one of them has it', async () => {
    await outcomes(pixel({ orderId: 'F1' }));
    await decline('F1', 'wrong coupon');
    await outcomes(word('correction', { order: 'F1', codes: ['JOAO10'] }));
    expect(await standing(env.DB, 'F1')).toEqual(['Maria 0 declined', 'João 1200 pending']);
    expect(await approve('F1')).toMatchObject({ done: 1 });
    expect(await standing(env.DB, 'F1')).toEqual(['Maria 0 declined', 'João 1200 approved']);
  });

  test('pixel 120 declined, corrected to 60: approving both gives nothing, restoring it 6.00', async () => {
    await outcomes(pixel({ orderId: 'G1' }));
    await decline('G1', 'own purchase');
    await outcomes(word('correction', { order: 'G1', amount: '60' }));
    expect(await approve('G1')).toMatchObject({ done: 0 });
    await outcomes(word('restore', { order: 'G1', affiliateId: house.maria }));
    expect(await approve('G1')).toMatchObject({ done: 1 });
    expect(await standing(env.DB, 'G1')).toEqual(['Maria 600 approved']);
  });

  test('with whatever words: they are read by people only', async () => {
    for (const [index, reason] of ['import undone', 'corrected', ''].entries()) {
      const orderId = `words-${index}`;
      await outcomes(pixel({ orderId }));
      expect(await decline(orderId, reason)).toMatchObject({ done: 1 });
      expect(await standing(env.DB, orderId)).toEqual(['Maria 0 declined']);
      await outcomes(word('restore', { order: orderId, affiliateId: house.maria }));
      expect(await standing(env.DB, orderId)).toEqual(['Maria 1200 pending']);
    }
  });
});

describe('7. who owned a code is remembered', () => {
  const terms = (affiliateId: number) => ({ campaignId: house.autumn, affiliateId, expiresOn: null });

  test('a code that was renamed and given to another: a sale of before is the first one’s', async () => {
    const id = await house.coupon('TILE10', house.autumn, house.maria);
    await editCoupon(store, id, 1, { ...terms(house.maria), code: 'TILE20' }, at(-5));
    await addCoupons(store, ['TILE10'], terms(house.joao), at(-4));
    await outcomes(office('tile-1', { code: 'TILE10', soldAt: NOON - 6 * DAY }), office('tile-2', { code: 'TILE10' }));
    expect(await newLines()).toEqual(['Maria sale +1200 pending', 'João sale +1200 pending']);
  });

  test('a receipt with the code of then confirms, and moves no money to who has the code now', async () => {
    const id = await house.coupon('SHELF10', house.autumn, house.maria);
    await outcomes(pixel({ orderId: 'shelf-1', code: 'SHELF10', receivedAt: NOON - 6 * DAY }));
    await editCoupon(store, id, 1, { ...terms(house.maria), code: 'SHELF20' }, at(-5));
    await addCoupons(store, ['SHELF10'], terms(house.joao), at(-4));
    expect(await outcomes(office('shelf-1', { code: 'SHELF10' }))).toEqual(['confirmed']);
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
  });

  test('a coupon that was deleted and added again for her: sales of before the deletion are hers', async () => {
    const id = await house.coupon('AGAIN10', house.autumn, house.maria);
    await deleteCoupons(store, [id], at(-5));
    await addCoupons(store, ['AGAIN10'], terms(house.maria), at(-4));
    await outcomes(office('again-1', { code: 'AGAIN10', soldAt: NOON - 6 * DAY }));
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
  });

  test('X to Y with grace, back to X, to W without: the first grace is over', async () => {
    const id = await house.coupon('XCODE', house.autumn, house.maria);
    const rename = async (code: string, days: number, until?: number) => {
      const revision = (await env.DB.prepare('SELECT revision FROM coupons WHERE id = ?')
        .bind(id)
        .first<number>('revision'))!;
      expect(await editCoupon(store, id, revision, { ...terms(house.maria), code }, at(days), until)).toEqual({ id });
    };
    await rename('YCODE', -20, NOON + 10 * DAY);
    await rename('XCODE', -15);
    await rename('WCODE', -10);
    const hit = (code: string, days: number) =>
      pixel({ orderId: `${code} ${days}`, code, receivedAt: NOON + days * DAY });
    expect(
      await outcomes(hit('XCODE', -16), hit('XCODE', -12), hit('XCODE', -9), hit('YCODE', -9), hit('WCODE', -9)),
    ).toEqual(['recorded', 'recorded', 'expired', 'expired', 'recorded']);
  });
});

describe('8. one order in two shops', () => {
  let tea: number;
  beforeAll(async () => {
    const shop = { name: 'Chiado', address: '', currency: 'EUR', timeZone: 'Europe/Lisbon' };
    const chiado = (await createShop(env.DB, shop, nobody)) as { id: number };
    tea = ((await createCampaign(env.DB, chiado.id, { ...TEN_PERCENT, name: 'Tea' }, nobody)) as { id: number }).id;
    await addCoupons(store, ['SHARED'], { campaignId: tea, affiliateId: house.joao, expiresOn: null }, nobody);
    await addCoupons(
      store,
      ['SHARED'],
      { campaignId: house.autumn, affiliateId: house.maria, expiresOn: null },
      nobody,
    );
  });

  test('a campaign that is written otherwise names none, from a copy or from D1: it waits, and earns once', async () => {
    const hit = () => pixel({ orderId: 'shared-1', code: 'SHARED', campaign: `0${tea}` });
    expect(await outcomes(hit(), { ...hit(), browsers: ['tiago'] })).toEqual(['which shop', 'which shop']);
    expect(await newLines()).toEqual([]);
  });

  test('two purchases without numbers, alike in both shops, are two sales', async () => {
    const request = new Request('https://t.test/', {
      headers: { 'cf-connecting-ip': '192.0.2.1', 'user-agent': 'Firefox' },
    });
    const browsers = await browsersOf('secret', request, NOON);
    const hit = (campaign: number) => pixel({ orderId: null, code: 'SHARED', browsers, campaign: String(campaign) });
    expect(await outcomes(hit(house.autumn), hit(tea), hit(house.autumn))).toEqual([
      'recorded',
      'recorded',
      'already known',
    ]);
    expect(await newLines()).toEqual(['Maria sale +1200 pending', 'João sale +1200 pending']);
  });
});

describe('11. what is known by its identity is known at any time', () => {
  test('the same file read day first and month first: its rows without numbers are sold once', async () => {
    const rows = (soldOn: string): FileRow[] => [
      [null, '120', { soldOn }],
      [null, '60', { soldOn }],
    ];
    expect((await imported(rows('2026-03-04'), 'hash-11')).outcomes).toEqual(['recorded', 'recorded']);
    expect((await imported(rows('2026-04-03'), 'hash-11')).outcomes).not.toContain('recorded');
    expect(await newLines()).toEqual(['Maria sale +1200 pending', 'Maria sale +600 pending']);
  });

  test('two persons who answer one waiting report with different days record it once', async () => {
    const [waits] = await recordSales(env.DB, [pixel({ orderId: null, amount: null, browsers: ['rita'] })]);
    const answer = (witness: string, soldOn: string) =>
      office(null, { order: waits!.orderKey, about: waits!.reportId, amount: '50', witness, soldOn });
    await outcomes(answer('person:helena', '2026-11-20'), answer('person:rui', '2026-11-21'));
    expect(await newLines()).toEqual(['Maria sale +500 pending']);
  });
});

test('13. a form that is sent again with other contents says so, and records nothing', async () => {
  const form = (said: Said) => office(null, { id: 'form-13', order: 'form:13', ...said });
  expect(await outcomes(form({ amount: '100' }), form({ amount: '100.00' }))).toEqual(['recorded', 'recorded']);
  expect(await outcomes(form({ amount: '250' }))).toEqual(['other contents']);
  expect(await outcomes(form({ amount: '80', code: 'JOAO10' }))).toEqual(['other contents']);
  expect(await newLines()).toEqual(['Maria sale +1000 pending']);
});

test('14. undone and void sales count nowhere', async () => {
  const sold = () =>
    env.DB.prepare(
      `SELECT (SELECT total(sales) FROM totals WHERE grain = 'day') AS sales, (SELECT total(sold_minor) FROM totals WHERE grain = 'month') AS sold,
       (SELECT total(pending_minor) FROM balances) AS pending, (SELECT count(*) FROM sales WHERE state = 'standing') AS standing`,
    ).first();
  const was = await sold();
  const { id } = await imported([['undone-14', '12000']]);
  await outcomes(pixel({ orderId: 'void-14' }));
  await undoImport(store, id);
  await outcomes(word('void', { order: 'void-14' }));
  expect(await sold()).toEqual(was);
  const { results } = await env.DB.prepare(
    `SELECT order_key, state, code, amount_minor FROM sales WHERE order_key LIKE '%-14' ORDER BY order_key`,
  ).all();
  expect(results).toEqual([
    { order_key: 'undone-14', state: 'undone', code: 'MARIA10', amount_minor: 1_200_000 },
    { order_key: 'void-14', state: 'void', code: 'MARIA10', amount_minor: 12_000 },
  ]);
});

test('18. a fixed commission that was approved without an amount stays approved when one is told', async () => {
  await outcomes(pixel({ orderId: 'fixed-18', code: 'JOAO5', amount: null }));
  await approve('fixed-18');
  expect(await outcomes(office('fixed-18', { code: 'JOAO5', amount: '80' }))).toEqual(['corrected']);
  expect(await standing(env.DB, 'fixed-18')).toEqual(['João 500 approved']);
  expect(await newLines()).toEqual(['João sale +500 pending', 'João approved -500 pending +500 approved']);
});

describe('19. what a tag sends is cleaned before it is kept', () => {
  const problemOf = (query: string) => reportOf(readTag(TAGS[0]!, new URLSearchParams(query), NOON)!).problem!;

  test('of control characters', () => {
    const problem = problemOf('cc=MARIA10&order=a&order=b%00%1B');
    expect(problem).toBe('"order" was sent with different values: a, b\uFFFD\uFFFD');
  });

  test('of halves of characters', async () => {
    const query = new URLSearchParams([
      ['cc', 'MARIA10'],
      ['order', 'a'],
      ['order', '😀'.repeat(400)],
    ]);
    const report = reportOf(readTag(TAGS[0]!, query, NOON)!);
    expect(report.problem!.isWellFormed()).toBe(true);
    await outcomes(report);
    expect(await count(env.DB, `SELECT count(*) FROM reports WHERE id = '${report.id}' AND problem IS NOT NULL`)).toBe(
      1,
    );
  });
});
