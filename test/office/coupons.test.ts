/** Admin panel › Tools › Coupons. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCampaign, createShop } from '../../ledger/campaigns.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, deleteCoupons, pixel, TEN_PERCENT } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

const NOW = Date.now();
const DAY = 86_400_000;
const by = { userId: null, now: NOW };
const day = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Lisbon' }).format(at);

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let people: Awaited<ReturnType<typeof azulejo>>;
let kv: KVNamespace;
let tokyo: number;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  people = await azulejo({ db: office.db, kv });
  await people.coupon('OLD20', people.autumn, people.maria, '2020-01-31');
  const shop = await createShop(office.db, { name: 'Kiosk', address: '', currency: 'JPY', timeZone: 'Asia/Tokyo' }, by);
  const made = await createCampaign(office.db, 'id' in shop ? shop.id : 0, { ...TEN_PERCENT, name: 'Snow' }, by);
  tokyo = 'id' in made ? made.id : 0;
  await recordSales(office.db, [
    pixel({ receivedAt: NOW }),
    pixel({ orderId: '1002', amount: '3.50', receivedAt: NOW }),
  ]);
});
afterAll(() => office.close());

const couponId = async (code: string) =>
  (await office.db.prepare('SELECT id FROM coupons WHERE code = ? ORDER BY id DESC').bind(code).first<number>('id'))!;
/** The codes of a page's rows, from the top. */
const codes = (html: string) =>
  [...html.matchAll(/name="id" value="\d+" aria-label="Select ([^"]+)"/g)].map(([, code]) => code);
const fields = (more: Record<string, string>) => ({
  code: 'MARIA20',
  campaign: String(people.autumn),
  affiliate: String(people.maria),
  expiresOn: '',
  ...more,
});

describe('the list', () => {
  test('says of each coupon whose it is, until when it works, and what was sold and earned with it', async () => {
    const { words } = await olivia.get('/admin/coupons?q=MARIA10');
    expect(words).toMatch(/MARIA10 Azulejo: Autumn Maria Never .* Active 2 € ?12\.35/);
    expect((await olivia.get('/admin/coupons?q=free1')).words).toMatch(/FREE1 Azulejo: Autumn None Never .* Free 0 –/);
    expect((await olivia.get('/admin/coupons?q=old20')).words).toMatch(/OLD20 .* Maria 31 Jan 2020 .* Expired 0 –/);
  });

  test('is searched by the beginning of a code, filtered, and sorted', async () => {
    const seen = async (query: string) => codes((await olivia.get(`/admin/coupons?${query}`)).html);
    expect(await seen('')).toEqual(['OLD20', 'FREE1', 'JOAO5', 'JOAO10', 'MARIA10']);
    expect(await seen('q=jo&sort=code')).toEqual(['JOAO10', 'JOAO5']);
    expect(await seen('q=joao5')).toEqual(['JOAO5']);
    expect(await seen('status=free')).toEqual(['FREE1']);
    expect(await seen('status=expired')).toEqual(['OLD20']);
    expect(await seen('status=active&sort=-code')).toEqual(['MARIA10', 'JOAO5', 'JOAO10']);
    expect(await seen('affiliate=none')).toEqual(['FREE1']);
    expect(await seen(`affiliate=${people.joao}&campaign=${people.launch}`)).toEqual(['JOAO5']);
    expect(await seen('sort=expires')).toEqual(['OLD20', 'MARIA10', 'JOAO10', 'JOAO5', 'FREE1']);
    expect((await olivia.get('/admin/coupons?q=nothing')).words).toContain('No coupon matches');
  });

  test('pages there and back in every order, each coupon once, and stops counting at ten thousand', async () => {
    const many = Array.from({ length: 12_000 }, (_, i) => `bulk-${String((i * 7919) % 12_007).padStart(5, '0')}`);
    // A hundred never expire, and a hundred expire sooner than the others.
    const added = await office.db
      .prepare(
        `INSERT INTO coupons (shop_id, campaign_id, code, code_key, expires_on, created_at, updated_at)
         SELECT ?2, ?3, value, value, CASE WHEN key < 100 THEN NULL WHEN key < 11900 THEN '2099-12-31' ELSE '2099-06-30' END, 0, 0
         FROM json_each(?1) RETURNING id`,
      )
      .bind(JSON.stringify(many), people.shop, people.launch)
      .all<{ id: number }>();
    for (const sort of ['', 'code', '-code', 'expires', '-expires']) {
      const there: (string | undefined)[][] = [];
      let next: string | undefined = `/admin/coupons?q=bulk&campaign=${people.launch}&sort=${sort}`;
      let back: string | undefined;
      for (let page = 0; page < 4; page++) {
        const { html, words } = await olivia.get(next!);
        there.push(codes(html));
        expect(words).toContain('50 of 10,000+ coupons');
        const links = [...html.matchAll(/href="(\/admin\/coupons\?[^"]*)"/g)].map(([, href]) =>
          href!.replaceAll('&amp;', '&'),
        );
        next = links.find((href) => href.includes('after='));
        back = links.find((href) => href.includes('before='));
      }
      expect(new Set(there.flat()).size).toBe(200);
      expect(codes((await olivia.get(back!)).html)).toEqual(there[2]);
      if (sort === 'code') expect(there.flat()).toEqual(many.toSorted().slice(0, 200));
      if (sort === '-code') expect(there.flat()).toEqual(many.toSorted().reverse().slice(0, 200));
      // Who never expires is last by expiry, and first the other way round.
      if (sort === '-expires') expect(new Set(there.flat().slice(0, 100))).toEqual(new Set(many.slice(0, 100)));
      if (sort === 'expires') expect(new Set(there.flat().slice(0, 100))).toEqual(new Set(many.slice(11_900)));
    }
    const ids = added.results.map(({ id }) => id);
    await deleteCoupons({ db: office.db, kv }, ids, by);
    expect((await olivia.get('/admin/coupons')).words).toContain('5 coupons');
  });
});

