/** Admin panel › Tools › Offline sales. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { editAffiliate } from '../../ledger/affiliates.ts';
import { createCampaign, createShop } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, pixel, TEN_PERCENT } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

const NOW = Date.now();
const DAY = 86_400_000;
const by = { userId: null, now: NOW };
const day = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Lisbon' }).format(at);

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let people: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  const store = { db: office.db, kv };
  people = await azulejo(store);
  await people.coupon('OLD20', people.autumn, people.maria, '2020-01-31');
  const rita = await people.coupon('RITA10', people.autumn, people.joao);
  const paused = await createCampaign(office.db, people.shop, { ...TEN_PERCENT, name: 'Winter', status: 'paused' }, by);
  await people.coupon('COLD10', 'id' in paused ? paused.id : 0, people.maria);
  // João gave RITA10 away a moment ago.
  await editCoupon(
    store,
    rita,
    1,
    { code: 'RITA10', campaignId: people.autumn, affiliateId: people.maria, expiresOn: null },
    by,
  );
});
afterAll(() => office.close());

/** A form as it comes from the page, with its own token. */
async function form(more: Record<string, string> = {}, path = '/admin/offline-sales') {
  const { html } = await olivia.get(path);
  const value = (name: string) =>
    new RegExp(`name="${name}"[^>]* value="([^"]*)"|value="([^"]*)"[^>]* name="${name}"`)
      .exec(html)
      ?.slice(1)
      .find(Boolean) ?? '';
  const typed = Object.fromEntries(
    ['coupon', 'amount', 'orderId', 'date', 'offered', 'form', 'settles'].map((name) => [name, value(name)]),
  );
  return { ...typed, ...more };
}
const add = async (more: Record<string, string>) => olivia.post('/admin/offline-sales', await form(more));
const salesOf = (orderId: string) =>
  office.db.prepare('SELECT id FROM sales WHERE order_id = ?').bind(orderId).first<number>('id');
const count = (what: string) => office.db.prepare(`SELECT count(*) AS n FROM ${what}`).first<number>('n');

describe('a sale made in the store', () => {
  test('earns for the coupon’s owner, and is listed', async () => {
    const added = await add({ coupon: 'maria10', amount: '120.00', orderId: 'R-1' });
    expect(added.path).toBe('/admin/offline-sales');
    expect(added.words).toContain('Maria earns €12.00 with order R-1.');
    expect(added.words).toMatch(/R-1 MARIA10 .* € ?120\.00 Maria € ?12\.00/);
  });

  test('needs neither amount nor order ID where the campaign pays a fixed commission', async () => {
    expect((await add({ coupon: 'JOAO5' })).words).toContain('João earns €5.00.');
  });

  test('earns for who owned the coupon on the day of the sale', async () => {
    const today = await add({ coupon: 'RITA10', amount: '50', orderId: 'R-2' });
    expect(today.words).toContain('Maria earns €5.00 with order R-2.');
    const before = await add({ coupon: 'RITA10', amount: '50', orderId: 'R-3', date: day(NOW - 2 * DAY) });
    expect(before.words).toContain('João earns €5.00 with order R-3.');
  });

  test('on a day that was left alone is of today by the clock of the coupon’s own shop', async () => {
    // As it comes where the first shop's day is another: the form offers that, and nobody has changed it.
    const offered = day(NOW - DAY);
    const added = await add({ coupon: 'RITA10', amount: '50', orderId: 'R-44', date: offered, offered });
    expect(added.words).toContain('Maria earns €5.00 with order R-44.');
  });

  test('without an order ID is one sale, however often the same form is sent; the next form is another', async () => {
    const before = (await count('sales'))!;
    const once = await form({ coupon: 'MARIA10', amount: '33.00' });
    const twice = await Promise.all([
      olivia.post('/admin/offline-sales', once),
      olivia.post('/admin/offline-sales', once),
    ]);
    const again = await olivia.post('/admin/offline-sales', once);
    for (const answer of [...twice, again]) expect(answer.words).toContain('Maria earns €3.30.');
    expect(await count('sales')).toBe(before + 1);
    expect((await add({ coupon: 'MARIA10', amount: '33.00' })).words).toContain('Maria earns €3.30.');
    expect(await count('sales')).toBe(before + 2);
  });

  test('with an order ID shrugs off a double click', async () => {
    const once = await form({ coupon: 'MARIA10', amount: '10.00', orderId: 'R-4' });
    await olivia.post('/admin/offline-sales', once);
    expect((await olivia.post('/admin/offline-sales', once)).words).toContain('Maria earns €1.00 with order R-4.');
  });

  test('confirms or corrects what the pixel has said', async () => {
    const now = Date.now();
    await recordSales(office.db, [
      pixel({ orderId: 'P-1', amount: '80.00', receivedAt: now }),
      pixel({ orderId: 'P-2', amount: '80.00', receivedAt: now }),
    ]);
    const confirmed = await add({ coupon: 'MARIA10', amount: '80.00', orderId: 'P-1' });
    expect(confirmed.words).toContain('Order P-1 was known and is confirmed now: Maria earns €8.00.');
    const corrected = await add({ coupon: 'MARIA10', amount: '60.00', orderId: 'P-2' });
    expect(corrected.words).toContain('Order P-2 was known and is corrected (was €80.00): Maria earns €6.00.');
  });
});

