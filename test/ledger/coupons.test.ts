import { env } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeStatus, createAffiliate, editAffiliate } from '../../ledger/affiliates.ts';
import { createCampaign, editCampaign, editShop } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { requestCoupon } from '../../ledger/coupons/requests.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { switchCoupons } from '../../ledger/settings.ts';
import { auditClean } from '../books.ts';
import { azulejo, count, DAY, deleteCoupons, NOON, pixel, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const now = { userId: null, now: NOON };
let house: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  house = await azulejo(store);
});
afterAll(() => auditClean(env.DB));

/** A campaign of its own for a test, with free coupons. */
async function campaignWithFree(name: string, free: number, terms: Partial<typeof TEN_PERCENT> = {}) {
  const made = await createCampaign(env.DB, house.shop, { ...TEN_PERCENT, ...terms, name }, now);
  if ('error' in made) throw new Error(made.error);
  const codes = Array.from({ length: free }, (_, i) => `${name}-${i + 1}`);
  await addCoupons(store, codes, { campaignId: made.id, affiliateId: null, expiresOn: null }, now);
  return made.id;
}

describe('adding', () => {
  test('says of each code what became of it', async () => {
    const terms = { campaignId: house.launch, affiliateId: house.maria, expiresOn: '2026-12-31' };
    const added = await addCoupons(store, [' Ação ', 'maria10', 'AÇÃO', '', '..', 'x'.repeat(101)], terms, now);
    expect(added.map((each) => ('id' in each ? 'added' : each.error))).toEqual([
      'added',
      'duplicate',
      'duplicate',
      'code',
      'code',
      'code',
    ]);
    const row = await env.DB.prepare(
      'SELECT code, code_key, shop_id, revision FROM coupons ORDER BY id DESC LIMIT 1',
    ).first();
    expect(row).toEqual({ code: 'Ação', code_key: 'ação', shop_id: house.shop, revision: 1 });
  });

  test('a thousand codes are added by one statement, each with its line in the audit log', async () => {
    const codes = Array.from({ length: 1000 }, (_, i) => `bulk${i}`);
    const added = await addCoupons(store, codes, { campaignId: house.autumn, affiliateId: null, expiresOn: null }, now);
    expect(added.filter((each) => 'id' in each)).toHaveLength(1000);
    expect(
      await count(
        env.DB,
        `SELECT count(*) FROM audit_log l JOIN coupons c ON l.subject_id = c.id WHERE l.subject = 'coupons' AND c.code LIKE 'bulk%'`,
      ),
    ).toBe(1000);
  });

  test('a deleted code can be added again, as another coupon', async () => {
    const first = await house.coupon('PHOENIX', house.autumn, house.maria);
    expect(await deleteCoupons(store, [first], now)).toBe(1);
    expect(await deleteCoupons(store, [first], now)).toBe(0);
    const terms = { campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
    // What lies before the deletion is the first one's: told of that time, the second would be there as well.
    expect(await addCoupons(store, ['phoenix'], terms, { ...now, now: NOON - DAY })).toEqual([{ error: 'duplicate' }]);
    const [second] = await addCoupons(store, ['phoenix'], terms, now);
    expect((second as { id: number }).id).toBeGreaterThan(first);
  });
});

describe('editing', () => {
  test('refuses a code that another coupon has, a change made meanwhile, and a coupon that is gone', async () => {
    const id = await house.coupon('EDIT', house.autumn, house.maria);
    const terms = { code: 'EDIT', campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
    expect(await editCoupon(store, id, 1, { ...terms, code: 'Maria10' }, now)).toEqual({ error: 'duplicate' });
    expect(await editCoupon(store, id, 1, { ...terms, campaignId: 999 }, now)).toEqual({ error: 'campaign' });
    expect(await editCoupon(store, id, 1, { ...terms, code: 'edit' }, now)).toEqual({ id });
    expect(await editCoupon(store, id, 1, terms, now)).toEqual({ error: 'changed meanwhile' });
    await deleteCoupons(store, [id], now);
    expect(await editCoupon(store, id, 3, terms, now)).toEqual({ error: 'gone' });
    const { results } = await env.DB.prepare(
      `SELECT action, before ->> 'affiliateId' AS was, after ->> 'affiliateId' AS becomes FROM audit_log WHERE subject = 'coupons' AND subject_id = ? ORDER BY id`,
    )
      .bind(String(id))
      .all();
    expect(results).toEqual([
      { action: 'added', was: null, becomes: house.maria },
      { action: 'changed', was: house.maria, becomes: house.joao },
      { action: 'deleted', was: house.joao, becomes: null },
    ]);
  });
});

describe('requesting', () => {
  test('a crowd that asks at once gets different coupons, and no more than there are', async () => {
    const campaign = await campaignWithFree('crowd', 5);
    const asked = await Promise.all(
      Array.from({ length: 12 }, (_, i) => requestCoupon(store, campaign, i % 2 ? house.maria : house.joao, NOON)),
    );
    const codes = asked.flatMap((coupon) => (coupon ? [coupon.code] : []));
    expect(codes.sort()).toEqual(['crowd-1', 'crowd-2', 'crowd-3', 'crowd-4', 'crowd-5']);
    expect(await count(env.DB, `SELECT count(*) FROM audit_log WHERE action = 'requested'`)).toBe(5);
  });

  test('stops at the affiliate’s limit', async () => {
    const campaign = await campaignWithFree('limited', 3, { requestLimit: 1 });
    expect(await requestCoupon(store, campaign, house.maria, NOON)).toMatchObject({ code: 'limited-1' });
    expect(await requestCoupon(store, campaign, house.maria, NOON)).toBe(null);
    expect(await requestCoupon(store, campaign, house.joao, NOON)).toMatchObject({ code: 'limited-2' });
  });

  test('gets nothing where requests are off, the campaign rests, the affiliate is suspended or all have expired', async () => {
    const off = await campaignWithFree('off', 1, { requestMode: 'off' });
    const paused = await campaignWithFree('resting', 1);
    await editCampaign(env.DB, paused, { ...TEN_PERCENT, name: 'resting', status: 'paused' }, now);
    const old = await campaignWithFree('old', 0);
    await addCoupons(store, ['old-1'], { campaignId: old, affiliateId: null, expiresOn: '2026-11-22' }, now);
    for (const campaign of [off, paused, old, 999])
      expect(await requestCoupon(store, campaign, house.maria, NOON)).toBe(null);
    expect(await requestCoupon(store, old, house.maria, NOON - DAY)).toMatchObject({ code: 'old-1' });

    const open = await campaignWithFree('open', 1);
    const joao = { name: 'João', email: 'joao@azulejo.test', note: '' };
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'suspended' }, now);
    expect(await requestCoupon(store, open, house.joao, NOON)).toBe(null);
  });
});

