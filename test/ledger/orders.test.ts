/** Which order a report is of: its shop, the names of an order, and hits without a number (DESIGN §3.1, §3.6). */
import { env } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCampaign, createShop } from '../../ledger/campaigns.ts';
import { addCoupons } from '../../ledger/coupons/edit.ts';
import type { OrderName } from '../../ledger/report.ts';
import { explain } from '../../ledger/sales/explain.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { books } from '../books.ts';
import { azulejo, count, lines, NOON, nobody, pixel, type Said, standing, TEN_PERCENT, word } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const MINUTE = 60_000;
let house: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  house = await azulejo(store);
});
afterEach(async () => {
  expect(await books(env.DB)).toEqual([]);
});
const outcomes = async (...reports: Parameters<typeof recordSales>[1]) =>
  (await recordSales(env.DB, reports)).map(({ outcome }) => outcome);
const idOf = (made: { id: number } | { error: string }) => ('id' in made ? made.id : expect.unreachable(made.error));
/** Where a report has come to. */
const place = async (report: ReturnType<typeof pixel>) => {
  const { outcome, shopId, orderKey } = (await recordSales(env.DB, [report]))[0]!;
  return `${outcome} in ${['no shop', 'Azulejo', 'Chiado'][shopId]}${orderKey === report.orderKey ? '' : ` as ${orderKey}`}`;
};

describe('a hit without a number', () => {
  const hit = (minutes: number, more: Said = {}) =>
    pixel({ orderId: null, browsers: ['rita'], amount: '33', receivedAt: NOON + minutes * MINUTE, ...more });
  const sales = () => count(env.DB, `SELECT count(*) FROM sales WHERE amount_minor = 3300 AND state = 'standing'`);

  test('is the same sale for the same browser within half an hour, and not after', async () => {
    expect(await outcomes(hit(0), hit(29), hit(10, { browsers: ['tiago'] }), hit(30))).toEqual([
      'recorded',
      'already known',
      'recorded',
      'recorded',
    ]);
    expect(await sales()).toBe(3);
  });

  test('over midnight, by yesterday’s hash', async () => {
    expect(await outcomes(hit(100, { browsers: ['old'] }), hit(110, { browsers: ['new', 'old'] }))).toEqual([
      'recorded',
      'already known',
    ]);
  });

  test('is another sale with another coupon, amount, campaign or currency', async () => {
    const others = [
      hit(200, { browsers: ['ana'] }),
      hit(200, { browsers: ['ana'], code: 'JOAO10' }),
      hit(200, { browsers: ['ana'], amount: '34' }),
      hit(200, { browsers: ['ana'], campaign: String(house.launch) }),
      hit(200, { browsers: ['ana'], currency: 'EUR' }),
      hit(200, { browsers: ['ana'], currency: 'USD' }),
    ];
    expect(await outcomes(...others)).toEqual([
      'recorded',
      'recorded',
      'recorded',
      'recorded',
      'recorded',
      'other currency',
    ]);
    expect(await outcomes(...others.map((report) => ({ ...report, id: `again-${report.id}` })))).toEqual(
      others.map((_, index) => (index === 5 ? 'other currency' : 'already known')),
    );
  });

  test('sent by eight callers at once is recorded once', async () => {
    const was = await sales();
    const send = () => recordSales(env.DB, [hit(300, { browsers: ['crowd'] })]);
    const told = (await Promise.all(Array.from({ length: 8 }, send))).flat().map(({ outcome }) => outcome);
    expect(told.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'already known'), 'recorded']);
    expect(await sales()).toBe(was + 1);
  });

  test('of a browser that is not known is always another', async () => {
    expect(await outcomes(hit(400, { browsers: [] }), hit(400, { browsers: [] }))).toEqual(['recorded', 'recorded']);
  });

  test('is doubted in a shop whose endpoint speaks, from then on', async () => {
    const later = 500;
    await outcomes(hit(later - 60, { browsers: ['before'] }));
    await outcomes(
      pixel({ orderId: 'endpoint', source: 'server', shopId: house.shop, receivedAt: NOON + later * MINUTE }),
    );
    const told = await recordSales(env.DB, [hit(later + 1, { browsers: ['after'] })]);
    expect(told[0]!.outcome).toBe('recorded');
    expect(await standing(env.DB, told[0]!.orderKey)).toEqual(['Maria 330 disputed']);
    expect(
      await env.DB.prepare('SELECT question FROM sales WHERE id = ?').bind(told[0]!.saleId).first('question'),
    ).toBe('It came without an order number, though the shop itself tells its orders.');
  });
});

