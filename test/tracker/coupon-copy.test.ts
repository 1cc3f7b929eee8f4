import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, test } from 'vitest';
import { editAffiliate } from '../../ledger/affiliates.ts';
import { editCampaign } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { receive } from '../../worker/receive.ts';
import { books } from '../books.ts';
import { azulejo, deleteCoupons, fateOf, NOON, pixel, TEN_PERCENT } from '../people.ts';
import { StaleKv } from '../stale-kv.ts';

const stale = new StaleKv();
const store = { db: env.DB, kv: stale.kv };
let house: Awaited<ReturnType<typeof azulejo>>;
let made = 0;

beforeAll(async () => {
  stale.now = 1;
  house = await azulejo(store);
});

/** A pixel hit, seconds after noon, at an edge whose KV is as stale as `stale` says. @returns what became of it. */
async function hit(code: string, seconds: number) {
  stale.now = seconds * 1000;
  const report = pixel({ code, orderId: `copy-${made++}`, receivedAt: NOON + seconds * 1000 });
  const work: Promise<unknown>[] = [];
  await receive({ ...env, COUPONS: stale.kv }, report, '192.0.2.1', (later) => work.push(later));
  await Promise.all(work);
  const { outcome, name, minor } = (await fateOf(env.DB, `r.id = '${report.id}'`))!;
  return { outcome, name, minor };
}

const by = (seconds: number) => ({ userId: null, now: NOON + seconds * 1000 });

describe.each([0, 1, 30, 60, 90, 120])('with KV %i s behind', (age) => {
  const start = age * 10_000;
  let code: string;
  let id: number;

  beforeAll(async () => {
    stale.ageMs = age * 1000;
    stale.now = start * 1000;
    code = `AGE${age}`;
    id = await house.coupon(code, house.autumn, house.maria);
  });

  test('a coupon made a moment ago is found, though KV says there is none', async () => {
    const fresh = `NEW${age}`;
    expect(await hit(fresh, start)).toMatchObject({ outcome: 'unknown coupon' });
    expect(await hit(fresh, start + 1)).toMatchObject({ outcome: 'unknown coupon' });
    stale.now = (start + 2) * 1000;
    await addCoupons(
      store,
      [fresh],
      { campaignId: house.autumn, affiliateId: house.maria, expiresOn: null },
      by(start + 2),
    );
    expect(await hit(fresh, start + 2)).toEqual({ outcome: 'recorded', name: 'Maria', minor: 1200 });
  });

  test('a reassigned coupon pays its new owner', async () => {
    expect(await hit(code, start + 200)).toEqual({ outcome: 'recorded', name: 'Maria', minor: 1200 });
    stale.now = (start + 201) * 1000;
    await editCoupon(
      store,
      id,
      1,
      { code, campaignId: house.autumn, affiliateId: house.joao, expiresOn: null },
      by(start + 201),
    );
    expect(await hit(code, start + 202)).toEqual({ outcome: 'recorded', name: 'João', minor: 1200 });
  });

  test('a campaign with new terms pays by them', async () => {
    await editCampaign(env.DB, house.autumn, { ...TEN_PERCENT, commissionValue: 1_500 }, by(start + 300));
    expect(await hit(code, start + 301)).toEqual({ outcome: 'recorded', name: 'João', minor: 1800 });
    await editCampaign(env.DB, house.autumn, TEN_PERCENT, by(start + 302));
    expect(await hit(code, start + 303)).toEqual({ outcome: 'recorded', name: 'João', minor: 1200 });
  });

  test('a coupon that was let expire pays nothing, and one that was prolonged pays', async () => {
    const terms = { code, campaignId: house.autumn, affiliateId: house.joao };
    await editCoupon(store, id, 2, { ...terms, expiresOn: '2026-11-22' }, by(start + 400));
    expect(await hit(code, start + 401)).toMatchObject({ outcome: 'expired', minor: null });
    await editCoupon(store, id, 3, { ...terms, expiresOn: '2027-11-22' }, by(start + 402));
    expect(await hit(code, start + 403)).toMatchObject({ outcome: 'recorded', minor: 1200 });
  });

  test('a suspended affiliate earns nothing', async () => {
    const joao = { name: 'João', email: 'joao@azulejo.test', note: '' };
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'suspended' }, by(start + 500));
    expect(await hit(code, start + 501)).toMatchObject({ outcome: 'affiliate not active', minor: null });
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'active' }, by(start + 502));
    expect(await hit(code, start + 503)).toMatchObject({ outcome: 'recorded', minor: 1200 });
  });

  test('a renamed coupon works by its new code only, and a deleted one not at all', async () => {
    const renamed = `AGAIN${age}`;
    const { revision } = (await env.DB.prepare('SELECT revision FROM coupons WHERE id = ?')
      .bind(id)
      .first<{ revision: number }>())!;
    const terms = { code: renamed, campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
    expect(await editCoupon(store, id, revision, terms, by(start + 600))).toEqual({ id });
    expect(await hit(code, start + 601)).toMatchObject({ outcome: 'expired', minor: null });
    expect(await hit(renamed, start + 601)).toEqual({ outcome: 'recorded', name: 'João', minor: 1200 });
    await deleteCoupons(store, [id], by(start + 602));
    expect(await hit(renamed, start + 603)).toMatchObject({ outcome: 'unknown coupon', minor: null });
  });
});

test('KV can be emptied at any time, and mends itself by the first sale', async () => {
  stale.ageMs = 0;
  stale.empty();
  expect(await hit('MARIA10', 900_000)).toEqual({ outcome: 'recorded', name: 'Maria', minor: 1200 });
  expect(await stale.kv.get('code1:maria10', 'json')).toMatchObject({
    coupons: [{ id: house.maria10, affiliate: { id: house.maria } }],
  });
});

test('KV is written only where it told something else', async () => {
  const was = stale.writes;
  for (let seconds = 900_001; seconds < 900_006; seconds++) await hit('MARIA10', seconds);
  expect(stale.writes).toBe(was);
  stale.empty();
  await hit('MARIA10', 900_006);
  expect(stale.writes).toBe(was + 1);
});

test('of a code that two coupons have had in turn, every copy there ever was pays the right one', async () => {
  const terms = { campaignId: house.autumn, affiliateId: house.maria, expiresOn: null };
  const coupon = await house.coupon('SPRING', house.autumn, house.maria);
  await hit('SPRING', 910_000);
  await editCoupon(store, coupon, 1, { ...terms, code: 'SUMMER' }, by(910_010), NOON + 910_020_000);
  await hit('SPRING', 910_011);
  // What is put from here on does not reach the edge in time.
  stale.ageMs = 60_000;
  stale.now = 910_030_000;
  await addCoupons(store, ['SPRING'], { ...terms, affiliateId: house.joao }, by(910_030));
  expect(await hit('SPRING', 910_031)).toEqual({ outcome: 'recorded', name: 'João', minor: 1200 });
  expect(await hit('SPRING', 910_032)).toEqual({ outcome: 'recorded', name: 'João', minor: 1200 });
});

test('the books are in order after all of it', async () => {
  expect(await books(env.DB)).toEqual([]);
});