describe('is refused, with everything typed kept, for', () => {
  test.each([
    ['no coupon', { coupon: '' }, 'coupon', 'Type the code of the coupon.'],
    ['an unknown coupon', { coupon: 'NOPE' }, 'coupon', 'No coupon has the code NOPE.'],
    ['an expired coupon', { coupon: 'OLD20' }, 'coupon', 'its last day was 31 Jan 2020.'],
    ['a coupon of nobody', { coupon: 'FREE1' }, 'coupon', 'Nobody owned FREE1 on'],
    ['a paused campaign', { coupon: 'COLD10' }, 'coupon', 'its campaign Winter is paused.'],
    ['no amount', { amount: '' }, 'amount', 'Autumn pays a percentage: type the amount of the order.'],
    ['a comma', { amount: '12,50' }, 'amount', 'Write the amount in digits, with a dot before decimals'],
    ['tenths of cents', { amount: '12.505' }, 'amount', 'EUR has 2 decimals at most. Write it as 1234.50.'],
    ['less than nothing', { amount: '-5' }, 'amount', 'The amount of a sale cannot be less than nothing.'],
    ['the future', { date: day(NOW + 2 * DAY) }, 'date', 'is in the future: in Azulejo it is'],
    ['no day', { date: '' }, 'date', 'Say on which day the sale was made.'],
    ['30 February', { date: '2026-02-30' }, 'date', 'This is no day of the calendar.'],
    ['a placeholder', { orderId: '[ORDER]' }, 'orderId', '[ORDER] is a placeholder, not an order ID.'],
  ])('%s', async (_, wrong, field, sentence) => {
    const before = await count('sales');
    const typed = { coupon: 'MARIA10', amount: '20.00', orderId: 'W-1', ...wrong };
    const answer = await add(typed);
    expect(answer.status).toBe(422);
    expect(answer.html).toMatch(new RegExp(`id="error-${field}">[^<]*`));
    expect(answer.words).toContain(sentence);
    for (const value of Object.values(typed).filter(Boolean)) expect(answer.html).toContain(`value="${value}"`);
    expect(await count('sales')).toBe(before);
  });

  test('an order that is recorded, naming the sale and leading to it', async () => {
    await add({ coupon: 'MARIA10', amount: '120.00', orderId: 'R-9' });
    const other = await add({ coupon: 'JOAO5', amount: '7.00', orderId: 'R-9' });
    expect(other.status).toBe(422);
    expect(other.words).toMatch(/Order R-9 is recorded already: €120\.00, MARIA10, sold on .*, earned by Maria\./);
    expect(other.html).toContain(`<a href="/admin/sales/${await salesOf('R-9')}">See that sale</a>`);
  });

  test('an affiliate who is not active', async () => {
    const joao = { name: 'João', email: 'joao@azulejo.test', note: '' };
    await editAffiliate(office.db, people.joao, { ...joao, status: 'suspended' }, by);
    const answer = await add({ coupon: 'JOAO5' });
    expect(answer.status).toBe(422);
    expect(answer.words).toMatch(/João owned JOAO5 on .*, and is suspended: nobody would earn\./);
    await editAffiliate(office.db, people.joao, { ...joao, status: 'active' }, by);
  });
});

