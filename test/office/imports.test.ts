/** Files of coupons and of sales brought in as a person does it: choose, look, confirm, mend, undo. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asAdministrator, cookieOf, type Office, openOffice, type Seen } from './office.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let session: string;

beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  session = await cookieOf(office, { email: 'olivia@shop.test', password: 'tickets and counterfoils' });
  await olivia.post('/admin/settings/shops/new', SHOP);
  await olivia.post('/admin/campaigns/new', CAMPAIGN);
  await olivia.post('/admin/affiliates/new', { name: 'Maria', email: 'maria@azulejo.test', note: '' });
});
afterAll(() => office?.close());

const SHOP = { name: 'Azulejo', address: 'https://azulejo.test', currency: 'EUR', timeZone: 'Europe/Lisbon' };
const CAMPAIGN = {
  shop: '1',
  name: 'Autumn',
  status: 'active',
  commissionKind: 'percent',
  percent: '10',
  approval: 'manual',
  holdDays: '0',
  requestMode: 'at once',
};

/** Sends a file as a browser without scripts does, and goes where it leads. */
async function send(path: string, file: string | Uint8Array<ArrayBuffer>, name = 'file.csv'): Promise<Seen> {
  const body = new FormData();
  body.set('file', new File([file], name, { type: 'text/csv' }));
  const headers = { cookie: session, origin: office.served.officeUrl };
  const answer = await fetch(office.served.officeUrl + path, { method: 'POST', headers, body, redirect: 'manual' });
  const to = answer.headers.get('location');
  if (answer.status === 303 && to) return olivia.get(to);
  const html = await answer.text();
  return { status: answer.status, path, html, words: html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ') };
}

/** Presses "Import … " on a preview. */
const confirm = (seen: Seen) =>
  olivia.post(`${seen.path}/start`, { pass: /name="pass" value="(\d+)"/.exec(seen.html)![1]! });

/** The fields of the form "How the file is read", as they stand. */
function fields({ html }: Seen): Record<string, string> {
  const form = html.slice(html.indexOf('/read"'));
  const found: Record<string, string> = {};
  for (const [, name, options] of form.matchAll(/<select[^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs))
    found[name!] = /<option[^>]*value="([^"]*)"[^>]*selected/.exec(options!)?.[1] ?? '';
  for (const [tag, name] of form.matchAll(/<input type="checkbox"[^>]*name="([^"]*)"[^>]*>/g))
    if (/\bchecked\b/.test(tag)) found[name!] = 'on';
  return found;
}

const COUPONS = '/admin/coupons/import';
const SALES = '/admin/offline-sales/import';

describe('coupons', () => {
  test('the list leads here', async () => {
    await olivia.post('/admin/coupons/new', { code: 'FIRST', campaign: '1', affiliate: '', expiresOn: '' });
    expect((await olivia.get('/admin/coupons')).html).toContain(`href="${COUPONS}"`);
    expect((await olivia.get(COUPONS)).words).toContain('Choose a file');
  });

  test('a code a line: shown, confirmed, undone', async () => {
    const preview = await send(COUPONS, 'summer1\nsummer2\nsummer3\nfirst\n', 'codes.csv');
    expect(preview.words).toContain('Nothing has been written yet.');
    expect(preview.words).toContain('New 3 There already 1 Refused 0 Rows in all 4');
    expect((await olivia.get('/admin/coupons?q=summer')).words).not.toContain('summer1');

    const asked = fields(preview);
    expect(asked).toMatchObject({ campaign: '1', affiliate: '', 'column-coupon': '0', delimiter: ',' });
    const again = await olivia.post(`${preview.path}/read`, { ...asked, affiliate: '1', expiresOn: '2099-12-31' });
    const result = await confirm(again);
    expect(result.words).toContain('3 coupons imported.');
    const coupon = await olivia.get('/admin/coupons?q=summer2');
    expect(coupon.words).toContain('summer2 Autumn Maria 31 Dec 2099');

    expect((await olivia.get('/admin/imports')).words).toMatch(/codes\.csv Coupons .* Olivia Done 3 1 0/);
    expect((await olivia.get(`${result.path}/undo`)).words).toContain('Undo 3 coupons');
    expect((await olivia.post(`${result.path}/undo`, {})).words).toContain('Undone: 3 coupons taken back.');
    expect((await olivia.get('/admin/coupons?q=summer2')).words).toContain('No coupon matches');
  });

  test('a preview that somebody changed meanwhile is not what is run', async () => {
    const preview = await send(COUPONS, 'code\nLATE1\n');
    await olivia.post(`${preview.path}/read`, { ...fields(preview), header: '' });
    expect((await confirm(preview)).words).toContain('It was not started');
    expect((await olivia.post(`${preview.path}/forget`, {})).words).toContain('file.csv was not imported.');
    expect((await olivia.get(preview.path)).status).toBe(404);
  });

  test('an empty file, and none', async () => {
    const empty = await send(COUPONS, '');
    expect(empty.status).toBe(422);
    expect(empty.words).toContain('Choose a file that is not empty.');
  });
});

