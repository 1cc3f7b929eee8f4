/** What went wrong when the ledger was tried hard (../shared/trials/ledger.md), each with what it should come to. */
import { env } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCampaign, createShop, editCampaign } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import type { Report } from '../../ledger/report.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveDue } from '../../ledger/sales/settle.ts';
import { receive } from '../../worker/receive.ts';
import { books } from '../books.ts';
import { d1Through, isAppend } from '../d1.ts';
import { type FileRow, importSales, undoImport } from '../files.ts';
import { azulejo, count, DAY, lines, NOON, nobody, pixel, type Said, standing, TEN_PERCENT, word } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const by = { userId: null, now: NOON };
let house: Awaited<ReturnType<typeof azulejo>>;
const idOf = (made: { id: number } | { error: string } | undefined) =>
  made && 'id' in made ? made.id : expect.unreachable(JSON.stringify(made));

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
const office = (orderId: string, said: Said = {}) => pixel({ orderId, source: 'office', shopId: house.shop, ...said });

const imported = (rows: FileRow[], hash?: string) => importSales(env.DB, house.shop, rows, hash);
const undo = (id: number) => undoImport(store, id);

describe('1. after an undo, whatever is said of its order', () => {
  beforeAll(prepare);

  test.each<[string, (order: string) => Report, string]>([
    ['an unreadable amount', (orderId) => pixel({ orderId, amount: 'abc' }), 'unreadable'],
    ['a bot', (orderId) => pixel({ orderId, doubt: 'a bot' }), 'suspicious'],
    ['a test hit', (orderId) => pixel({ orderId, test: true }), 'test'],
    ['an expired coupon', (orderId) => pixel({ orderId, code: 'PAST1' }), 'expired'],
    ['a paused campaign', (orderId) => pixel({ orderId, code: 'PAUSED1' }), 'campaign paused'],
    ['a suspended affiliate', (orderId) => pixel({ orderId, code: 'AWAY1' }), 'affiliate not active'],
    ['a free coupon', (orderId) => pixel({ orderId, code: 'FREE1' }), 'free coupon'],
    [
      'a coupon of a shop with other money',
      (orderId) => pixel({ orderId, code: 'TOKYO1', campaign: String(house.autumn) }),
      'unknown coupon',
    ],
  ])('%s is written with its outcome, and the mended file comes in', async (what, say, outcome) => {
    const order = `P1 ${what}`;
    const first = await imported([[order, '120']]);
    await undo(first.id);
    const report = say(order);
    expect(await outcomes(report, report)).toEqual([outcome, outcome]);
    expect(await count(env.DB, `SELECT count(*) FROM reports WHERE id = '${report.id}'`)).toBe(1);
    expect((await imported([[order, '60']])).outcomes).toEqual(['recorded']);
    expect(await standing(env.DB, order)).toEqual(['Maria 600 pending']);
  });

  async function prepare() {
    await house.coupon('PAST1', house.autumn, house.maria, '2020-01-01');
    const paused = await createCampaign(
      env.DB,
      house.shop,
      { ...TEN_PERCENT, name: 'Paused', status: 'paused' },
      nobody,
    );
    await house.coupon('PAUSED1', idOf(paused), house.maria);
    const away = await env.DB.prepare(
      `INSERT INTO affiliates (name, email, status, created_at) VALUES ('Ana', 'ana@azulejo.test', 'suspended', 0) RETURNING id`,
    ).first<{ id: number }>();
    await house.coupon('AWAY1', house.autumn, away!.id);
    const tokyo = idOf(
      await createShop(env.DB, { name: 'Tokyo', address: '', currency: 'JPY', timeZone: 'Asia/Tokyo' }, nobody),
    );
    const campaignId = idOf(await createCampaign(env.DB, tokyo, { ...TEN_PERCENT, name: 'Sakura' }, nobody));
    await addCoupons(store, ['TOKYO1', 'SHARED'], { campaignId, affiliateId: house.joao, expiresOn: null }, nobody);
    await house.coupon('SHARED', house.autumn, house.maria);
  }

  test('thirty sales of one browser without numbers, half an hour apart, in one list, are thirty', async () => {
    const list = Array.from({ length: 30 }, (_, i) =>
      pixel({ orderId: null, browsers: ['regular'], amount: '5', receivedAt: NOON + i * 30 * 60_000 }),
    );
    expect(new Set(await outcomes(...list))).toEqual(new Set(['recorded']));
    expect(await newLines()).toHaveLength(30);
  });
});

describe('2. a row that is delivered twice at once, with something else in between', () => {
  test.each(['the customer’s hit', 'another owner'])('%s: earns once', async (between) => {
    const [order, code] = [`D2 ${between}`, between === 'another owner' ? 'D2CODE' : 'MARIA10'];
    const row = office(order, { source: 'import', code, amount: '100' });
    const held = d1Through(env.DB, async (asked, call) => {
      if (!isAppend(asked) || (await count(env.DB, `SELECT count(*) FROM reports WHERE id = '${row.id}'`)) > 0)
        return call();
      if (between === 'the customer’s hit') await recordSales(env.DB, [pixel({ orderId: order, amount: '100' })]);
      else {
        const id = await env.DB.prepare(`SELECT id FROM coupons WHERE code = 'D2CODE'`).first<number>('id');
        await editCoupon(
          store,
          id!,
          1,
          { code, campaignId: house.autumn, affiliateId: house.joao, expiresOn: null },
          by,
        );
      }
      await recordSales(env.DB, [row]);
      return call();
    });
    if (between === 'another owner') await house.coupon(code, house.autumn, house.maria);
    await recordSales(held, [row]);
    expect(await standing(env.DB, order)).toEqual([
      between === 'another owner' ? 'João 1000 pending' : 'Maria 1000 pending',
    ]);
    expect(await newLines()).toHaveLength(1);
  });
});