describe('of two who edit at once', () => {
  const both = <Result>(edit: (each: number) => Promise<Result>) => Promise.all([1, 2].map(edit));
  const told = (answers: object[]) =>
    answers.map((answer) => ('id' in answer ? 'saved' : Object.values(answer)[0])).sort();
  const logged = async (subject: string, id: number) => {
    const { results } = await env.DB.prepare(
      `SELECT before, after FROM audit_log WHERE subject = ? AND subject_id = ? AND action = 'changed' ORDER BY id`,
    )
      .bind(subject, String(id))
      .all<{ before: string; after: string }>();
    return results.map(({ before, after }) => [JSON.parse(before), JSON.parse(after)]);
  };

  test('a campaign’s terms, the later is told, and the log says what was', async () => {
    const id = await campaignWithFree('twice', 0);
    const terms = { ...TEN_PERCENT, name: 'twice' };
    const answers = await both((rate) => editCampaign(env.DB, id, { ...terms, commissionValue: rate }, now));
    expect(told(answers)).toEqual(['changed meanwhile', 'saved']);
    const [change, ...more] = await logged('campaigns', id);
    expect(more).toEqual([]);
    expect(change![0]).toEqual({ commission_value: 1_000 });
    const row = await env.DB.prepare('SELECT commission_value, updated_at FROM campaigns WHERE id = ?')
      .bind(id)
      .first();
    expect(row).toEqual({ ...change![1], updated_at: NOON });
  });

  test('who has not seen what stands by now does not overwrite it', async () => {
    const id = await campaignWithFree('unseen', 0);
    const terms = { ...TEN_PERCENT, name: 'unseen' };
    const later = { ...now, now: NOON + 1_000_000 };
    expect(await editCampaign(env.DB, id, { ...terms, commissionValue: 2 }, later, NOON)).toEqual({ id });
    expect(await editCampaign(env.DB, id, { ...terms, requestLimit: 9 }, later, NOON)).toEqual({
      error: 'changed meanwhile',
    });
    expect(await count(env.DB, `SELECT commission_value AS n FROM campaigns WHERE id = ${id}`)).toBe(2);
  });

  test('a shop’s rule likewise', async () => {
    const azulejo = { name: 'Azulejo', address: 'https://azulejo.test', currency: 'EUR', timeZone: 'Europe/Lisbon' };
    const rules = ['first', 'last'] as const;
    const answers = await both((each) =>
      editShop(env.DB, house.shop, { ...azulejo, severalAffiliates: rules[each - 1]! }, now),
    );
    expect(told(answers)).toEqual(['changed meanwhile', 'saved']);
    expect((await logged('shops', house.shop)).map(([before]) => before)).toEqual([{ several_affiliates: 'a person' }]);
    await editShop(env.DB, house.shop, { ...azulejo, severalAffiliates: 'a person' }, now);
  });

  test('an affiliate’s note does not take back a suspension of the same instant', async () => {
    const made = await createAffiliate(env.DB, { name: 'Rui', email: 'rui@azulejo.test', note: '' }, now);
    const id = (made as { id: number }).id;
    const details = { name: 'Rui', email: 'rui@azulejo.test', note: 'Deals page' };
    const suspended = { from: 'active', to: 'suspended' } as const;
    const answers = await Promise.all([
      changeStatus(env.DB, id, suspended, now),
      editAffiliate(env.DB, id, details, now),
      changeStatus(env.DB, id, suspended, now),
    ]);
    expect(told(answers)).toEqual(['changed meanwhile', 'saved', 'saved']);
    const row = await env.DB.prepare('SELECT status, note FROM affiliates WHERE id = ?').bind(id).first();
    expect(row).toEqual({ status: 'suspended', note: 'Deals page' });
    expect((await logged('affiliates', id)).map((change) => JSON.stringify(change)).sort()).toEqual([
      '[{"note":""},{"note":"Deals page"}]',
      '[{"status":"active"},{"status":"suspended"}]',
    ]);
    expect(await editAffiliate(env.DB, id, { ...details, note: '' }, now, NOON - 1)).toEqual({
      error: 'changed meanwhile',
    });
  });
});

