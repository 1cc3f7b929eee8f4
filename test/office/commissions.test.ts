/** Commissions: approving and declining them, one by one and together. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordSales } from '../../ledger/record-sales.ts';
import { azulejo, DAY, lines, NOON, pixel } from '../people.ts';
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
    pixel({ orderId: '1002', code: 'JOAO5', receivedAt: NOON + 1 }),
    pixel({ orderId: '1003', amount: '50.00', receivedAt: NOON + 2 }),
    pixel({ orderId: '1004', amount: '10.00', receivedAt: NOON + 3, source: 'server' }),
  ]);
});
afterAll(() => office.close());

test('sums stand at the top and lead to their lines; what only a pixel says is marked', async () => {
  const { words, html } = await olivia.get('/admin/commissions');
  expect(words).toMatch(/Pending € ?23\.00 4 commissions, waiting for approval/);
  expect(html).toContain('href="/admin/commissions?status=pending&amp;currency=EUR"');
  expect(words).toMatch(/€ ?1\.00 Maria Sale, 10 % 1004 Autumn 23 Nov 2026 Pending Approve/);
  expect(words).toMatch(/€ ?5\.00 Maria Sale, 10 % 1003 Autumn 23 Nov 2026 Pending Unconfirmed Approve/);
});

test('one is approved by its own button, whatever else is checked', async () => {
  const page = await olivia.post('/admin/commissions/approve', {
    id: ['1', '2'],
    only: '3',
    back: '/admin/commissions?status=pending',
  });
  expect(page.path).toBe('/admin/commissions?status=pending');
  expect(page.words).toContain('1 commission approved.');
  expect(await lines(office.db)).toEqual([
    'Maria sale 1200 pending',
    'João sale 500 pending',
    'Maria sale 500 approved',
    'Maria sale 100 pending',
  ]);
});

test('checked ones are approved together; those that stand so already are left', async () => {
  const page = await olivia.post('/admin/commissions/approve', { id: ['1', '2', '3'], back: 'https://evil.test/' });
  expect(page.path).toBe('/admin/commissions');
  expect(page.words).toContain('2 commissions approved. 1 was left as it is: approved already, paid, or replaced');
});

test('declining asks first and wants a reason, which is kept', async () => {
  const asked = await olivia.get('/admin/commissions/decline?id=1&id=4&back=%2Fadmin%2Fcommissions');
  expect(asked.words).toContain('Decline these 2 commissions?');
  const silent = await olivia.post('/admin/commissions/decline', { id: ['1', '4'], reason: ' ' });
  expect(silent.status).toBe(422);
  expect(silent.html).toMatch(/id="error-reason"[^>]*>Say why/);
  expect(silent.html).toMatch(/name="id" value="1"/);
  const done = await olivia.post('/admin/commissions/decline', { id: ['1', '4'], reason: 'Sent back.' });
  expect(done.words).toContain('2 commissions declined.');
  expect(done.words).toContain('Declined Sent back.');
  expect(await lines(office.db)).toEqual([
    'Maria sale 1200 declined',
    'João sale 500 approved',
    'Maria sale 500 approved',
    'Maria sale 100 declined',
  ]);
});

test('each change is noted with who made it, and from what to what', async () => {
  const { results } = await office.db
    .prepare(
      `SELECT u.name, l.before ->> 'status' AS was, l.after ->> 'status' AS became FROM audit_log l
       JOIN users u ON u.id = l.user_id WHERE l.subject = 'commissions' AND l.subject_id = '1' ORDER BY l.id`,
    )
    .all();
  expect(results).toEqual([
    { name: 'Olivia', was: 'pending', became: 'approved' },
    { name: 'Olivia', was: 'approved', became: 'declined' },
  ]);
});

test('nothing checked, or nothing that can be settled, is said', async () => {
  expect((await olivia.post('/admin/commissions/approve', {})).words).toContain('Check the commissions first.');
  expect((await olivia.post('/admin/commissions/approve', { id: 'x' })).words).toContain(
    'Check the commissions first.',
  );
  const gone = await olivia.post('/admin/commissions/decline', { id: '1', reason: 'Again.' });
  expect(gone.words).toContain('1 was left as it is');
});

test('filters: status, affiliate, campaign, sale', async () => {
  expect((await olivia.get('/admin/commissions?status=declined')).words).toMatch(/ 2 commissions /);
  expect((await olivia.get('/admin/commissions?affiliate=2')).words).not.toContain('1001');
  expect((await olivia.get('/admin/commissions?campaign=2')).words).toContain('1002');
  const sale = await olivia.get('/admin/commissions?sale=1');
  expect(sale.words).toContain('Of order 1001 .');
  expect((await olivia.get('/admin/commissions?status=paid')).words).toContain('No such commission');
});

test('what is due is approved by the office itself', async () => {
  await office.db.prepare("UPDATE campaigns SET approval = 'automatic', hold_days = 0 WHERE id = 1").run();
  await recordSales(office.db, [
    pixel({ orderId: '3001', amount: '10.00', source: 'server', receivedAt: NOON - 10 * DAY }),
  ]);
  const worker = await office.served.mf.getWorker('counterfoil-office');
  await worker.scheduled({ cron: '*/5 * * * *' });
  expect((await lines(office.db)).at(-1)).toBe('Maria sale 100 approved');
});