describe('adding a coupon', () => {
  test('for Maria, and for nobody yet', async () => {
    const added = await olivia.post('/admin/coupons/new', fields({ code: ' MARIA20 ', expiresOn: day(NOW) }));
    expect([added.status, added.path]).toEqual([200, '/admin/coupons']);
    expect(added.words).toContain('MARIA20 added. Maria earns with it from now on.');
    const free = await olivia.post('/admin/coupons/new', fields({ code: 'FREE2', affiliate: '' }));
    expect(free.words).toContain('FREE2 added. It is free for affiliates to request.');
  });

  test.each([
    ['a code the shop has', { code: 'maria10' }, 'MARIA10 is a coupon of this shop already.'],
    ['no code', { code: ' ' }, 'Type the code of the coupon.'],
    [
      'an unfilled template',
      { code: '[COUPON]' },
      '[COUPON] is what a shop’s page sends when it has no coupon to name',
    ],
    ['a code too long', { code: 'x'.repeat(101) }, 'Shorten the code to 100 characters.'],
    ['an invisible character', { code: 'MA\u200bRIA' }, 'There is an invisible character in this code. Type it anew.'],
    ['a lone dot', { code: '.' }, '. alone cannot be a code.'],
    ['a day that is over', { expiresOn: '2020-02-29' }, '29 Feb 2020 is over: in Azulejo it is'],
    ['no day of the calendar', { expiresOn: '2027-02-29' }, 'This is no day of the calendar.'],
    ['no campaign', { campaign: '' }, 'Choose a campaign.'],
    ['an affiliate who is not there', { affiliate: '999' }, 'Choose an affiliate, or None.'],
  ])('is refused with %s, and keeps what was typed', async (_, wrong, sentence) => {
    const answer = await olivia.post('/admin/coupons/new', fields({ code: 'TYPED1', ...wrong }));
    expect(answer.status).toBe(422);
    expect(answer.words).toContain(sentence);
    expect(answer.html).toContain('aria-invalid="true"');
    expect(answer.html).toContain(`value="${{ code: 'TYPED1', ...wrong }.code}"`);
  });

  test('names the coupon that has the code, and leads to it', async () => {
    const { html } = await olivia.post('/admin/coupons/new', fields({ code: 'maria10' }));
    expect(html).toContain(`<a href="/admin/coupons/${people.maria10}">Open MARIA10</a>`);
  });

  test('asks the clock of the shop: in Tokyo yesterday is over sooner than in Lisbon', async () => {
    const yesterday = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(NOW - DAY);
    const answer = await olivia.post('/admin/coupons/new', fields({ campaign: String(tokyo), expiresOn: yesterday }));
    expect(answer.status).toBe(422);
    expect(answer.words).toContain('is over: in Kiosk it is');
  });

  test('the same code may stand in two shops', async () => {
    const added = await olivia.post('/admin/coupons/new', fields({ code: 'FREE1', campaign: String(tokyo) }));
    expect(added.words).toContain('FREE1 added.');
  });
});

