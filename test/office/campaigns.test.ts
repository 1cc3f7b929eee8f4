/** Campaigns: the terms, as an administrator writes them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, NOON, pixel } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  await azulejo({ db: office.db, kv });
  await recordSales(office.db, [pixel(), pixel({ orderId: '1002', code: 'JOAO5', receivedAt: NOON + 1 })]);
});
afterAll(() => office.close());

const TERMS = {
  shop: '1',
  name: 'Winter',
  status: 'active',
  commissionKind: 'percent',
  percent: '7.5',
  amount: '',
  approval: 'manual',
  holdDays: '30',
  requestMode: 'at once',
  requestLimit: '',
};

const stands = (name: string) =>
  office.db
    .prepare(
      'SELECT commission_kind, commission_value, approval, hold_days, trust_pixel, request_mode, request_limit, status, revision FROM campaigns WHERE name = ?',
    )
    .bind(name)
    .first();

test('the list says what each pays, its coupons, its sales, and what was earned', async () => {
  const { words } = await olivia.get('/admin/campaigns');
  expect(words).toMatch(/Autumn Azulejo 10 % of the sale By hand Active 3 1 € ?12\.00/);
  expect(words).toMatch(/Launch Azulejo €5\.00 a sale By hand Active 1 1 € ?5\.00/);
});

test('7.5 percent is 750 basis points; what hangs on automatic approval is not kept without it', async () => {
  const page = await olivia.post('/admin/campaigns/new', { ...TERMS, trustPixel: 'on' });
  expect([page.status, page.path]).toEqual([200, '/admin/campaigns']);
  expect(page.words).toContain('Winter added.');
  expect(await stands('Winter')).toMatchObject({
    commission_kind: 'percent',
    commission_value: 750,
    approval: 'manual',
    hold_days: 0,
    trust_pixel: 0,
    request_mode: 'at once',
    request_limit: null,
  });
});

test('a fixed amount is in minor units of the shop, and a campaign may approve by itself', async () => {
  await olivia.post('/admin/campaigns/new', {
    ...TERMS,
    name: 'Gift',
    commissionKind: 'fixed',
    percent: 'left over',
    amount: '4.50',
    approval: 'automatic',
    holdDays: '14',
    trustPixel: 'on',
    requestMode: 'off',
    requestLimit: '3',
  });
  expect(await stands('Gift')).toMatchObject({
    commission_kind: 'fixed',
    commission_value: 450,
    approval: 'automatic',
    hold_days: 14,
    trust_pixel: 1,
    request_mode: 'off',
    request_limit: null,
  });
});

describe('a form that comes back says what is wrong', () => {
  const AUTOMATIC = { approval: 'automatic' };
  const FIXED = { commissionKind: 'fixed' };
  const cases: [string, Record<string, string>, field: string, said: string][] = [
    ['no shop', { shop: '' }, 'shop', 'Choose the shop.'],
    ['a shop of nobody', { shop: '99' }, 'shop', 'Choose the shop.'],
    ['no name', { name: ' ' }, 'name', 'Give the campaign a name.'],
    ['a name the shop has', { name: 'Autumn' }, 'name', 'The shop has a campaign of this name already.'],
    ['no percentage', { percent: '' }, 'percent', 'Say which percentage of the sale is earned.'],
    ['more than all of it', { percent: '100.01' }, 'percent', 'A commission cannot be more than 100 % of the sale.'],
    ['a comma', { percent: '7,5' }, 'percent', 'This percentage cannot be read.'],
    ['an exponent', { percent: '1e1' }, 'percent', 'This percentage cannot be read.'],
    ['a negative one', { percent: '-5' }, 'percent', 'This percentage cannot be read.'],
    ['three decimals', { percent: '7.125' }, 'percent', 'A percentage has at most two decimals'],
    ['no amount', { ...FIXED, amount: '' }, 'amount', 'Say how much each sale earns.'],
    ['a negative amount', { ...FIXED, amount: '-1' }, 'amount', 'A commission cannot be negative.'],
    ['half a cent', { ...FIXED, amount: '1.005' }, 'amount', 'This amount has more decimals than EUR has.'],
    ['no number', { ...FIXED, amount: 'five' }, 'amount', 'This amount cannot be read.'],
    ['91 days', { ...AUTOMATIC, holdDays: '91' }, 'holdDays', 'Write a whole number of days, 0 to 90.'],
    ['half a day', { ...AUTOMATIC, holdDays: '0.5' }, 'holdDays', 'Write a whole number of days, 0 to 90.'],
    ['no days', { ...AUTOMATIC, holdDays: '' }, 'holdDays', 'Write a whole number of days, 0 to 90.'],
    ['none each', { requestLimit: '0' }, 'requestLimit', 'Write a whole number of coupons, 1 to 1000.'],
    [
      'no such way to request',
      { requestMode: 'by post' },
      'requestMode',
      'Choose whether affiliates may request coupons.',
    ],
    ['no such status', { status: 'secret' }, 'status', 'Choose whether it is active.'],
  ];
  test.each(cases)('%s', async (_, typed, field, said) => {
    const page = await olivia.post('/admin/campaigns/new', { ...TERMS, name: 'Refused', ...typed });
    expect(page.status).toBe(422);
    expect(page.html).toContain(`id="error-${field}"`);
    expect(page.words).toContain(said);
    expect(await stands('Refused')).toBeNull();
  });
});

test('all that is wrong is said at once', async () => {
  const page = await olivia.post('/admin/campaigns/new', {
    ...TERMS,
    shop: '',
    name: '',
    percent: '',
    approval: 'automatic',
    holdDays: '91',
  });
  expect([...page.html.matchAll(/id="error-(\w+)"/g)].map((match) => match[1])).toEqual([
    'shop',
    'name',
    'percent',
    'holdDays',
  ]);
});

test('changed terms are for the sales to come, and are noted from what to what', async () => {
  const page = await olivia.post('/admin/campaigns/1', { ...TERMS, name: 'Autumn', percent: '12', status: 'paused' });
  expect(page.words).toContain('Autumn saved.');
  expect(await stands('Autumn')).toMatchObject({ commission_value: 1200, status: 'paused', revision: 2 });
  const earned = await office.db.prepare('SELECT sum(earned_minor) AS n FROM standing WHERE campaign_id = 1').first();
  expect(earned).toEqual({ n: 1200 });
  const noted = await office.db
    .prepare("SELECT before, after FROM audit_log WHERE subject = 'campaigns' AND action = 'changed'")
    .first<{ before: string; after: string }>();
  expect([JSON.parse(noted!.before), JSON.parse(noted!.after)]).toEqual([
    { status: 'active', commission_value: 1000 },
    { status: 'paused', commission_value: 1200 },
  ]);
});

test('a campaign is edited with what stands filled in', async () => {
  const { html, words } = await olivia.get('/admin/campaigns/2');
  expect(html).toMatch(/<input[^>]*name="amount"[^>]*value="5\.00"/);
  expect(words).toContain('1, 0 of them free');
  expect((await olivia.get('/admin/campaigns/99')).status).toBe(404);
});