describe('offline sales', () => {
  beforeAll(async () => {
    for (const code of ['test-coupon1', 'test-coupon2', 'MARIA10'])
      await olivia.post('/admin/coupons/new', { code, campaign: '1', affiliate: '1', expiresOn: '' });
  });

  test('the manual’s file exactly', async () => {
    expect((await olivia.get('/admin/offline-sales')).html).toContain(`href="${SALES}"`);
    const file = readFileSync('test/pure/offline-sales.csv');
    const preview = await send(SALES, Uint8Array.from(file));
    expect(preview.words).toContain('New 3 There already 0 Refused 0 Rows in all 3');
    expect(preview.words).toContain('3 test-coupon2 100 order 456 2020-09-07 New');
    expect((await olivia.get('/admin/sales')).words).not.toContain('order123');
    expect((await confirm(preview)).words).toContain('3 sales imported.');
    const earned = await office.db.prepare(`SELECT sum(pending_minor) AS n FROM commissions`).first('n');
    expect(earned).toBe(1_000 + 1_000 + 2_000);

    const again = await send(SALES, Uint8Array.from(file));
    expect(again.words).toContain('This very file was imported');
    expect(again.words).toContain('New 0 There already 3');
  });

  test('what can be read in two ways is asked', async () => {
    const preview = await send(SALES, 'coupon;amount;order;date\nMARIA10;1,234;q1;03/04/2026\n');
    expect(preview.words).toContain('2 things are not right yet');
    expect(preview.words).toContain('Say which comes first.');
    expect(preview.words).toContain('Say which mark stands before decimals.');
    expect(preview.html).not.toContain('/start"');
    const asked = fields(preview);
    expect(asked).toMatchObject({ dates: '', decimal: '', delimiter: ';' });
    const chosen = await olivia.post(`${preview.path}/read`, { ...asked, dates: 'dmy', decimal: '.', thousands: 'on' });
    expect((await confirm(chosen)).words).toContain('1 sale imported.');
    const sale = await office.db.prepare(`SELECT amount_minor, sold_at FROM sales WHERE order_key = 'q1'`).first();
    // 3 April in Lisbon ends at 23:00 UTC.
    expect(sale).toEqual({ amount_minor: 123_400, sold_at: Date.UTC(2026, 3, 3, 23) - 1 });
  });

  test('refused rows are downloaded, defused, mended and sent again', async () => {
    const file = '=note;Coupon;Betrag;Bestellnummer\r\n=1+1;NOBODY;10,50;r1\r\nx;MARIA10;20,50;r2\r\n';
    const result = await confirm(await send(SALES, file));
    expect(result.words).toContain('1 sale imported, 1 row refused.');
    expect(result.words).toContain('2 =1+1 · NOBODY · 10,50 · r1 No coupon has this code.');
    const download = await office.get(`${result.path}/refused.csv`, { cookie: session });
    expect(download.headers.get('content-disposition')).toContain('attachment');
    const csv = await download.text();
    expect(csv.replace('\uFEFF', '')).toBe(
      `'=note,Coupon,Betrag,Bestellnummer,Line,Reason\r\n'=1+1,NOBODY,"10,50",r1,2,No coupon has this code.\r\n`,
    );
    const mended = await send(SALES, csv.replace('NOBODY', 'MARIA10'));
    expect(mended.words).toContain('New 1 There already 0 Refused 0');
    expect((await confirm(mended)).words).toContain('1 sale imported.');
    const amount = await office.db.prepare(`SELECT amount_minor AS n FROM sales WHERE order_key = 'r1'`).first('n');
    expect(amount).toBe(1_050);
  });

  test('over an order that the pixel knows, and undone', async () => {
    const url = `${office.served.trackerUrl}/script/track.php?cid=1&cost=80&orderid=pix1&cc=MARIA10`;
    expect((await fetch(url)).status).toBe(200);
    const result = await confirm(await send(SALES, 'coupon,amount,order\nMARIA10,80,pix1\nMARIA10,40,new1\n'));
    expect(result.words).toContain('New 1 There already 1 Refused 0');
    const standing = `SELECT count(*) AS n FROM standing WHERE order_key IN ('pix1', 'new1') AND status = 'pending'`;
    expect(await office.db.prepare(standing).first('n')).toBe(2);
    // What it would change is said before it is done.
    const asks = await olivia.get(`${result.path}/undo`);
    expect(asks.words).toMatch(/1 order that only this file speaks of is taken back: - € 4\.00 \./);
    expect(asks.words).toContain('1 order that others have spoken of too is decided again from what they said');
    const undone = await olivia.post(`${result.path}/undo`, {});
    expect(undone.words).toContain('Undone: 1 sale taken back, 1 kept because others have reported them too.');
    expect(await office.db.prepare(standing).first('n')).toBe(1);
  });
});