describe('an old code', () => {
  test('works through its time of grace, is nobody else’s meanwhile, and then no more', async () => {
    const id = await house.coupon('OLDNAME', house.autumn, house.maria);
    const terms = { code: 'NEWNAME', campaignId: house.autumn, affiliateId: house.maria, expiresOn: null };
    expect(await editCoupon(store, id, 1, terms, now, NOON + DAY)).toEqual({ id });
    expect(await addCoupons(store, ['oldname'], { ...terms, affiliateId: house.joao }, now)).toEqual([
      { error: 'duplicate' },
    ]);
    expect(await editCoupon(store, house.free1, 1, { ...terms, code: 'OldName' }, now)).toEqual({ error: 'duplicate' });
    const at = (code: string, receivedAt: number) =>
      pixel({ code, orderId: `alias-${code}-${receivedAt}`, receivedAt });
    const outcomes = await recordSales(env.DB, [
      at('OLDNAME', NOON + DAY - 1),
      at('NEWNAME', NOON + DAY - 1),
      at('OLDNAME', NOON + DAY),
      at('NEWNAME', NOON + DAY),
    ]);
    expect(outcomes.map(({ outcome, detail, couponId }) => [outcome, detail, couponId])).toEqual([
      ['recorded', null, id],
      ['recorded', null, id],
      ['expired', 'the code was changed', null],
      ['recorded', null, id],
    ]);
    const [added] = await addCoupons(store, ['oldname'], terms, { userId: null, now: NOON + DAY });
    const [another] = await recordSales(env.DB, [at('OLDNAME', NOON + 2 * DAY)]);
    expect(another).toMatchObject({ outcome: 'recorded', couponId: (added as { id: number }).id });
  });
});

test('with coupons switched off nothing is written, and on again everything is back', async () => {
  const report = pixel({ orderId: 'switch' });
  const written = () => count(env.DB, 'SELECT count(*) FROM reports');
  const was = await written();
  await switchCoupons(env.DB, false, now);
  expect(await recordSales(env.DB, [report])).toMatchObject([{ outcome: 'switched off' }]);
  expect(await written()).toBe(was);
  await switchCoupons(env.DB, true, now);
  expect(await recordSales(env.DB, [report])).toMatchObject([{ outcome: 'recorded' }]);
});

test('what is added has its line in the audit log, under its own number', async () => {
  const { results } = await env.DB.prepare(
    `SELECT l.subject, count(*) AS n FROM audit_log l WHERE l.action = 'added' AND l.subject_id IN
       (SELECT CAST(id AS TEXT) FROM affiliates WHERE l.subject = 'affiliates'
        UNION SELECT CAST(id AS TEXT) FROM campaigns WHERE l.subject = 'campaigns'
        UNION SELECT CAST(id AS TEXT) FROM shops WHERE l.subject = 'shops')
     GROUP BY l.subject ORDER BY l.subject`,
  ).all();
  const campaigns = await count(env.DB, 'SELECT count(*) FROM campaigns');
  expect(results).toEqual([
    { subject: 'affiliates', n: 3 },
    { subject: 'campaigns', n: campaigns },
    { subject: 'shops', n: 1 },
  ]);
});
