/** Copies in KV are hints: one round trip where they are right, and never a wrong payment where they are not (DESIGN §3.4; trials/ledger.md, 3, 8). */
import { env } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { editAffiliate } from '../../ledger/affiliates.ts';
import { createCampaign, createShop, editCampaign } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import type { Report } from '../../ledger/report.ts';
import {
  type Copies,
  copiesOf,
  forgetCodes,
  publishCodes,
  readCopies,
  writeCopies,
} from '../../ledger/sales/copies.ts';
import { readCodes } from '../../ledger/sales/histories.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { books } from '../books.ts';
import { d1Through } from '../d1.ts';
import { azulejo, DAY, deleteCoupons, NOON, nobody, pixel, standing, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  house = await azulejo(store);
});
afterAll(async () => {
  expect(await books(env.DB)).toEqual([]);
});

const truth = async (codeKey: string) => copiesOf(codeKey, await readCodes(env.DB, [codeKey]));
const at = (now: number) => ({ userId: null, now });
const owner = (code: string, affiliateId: number) => ({ code, campaignId: house.autumn, affiliateId, expiresOn: null });

/** Records a hit with a copy of its code. @returns what became of it, in how many calls of D1, and what is learnt. */
async function hit(report: Report, copy: Copies | null) {
  let calls = 0;
  const learnt = new Map<string, Copies>();
  const db = d1Through(env.DB, (_, call) => {
    calls++;
    return call();
  });
  const copies = new Map(copy ? [[report.codes![0]!, copy]] : []);
  const [told] = await recordSales(db, [report], { copies, learn: (codeKey, copies) => learnt.set(codeKey, copies) });
  return { outcome: told!.outcome, calls, learnt: [...learnt.keys()], copy: learnt.get(report.codes![0]!) };
}

describe('a copy that is right', () => {
  test('is worth the whole way: one call of D1, and nothing is learnt', async () => {
    const copy = await truth('maria10');
    expect(await hit(pixel({ orderId: 'right-1' }), copy)).toMatchObject({ outcome: 'recorded', calls: 1, learnt: [] });
    expect(await standing(env.DB, 'right-1')).toEqual(['Maria 1200 pending']);
  });

  test('of an order that is known costs a look, and nothing is learnt either', async () => {
    const reloaded = await hit(pixel({ orderId: 'right-1' }), await truth('maria10'));
    expect(reloaded).toMatchObject({ outcome: 'already known', learnt: [] });
    expect(reloaded.calls).toBeGreaterThan(1);
  });

  test('says what KV said: its names stand in the order in which they are read back', async () => {
    await writeCopies(env.COUPONS, 'maria10', await truth('maria10'));
    const read = await readCopies(env.COUPONS, 'maria10');
    expect(JSON.stringify(read)).toBe(JSON.stringify(await truth('maria10')));
    expect(await hit(pixel({ orderId: 'right-2' }), read)).toMatchObject({ calls: 1, learnt: [] });
  });

  test('of a free coupon tells as well that nobody earns', async () => {
    expect(await hit(pixel({ orderId: 'right-3', code: 'FREE1' }), await truth('free1'))).toMatchObject({
      outcome: 'free coupon',
      calls: 1,
    });
  });

  test('is not enough for a sale of before what it tells of, or for a campaign of which it knows nothing', async () => {
    await house.coupon('SINCE', house.autumn, house.maria);
    const id = await env.DB.prepare(`SELECT id FROM coupons WHERE code = 'SINCE'`).first<number>('id');
    await editCoupon(store, id!, 1, owner('SINCE', house.joao), at(NOON));
    const copy = await truth('since');
    await hit(pixel({ orderId: 'since-1', code: 'SINCE', receivedAt: NOON - 1 }), copy);
    await hit(pixel({ orderId: 'since-2', code: 'SINCE', receivedAt: NOON }), copy);
    expect([await standing(env.DB, 'since-1'), await standing(env.DB, 'since-2')]).toEqual([
      ['Maria 1200 pending'],
      ['João 1200 pending'],
    ]);
    expect((await hit(pixel({ orderId: 'since-3', campaign: '999' }), await truth('maria10'))).calls).toBeGreaterThan(
      1,
    );
  });
});

