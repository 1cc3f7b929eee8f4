/** A coupon on request, after approval: the affiliate asks, the administrator answers, the affiliate reads it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invite } from '../../admin/invitations.ts';
import { type CampaignTerms, createCampaign } from '../../ledger/campaigns.ts';
import { addCoupons } from '../../ledger/coupons/edit.ts';
import { azulejo, nobody, TEN_PERCENT } from '../people.ts';
import { asAdministrator, cookieOf, type Office, openOffice } from './office.ts';
import { textOf } from './text.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let people: Awaited<ReturnType<typeof azulejo>>;
let maria: string;
let store: { db: D1Database; kv: KVNamespace };
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  store = { db: office.db, kv };
  people = await azulejo(store);
  const who = await office.db.prepare('SELECT id FROM users').first<string>('id');
  const token = await invite(office.db, people.maria, who!, Date.now());
  await office.post(`/invitation/${token}`, { password: 'ten percent of summer' });
  maria = await cookieOf(office, { email: 'maria@azulejo.test', password: 'ten percent of summer' });
});
afterAll(() => office.close());

/** A campaign with free coupons, given after approval unless said otherwise. */
async function campaign(name: string, free: number, terms: Partial<CampaignTerms> = {}): Promise<string> {
  const made = await createCampaign(
    office.db,
    people.shop,
    { ...TEN_PERCENT, requestMode: 'after approval', name, ...terms },
    nobody,
  );
  if ('error' in made) throw new Error(made.error);
  const codes = Array.from({ length: free }, (_, i) => `${name}-${i + 1}`);
  await addCoupons(store, codes, { campaignId: made.id, affiliateId: null, expiresOn: null }, nobody);
  return String(made.id);
}
const hers = async (id: string) => (await office.get(`/affiliate/coupons?campaign=${id}`, { cookie: maria })).text();
const hasButton = async (id: string) => (await hers(id)).includes(`<input type="hidden" name="campaign" value="${id}"`);
/** Presses "Request coupon"; what the next page says. */
async function ask(id: string): Promise<string> {
  const answer = await office.post('/affiliate/coupons/request', { campaign: id }, { cookie: maria });
  const flash = answer.headers.getSetCookie().map((each) => each.split(';')[0]);
  return textOf(
    await (await office.get(answer.headers.get('location')!, { cookie: [maria, ...flash].join('; ') })).text(),
  );
}
/** The oldest request that waits, as the Coupons page leads to it. */
const waiting = async () =>
  /action="(\/admin\/coupons\/requests\/\d+)\/grant"/.exec((await olivia.get('/admin/coupons')).html)![1]!;

test('the campaign’s form offers it, with a limit for each affiliate', async () => {
  const id = await campaign('Form', 0);
  const seen = await olivia.get(`/admin/campaigns/${id}`);
  expect(seen.html).toMatch(/name="requestMode" value="after approval" checked/);
  const saved = await olivia.post(`/admin/campaigns/${id}`, {
    name: 'Form',
    status: 'active',
    commissionKind: 'percent',
    percent: '10',
    amount: '',
    approval: 'manual',
    holdDays: '0',
    requestMode: 'after approval',
    requestLimit: '2',
  });
  expect(saved.status).toBe(200);
  expect(
    await office.db
      .prepare('SELECT request_mode AS mode, request_limit AS most FROM campaigns WHERE id = ?')
      .bind(id)
      .first(),
  ).toEqual({ mode: 'after approval', most: 2 });
});

