/** Admin panel › Coupons › Actions › Add +. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { azulejo } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

const PATH = '/admin/coupons/add-many';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let people: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  people = await azulejo({ db: office.db, kv });
});
afterAll(() => office.close());

const fields = (more: Record<string, string>) => ({
  prefix: 'test-coupon',
  kind: 'numbered',
  from: '1',
  to: '10',
  length: '8',
  count: '100',
  campaign: String(people.autumn),
  affiliate: String(people.maria),
  expiresOn: '',
  ...more,
});
/** What the preview's form carries to the next step. */
const carried = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name!,
      value!,
    ]),
  );
const codesLike = async (pattern: string) =>
  (await office.db.prepare('SELECT code FROM coupons WHERE code LIKE ? ORDER BY id').bind(pattern).all()).results.map(
    ({ code }) => code as string,
  );

test('"test-coupon" 1 to 10: the preview writes nothing, and the confirmation adds test-coupon1 to test-coupon10', async () => {
  expect((await olivia.get('/admin/coupons')).html).toContain(`<a href="${PATH}">Add +</a>`);
  const seen = await olivia.post(PATH, fields({ expiresOn: '2099-12-31' }));
  expect(seen.words).toMatch(
    /Add 10 coupons\? Nothing is written yet\. First test-coupon1 Last test-coupon10 Coupons 10 Campaign Autumn \(Azulejo\) Affiliate Maria Expires 31 Dec 2099/,
  );
  expect(await codesLike('test-coupon%')).toEqual([]);
  const added = await olivia.post(`${PATH}/confirm`, carried(seen.html));
  expect(added.words).toContain('10 coupons added.');
  expect(added.path).toBe(`/admin/coupons?q=test-coupon&campaign=${people.autumn}`);
  expect(await codesLike('test-coupon%')).toEqual([
    'test-coupon1',
    'test-coupon2',
    'test-coupon3',
    'test-coupon4',
    'test-coupon5',
    'test-coupon6',
    'test-coupon7',
    'test-coupon8',
    'test-coupon9',
    'test-coupon10',
  ]);
});

test('each of them earns for Maria from the first hit', async () => {
  await fetch(`${office.served.trackerUrl}/track.gif?cc=TEST-COUPON7&amount=50.00&order=many-1`);
  const sale = await office.db
    .prepare("SELECT affiliate_id AS affiliateId FROM sales WHERE order_id = 'many-1'")
    .first<{ affiliateId: number }>();
  expect(sale).toEqual({ affiliateId: people.maria });
});

describe('codes that exist already', () => {
  test('are shown before anything is written, and skipped', async () => {
    const seen = await olivia.post(PATH, fields({ from: '8', to: '12' }));
    expect(seen.words).toMatch(
      /3 of these codes exist in Azulejo already test-coupon8 test-coupon9 test-coupon10 .*Skip those/,
    );
    const added = await olivia.post(`${PATH}/confirm`, { ...carried(seen.html), known: 'skip' });
    expect(added.words).toContain('2 coupons added. 3 coupons were there already and were left as they are.');
    expect(await codesLike('test-coupon1_')).toEqual(['test-coupon10', 'test-coupon11', 'test-coupon12']);
  });

  test('or the whole is refused', async () => {
    const seen = await olivia.post(PATH, fields({ from: '12', to: '20' }));
    expect(seen.words).toContain('One of these codes exists in Azulejo already test-coupon12');
    const refused = await olivia.post(`${PATH}/confirm`, { ...carried(seen.html), known: 'refuse' });
    expect(refused.status).toBe(422);
    expect(refused.words).toContain('One of these codes exists already, so none was added.');
    expect(await codesLike('test-coupon2_')).toEqual([]);
  });

  test('and came in between preview and confirmation: nothing is added, and they are named', async () => {
    const seen = await olivia.post(PATH, fields({ prefix: 'quick', to: '3' }));
    expect(carried(seen.html).known).toBe('refuse');
    await people.coupon('QUICK2', people.autumn, people.joao);
    const refused = await olivia.post(`${PATH}/confirm`, carried(seen.html));
    expect([refused.status, await codesLike('quick%')]).toEqual([422, ['QUICK2']]);
    expect(refused.words).toContain('One of these codes exists in Azulejo already QUICK2');
    const added = await olivia.post(`${PATH}/confirm`, { ...carried(refused.html), known: 'skip' });
    expect(added.words).toContain('2 coupons added. 1 coupon was there already and was left as it is.');
  });

  test('only fifty are named, and with all of them there is nothing to add', async () => {
    const first = await olivia.post(PATH, fields({ prefix: 'S', from: '001', to: '100' }));
    expect(first.words).toMatch(/First S001 Last S100 Coupons 100/);
    await olivia.post(`${PATH}/confirm`, carried(first.html));
    const seen = await olivia.post(PATH, fields({ prefix: 's', from: '001', to: '100' }));
    expect(seen.words).toMatch(/100 of these codes exist in Azulejo already S001 S002 .* S050 and 50 more/);
    expect(seen.words).toContain('There is nothing to add.');
  });
});

