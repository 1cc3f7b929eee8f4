import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, test } from 'vitest';
import { editAffiliate } from '../../ledger/affiliates.ts';
import { createCampaign, editCampaign } from '../../ledger/campaigns.ts';
import { addCoupons } from '../../ledger/coupons/edit.ts';
import { askForCoupon, grantRequest, refuseRequest, requestCoupon } from '../../ledger/coupons/requests.ts';
import { azulejo, count, DAY, NOON, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const now = { userId: null, now: NOON };
let house: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  house = await azulejo(store);
});

const ON_APPROVAL = { ...TEN_PERCENT, requestMode: 'after approval' } as const;

/** A campaign that gives coupons after approval, with free ones named after it. */
async function campaign(name: string, free: number, terms: Partial<typeof TEN_PERCENT> = {}) {
  const made = await createCampaign(env.DB, house.shop, { ...ON_APPROVAL, ...terms, name }, now);
  if ('error' in made) throw new Error(made.error);
  const codes = Array.from({ length: free }, (_, i) => `${name}-${i + 1}`);
  await addCoupons(store, codes, { campaignId: made.id, affiliateId: null, expiresOn: null }, now);
  return made.id;
}
const ask = async (campaignId: number, affiliateId: number) =>
  (await askForCoupon(env.DB, campaignId, affiliateId, NOON))?.id ?? 0;
const owned = (campaignId: number) =>
  count(env.DB, `SELECT count(*) FROM coupons WHERE campaign_id = ${campaignId} AND affiliate_id IS NOT NULL`);

describe('asking', () => {
  test('waits for an answer, once for each campaign', async () => {
    const spring = await campaign('spring', 3);
    expect(await ask(spring, house.maria)).toBeGreaterThan(0);
    expect(await askForCoupon(env.DB, spring, house.maria, NOON)).toBe(null);
    expect(await ask(spring, house.joao)).toBeGreaterThan(0);
    expect(await owned(spring)).toBe(0);
    expect(await requestCoupon(store, spring, house.maria, NOON)).toBe(null);
  });

  test('is not possible without a free coupon, without approval, in a resting campaign, or beyond the limit', async () => {
    const none = await campaign('none', 0);
    const atOnce = await campaign('at-once', 1, { requestMode: 'at once' });
    const off = await campaign('off', 1, { requestMode: 'off' });
    const resting = await campaign('resting', 1, { status: 'paused' });
    for (const id of [none, atOnce, off, resting, 999]) expect(await ask(id, house.maria)).toBe(0);
    const limited = await campaign('limited', 3, { requestLimit: 1 });
    const first = await ask(limited, house.maria);
    // The one that waits counts, when the campaign gives coupons at once by now.
    await editCampaign(env.DB, limited, { ...TEN_PERCENT, name: 'limited', requestLimit: 1 }, now);
    expect(await requestCoupon(store, limited, house.maria, NOON)).toBe(null);
    await editCampaign(env.DB, limited, { ...ON_APPROVAL, name: 'limited', requestLimit: 1 }, now);
    await grantRequest(store, first, null, now);
    expect(await ask(limited, house.maria)).toBe(0);
  });
});

describe('an answer', () => {
  test('gives the oldest free coupon, or the one that is named', async () => {
    const id = await campaign('gift', 3);
    expect(await grantRequest(store, await ask(id, house.maria), null, now)).toMatchObject({ code: 'gift-1' });
    const third = (await env.DB.prepare("SELECT id FROM coupons WHERE code = 'gift-3'").first<number>('id'))!;
    expect(await grantRequest(store, await ask(id, house.joao), third, now)).toEqual({
      couponId: third,
      code: 'gift-3',
    });
    const again = await ask(id, house.maria);
    expect(await grantRequest(store, again, third, now)).toEqual({ error: 'no free coupon' });
    expect(await grantRequest(store, again, house.free1, now)).toEqual({ error: 'no free coupon' });
    const log = await env.DB.prepare(
      "SELECT before ->> 'affiliateId' AS was, after ->> 'affiliateId' AS becomes FROM audit_log WHERE action = 'granted' AND subject_id = ?",
    )
      .bind(String(third))
      .all();
    expect(log.results).toEqual([{ was: null, becomes: house.joao }]);
  });

  test('can be no, with a note, once', async () => {
    const id = await campaign('no', 1);
    const request = await ask(id, house.maria);
    expect(await refuseRequest(env.DB, request, 'Only for stores.', now)).toBe(true);
    expect(await refuseRequest(env.DB, request, 'Twice.', now)).toBe(false);
    expect(await grantRequest(store, request, null, now)).toEqual({ error: 'answered' });
    expect(await env.DB.prepare('SELECT note FROM coupon_requests WHERE id = ?').bind(request).first('note')).toBe(
      'Only for stores.',
    );
    expect(await ask(id, house.maria)).toBeGreaterThan(request);
  });

  test('of eight administrators at once gives one coupon', async () => {
    const id = await campaign('crowd', 8);
    const request = await ask(id, house.maria);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        i % 2 ? grantRequest(store, request, null, now) : refuseRequest(env.DB, request, `no ${i}`, now),
      ),
    );
    const granted = answers.filter((answer) => typeof answer === 'object' && 'code' in answer).length;
    const refused = answers.filter((answer) => answer === true).length;
    expect(granted + refused).toBe(1);
    expect(await owned(id)).toBe(granted);
  });

  test('two requests for the last free coupon: one gets it, the other waits', async () => {
    const id = await campaign('last', 1);
    const [maria, joao] = [await ask(id, house.maria), await ask(id, house.joao)];
    const answers = await Promise.all([maria, joao].map((request) => grantRequest(store, request, null, now)));
    expect(answers.filter((answer) => 'code' in answer)).toHaveLength(1);
    expect(answers.filter((answer) => 'error' in answer)).toEqual([{ error: 'no free coupon' }]);
    expect(await owned(id)).toBe(1);
  });

  test('gives nothing to a suspended affiliate, and no coupon that is over', async () => {
    const id = await campaign('over', 1);
    const request = await ask(id, house.joao);
    await env.DB.prepare("UPDATE coupons SET expires_on = '2026-11-22' WHERE code = 'over-1'").run();
    expect(await grantRequest(store, request, null, now)).toEqual({ error: 'no free coupon' });
    expect(await grantRequest(store, request, null, { ...now, now: NOON - DAY })).toMatchObject({ code: 'over-1' });
    const other = await campaign('other', 1);
    const waits = await ask(other, house.joao);
    const joao = { name: 'João', email: 'joao@azulejo.test', note: '' };
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'suspended' }, now);
    expect(await grantRequest(store, waits, null, now)).toEqual({ error: 'affiliate not active' });
    expect(await ask(other, house.joao)).toBe(0);
  });
});