describe('3. a code that is re-issued where the copy in KV is old', () => {
  const hit = (code: string, days: number, orderId: string) =>
    receive({ ...env, DB: env.DB }, pixel({ code, orderId, receivedAt: NOON + days * DAY }), '192.0.2.7', () => {});
  /** No copy reaches KV, as where a file brings in more than are published. */
  const broken = {
    put: async () => expect.unreachable(),
    get: async () => expect.unreachable(),
  } as unknown as KVNamespace;

  test('earns its new owner’s sales', async () => {
    const id = await house.coupon('SPRING', house.autumn, house.maria);
    const terms = { campaignId: house.autumn, affiliateId: house.maria, expiresOn: null };
    await editCoupon(store, id, 1, { ...terms, code: 'SUMMER' }, by, NOON + 2 * DAY);
    await hit('SPRING', 1, 'spring-1');
    await addCoupons(
      { db: env.DB, kv: broken },
      ['SPRING'],
      { ...terms, affiliateId: house.joao },
      { userId: null, now: NOON + 3 * DAY },
    );
    await hit('SPRING', 4, 'spring-2');
    await hit('SPRING', 4, 'spring-3');
    expect(await newLines()).toEqual([
      'Maria sale +1200 pending',
      'João sale +1200 pending',
      'João sale +1200 pending',
    ]);
  });

  test('of two shops, none is taken for granted once both have it', async () => {
    const sakura = (await env.DB.prepare(`SELECT id FROM campaigns WHERE name = 'Sakura'`).first<number>('id'))!;
    await addCoupons(store, ['LATE1'], { campaignId: sakura, affiliateId: house.joao, expiresOn: null }, nobody);
    await addCoupons(
      { db: env.DB, kv: broken },
      ['LATE1'],
      { campaignId: house.autumn, affiliateId: house.maria, expiresOn: null },
      nobody,
    );
    await hit('LATE1', 0, 'late-1');
    expect(await env.DB.prepare(`SELECT outcome FROM uncredited WHERE order_id = 'late-1'`).first('outcome')).toBe(
      'which shop',
    );
  });
});

describe('4. undo takes nothing that others have said, and leaves nothing that only the file said', () => {
  test('import A1, then the customer’s pixel, undo: it stands on the pixel’s word', async () => {
    const { id } = await imported([['A1', '120']]);
    expect(await outcomes(pixel({ orderId: 'A1' }))).toEqual(['already known']);
    await undo(id);
    expect(await standing(env.DB, 'A1')).toEqual(['Maria 1200 pending']);
    expect(await env.DB.prepare(`SELECT evidence FROM sales WHERE order_key = 'A1'`).first('evidence')).toBe('pixel');
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
  });

  test('B1 in two files, undo of the first: it stands by the second', async () => {
    const first = await imported([['B1', '120']]);
    const second = await imported([['B1', '120']]);
    expect(second.outcomes).toEqual(['already known']);
    await undo(first.id);
    expect(await standing(env.DB, 'B1')).toEqual(['Maria 1200 pending']);
    await undo(second.id);
    expect(await standing(env.DB, 'B1')).toEqual(['Maria 0 nothing owed']);
  });

  test('import C1, a person types C1, undo: it stands by the person', async () => {
    const { id } = await imported([['C1', '120']]);
    await outcomes(office('C1', { witness: 'person:helena' }));
    await undo(id);
    expect(await standing(env.DB, 'C1')).toEqual(['Maria 1200 pending']);
  });

  test('pixel D1 120, a wrong file says 1200, undo: back to 12.00 on the pixel; the right file, and the form, are heard', async () => {
    await outcomes(pixel({ orderId: 'D1' }));
    const wrong = await imported([['D1', '1200']]);
    expect(wrong.outcomes).toEqual(['corrected']);
    await undo(wrong.id);
    expect(await standing(env.DB, 'D1')).toEqual(['Maria 1200 pending']);
    expect((await imported([['D1', '150']])).outcomes).toEqual(['corrected']);
    await outcomes(word('correction', { order: 'D1', amount: '110' }));
    expect(await standing(env.DB, 'D1')).toEqual(['Maria 1100 pending']);
    expect(await newLines()).toEqual([
      'Maria sale +1200 pending',
      'Maria correction +10800 pending',
      'Maria undone -10800 pending',
      'Maria correction +300 pending',
      'Maria correction -400 pending',
    ]);
  });

  test('a forged pixel that a wrong file confirmed is unconfirmed again, and not approved by itself', async () => {
    await editCampaign(env.DB, house.launch, { ...FIXED, approval: 'automatic' }, nobody);
    await outcomes(pixel({ orderId: 'forged', code: 'JOAO5' }));
    const { id } = await imported([['forged', '120', { code: 'JOAO5' }]]);
    expect(
      await env.DB.prepare(`SELECT count(*) AS n FROM commissions WHERE available_at IS NOT NULL`).first('n'),
    ).toBe(1);
    await undo(id);
    expect(await approveDue(env.DB, NOON + 900 * DAY)).toBe(0);
    expect(await standing(env.DB, 'forged')).toEqual(['João 500 pending']);
  });
  const FIXED = { ...TEN_PERCENT, name: 'Launch', commissionKind: 'fixed', commissionValue: 500 } as const;
});