describe('names of an order', () => {
  const said = (names: string, more: Said = {}) =>
    pixel({
      ...{ source: 'webhook', shopId: house.shop, orderId: null },
      // "#12 id:7": a number, and an id.
      more: {
        names: names
          .split(' ')
          .map(
            (name): OrderName =>
              name.startsWith('id:') ? { kind: 'id', name: name.slice(3) } : { kind: 'number', name },
          ),
      },
      ...more,
    });
  const known = async (orderKey: string) =>
    (
      await env.DB.prepare('SELECT kind, name FROM order_names WHERE order_key = ? ORDER BY kind, name')
        .bind(orderKey)
        .all<OrderName>()
    ).results.map(({ kind, name }) => `${kind} ${name}`);

  test('numbers meet numbers: a tag’s order is the webhook’s', async () => {
    expect(await place(pixel({ orderId: 'N1' }))).toBe('recorded in Azulejo');
    expect(await place(said('N1 #N1 id:71', { amount: '100' }))).toBe('corrected in Azulejo as N1');
    expect(await known('N1')).toEqual(['id 71', 'number #N1']);
    expect(await standing(env.DB, 'N1')).toEqual(['Maria 1000 pending']);
    expect(await place(pixel({ orderId: '#N1' }))).toBe('already known in Azulejo as N1');
  });

  test('ids meet ids: a later message that knows only the id is of that order', async () => {
    await outcomes(said('N2 id:72'));
    expect(await place(said('id:72', { amount: '60' }))).toBe('corrected in Azulejo as N2');
    expect(await standing(env.DB, 'N2')).toEqual(['Maria 600 pending']);
  });

  test('a number is no id: the order that is called as another one’s id is another', async () => {
    await outcomes(said('N3 id:73'));
    expect(await place(pixel({ orderId: '73' }))).toBe('recorded in Azulejo');
    expect(await standing(env.DB, '73')).toEqual(['Maria 1200 pending']);
  });

  test('an order that was known by its id only is known by its number too, once that is told', async () => {
    expect(await place(said('id:74'))).toBe('recorded in Azulejo as id:74');
    expect(await place(said('N4 id:74'))).toBe('already known in Azulejo as id:74');
    expect(await place(pixel({ orderId: 'N4' }))).toBe('already known in Azulejo as id:74');
    expect(await count(env.DB, `SELECT count(*) FROM sales WHERE order_key IN ('N4', 'id:74')`)).toBe(1);
  });

  test('in one list they meet as well', async () => {
    expect(await outcomes(said('id:75'), said('N5 id:75'), pixel({ orderId: 'N5' }), said('#N5 id:75'))).toEqual([
      'recorded',
      'already known',
      'already known',
      'already known',
    ]);
    expect(await standing(env.DB, 'id:75')).toEqual(['Maria 1200 pending']);
  });

  test('a browser names nothing', async () => {
    const names = [{ kind: 'id' as const, name: '76' }];
    await outcomes(said('id:76'));
    expect(await place(pixel({ orderId: 'N6', more: { names } }))).toBe('recorded in Azulejo');
    expect(await standing(env.DB, 'N6')).toEqual(['Maria 1200 pending']);
    expect(await known('N6')).toEqual([]);
  });
});

