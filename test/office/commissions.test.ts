/** Commissions: approving, declining and restoring them, one by one and together, each whole and as it was seen. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, DAY, NOON, pixel, standing } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  await azulejo({ db: office.db, kv });
  await recordSales(office.db, [
    pixel(),
    pixel({ orderId: '1002', codes: ['JOAO5'], receivedAt: NOON + 1 }),
    pixel({ orderId: '1003', amount: '50.00', receivedAt: NOON + 2 }),
    pixel({ orderId: '1004', amount: '10.00', receivedAt: NOON + 3, source: 'server' }),
  ]);
});
afterAll(() => office.close());

/** A commission as the list's checkbox has it: "12-3-2", the sale, the affiliate, and how many lines are seen. */
async function seen(orderId: string): Promise<string> {
  const text = await office.db
    .prepare(
      `SELECT m.sale_id || '-' || m.affiliate_id || '-' || m.lines AS seen FROM commissions m
       JOIN sales s ON s.id = m.sale_id WHERE s.order_id = ? ORDER BY m.affiliate_id`,
    )
    .bind(orderId)
    .first<string>('seen');
  return text!;
}
const all = async () => [
  ...(await standing(office.db, '1001')),
  ...(await standing(office.db, '1002')),
  ...(await standing(office.db, '1003')),
  ...(await standing(office.db, '1004')),
];

test('sums stand at the top and lead to their commissions; what only a pixel says is marked', async () => {
  const { words, html } = await olivia.get('/admin/commissions');
  expect(words).toMatch(/Pending € ?23\.00 waits for approval/);
  expect(html).toContain('href="/admin/commissions?status=pending&amp;currency=EUR"');
  expect(words).toMatch(/€ ?1\.00 Maria Sale, 10 % 1004 Autumn 23 Nov 2026 Pending Approve/);
  expect(words).toMatch(/€ ?5\.00 Maria Sale, 10 % 1003 Autumn 23 Nov 2026 Pending Unconfirmed Approve/);
  expect(html).toContain(
    `name="id" value="${await seen('1001')}" aria-label="Select Maria's commission for order 1001"`,
  );
});

test('one is approved by its own button, whatever else is checked', async () => {
  const page = await olivia.post('/admin/commissions/approve', {
    id: [await seen('1001'), await seen('1002')],
    only: await seen('1003'),
    back: '/admin/commissions?status=pending',
  });
  expect(page.path).toBe('/admin/commissions?status=pending');
  expect(page.words).toContain('1 commission approved.');
  expect(await all()).toEqual(['Maria 1200 pending', 'João 500 pending', 'Maria 500 approved', 'Maria 100 pending']);
});

test('checked ones are approved together; those that stand so already are left', async () => {
  const id = [await seen('1001'), await seen('1002'), await seen('1003')];
  const page = await olivia.post('/admin/commissions/approve', { id, back: 'https://evil.test/' });
  expect(page.path).toBe('/admin/commissions');
  expect(page.words).toContain('2 commissions approved. 1 was left as it is: approved already, held, declined');
});

test('what has changed since it was looked at is left alone, and named', async () => {
  const at = { codes: ['MARIA10'], receivedAt: NOON + 10 };
  await recordSales(office.db, [pixel({ ...at, orderId: '2001' }), pixel({ ...at, orderId: '2002', amount: '70.00' })]);
  const [first, second] = [await seen('2001'), await seen('2002')];
  // The shop's own word comes between the look and the click.
  await recordSales(office.db, [
    pixel({ source: 'server', orderId: '2001', amount: '80.00', codes: ['MARIA10'], receivedAt: NOON + 20 }),
  ]);
  const page = await olivia.post('/admin/commissions/approve', { id: [first, second] });
  expect(page.words).toContain(
    '1 commission approved. 1 of 2 has changed since you looked; look again: Maria’s for order 2001.',
  );
  expect(await standing(office.db, '2001')).toEqual(['Maria 800 pending']);
  expect(await standing(office.db, '2002')).toEqual(['Maria 700 approved']);
  const declined = await olivia.post('/admin/commissions/decline', { id: [first], reason: 'Too late.' });
  expect(declined.words).toContain('1 of 1 has changed since you looked; look again: Maria’s for order 2001.');
  expect(await standing(office.db, '2001')).toEqual(['Maria 800 pending']);
});

test('declining asks first and wants a reason, which is kept, be it any word', async () => {
  const [one, four] = [await seen('1001'), await seen('1004')];
  const asked = await olivia.get(`/admin/commissions/decline?id=${one}&id=${four}&back=%2Fadmin%2Fcommissions`);
  expect(asked.words).toContain('Decline these 2 commissions?');
  const silent = await olivia.post('/admin/commissions/decline', { id: [one, four], reason: ' ' });
  expect(silent.status).toBe(422);
  expect(silent.html).toMatch(/id="error-reason"[^>]*>Say why/);
  expect(silent.html).toContain(`name="id" value="${one}"`);
  const done = await olivia.post('/admin/commissions/decline', { id: [one, four], reason: 'corrected' });
  expect(done.words).toContain('2 commissions declined.');
  expect(done.words).toContain('Declined corrected');
  expect(await all()).toEqual(['Maria 0 declined', 'João 500 approved', 'Maria 500 approved', 'Maria 0 declined']);
});