test('Maria asks once, waits, and is granted the oldest free coupon', async () => {
  const id = await campaign('Spring', 2);
  expect(await hasButton(id)).toBe(true);
  expect(await ask(id)).toContain('Your request waits for an answer.');
  expect(await hasButton(id)).toBe(false);
  expect(textOf(await hers(id))).toContain('Your request for a coupon of Spring waits for an answer.');
  expect(await ask(id)).toContain('Your request waits for an answer.');
  expect(await office.db.prepare('SELECT count(*) AS n FROM coupon_requests').first('n')).toBe(1);

  expect((await olivia.get('/admin/coupons')).words).toMatch(
    /One request waits for your answer .* Maria Spring .* 0 Grant/,
  );
  const granted = await olivia.post(`${await waiting()}/grant`, {});
  expect(granted.words).toContain('Maria has Spring-1 now, and earns with it from now on.');
  expect(granted.words).not.toContain('waits for your answer');
  expect(textOf(await hers(id))).toMatch(/Spring-1 Copy Never expires .* Your requests .* Spring .* Granted Spring-1/);
  expect(await hasButton(id)).toBe(true);
});

test('she gets the very coupon that the administrator names', async () => {
  const id = await campaign('Named', 3);
  await ask(id);
  const path = await waiting();
  expect((await olivia.get(path)).words).toMatch(/Maria requests a coupon Affiliate Maria Campaign Named \(Azulejo\)/);
  const wrong = await olivia.post(`${path}/grant`, { code: 'JOAO10' });
  expect([wrong.status, wrong.words]).toEqual([
    422,
    expect.stringContaining('JOAO10 is no free coupon of Named that works today.'),
  ]);
  expect((await olivia.post(`${path}/grant`, { code: ' named-3 ' })).words).toContain('Maria has Named-3 now');
  expect((await olivia.post(`${path}/grant`, {})).words).toContain('Somebody has answered this request already.');
  expect((await olivia.get(path)).status).toBe(303);
});

test('she reads why it was refused, and may ask again', async () => {
  const id = await campaign('Refused', 1);
  await ask(id);
  const path = await waiting();
  const silent = await olivia.post(`${path}/refuse`, { note: ' ' });
  expect([silent.status, silent.words]).toEqual([422, expect.stringContaining('Say why: the affiliate will read it.')]);
  expect((await olivia.post(`${path}/refuse`, { note: 'Only for <stores>.' })).words).toContain('Refused. Maria reads');
  const page = await hers(id);
  expect(page).toContain('Only for &lt;stores>.');
  expect(await hasButton(id)).toBe(true);
});

test('the button stands only where a request can succeed', async () => {
  expect(await hasButton(await campaign('None free', 0))).toBe(false);
  expect(await hasButton(await campaign('Off', 1, { requestMode: 'off' }))).toBe(false);
  expect(await hasButton(await campaign('Resting', 1, { status: 'paused' }))).toBe(false);
  const limited = await campaign('Limited', 2, { requestLimit: 1 });
  await ask(limited);
  await olivia.post(`${await waiting()}/grant`, {});
  expect(await hasButton(limited)).toBe(false);
  expect(await ask(limited)).toContain('You have as many coupons of Limited as each affiliate may have.');
});

test('where the last free coupon is gone by now, the request goes on waiting, and the page says what to do', async () => {
  const id = await campaign('Gone', 1);
  await ask(id);
  await office.db.prepare("UPDATE coupons SET affiliate_id = ? WHERE code = 'Gone-1'").bind(people.joao).run();
  const path = await waiting();
  expect((await olivia.get(path)).words).toContain('No coupon of Gone is free. Add one first, with no affiliate.');
  await fetch(`${office.served.trackerUrl}/track.gif?cc=MARIA10&amount=10.00&order=first`);
  expect((await olivia.get('/admin')).words).toContain('Coupon requests 1 to grant or refuse');
  expect((await olivia.post(`${path}/grant`, {})).words).toContain('No coupon of Gone is free.');
  await addCoupons(store, ['Gone-2'], { campaignId: Number(id), affiliateId: null, expiresOn: null }, nobody);
  expect((await olivia.post(`${path}/grant`, {})).words).toContain('Maria has Gone-2 now');
});

test('affiliates cannot answer', async () => {
  const answer = await office.post('/admin/coupons/requests/1/grant', {}, { cookie: maria });
  expect(answer.status).toBe(403);
});
