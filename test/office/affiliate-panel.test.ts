/** What an affiliate sees: their own coupons, sales and commissions, and nobody else's. */
import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { invite } from '../../admin/invitations.ts';
import type { Store } from '../../ledger/audit.ts';
import { type CampaignTerms, createCampaign, editCampaign } from '../../ledger/campaigns.ts';
import { addCoupons } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions, declineCommissions, type Seen } from '../../ledger/sales/settle.ts';
import { azulejo, DAY, deleteCoupons, nobody, pixel, TEN_PERCENT } from '../people.ts';
import { cookieOf, type Office, openOffice } from './office.ts';
import { textOf } from './text.ts';

const OLIVIA = { email: 'olivia@azulejo.test', password: 'tickets and counterfoils' };
const MARIA = { email: 'maria@azulejo.test', password: 'ten percent of summer' };
const JOAO = { email: 'joao@azulejo.test', password: 'five euros a coupon' };

let office: Office;
let store: Store;
let here: Awaited<ReturnType<typeof azulejo>>;
let maria: string;
let joao: string;

beforeAll(async () => {
  office = await openOffice();
  await office.post('/setup', { token: office.setupToken, name: 'Olivia', ...OLIVIA });
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  store = { db: office.db, kv };
  here = await azulejo(store);
  await office.db.prepare("UPDATE affiliates SET note = 'drives a hard bargain'").run();
  const olivia = await office.db.prepare('SELECT id FROM users').first<string>('id');
  const join = async (affiliateId: number, person: typeof MARIA) => {
    const token = await invite(office.db, affiliateId, olivia!, Date.now());
    await office.post(`/invitation/${token}`, { password: person.password });
    return cookieOf(office, person);
  };
  maria = await join(here.maria, MARIA);
  joao = await join(here.joao, JOAO);
});
afterAll(() => office.close());

const htmlOf = async (path: string, cookie = maria) => (await office.get(path, { cookie })).text();
const page = async (path: string, cookie = maria) => textOf(await htmlOf(path, cookie));
const daysAgo = (days: number) => Date.now() - days * DAY;
const dayIn = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

/** Presses "Request coupon", and gives what the page then says. */
async function request(campaignId: number, cookie: string): Promise<string> {
  const answer = await office.post('/affiliate/coupons/request', { campaign: String(campaignId) }, { cookie });
  expect(answer.status).toBe(303);
  const flash = answer.headers.getSetCookie().map((each) => each.split(';')[0]);
  const next = await page(answer.headers.get('location')!, [cookie, ...flash].join('; '));
  return /^(.*?) Coupons? /.exec(next)?.[1] ?? next;
}

async function campaign(name: string, terms: Partial<CampaignTerms> = {}): Promise<number> {
  const made = await createCampaign(office.db, here.shop, { ...TEN_PERCENT, name, ...terms }, nobody);
  if ('error' in made) throw new Error(made.error);
  return made.id;
}

test('before the first sale the dashboard says how to come to one', async () => {
  expect(await page('/affiliate')).toContain('No sale yet Give your coupons away.');
});