describe('orders that a better witness names as one', () => {
  const names = (number: string, id: string): Said => ({
    source: 'webhook',
    shopId: house.shop,
    orderId: null,
    more: {
      names: [
        { kind: 'number', name: number },
        { kind: 'id', name: id },
      ],
    },
  });
  const byId = (id: string): Said => ({ ...names('', ''), more: { names: [{ kind: 'id', name: id }] } });

  test('are one from then on, decided under the older, and earn once', async () => {
    await outcomes(pixel({ orderId: 'J1' }), pixel({ ...byId('81'), amount: '100' }));
    expect([await standing(env.DB, 'J1'), await standing(env.DB, 'id:81')]).toEqual([
      ['Maria 1200 pending'],
      ['Maria 1000 pending'],
    ]);
    expect(await outcomes(pixel({ ...names('J1', '81'), amount: '90' }))).toEqual(['corrected']);
    expect([await standing(env.DB, 'J1'), await standing(env.DB, 'id:81')]).toEqual([
      ['Maria 900 pending'],
      ['Maria 0 nothing owed'],
    ]);
    expect(await env.DB.prepare(`SELECT state, amount_minor FROM sales WHERE order_key = 'id:81'`).first()).toEqual({
      state: 'joined',
      amount_minor: null,
    });
    expect((await explain(env.DB, house.shop, 'id:81'))!.orders).toEqual(['J1', 'id:81']);
  });

  test('are told of by any of their names, and the younger’s money is taken back whatever became of it', async () => {
    expect(await place(pixel({ ...byId('81'), amount: '80' }))).toBe('corrected in Azulejo as J1');
    expect(await place(pixel({ orderId: 'J1', amount: '80' }))).toBe('already known in Azulejo');
    expect((await lines(env.DB)).filter((line) => line.startsWith('Maria correction'))).toContain(
      'Maria correction -1000 pending',
    );
    expect(await standing(env.DB, 'J1')).toEqual(['Maria 800 pending']);
  });

  test('remember who named them as one', async () => {
    const joins = () =>
      env.DB.prepare(`SELECT report_id FROM order_joins WHERE order_key = 'id:81'`).first('report_id');
    const was = await joins();
    await outcomes(pixel({ ...names('J1', '81'), amount: '70' }));
    expect(await joins()).toBe(was);
  });

  test('may be three, of which two were one already', async () => {
    await outcomes(pixel({ orderId: 'J2' }), pixel({ ...byId('82'), amount: '100' }), pixel({ orderId: 'J2b' }));
    await outcomes(pixel({ ...names('J2b', '82'), amount: '90' }));
    expect(await standing(env.DB, 'id:82')).toEqual(['Maria 900 pending']);
    await outcomes(pixel({ ...names('J2', '82'), amount: '80' }));
    expect(await standing(env.DB, 'J2')).toEqual(['Maria 800 pending']);
    expect((await explain(env.DB, house.shop, 'J2b'))!.orders.toSorted()).toEqual(['J2', 'J2b', 'id:82']);
    expect(await count(env.DB, `SELECT count(*) FROM sales WHERE order_key LIKE '%82' AND state = 'standing'`)).toBe(0);
  });

  test('are not joined by a browser', async () => {
    await outcomes(pixel({ orderId: 'J3' }), pixel({ ...byId('83') }));
    const more = { names: [{ kind: 'id' as const, name: '83' }] };
    expect(await outcomes(pixel({ orderId: 'J3', amount: '1', browsers: ['forger'], more }))).toEqual(['disputed']);
    expect([await standing(env.DB, 'J3'), await standing(env.DB, 'id:83')]).toEqual([
      ['Maria 1200 disputed'],
      ['Maria 1200 pending'],
    ]);
  });

  test('keep a person’s word on either', async () => {
    await outcomes(pixel({ orderId: 'J4' }), pixel({ ...byId('84') }));
    await outcomes(word('decline', { order: 'id:84', affiliateId: house.maria }));
    await outcomes(pixel({ ...names('J4', '84') }));
    expect(await standing(env.DB, 'J4')).toEqual(['Maria 0 declined']);
  });
});