test('random codes: the previewed ones are those that are added', async () => {
  const seen = await olivia.post(
    PATH,
    fields({ prefix: 'GIFT-', kind: 'random', length: '6', count: '250', affiliate: '' }),
  );
  const [, first, last] = /First (GIFT-[2-9A-HJKMNP-Z]{6}) Last (GIFT-[2-9A-HJKMNP-Z]{6}) Coupons 250/.exec(
    seen.words,
  )!;
  await olivia.post(`${PATH}/confirm`, carried(seen.html));
  const codes = await codesLike('GIFT-%');
  expect([codes.length, codes[0], codes.at(-1)]).toEqual([250, first, last]);
  expect(
    await office.db
      .prepare("SELECT count(*) AS n FROM coupons WHERE code LIKE 'GIFT-%' AND affiliate_id IS NULL")
      .first('n'),
  ).toBe(250);
});

describe('is refused, with everything typed kept', () => {
  const cases: [string, Record<string, string>, string, string][] = [
    ['no number', { from: 'one' }, 'from', 'Write a whole number, digits only, such as 1 or 001.'],
    ['an end before the beginning', { from: '11' }, 'to', 'This is less than what it begins from.'],
    ['more than 100,000', { to: '100001' }, 'to', 'These are more than 100,000 coupons.'],
    ['a prefix too long', { prefix: 'x'.repeat(99) }, 'prefix', 'Shorten the code to 100 characters.'],
    ['an invisible character', { prefix: 'a\u200b' }, 'prefix', 'There is an invisible character in this code.'],
    [
      'a short suffix',
      { kind: 'random', length: '2', count: '97' },
      'length',
      'With 2 characters there are 96 coupons at most that are hard to guess.',
    ],
    ['no count', { kind: 'random', count: '0' }, 'count', 'Write a whole number, 1 to 100,000.'],
    ['nothing chosen', { kind: '' }, 'kind', 'Choose what follows the prefix.'],
    ['no campaign', { campaign: '' }, 'campaign', 'Choose a campaign.'],
    ['no such affiliate', { affiliate: '99' }, 'affiliate', 'Choose an affiliate, or None.'],
    ['a day that is over', { expiresOn: '2020-01-01' }, 'expiresOn', '1 Jan 2020 is over'],
  ];
  test.each(cases)('%s', async (_, wrong, field, sentence) => {
    const refused = await olivia.post(PATH, fields({ prefix: 'typed', ...wrong }));
    expect(refused.status).toBe(422);
    expect(refused.words).toContain(sentence);
    expect(refused.html).toContain(`id="error-${field}"`);
    expect(refused.html).toContain(`value="${{ prefix: 'typed', ...wrong }.prefix}"`);
  });
});

test('a hundred thousand go in at once, with one line in the audit log', async () => {
  const seen = await olivia.post(PATH, fields({ prefix: 'h', from: '000001', to: '100000', affiliate: '' }));
  expect(seen.words).toMatch(/Add 100,000 coupons\? .* First h000001 Last h100000/);
  const was = await office.db.prepare('SELECT count(*) AS n FROM audit_log').first<number>('n');
  const began = performance.now();
  const added = await olivia.post(`${PATH}/confirm`, carried(seen.html));
  console.info(`100,000 coupons added in ${Math.round(performance.now() - began)} ms`);
  expect(added.words).toContain('100,000 coupons added.');
  expect(await office.db.prepare('SELECT count(*) AS n FROM audit_log').first<number>('n')).toBe(was! + 1);
  // Those beyond the copies that are pushed are looked up when they are first used.
  await fetch(`${office.served.trackerUrl}/track.gif?cc=h099999&amount=5.00&order=free`);
  const outcome = await office.db.prepare("SELECT outcome FROM uncredited WHERE order_id = 'free'").first('outcome');
  expect(outcome).toBe('free coupon');
});
