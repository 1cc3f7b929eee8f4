/** What a code meant when, and whose a coupon was: as rows, by the ledger's own verbs (trials/ledger.md, 7). */
import { env } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeStatus, createAffiliate } from '../../ledger/affiliates.ts';
import { createCampaign, createShop, editCampaign, editShop } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { changeCoupons } from '../../ledger/coupons/many.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { auditClean } from '../books.ts';
import { azulejo, DAY, deleteCoupons, NOON, pixel, standing, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const at = (days: number) => ({ userId: null, now: NOON + days * DAY });
let house: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  house = await azulejo(store);
});
afterAll(() => auditClean(env.DB));

/** "MARIA10 · 1: 0–-20" — the day by which it ended, counted from today; "now" where it did not. */
async function codes(...codeKeys: string[]) {
  const { results } = await env.DB.prepare(
    `SELECT code, coupon_id AS id, from_at AS f, until_at AS u FROM coupon_codes
     WHERE code_key IN (SELECT value FROM json_each(?)) ORDER BY code_key, from_at, coupon_id`,
  )
    .bind(JSON.stringify(codeKeys))
    .all<{ code: string; id: number; f: number; u: number | null }>();
  return results.map(({ code, id, f, u }) => `${code} ${names.get(id) ?? id}: ${day(f)} to ${day(u)}`);
}
const names = new Map<number, string>();
const day = (ms: number | null) => (ms === null ? 'now' : ms === 0 ? 'ever' : String((ms - NOON) / DAY));

async function owners(id: number) {
  const { results } = await env.DB.prepare(
    `SELECT affiliate_id AS a, from_at AS f, until_at AS u FROM coupons_were WHERE coupon_id = ?1
     UNION ALL SELECT affiliate_id, since_at, NULL FROM coupons WHERE id = ?1 ORDER BY 2`,
  )
    .bind(id)
    .all<{ a: number | null; f: number; u: number | null }>();
  const who = (a: number | null) => (a === null ? 'nobody' : a === house.maria ? 'Maria' : 'João');
  return results.map(({ a, f, u }) => `${who(a)}: ${day(f)} to ${day(u)}`);
}

async function add(code: string, affiliateId: number | null, days: number, name = code) {
  const terms = { campaignId: house.autumn, affiliateId, expiresOn: null };
  const [added] = await addCoupons(store, [code], terms, at(days));
  if (!added || 'error' in added) throw new Error(`${code}: ${added?.error}`);
  names.set(added.id, name);
  return added.id;
}

async function rename(id: number, code: string, days: number, untilDays?: number) {
  const row = (await env.DB.prepare('SELECT affiliate_id AS a, revision FROM coupons WHERE id = ?').bind(id).first<{
    a: number | null;
    revision: number;
  }>())!;
  const terms = { code, campaignId: house.autumn, affiliateId: row.a, expiresOn: null };
  const until = untilDays === undefined ? undefined : NOON + untilDays * DAY;
  return editCoupon(store, id, row.revision, terms, at(days), until);
}