describe('no copy', () => {
  test('is asked for, and learnt', async () => {
    expect(await hit(pixel({ orderId: 'none-1' }), null)).toMatchObject({
      outcome: 'recorded',
      learnt: ['maria10'],
      copy: await truth('maria10'),
    });
  });

  test('of a code that is nobody’s is learnt as that', async () => {
    expect((await hit(pixel({ orderId: 'none-2', code: 'NOSUCH' }), null)).copy).toEqual({
      version: 1,
      spans: 0,
      shops: [],
      coupons: [],
    });
  });

  test('is what another shape is, of an earlier version or of somebody else’s', async () => {
    const good = await truth('maria10');
    const others = [
      'null',
      '[]',
      '[{"couponId":1,"owner":{"affiliateId":1}}]',
      JSON.stringify({ ...good, version: 0 }),
      JSON.stringify({ ...good, coupons: [{ ...good.coupons[0], revision: '1' }] }),
      JSON.stringify({ ...good, coupons: undefined }),
    ];
    for (const other of others) {
      await env.COUPONS.put('code1:shape', other);
      expect(await readCopies(env.COUPONS, 'shape'), other).toBe(null);
    }
    await env.COUPONS.put('code1:shape', JSON.stringify(good));
    expect(await readCopies(env.COUPONS, 'shape')).toEqual(good);
  });
});

describe('a copy that is old', () => {
  /** A coupon of Maria's, a copy of it as it is, and then what is done to it. */
  async function old(code: string, deed: (id: number) => Promise<unknown>, days = 100) {
    const id = await house.coupon(code, house.autumn, house.maria);
    const copy = await truth(code.toLowerCase());
    await deed(id);
    const told = await hit(pixel({ orderId: `old-${code}`, code, receivedAt: NOON + days * DAY }), copy);
    expect(told.copy).toEqual(await truth(code.toLowerCase()));
    return [told.outcome, ...(await standing(env.DB, `old-${code}`))];
  }

  test('does not pay who had the coupon', async () => {
    const given = (id: number) => editCoupon(store, id, 1, owner('OLD1', house.joao), at(NOON + 1));
    expect(await old('OLD1', given)).toEqual(['recorded', 'João 1200 pending']);
  });

  test('does not pay who had the code: re-issued, it is the new coupon’s, be the old one as it was', async () => {
    const reissued = async (id: number) => {
      await editCoupon(store, id, 1, owner('OLD2NEW', house.maria), at(NOON + 1), NOON + DAY);
      await addCoupons(store, ['OLD2'], owner('', house.joao), at(NOON + 2 * DAY));
    };
    expect(await old('OLD2', reissued)).toEqual(['recorded', 'João 1200 pending']);
  });

  test('made while the old code still worked does not keep paying the old coupon', async () => {
    const id = await house.coupon('SPRING', house.autumn, house.maria);
    const before = await truth('spring');
    await editCoupon(store, id, 1, owner('SUMMER', house.maria), at(NOON), NOON + DAY);
    // The copy of this time has the coupon's revision of today.
    const during = { ...before, coupons: before.coupons.map((coupon) => ({ ...coupon, revision: 2 })) };
    await addCoupons(store, ['SPRING'], owner('', house.joao), at(NOON + 2 * DAY));
    const told = await hit(pixel({ orderId: 'spring', code: 'SPRING', receivedAt: NOON + 3 * DAY }), during);
    expect(told.copy!.coupons).toHaveLength(1);
    expect(await standing(env.DB, 'spring')).toEqual(['João 1200 pending']);
  });

  test('does not pay for what is deleted', async () => {
    expect(await old('OLD3', (id) => deleteCoupons(store, [id], at(NOON + 1)))).toEqual(['unknown coupon']);
  });

  test('does not pay after the last day that was set since', async () => {
    const expires = (id: number) =>
      editCoupon(store, id, 1, { ...owner('OLD4', house.maria), expiresOn: '2026-12-01' }, at(NOON + 1));
    expect(await old('OLD4', expires)).toEqual(['expired']);
  });

  test('pays by the terms that were set since', async () => {
    const terms = { ...TEN_PERCENT, commissionValue: 500 };
    const changed = () => editCampaign(env.DB, house.autumn, terms, at(NOON + 150 * DAY));
    expect(await old('OLD5', changed, 200)).toEqual(['recorded', 'Maria 600 pending']);
    await editCampaign(env.DB, house.autumn, TEN_PERCENT, at(NOON + 201 * DAY));
  });

  test('does not pay who was suspended since', async () => {
    const maria = { name: 'Maria', email: 'maria@azulejo.test', note: '' };
    const suspended = () => editAffiliate(env.DB, house.maria, { ...maria, status: 'suspended' }, at(NOON + 250 * DAY));
    expect(await old('OLD6', suspended, 300)).toEqual(['affiliate not active']);
    await editAffiliate(env.DB, house.maria, { ...maria, status: 'active' }, at(NOON + 301 * DAY));
  });

  test('that says there is no such coupon does not keep a new one from earning', async () => {
    const none = await truth('fresh1');
    await house.coupon('FRESH1', house.autumn, house.joao);
    expect(await hit(pixel({ orderId: 'fresh', code: 'FRESH1' }), none)).toMatchObject({ outcome: 'recorded' });
    expect(await standing(env.DB, 'fresh')).toEqual(['João 1200 pending']);
  });

  test('of a known order says what it is to it, and no unknown coupon', async () => {
    const none: Copies = { version: 1, spans: 0, shops: [], coupons: [] };
    await hit(pixel({ orderId: 'known' }), null);
    expect(await hit(pixel({ orderId: 'known', code: 'JOAO10', browsers: ['tiago'] }), none)).toMatchObject({
      outcome: 'disputed',
    });
  });
});