test('a declined one is restored where it stands, and owes again what the reports say', async () => {
  const list = await olivia.get('/admin/commissions?status=declined');
  expect(list.html).toContain(`aria-label="Restore Maria's commission for order 1004"`);
  const sale = await office.db.prepare("SELECT id FROM sales WHERE order_id = '1004'").first<number>('id');
  const page = await olivia.post('/admin/commissions/restore', {
    only: await seen('1004'),
    back: `/admin/sales/${sale}`,
  });
  expect(page.path).toBe(`/admin/sales/${sale}`);
  expect(page.words).toContain('1 commission restored.');
  expect(page.words).toMatch(/\+€1\.00 pending restored, by Olivia/);
  expect(await standing(office.db, '1004')).toEqual(['Maria 100 pending']);
  const again = await olivia.post('/admin/commissions/restore', { only: await seen('1004') });
  expect(again.words).toContain('1 was left as it is: not declined.');
});

test('each change is noted with who made it, and told on the page of the sale', async () => {
  const sale = await office.db.prepare("SELECT id FROM sales WHERE order_id = '1001'").first<number>('id');
  const { results } = await office.db
    .prepare(
      `SELECT u.name, l.action, l.after ->> 'reason' AS reason FROM audit_log l
       JOIN users u ON u.id = l.user_id WHERE l.subject = 'commissions' AND l.subject_id = ? ORDER BY l.id`,
    )
    .bind(`${sale}-1`)
    .all();
  expect(results).toEqual([
    { name: 'Olivia', action: 'approved', reason: null },
    { name: 'Olivia', action: 'declined', reason: 'corrected' },
  ]);
  const { words } = await olivia.get(`/admin/sales/${sale}`);
  expect(words.slice(words.lastIndexOf('History'))).toMatch(/Olivia Declined reason: corrected .*Olivia Approved/);
});

test('nothing checked, or nothing that can be settled, is said', async () => {
  expect((await olivia.post('/admin/commissions/approve', {})).words).toContain('Check the commissions first.');
  for (const id of ['x', '1', '1-1', '1-1-0', '1-1-1-1'])
    expect((await olivia.post('/admin/commissions/approve', { id })).words, id).toContain(
      'Check the commissions first.',
    );
  const gone = await olivia.post('/admin/commissions/decline', { id: await seen('1001'), reason: 'Again.' });
  expect(gone.words).toContain('1 was left as it is: declined already');
});

test('filters: status, affiliate, campaign, sale', async () => {
  expect((await olivia.get('/admin/commissions?status=declined')).words).toMatch(/ 1 commission /);
  expect((await olivia.get('/admin/commissions?affiliate=2')).words).not.toContain('1001');
  expect((await olivia.get('/admin/commissions?campaign=2')).words).toContain('1002');
  const sale = await olivia.get('/admin/commissions?sale=1');
  expect(sale.words).toContain('Of order 1001 .');
  expect((await olivia.get('/admin/commissions?status=paid')).words).toContain('No such commission');
  expect((await olivia.get('/admin/commissions?status=held')).words).toContain('No such commission');
});

test('a long list pages by keys, forth and back, and none is missed', async () => {
  // Many at the same instant, so that the key has more to say than the time.
  await recordSales(
    office.db,
    Array.from({ length: 120 }, (_, index) =>
      pixel({ orderId: `p-${index}`, amount: '1.00', receivedAt: NOON - 20 * DAY + Math.floor(index / 40) }),
    ),
  );
  const link = (html: string, word: string) =>
    html
      .match(new RegExp(`href="([^"]*)"[^>]*>(?:<svg[^>]*><path[^>]*>(?:</path>)?</svg>)?${word}`))?.[1]
      ?.replaceAll('&amp;', '&');
  for (const path of [
    '/admin/commissions?campaign=1',
    '/admin/commissions?status=pending',
    '/admin/sales?campaign=1',
  ]) {
    const met: string[] = [];
    let page = await olivia.get(path);
    const pages = [page];
    for (let next = link(page.html, 'Next'); next; next = link(page.html, 'Next')) {
      page = await olivia.get(next);
      pages.push(page);
    }
    for (const { html } of pages) met.push(...[...html.matchAll(/>(p-\d+)<\/a>/g)].map(([, order]) => order!));
    expect(met, path).toHaveLength(120);
    expect(new Set(met).size, path).toBe(120);
    let back = page;
    for (let before = link(page.html, 'Previous'); before; before = link(back.html, 'Previous'))
      back = await olivia.get(before);
    expect(back.words.slice(0, 400)).toContain(pages[0]!.words.slice(0, 400));
  }
});

test('what is due is approved by the office itself', async () => {
  await office.db
    .prepare("UPDATE campaigns SET approval = 'automatic', hold_days = 0, updated_at = ? WHERE id = 1")
    .bind(NOON + DAY)
    .run();
  await recordSales(office.db, [pixel({ orderId: '3001', amount: '10.00', source: 'server', receivedAt: Date.now() })]);
  const worker = await office.served.mf.getWorker('counterfoil-office');
  await worker.scheduled({ cron: '*/5 * * * *' });
  expect(await standing(office.db, '3001')).toEqual(['Maria 100 approved']);
  const sale = await office.db.prepare("SELECT id FROM sales WHERE order_id = '3001'").first<number>('id');
  expect((await olivia.get(`/admin/sales/${sale}`)).words).toMatch(
    /−€1\.00 pending, \+€1\.00 approved approved, by itself/,
  );
});
