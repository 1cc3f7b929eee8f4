/** The largest amounts that are taken, and sums of them beyond what a float holds: every page and export shows them to the cent. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptInvitation, invite, invitedBy } from '../../admin/invitations.ts';
import { hashPassword } from '../../admin/password.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { auditClean } from '../books.ts';
import { azulejo, NOON, pixel } from '../people.ts';
import { asAdministrator, cookieOf, type Office, openOffice } from './office.ts';

/** 10,000 sales of 10^12 minor units add up to 10^16, of which a float would lose the last cents. */
const SALES = 9_100;
const LARGEST = '9999999999.99';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let maria: string;

beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  const house = await azulejo({ db: office.db, kv });
  const today = Date.now();
  const by = (await office.db.prepare('SELECT id FROM users').first<string>('id'))!;
  const token = await invite(office.db, house.maria, by, today);
  const password = 'large sums of money';
  await acceptInvitation(
    office.db,
    token,
    (await invitedBy(office.db, token, today))!,
    await hashPassword(password),
    today,
  );
  maria = await cookieOf(office, { email: 'maria@azulejo.test', password });
  await office.db
    .prepare('UPDATE campaigns SET commission_value = 10000, updated_at = ? WHERE id = ?')
    .bind(NOON, house.autumn)
    .run();
  await recordSales(
    office.db,
    Array.from({ length: SALES }, (_, index) =>
      pixel({
        orderId: `big-${index}`,
        amount: LARGEST,
        receivedAt: today - index,
        source: 'server',
        shopId: house.shop,
      }),
    ),
  );
}, 120_000);
afterAll(async () => {
  await auditClean(office.db);
  await office.close();
}, 120_000);

/** 9,100 times €9,999,999,999.99: a float would say …908.99 or …910.00. */
const SUM = '90,999,999,999,909.00';

/** All pages that can be reached from one, each kind of address once. */
async function pagesFrom(start: string, cookie: string): Promise<Map<string, { status: number; text: string }>> {
  const seen = new Map<string, { status: number; text: string }>();
  const kinds = new Set<string>();
  const queue = [start];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const answer = await office.get(path, { cookie });
    const text = await answer.text();
    seen.set(path, { status: answer.status, text });
    for (const [, href] of text.matchAll(/href="(\/[^"#]*)"/g)) {
      const next = href!.replaceAll('&amp;', '&');
      const kind = next.replace(/\d+/g, 'N');
      if (kinds.has(kind) || /sign-out|\.(css|js|svg|woff2)/.test(next)) continue;
      kinds.add(kind);
      queue.push(next);
    }
  }
  return seen;
}

test('every page and export of the office opens, and sums are exact', async () => {
  const pages = await pagesFrom('/admin', olivia.session);
  expect([...pages].filter(([, { status }]) => status >= 400).map(([path]) => path)).toEqual([]);
  expect(pages.size).toBeGreaterThan(40);
  for (const path of ['/admin', '/admin/commissions', '/admin/affiliates', '/admin/campaigns'])
    expect(wordsOf(pages.get(path)!.text), path).toContain(SUM);
  for (const path of ['/admin/sales.csv', '/admin/commissions.csv', '/admin/coupons.csv'])
    expect(
      (await (await office.get(path, { cookie: olivia.session })).text()).includes('9999999999.99') ||
        path.includes('coupons'),
      path,
    ).toBe(true);
}, 120_000);

test('so does every page of the affiliate', async () => {
  const pages = await pagesFrom('/affiliate', maria);
  expect([...pages].filter(([, { status }]) => status >= 400).map(([path]) => path)).toEqual([]);
  expect(wordsOf(pages.get('/affiliate')!.text)).toContain(SUM);
}, 120_000);

const wordsOf = (html: string) => html.replace(/<[^>]*>/g, '').replaceAll('\u00a0', '');