describe('in pieces, as the page sends it with scripts', () => {
  const ask = (path: string, method: string, body: string | Uint8Array<ArrayBuffer>) =>
    fetch(office.served.officeUrl + path, {
      method,
      headers: {
        cookie: session,
        'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
      },
      body,
    });

  test('an upload that broke off goes on, and the import runs step by step', async () => {
    const codes = Array.from({ length: 60_000 }, (_, i) => `PIECE-${i}`).join('\n');
    const bytes = new TextEncoder().encode(codes);
    const open = async (anew = false) => {
      const body = JSON.stringify({ kind: 'coupons', fileName: 'big.csv', bytes: bytes.length, anew });
      return (await ask('/admin/imports', 'POST', body)).json() as Promise<{
        id: number;
        arrived: number;
        hashes: string[];
      }>;
    };
    const piece = (number: number) => bytes.slice(number * 500_000, (number + 1) * 500_000);
    const { id, arrived } = await open();
    expect(arrived).toBe(0);
    expect((await ask(`/admin/imports/${id}/pieces/0`, 'PUT', piece(0))).status).toBe(204);
    expect((await ask(`/admin/imports/${id}/pieces/1`, 'PUT', piece(0))).status).toBe(409);
    expect((await ask(`/admin/imports/${id}/uploaded`, 'POST', '{}')).status).toBe(409);

    const resumed = await open();
    expect(resumed).toMatchObject({ id, arrived: 1 });
    // Of each piece: a letter that was mended may stand in any of them.
    expect(resumed.hashes).toEqual([createHash('sha256').update(piece(0)).digest('hex')]);
    expect((await open(true)).id).not.toBe(id);
    expect((await ask(`/admin/imports/${id}/pieces/1`, 'PUT', piece(1))).status).toBe(204);
    expect(await (await ask(`/admin/imports/${id}/uploaded`, 'POST', '{}')).text()).toBe(`/admin/imports/${id}`);

    const drive = async () => {
      const steps = [];
      for (let settled = false; !settled; ) {
        const step = (await (await ask(`/admin/imports/${id}/step`, 'POST', '{}')).json()) as {
          settled: boolean;
          text: string;
        };
        ({ settled } = step);
        steps.push(step.text);
      }
      return steps;
    };
    expect((await olivia.get(`/admin/imports/${id}`)).words).toContain('Checking the file: big.csv');
    await drive();
    const preview = await olivia.get(`/admin/imports/${id}`);
    expect(preview.words).toContain('New 60,000 There already 0 Refused 0');
    // As far as it comes within its request; the page drives the rest.
    await confirm(preview);
    await drive();
    expect((await olivia.get(`/admin/imports/${id}`)).words).toContain('60,000 coupons imported.');
  });

  test('one that breaks off again and again is shown as failed, with its cause, and can be undone', async () => {
    const preview = await send(SALES, 'coupon,amount,order\nMARIA10,7,sick1\n', 'sick.csv');
    const id = Number(/\d+$/.exec(preview.path)![0]);
    // A file of a shop that is gone, as no form would have it.
    await office.db
      .prepare(`UPDATE imports SET defaults = json_set(defaults, '$.shopId', 999) WHERE id = ?`)
      .bind(id)
      .run();
    const first = await confirm(preview);
    expect(first.words).toContain('It broke off once and is tried again.');
    for (let time = 0; time < 4; time++)
      expect((await ask(`/admin/imports/${id}/step`, 'POST', '{}')).status).toBe(500);
    const failed = await olivia.get(`/admin/imports/${id}`);
    expect(failed.words).toContain('it broke off 5 times in a row at the same place');
    expect(failed.words).toContain(`At its beginning: import ${id} is of the shop 999, which there is not`);
    expect((await olivia.get('/admin/imports')).words).toMatch(/sick\.csv Offline sales .* Olivia Failed/);
    expect((await olivia.post(`/admin/imports/${id}/undo`, {})).words).toContain('Undone: 0 sales taken back.');
  });

  test('is for administrators only', async () => {
    expect((await office.get('/admin/imports')).status).toBe(303);
    const answer = await fetch(`${office.served.officeUrl}/admin/imports/1/pieces/0`, { method: 'PUT', body: 'x' });
    expect([401, 403]).toContain(answer.status);
  });
});