describe('editing a coupon', () => {
  const revision = (html: string) => /name="revision" value="(\d+)"/.exec(html)![1]!;

  test('gives it another code, campaign, owner and day; who owned it is kept', async () => {
    const path = `/admin/coupons/${people.joao10}`;
    const { html } = await olivia.get(path);
    const changed = {
      code: 'JOAO11',
      campaign: String(people.launch),
      affiliate: String(people.maria),
      expiresOn: '2099-12-31',
    };
    const saved = await olivia.post(path, { ...changed, revision: revision(html) });
    expect(saved.words).toContain('JOAO11 saved.');
    expect(saved.words).toMatch(/JOAO11 Azulejo: Launch Maria 31 Dec 2099/);
    expect((await olivia.get(path)).words).toMatch(/Owners .* Maria .* Today João The beginning/);
  });

  test('an old revision does not overwrite: it says what stands, and may then be saved again', async () => {
    const path = `/admin/coupons/${people.joao5}`;
    const { html } = await olivia.get(path);
    const mine = fields({ code: 'JOAO5', campaign: String(people.launch), affiliate: '', revision: revision(html) });
    await olivia.post(path, { ...mine, affiliate: String(people.maria) });
    const late = await olivia.post(path, mine);
    expect(late.status).toBe(422);
    expect(late.words).toContain('Somebody changed this coupon while you had it open. It now is JOAO5');
    expect(late.words).toContain('owned by Maria');
    const again = await olivia.post(path, { ...mine, revision: revision(late.html) });
    expect(again.words).toContain('JOAO5 saved.');
  });

  test('stays in its shop, keeps clear of other codes, and may stay expired', async () => {
    const path = `/admin/coupons/${people.maria10}`;
    const now = revision((await olivia.get(path)).html);
    const elsewhere = await olivia.post(path, fields({ code: 'MARIA10', campaign: String(tokyo), revision: now }));
    expect(elsewhere.status).toBe(422);
    expect(elsewhere.words).toContain(
      'Snow is a campaign of Kiosk. A coupon stays in its shop: choose one of Azulejo.',
    );
    const taken = await olivia.post(path, fields({ code: 'free1', revision: now }));
    expect(taken.words).toContain('FREE1 is a coupon of this shop already.');

    const old = `/admin/coupons/${await couponId('OLD20')}`;
    const kept = {
      code: 'OLD20',
      affiliate: '',
      expiresOn: '2020-01-31',
      revision: revision((await olivia.get(old)).html),
    };
    expect((await olivia.post(old, fields({ ...kept, expiresOn: '2020-02-01' }))).status).toBe(422);
    expect((await olivia.post(old, fields(kept))).words).toContain('OLD20 saved.');
  });
});

describe('deleting', () => {
  test('asks first, naming the code and what stays; then tracking stops at once', async () => {
    const asked = await olivia.get(`/admin/coupons/delete?id=${people.maria10}`);
    expect(asked.words).toContain('Delete MARIA10?');
    expect(asked.words).toContain('The 2 sales made with it and their commissions stay.');
    const done = await olivia.post('/admin/coupons/delete', { id: String(people.maria10) });
    expect(done.words).toContain('MARIA10 deleted.');
    await fetch(`${office.served.trackerUrl}/track.gif?cc=MARIA10&amount=10&order=after`);
    const after = await office.db.prepare("SELECT outcome FROM uncredited WHERE order_id = 'after'").first('outcome');
    expect(after).toBe('unknown coupon');
    const sold = await office.db.prepare('SELECT count(*) AS n FROM sales WHERE coupon_id = ?').bind(people.maria10);
    expect(await sold.first('n')).toBe(2);
    const kept = await olivia.get(`/admin/coupons/${people.maria10}`);
    expect(kept.words).toContain('Deleted');
    expect(kept.html).not.toContain('name="revision"');
  });

  test('takes all that are checked, and asks for some where none is', async () => {
    const ids = [String(people.free1), String(await couponId('FREE2'))];
    const asked = await olivia.get(`/admin/coupons/delete?id=${ids.join('&id=')}`);
    expect(asked.words).toMatch(/Delete 2 coupons\? FREE1 FREE2 They stop tracking at once/);
    expect((await olivia.post('/admin/coupons/delete', { id: ids })).words).toContain('2 coupons deleted.');
    expect((await olivia.post('/admin/coupons/delete', { id: ids })).words).toContain('They were deleted already.');
    expect((await olivia.post('/admin/coupons/delete', {})).words).toContain('Check the coupons to delete first.');
  });
});