describe('coupons', () => {
  test('those that work are shown with their last day; expired, deleted and others’ are not', async () => {
    await here.coupon('GIFT', here.autumn, here.maria, '2099-12-24');
    await here.coupon('YESTERDAY', here.autumn, here.maria, dayIn(-2));
    await deleteCoupons(store, [await here.coupon('GONE', here.autumn, here.maria)], nobody);
    const text = await page(`/affiliate/coupons?campaign=${here.autumn}`);
    expect(text).toContain('GIFT Copy Works until 24 December 2099 0 sales €0.00 earned');
    expect(text).toContain('MARIA10 Copy Never expires');
    expect(text).not.toMatch(/YESTERDAY|GONE|JOAO10|FREE1/);
  });

  test('campaigns are offered where there is a coupon to see or to have', async () => {
    const offered = async (cookie: string) =>
      [...(await htmlOf('/affiliate/coupons', cookie)).matchAll(/<option[^>]*>([^<]+)/g)].map(([, name]) => name);
    expect(await offered(maria)).toEqual(['Autumn (Azulejo)']);
    expect(await offered(joao)).toEqual(['Autumn (Azulejo)', 'Launch (Azulejo)']);
    // Another's campaign, asked for by its id, is not shown: the first of one's own is.
    expect(await page(`/affiliate/coupons?campaign=${here.launch}`)).toContain('Autumn of Azulejo pays you 10 %');
  });

  test('the one requested is said, and stands among one’s own', async () => {
    expect(await request(here.autumn, maria)).toBe('You have a new coupon: FREE1.');
    expect(await page('/affiliate/coupons')).toContain('FREE1 Copy Never expires');
    expect(await htmlOf('/affiliate/coupons')).not.toContain('Request coupon');
  });

  test('where somebody was quicker, a plain sentence says so', async () => {
    expect(await request(here.autumn, maria)).toBe('No free coupon is left in this campaign. Look in again later.');
    expect(await request(987_654, maria)).toMatch(/^No free coupon is left/);
  });

  const SITUATIONS: [promise: string, terms: Partial<CampaignTerms>, free: (string | null)[], given: boolean][] = [
    ['a free coupon that never expires', {}, [null], true],
    ['one that ends today, by the clock of the shop', {}, ['today'], true],
    ['none free', {}, [], false],
    ['only expired ones', {}, ['2020-01-31'], false],
    ['a campaign that is paused', { status: 'paused' }, [null], false],
    ['requests switched off', { requestMode: 'off' }, [null], false],
    ['a limit not reached', { requestLimit: 2 }, [null], true],
    ['a limit reached', { requestLimit: 1 }, [null], false],
  ];
  test.each(SITUATIONS)('"Request coupon" stands only where it succeeds: %s', async (name, terms, free, given) => {
    const id = await campaign(name);
    await here.coupon(`own: ${name}`, id, here.maria);
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Lisbon' }).format(Date.now());
    for (const [index, day] of free.entries())
      await addCoupons(
        store,
        [`free ${index}: ${name}`],
        { campaignId: id, affiliateId: null, expiresOn: day === 'today' ? today : day },
        nobody,
      );
    await editCampaign(office.db, id, { ...TEN_PERCENT, name, ...terms }, nobody);
    const html = await htmlOf(`/affiliate/coupons?campaign=${id}`);
    expect(html.includes(`<input type="hidden" name="campaign" value="${id}"`)).toBe(given);
    const said = await request(id, maria);
    expect(said.startsWith('You have a new coupon: free 0')).toBe(given);
    if (name === 'a limit reached')
      expect(said).toBe('You have as many coupons of a limit reached as each affiliate may have.');
  });

  test('two who press at the same moment never get the same one', async () => {
    const id = await campaign('Rush');
    const codes = Array.from({ length: 12 }, (_, index) => `RUSH${index}`);
    await addCoupons(store, codes, { campaignId: id, affiliateId: null, expiresOn: null }, nobody);
    const presses = Array.from({ length: 16 }, (_, index) => request(id, index % 2 === 0 ? maria : joao));
    const said = await Promise.all(presses);
    const given = said.flatMap((words) => /^You have a new coupon: (RUSH\d+)\.$/.exec(words)?.[1] ?? []);
    expect(given.toSorted()).toEqual(codes.toSorted());
    expect(said.filter((words) => words.startsWith('No free coupon is left'))).toHaveLength(4);
    const owned = await office.db
      .prepare(
        'SELECT count(*) AS n FROM coupons_were w JOIN coupons c ON c.id = w.coupon_id WHERE c.campaign_id = ? AND w.affiliate_id IS NULL',
      )
      .bind(id)
      .first<number>('n');
    expect(owned).toBe(12);
  });
});

describe('sales and commissions', () => {
  beforeAll(async () => {
    const sold = (code: string, amount: string, orderId: string, days: number) =>
      pixel({ code, amount, orderId, receivedAt: daysAgo(days) });
    await recordSales(office.db, [
      sold('MARIA10', '100.00', 'M-1', 1),
      sold('MARIA10', '50.00', 'M-2', 5),
      sold('GIFT', '10.00', 'M-3', 8),
      sold('MARIA10', '700.00', 'M-4', 50),
      sold('JOAO10', '333.00', 'J-1', 1),
      sold('JOAO5', '20.00', 'J-2', 2),
    ]);
    // First Maria's, then corrected by the shop's server: it was João's code.
    await recordSales(office.db, [sold('MARIA10', '40.00', 'C-1', 3)]);
    await recordSales(office.db, [
      pixel({ source: 'server', code: 'JOAO10', amount: '40.00', orderId: 'C-1', receivedAt: daysAgo(2) }),
    ]);
    const seen = async (orderId: string): Promise<Seen[]> => {
      const found = office.db.prepare(
        `SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines FROM commissions m
         JOIN sales s ON s.id = m.sale_id WHERE s.order_id = ?`,
      );
      return (await found.bind(orderId).all<Seen>()).results;
    };
    const by = { userId: null, now: Date.now() };
    await approveCommissions(office.db, await seen('M-2'), by);
    await declineCommissions(office.db, await seen('M-3'), 'The order was sent back.', by);
  });

  test('the dashboard adds up what is pending, approved and earned in the period', async () => {
    const month = await page('/affiliate');
    expect(month).toContain('Earned in 30 days €15.00 with 3 sales');
    expect(month).toContain('Pending €80.00');
    expect(month).toContain('Approved €5.00 to be paid');
    expect(month).toContain('Paid €0.00');
    expect(await page('/affiliate?days=90')).toContain('Earned in 90 days €85.00 with 4 sales');
  });

  test('each of its figures leads to lines that add up to it', async () => {
    const html = await htmlOf('/affiliate');
    const figures = [...html.matchAll(/<a class="figure" href="([^"]+)"/g)].map(([, href]) =>
      href!.replaceAll('&amp;', '&'),
    );
    expect(figures).toHaveLength(4);
    expect(await page(figures[0]!)).toContain('These add up to €15.00');
    expect(await page(figures[1]!)).toContain('These add up to €80.00');
    expect(await page(figures[2]!)).toContain('These add up to €5.00');
    expect(await page(figures[3]!)).toContain('None of yours is like that');
  });

  test('a declined one says why; a sale leads to its lines', async () => {
    expect(await page('/affiliate/commissions?status=declined')).toContain('€0.00 Declined The order was sent back.');
    const [, href] = /href="(\/affiliate\/commissions\?sale=\d+)"/.exec(await htmlOf('/affiliate/sales'))!;
    expect(await page(href!)).toContain('Order M-1');
  });

  test('are filtered by days, status and coupon', async () => {
    const recent = await page(`/affiliate/sales?from=${dayIn(-20)}&until=${dayIn(0)}`);
    expect(recent).toMatch(/M-1.*M-2.*M-3/);
    expect(recent).not.toContain('M-4');
    expect(await page('/affiliate/sales?status=confirmed')).toContain('None of yours is like that');
    expect(await page('/affiliate/sales?from=2026-02-30')).toContain('M-4');
  });

  test('a sale that turned out to be João’s leaves Maria what it came to, and no order', async () => {
    expect(await page('/affiliate/sales')).not.toContain('C-1');
    const lines = await page('/affiliate/commissions');
    expect(lines).not.toContain('C-1');
    expect(lines).toContain('€0.00 Nothing owed The shop has taken it back.');
  });

  test('page by keys', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      pixel({ code: 'JOAO10', amount: '1.00', orderId: `P-${index}`, receivedAt: daysAgo(60 + index) }),
    );
    await recordSales(office.db, many);
    const first = await htmlOf('/affiliate/sales', joao);
    expect(textOf(first)).toContain('50 of 63 sales');
    const [, next] = /href="(\/affiliate\/sales\?after=\d+)"/.exec(first)!;
    const second = await page(next!, joao);
    expect(second).toContain('13 of 63 sales');
    expect(second).toContain('P-59');
    // Maria, with João's place in the list, sees none of it.
    expect(await page(next!)).not.toMatch(/P-\d/);
  });
});