describe('two shops that share a code', () => {
  test('are told apart by the campaign, read alike from a copy and from D1', async () => {
    const shop = { name: 'Chiado', address: '', currency: 'EUR', timeZone: 'Europe/Lisbon' };
    const chiado = await createShop(env.DB, shop, nobody);
    const tea = await createCampaign(env.DB, (chiado as { id: number }).id, { ...TEN_PERCENT, name: 'Tea' }, nobody);
    const teaId = (tea as { id: number }).id;
    await house.coupon('BOTH', house.autumn, house.maria);
    await addCoupons(store, ['BOTH'], { campaignId: teaId, affiliateId: house.joao, expiresOn: null }, nobody);
    const copy = await truth('both');
    expect(copy.coupons).toHaveLength(2);
    for (const [index, campaign] of [String(teaId), `0${teaId}`, `${teaId}.0`, `${teaId}e0`, null].entries()) {
      const said = { code: 'BOTH', campaign };
      const warm = await hit(pixel({ ...said, orderId: `both-warm-${index}` }), copy);
      const cold = await hit(pixel({ ...said, orderId: `both-cold-${index}` }), null);
      expect([warm.outcome, cold.outcome], String(campaign)).toEqual(
        index === 0 ? ['recorded', 'recorded'] : ['which shop', 'which shop'],
      );
    }
    expect(await standing(env.DB, 'both-warm-0')).toEqual(['João 1200 pending']);
    expect(await standing(env.DB, 'both-cold-0')).toEqual(['João 1200 pending']);
  });

  test('a shop that gets the code later stops the other from being taken for granted', async () => {
    await house.coupon('LONE', house.autumn, house.maria);
    const copy = await truth('lone');
    const teaId = (await env.DB.prepare(`SELECT id FROM campaigns WHERE name = 'Tea'`).first<number>('id'))!;
    await addCoupons(store, ['LONE'], { campaignId: teaId, affiliateId: house.joao, expiresOn: null }, nobody);
    expect((await hit(pixel({ orderId: 'lone', code: 'LONE' }), copy)).outcome).toBe('which shop');
  });
});

describe('what is put into KV', () => {
  test('is each code once, and a tombstone for one that is nobody’s', async () => {
    const puts: string[] = [];
    const kv = { put: async (key: string) => void puts.push(key) } as unknown as KVNamespace;
    await publishCodes(env.DB, kv, ['maria10', 'nosuch', 'maria10']);
    expect(puts.toSorted()).toEqual(['code1:maria10', 'code1:nosuch']);
    await publishCodes(env.DB, env.COUPONS, ['nosuch']);
    expect((await readCopies(env.COUPONS, 'nosuch'))!.coupons).toEqual([]);
  });

  test('may fail, and costs nothing but the next look', async () => {
    const broken = async () => {
      throw new Error('KV is down');
    };
    const kv = { put: broken, get: broken, delete: broken } as unknown as KVNamespace;
    await publishCodes(env.DB, kv, ['maria10']);
    await forgetCodes(kv, ['maria10']);
  });

  test('is forgotten where it is there', async () => {
    await publishCodes(env.DB, env.COUPONS, ['maria10', 'joao10']);
    await forgetCodes(env.COUPONS, ['maria10', 'never-there']);
    expect(await readCopies(env.COUPONS, 'maria10')).toBe(null);
    expect(await readCopies(env.COUPONS, 'joao10')).not.toBe(null);
  });
});