describe('a code', () => {
  test('that a coupon was renamed from is that coupon’s until then, and another’s from then on', async () => {
    const maria = await add('TILE10', house.maria, -90, 'Maria’s');
    await rename(maria, 'TILE20', -10);
    await add('TILE10', house.joao, -5, 'João’s');
    expect(await codes('tile10', 'tile20')).toEqual([
      'TILE10 Maria’s: ever to -10',
      'TILE10 João’s: -10 to now',
      'TILE20 Maria’s: -10 to now',
    ]);
    const sold = (orderId: string, days: number) =>
      pixel({ orderId, code: 'TILE10', source: 'office', soldAt: NOON + days * DAY, receivedAt: NOON });
    await recordSales(env.DB, [sold('before', -11), sold('after', -9)]);
    expect(await standing(env.DB, 'before')).toEqual(['Maria 1200 pending']);
    expect(await standing(env.DB, 'after')).toEqual(['João 1200 pending']);
  });

  test('of before a rename stays its order’s, when the receipt is typed in after the code went to another', async () => {
    const maria = await add('SHELF10', house.maria, -90, 'Maria’s');
    await recordSales(env.DB, [pixel({ orderId: 'shelf', code: 'SHELF10', receivedAt: NOON - 12 * DAY })]);
    await rename(maria, 'SHELF20', -10);
    await add('SHELF10', house.joao, -9, 'João’s');
    const receipt = pixel({ orderId: 'shelf', code: 'SHELF10', source: 'office' });
    expect(await recordSales(env.DB, [receipt])).toMatchObject([{ outcome: 'confirmed', affiliateId: house.maria }]);
    expect(await standing(env.DB, 'shelf')).toEqual(['Maria 1200 pending']);
  });

  test('that was deleted and added again for the same affiliate is theirs without a gap', async () => {
    const first = await add('AGAIN10', house.maria, -90, 'first');
    await deleteCoupons(store, [first], at(-10));
    await add('AGAIN10', house.maria, -3, 'second');
    expect(await codes('again10')).toEqual(['AGAIN10 first: ever to -10', 'AGAIN10 second: -10 to now']);
    const sold = (orderId: string, days: number) =>
      pixel({ orderId, code: 'AGAIN10', source: 'office', soldAt: NOON + days * DAY, receivedAt: NOON });
    await recordSales(env.DB, [sold('again-1', -11), sold('again-2', -5)]);
    expect(await standing(env.DB, 'again-1')).toEqual(['Maria 1200 pending']);
    expect(await standing(env.DB, 'again-2')).toEqual(['Maria 1200 pending']);
  });

  test('that is changed back and forth loses the grace it was given first', async () => {
    const id = await add('X10', house.maria, -90, 'X');
    await rename(id, 'Y10', -20, 10);
    expect(await codes('x10', 'y10')).toEqual(['X10 X: ever to 10', 'Y10 X: -20 to now']);
    await rename(id, 'X10', -15);
    expect(await codes('x10', 'y10')).toEqual(['X10 X: ever to -15', 'X10 X: -15 to now', 'Y10 X: -20 to -15']);
    await rename(id, 'W10', -10);
    expect(await codes('x10', 'y10', 'w10')).toEqual([
      'W10 X: -10 to now',
      'X10 X: ever to -15',
      'X10 X: -15 to -10',
      'Y10 X: -20 to -15',
    ]);
    // So another may have it at once.
    await add('X10', house.joao, -9, 'another');
    expect((await codes('x10')).at(-1)).toBe('X10 another: -10 to now');
  });

  test('keeps its time of grace, in which nobody else gets it', async () => {
    const id = await add('GRACE10', house.maria, -90, 'grace');
    const rival = await add('RIVAL10', house.joao, -90, 'rival');
    await rename(id, 'GRACE20', -10, 5);
    expect(await codes('grace10')).toEqual(['GRACE10 grace: ever to 5']);
    expect(await rename(rival, 'grace10', 0)).toEqual({ error: 'duplicate' });
    expect(await rename(rival, 'grace10', 5)).toEqual({ id: rival });
    expect(await codes('grace10')).toEqual(['GRACE10 grace: ever to 5', 'grace10 rival: 5 to now']);
    // Archived within it, the code is over with the coupon.
    await rename(rival, 'RIVAL20', 6, 30);
    await deleteCoupons(store, [rival], at(7));
    expect(await codes('rival20', 'grace10')).toEqual([
      'GRACE10 grace: ever to 5',
      'grace10 rival: 5 to 7',
      'RIVAL20 rival: 6 to 7',
    ]);
  });

  test('in other letters is the same code', async () => {
    const id = await add('Case10', house.maria, -90, 'case');
    await rename(id, 'CASE10', -10, 5);
    expect(await codes('case10')).toEqual(['Case10 case: ever to now']);
  });
});

describe('an owner', () => {
  test('earns from the gift on, or for earlier sales too where the giver says so', async () => {
    const gift = await add('GIFT1', null, -90);
    const early = await add('GIFT2', null, -90);
    const heard = (code: string) => pixel({ orderId: `heard-${code}`, code, receivedAt: NOON - 20 * DAY });
    expect(await recordSales(env.DB, [heard('GIFT1'), heard('GIFT2')])).toMatchObject([
      { outcome: 'free coupon' },
      { outcome: 'free coupon' },
    ]);
    const give = (id: number, alsoEarlier?: true) =>
      editCoupon(
        store,
        id,
        1,
        {
          code: id === gift ? 'GIFT1' : 'GIFT2',
          campaignId: house.autumn,
          affiliateId: house.joao,
          expiresOn: null,
          ...(alsoEarlier ? { alsoEarlier } : {}),
        },
        at(-5),
      );
    expect(await give(gift)).toEqual({ id: gift });
    expect(await give(early, true)).toEqual({ id: early });
    expect(await owners(gift)).toEqual(['nobody: ever to -5', 'João: -5 to now']);
    expect(await owners(early)).toEqual(['João: ever to -5', 'João: -5 to now']);
    expect(await standing(env.DB, 'heard-GIFT1')).toEqual([]);
    expect(await standing(env.DB, 'heard-GIFT2')).toEqual(['João 1200 pending']);
    expect(await env.DB.prepare('SELECT count(*) AS n FROM to_decide').first('n')).toBe(0);
  });

  test('of many at once likewise, and nobody else’s past is touched', async () => {
    const free = await add('MANY1', null, -90);
    const marias = await add('MANY2', house.maria, -90);
    const change = { what: 'affiliate', affiliateId: house.joao, alsoEarlier: true } as const;
    await recordSales(env.DB, [pixel({ orderId: 'heard-many', code: 'MANY1', receivedAt: NOON - 20 * DAY })]);
    expect(await changeCoupons(store, [[free, marias]], change, 'checked', at(-5))).toBe(2);
    expect(await owners(free)).toEqual(['João: ever to -5', 'João: -5 to now']);
    expect(await owners(marias)).toEqual(['Maria: ever to -5', 'João: -5 to now']);
    expect(await standing(env.DB, 'heard-many')).toEqual(['João 1200 pending']);
  });

  test('has no gap and no overlap when a coupon changes hands', async () => {
    const id = await add('HANDS', house.maria, -90);
    const hand = async (affiliateId: number | null, days: number) => {
      await changeCoupons(store, [[id]], { what: 'affiliate', affiliateId }, 'checked', at(days));
    };
    await hand(house.joao, -20);
    await hand(house.maria, -25); // A clock that went back moves nothing before what is written.
    await hand(null, -10);
    await hand(house.joao, -5);
    expect(await owners(id)).toEqual([
      'Maria: ever to -20',
      'Maria: -20 to -10',
      'nobody: -10 to -5',
      'João: -5 to now',
    ]);
  });
});