describe('as it is typed', () => {
  const check = async (query: Record<string, string>) =>
    (await olivia.get(`/admin/offline-sales/check?${new URLSearchParams(query)}`)).html
      .replace(/<[^>]*>/g, '')
      .replaceAll('\u00a0', ' ');

  test('a coupon says whose it is, what it pays and until when', async () => {
    expect(await check({ coupon: 'maria10', amount: '120', date: day(NOW) })).toBe(
      'Valid Maria earns €12.00. Autumn pays 10 % of the sale. Never expires.',
    );
    expect(await check({ coupon: 'RITA10', amount: '', date: day(NOW - 2 * DAY) })).toContain('João’s coupon.');
    expect(await check({ coupon: 'OLD20', date: day(NOW) })).toContain('its last day was 31 Jan 2020.');
    expect(await check({ coupon: 'NOPE' })).toBe('No coupon has the code NOPE.');
  });

  test('nothing is written', async () => {
    const before = await count('reports');
    await check({ coupon: 'MARIA10', amount: '120', orderId: 'typed', date: day(NOW) });
    expect(await count('reports')).toBe(before);
  });
});

test('a code that two shops have asks for the shop', async () => {
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  const shop = await createShop(
    office.db,
    { name: 'Kiosk', address: '', currency: 'EUR', timeZone: 'Europe/Lisbon' },
    by,
  );
  const kiosk = 'id' in shop ? shop.id : 0;
  const made = await createCampaign(office.db, kiosk, { ...TEN_PERCENT, name: 'Snow', commissionValue: 500 }, by);
  const terms = { campaignId: 'id' in made ? made.id : 0, affiliateId: people.joao, expiresOn: null };
  await addCoupons({ db: office.db, kv }, ['MARIA10'], terms, by);

  const which = await add({ coupon: 'MARIA10', amount: '100.00', orderId: 'R-20' });
  expect(which.status).toBe(422);
  expect(which.words).toContain('MARIA10 is a coupon of Azulejo and of Kiosk. Choose where the sale was made.');
  const chosen = await add({ coupon: 'MARIA10', amount: '100.00', orderId: 'R-20', shop: String(kiosk) });
  expect(chosen.words).toContain('João earns €5.00 with order R-20.');
});

test('a report that waits is settled by a person, once', async () => {
  const waiting = pixel({ orderId: 'P-9', amount: '12,50', code: 'JOAO10', receivedAt: Date.now() });
  await recordSales(office.db, [waiting]);
  const path = `/admin/offline-sales?settles=${waiting.id}`;
  expect((await olivia.get('/admin/tracking-code?show=waiting')).html).toContain(path);
  const typed = await form({}, path);
  expect([typed.coupon, typed.orderId, typed.amount]).toEqual(['JOAO10', 'P-9', '12,50']);
  const settled = await olivia.post('/admin/offline-sales', { ...typed, amount: '12.50' });
  expect(settled.words).toContain('João earns €1.25 with order P-9.');
  expect(settled.html).not.toContain(path);
  expect((await olivia.get(path)).status).toBe(303);
});