describe('the shop', () => {
  let tea: number;

  test('is the only one there is, whatever the code', async () => {
    expect(await place(pixel({ orderId: 'S0', code: 'NOSUCH' }))).toBe('unknown coupon in Azulejo');
    const chiado = idOf(
      await createShop(env.DB, { name: 'Chiado', address: '', currency: 'GBP', timeZone: 'Europe/London' }, nobody),
    );
    tea = idOf(await createCampaign(env.DB, chiado, { ...TEN_PERCENT, name: 'Tea' }, nobody));
    const terms = { affiliateId: house.joao, expiresOn: null };
    await addCoupons(store, ['SHARED', 'TEA10'], { ...terms, campaignId: tea }, nobody);
    await addCoupons(store, ['SHARED'], { ...terms, campaignId: house.autumn, affiliateId: house.maria }, nobody);
  });

  test('is the door’s own, and the coupon is looked up there only', async () => {
    expect(await place(pixel({ orderId: 'S1', shopId: 2, source: 'office' }))).toBe('unknown coupon in Chiado');
    expect(await place(pixel({ orderId: 'S1', shopId: 2, source: 'office', code: 'SHARED' }))).toBe(
      'recorded in Chiado',
    );
    expect(await standing(env.DB, 'S1')).toEqual(['João 1200 pending']);
  });

  test('else that of the campaign it names', async () => {
    expect(await place(pixel({ orderId: 'S2', code: 'SHARED', campaign: String(tea) }))).toBe('recorded in Chiado');
    expect(await place(pixel({ orderId: 'S2', code: 'SHARED', campaign: String(house.launch) }))).toBe(
      'recorded in Azulejo',
    );
    expect(await standing(env.DB, 'S2')).toEqual(['Maria 1200 pending', 'João 1200 pending']);
  });

  test.each(['0{}', '{}.0', '{}e0', '0x{}', ' {}1', '-{}', 'Tea', ''])('of campaign “%s” is none', async (written) => {
    const campaign = written.replace('{}', String(tea));
    expect(await place(pixel({ orderId: `S3 ${written}`, code: 'SHARED', campaign }))).toBe('which shop in no shop');
  });

  test('else the only one that has or had the code', async () => {
    expect(await place(pixel({ orderId: 'S4', code: 'TEA10' }))).toBe('recorded in Chiado');
    expect(await place(pixel({ orderId: 'S4', code: 'MARIA10' }))).toBe('recorded in Azulejo');
  });

  test('else there is none: it waits, and the answer is a report of its own', async () => {
    const asked = pixel({ orderId: 'S5', code: 'SHARED' });
    expect(await place(asked)).toBe('which shop in no shop');
    expect(await place(pixel({ orderId: 'S5b', code: 'NOSUCH' }))).toBe('unknown coupon in no shop');
    const waits = () => count(env.DB, `SELECT count(*) FROM uncredited WHERE report_id = '${asked.id}' AND waits`);
    expect(await waits()).toBe(1);
    const answer = pixel({ orderId: 'S5', source: 'office', shopId: house.shop, code: 'SHARED', about: asked.id });
    expect(await place(answer)).toBe('recorded in Azulejo');
    expect([await waits(), await standing(env.DB, 'S5')]).toEqual([0, ['Maria 1200 pending']]);
  });

  test('is fixed when it is written: the same report again is the same, though the code has become a shop’s', async () => {
    const early = pixel({ orderId: 'S6', code: 'EARLY' });
    expect(await place(early)).toBe('unknown coupon in no shop');
    await addCoupons(store, ['EARLY'], { campaignId: tea, affiliateId: house.joao, expiresOn: null }, nobody);
    expect(await place(early)).toBe('which shop in no shop');
    expect(await place(pixel({ orderId: 'S6', code: 'EARLY' }))).toBe('recorded in Chiado');
  });
});