describe('nobody else’s', () => {
  let ids: { sale: number; line: number };
  beforeEach(async () => {
    ids = (await office.db
      .prepare(
        "SELECT s.id AS sale, m.affiliate_id AS line FROM sales s JOIN commissions m ON m.sale_id = s.id WHERE s.order_id = 'J-1'",
      )
      .first<{ sale: number; line: number }>())!;
  });

  test('whatever ids and filters Maria tries, she sees nothing of João', async () => {
    const tries = [
      '/affiliate',
      '/affiliate?days=90&affiliate=2',
      '/affiliate/coupons',
      `/affiliate/coupons?campaign=${here.launch}`,
      `/affiliate/coupons?campaign=${here.autumn}&affiliate=${here.joao}&after=99999`,
      '/affiliate/sales',
      `/affiliate/sales?coupon=${here.joao10}`,
      `/affiliate/sales?affiliate=${here.joao}&campaign=${here.launch}`,
      `/affiliate/sales?after=${ids.sale + 1}`,
      `/affiliate/sales?before=${ids.sale}`,
      `/affiliate/commissions?sale=${ids.sale}`,
      `/affiliate/commissions?coupon=${here.joao10}`,
      `/affiliate/commissions?affiliate=${here.joao}&status=pending`,
      `/affiliate/commissions?after=${ids.line + 1}`,
      `/affiliate/commissions?before=${ids.line - 1}`,
    ];
    for (const path of tries) {
      const answer = await office.get(path, { cookie: maria });
      expect(answer.status, path).toBe(200);
      expect(await answer.text(), path).not.toMatch(/João|JOAO|J-1|J-2|333\.00|hard bargain/);
    }
    expect(await page('/affiliate/sales', joao)).toMatch(/J-1.*J-2/);
  });

  test('there are no pages of one sale or commission to guess at, and none of the admin panel', async () => {
    expect((await office.get(`/affiliate/sales/${ids.sale}`, { cookie: maria })).status).toBe(404);
    expect((await office.get(`/admin/sales/${ids.sale}`, { cookie: maria })).status).toBe(403);
  });

  test('each query of the panel takes the affiliate right after the database, and asks for it', () => {
    const files = globSync('admin/queries/affiliate/*.ts');
    expect(files).toHaveLength(4);
    for (const file of files) {
      const functions = readFileSync(file, 'utf8')
        .split(/^export async function /m)
        .slice(1);
      expect(functions.length, file).toBeGreaterThan(0);
      for (const text of functions) {
        expect(text, file).toMatch(/^\w+\(\s*db: Db,\s*affiliateId: number/);
        expect(text.split(/^}/m)[0], file).toMatch(/\baffiliateId[,}]/);
      }
    }
    for (const file of globSync('admin/routes/affiliate/*.tsx'))
      expect(readFileSync(file, 'utf8'), file).not.toMatch(/queries\/(?!affiliate\/|batches|days|keyset)/);
  });
});