describe('what a person answers', () => {
  const settle = async (report: { id: string }, more: Record<string, string> = {}) =>
    olivia.post('/admin/offline-sales', await form(more, `/admin/offline-sales?settles=${report.id}`));
  const kinds = async (orderKey: string) => {
    const { results } = await office.db
      .prepare('SELECT kind, about FROM reports WHERE order_key = ? ORDER BY place')
      .bind(orderKey)
      .all<{ kind: string; about: string | null }>();
    return results.map(({ kind, about }) => (about ? `${kind} about it` : kind));
  };

  test('corrects the order of the report itself, and the day stays its own', async () => {
    const receivedAt = NOW - 10 * DAY;
    const waiting = pixel({ orderId: 'P-10', amount: '12,50', code: 'JOAO10', receivedAt });
    await recordSales(office.db, [waiting]);
    expect((await settle(waiting, { amount: '14.00' })).words).toContain('João earns €1.40 with order P-10.');
    expect(await kinds('P-10')).toEqual(['sale', 'correction about it']);
    const sale = await office.db.prepare("SELECT day FROM sales WHERE order_key = 'P-10'").first('day');
    expect(sale).toBe(day(receivedAt));
  });

  test('gives an order without a number the one that is typed, by which it is known from then on', async () => {
    const waiting = pixel({ orderId: null, amount: '8,00', code: 'JOAO10', browsers: ['somebody'], receivedAt: NOW });
    await recordSales(office.db, [waiting]);
    expect((await settle(waiting, { amount: '8.00', orderId: 'P-11' })).words).toContain(
      'João earns €0.80 with order P-11.',
    );
    const again = await add({ coupon: 'JOAO10', amount: '9.00', orderId: 'P-11' });
    expect(again.status).toBe(422);
    expect(again.words).toContain('Order P-11 is known otherwise: €8.00, JOAO10');
  });

  test('does not move a report to another order', async () => {
    const waiting = pixel({ orderId: 'P-12', amount: '12,50', code: 'JOAO10', receivedAt: NOW });
    await recordSales(office.db, [waiting]);
    const refused = await settle(waiting, { amount: '12.50', orderId: 'P-13' });
    expect(refused.status).toBe(422);
    expect(refused.words).toContain('The report is of order P-12, and stays so.');
    expect(await kinds('P-12')).toEqual(['sale']);
  });

  test('puts a report of no shop into the shop that is chosen; then it waits no longer', async () => {
    const waiting = pixel({ orderId: 'P-14', amount: '50.00', code: 'MARIA10', receivedAt: Date.now() });
    const [recorded] = await recordSales(office.db, [waiting]);
    expect([recorded!.shopId, recorded!.outcome]).toEqual([0, 'which shop']);
    const path = `/admin/offline-sales?settles=${waiting.id}`;
    expect((await olivia.get('/admin/tracking-code?show=waiting')).html).toContain(path);
    const shop = String(people.shop);
    expect((await settle(waiting, { shop })).words).toContain('Maria earns €5.00 with order P-14.');
    expect((await olivia.get(path)).status).toBe(303);
    expect((await olivia.get('/admin/tracking-code?show=waiting')).html).not.toContain(path);
  });

  test('ends a question about a sale', async () => {
    const now = Date.now();
    const hits = [
      pixel({ orderId: 'P-15', shopId: people.shop, amount: '10.00', browsers: ['one'], receivedAt: now }),
      pixel({ orderId: 'P-15', shopId: people.shop, amount: '90.00', browsers: ['two'], receivedAt: now + 1 }),
    ] as const;
    await recordSales(office.db, [...hits]);
    expect((await settle(hits[1], { shop: String(people.shop) })).words).toContain(
      'Maria earns €9.00 with order P-15.',
    );
    const sale = await office.db.prepare("SELECT question FROM sales WHERE order_key = 'P-15'").first('question');
    expect(sale).toBeNull();
  });
});

test('a code of another day is that day’s coupon, however it is called or gone today', async () => {
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  const store = { db: office.db, kv };
  const id = await people.coupon('SPRING', people.autumn, people.joao);
  const terms = { campaignId: people.autumn, affiliateId: people.joao, expiresOn: null };
  await editCoupon(store, id, 1, { code: 'SUMMER', ...terms }, { userId: null, now: Date.now() });
  const before = await add({ coupon: 'SPRING', amount: '20.00', orderId: 'D-1', date: day(NOW - 9 * DAY) });
  expect(before.words).toContain('João earns €2.00 with order D-1.');
  const today = await add({ coupon: 'SPRING', amount: '20.00', orderId: 'D-2' });
  expect(today.status).toBe(422);
  expect(today.words).toContain('the coupon’s code is SUMMER now.');
});

test('where it depends on the hour who earns, the time is asked for', async () => {
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  const id = await people.coupon('RELAY', people.autumn, people.joao);
  const noon = new Date(`${day(NOW - 3 * DAY)}T12:00:00Z`).getTime();
  await editCoupon(
    { db: office.db, kv },
    id,
    1,
    { code: 'RELAY', campaignId: people.autumn, affiliateId: people.maria, expiresOn: null },
    { userId: null, now: noon },
  );
  const typed = { coupon: 'RELAY', amount: '20.00', orderId: 'T-1', date: day(noon) };
  const asked = await add(typed);
  expect(asked.status).toBe(422);
  expect(asked.words).toContain('it depends on the hour who earns with RELAY: say when the sale was made.');
  expect(asked.html).toMatch(/<input[^>]*type="time"/);
  expect((await add({ ...typed, time: '25:00' })).words).toContain('There is no such time on that day.');
  expect((await add({ ...typed, time: '09:30' })).words).toContain('João earns €2.00 with order T-1.');
  expect((await add({ ...typed, orderId: 'T-2', time: '18:00' })).words).toContain('Maria earns €2.00 with order T-2.');
});