test('orders that named a code before it was a coupon are its coupon’s, once it is one', async () => {
  const early = pixel({ orderId: 'early', code: 'LATER10', receivedAt: NOON - 20 * DAY });
  expect(await recordSales(env.DB, [early])).toMatchObject([{ outcome: 'unknown coupon' }]);
  await add('LATER10', house.maria, -2);
  expect(await standing(env.DB, 'early')).toEqual(['Maria 1200 pending']);
  expect(await env.DB.prepare('SELECT count(*) AS n FROM to_decide').first('n')).toBe(0);
});

test('what is changed now holds from D1’s clock at the commit, not from when the form was sent', async () => {
  const id = await add('CLOCK10', house.maria, -90);
  const sentAt = Date.now() - 60_000;
  await changeCoupons(store, [[id]], { what: 'affiliate', affiliateId: house.joao }, 'checked', {
    userId: null,
    now: sentAt,
  });
  const since = await env.DB.prepare('SELECT since_at AS n FROM coupons WHERE id = ?').bind(id).first<number>('n');
  expect(since).toBeGreaterThan(sentAt + 30_000);
  expect(Math.abs(since! - Date.now())).toBeLessThan(30_000);
});

test('terms, states and a shop’s clock are kept as they were', async () => {
  const made = async (promise: Promise<{ id: number } | { error: string }>) => ((await promise) as { id: number }).id;
  const terms = { ...TEN_PERCENT, name: 'Terms' };
  const shopTerms = { name: 'Kiosk', address: '', currency: 'EUR', timeZone: 'Europe/Lisbon' };
  const shop = await made(createShop(env.DB, shopTerms, at(-90)));
  const campaign = await made(createCampaign(env.DB, shop, terms, at(-90)));
  const ines = await made(createAffiliate(env.DB, { name: 'Inês', email: 'ines@azulejo.test', note: '' }, at(-90)));
  await editCampaign(env.DB, campaign, { ...terms, commissionValue: 500 }, at(-10));
  await editCampaign(env.DB, campaign, { ...terms, commissionValue: 500, name: 'Other words' }, at(-8));
  await editCampaign(env.DB, campaign, { ...terms, commissionValue: 500, status: 'paused' }, at(-5));
  await changeStatus(env.DB, ines, { from: 'active', to: 'suspended' }, at(-4));
  await editShop(env.DB, shop, { ...shopTerms, timeZone: 'Asia/Tokyo' }, at(-3));
  const were = async (table: string, of: string, id: number) =>
    (await env.DB.prepare(`SELECT * FROM ${table} WHERE ${of} = ? ORDER BY from_at`).bind(id).all()).results;
  expect(await were('campaigns_were', 'campaign_id', campaign)).toMatchObject([
    { from_at: 0, until_at: NOON - 10 * DAY, commission_value: 1_000, status: 'active' },
    { from_at: NOON - 10 * DAY, until_at: NOON - 5 * DAY, commission_value: 500, status: 'active' },
  ]);
  expect(await were('affiliates_were', 'affiliate_id', ines)).toEqual([
    { affiliate_id: ines, from_at: 0, until_at: NOON - 4 * DAY, status: 'active' },
  ]);
  expect(await were('shops_were', 'shop_id', shop)).toMatchObject([
    { from_at: 0, until_at: NOON - 3 * DAY, time_zone: 'Europe/Lisbon' },
  ]);
});
