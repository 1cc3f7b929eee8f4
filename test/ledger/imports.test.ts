/** Imports as jobs: whatever breaks off, and wherever, the rows are those of one clean run. */
import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Defaults } from '../../admin/import/rows.ts';
import { checkUpload, foreseeRows, stepImport } from '../../admin/import/step.ts';
import { settleCommissions } from '../../ledger/commissions.ts';
import { closeUpload, keepPiece, openImport } from '../../ledger/import-file.ts';
import { type ImportKind, PIECE_BYTES, readJob, startImport, startUndo } from '../../ledger/imports.ts';
import { recordSales } from '../../ledger/record-sales.ts';
import { azulejo, count, DAY, lines, NOON, pixel } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const by = { userId: null, now: NOON };
const NO_DEFAULTS: Defaults = { shopId: null, campaignId: null, affiliateId: null, expiresOn: null };
let people: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  people = await azulejo(store);
});

/** Uploads a file and checks it. */
async function preview(kind: ImportKind, file: string | Uint8Array, said: Partial<Defaults> = {}) {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const id = await openImport(env.DB, { kind, fileName: 'file.csv', bytesTotal: bytes.length }, by);
  for (let number = 0; number * PIECE_BYTES < bytes.length; number++)
    expect(await keepPiece(env.DB, id, number, bytes.slice(number * PIECE_BYTES, (number + 1) * PIECE_BYTES))).toBe(
      true,
    );
  expect(await closeUpload(env.DB, id)).toBe(true);
  const usual = kind === 'sales' ? { shopId: people.shop } : { campaignId: people.autumn };
  await checkUpload(env.DB, id, { ...NO_DEFAULTS, ...usual, ...said }, NOON);
  await drive(id);
  return id;
}

/** Steps until there is nothing more to do, with a clock that stands. */
async function drive(id: number) {
  while ((await stepImport(store, id, NOON)) === 'more');
}

async function confirm(id: number, now = NOON) {
  const job = await readJob(env.DB, id);
  expect(await startImport(env.DB, id, job!.pass, { ...by, now })).toBe(true);
  // While it runs, rows may be on their way that would come in behind an undo.
  expect(await startUndo(env.DB, id, by)).toBe(false);
  await drive(id);
}

async function undo(id: number) {
  expect(await startUndo(env.DB, id, by)).toBe(true);
  await drive(id);
}

const importFile = async (...file: Parameters<typeof preview>) => {
  const id = await preview(...file);
  await confirm(id);
  return id;
};

async function figures(id: number) {
  const row = await env.DB.prepare(
    `SELECT status, rows_total, rows_added, rows_known, rows_refused, rows_undone, rows_kept FROM imports WHERE id = ?`,
  )
    .bind(id)
    .first();
  return Object.values(row!).join(' ');
}

const refusals = async (id: number) =>
  (
    await env.DB.prepare('SELECT line, reason FROM import_refusals WHERE import_id = ? ORDER BY line')
      .bind(id)
      .all<{ line: number; reason: string }>()
  ).results.map(({ line, reason }) => `${line} ${reason}`);

const standing = `SELECT count(*) FROM sales WHERE undone_at IS NULL`;

describe('sales', () => {
  test('the manual’s file: nothing before the confirmation, then each row once, however often it is sent', async () => {
    for (const code of ['test-coupon1', 'test-coupon2']) await people.coupon(code, people.autumn, people.maria);
    const file = `Coupon, sales amount, order ID, date
test-coupon1,100, order123,2020-09-07
test-coupon2,100, order 456,2020-09-07
test-coupon1,200, order789,2020-09-06
`;
    const id = await preview('sales', file);
    expect(await figures(id)).toBe('previewed 3 3 0 0 0 0');
    expect(await count(env.DB, 'SELECT count(*) FROM reports')).toBe(0);
    await confirm(id);
    expect(await figures(id)).toBe('done 3 3 0 0 0 0');
    expect(await lines(env.DB)).toEqual([
      'Maria sale 1000 pending',
      'Maria sale 1000 pending',
      'Maria sale 2000 pending',
    ]);
    const orders = await env.DB.prepare('SELECT order_key AS n FROM sales ORDER BY id').all<{ n: string }>();
    expect(orders.results.map(({ n }) => n)).toEqual(['order123', 'order 456', 'order789']);
    // The last instant of 7 September in Lisbon, which is an hour ahead of UTC then.
    const sold = await count(env.DB, `SELECT sold_at AS n FROM sales WHERE order_key = 'order123'`);
    expect(new Date(sold).toISOString()).toBe('2020-09-07T22:59:59.999Z');

    expect(await figures(await importFile('sales', file))).toBe('done 3 0 3 0 0 0');
    expect(await count(env.DB, standing)).toBe(3);
  });

  test('semicolons, decimal commas, Windows-1252; each refused row with its line and reason', async () => {
    const text =
      'Gutschein;Betrag;Bestellnummer;Datum;Notiz\r\nMARIA10;1.234,50;s1;24.12.2025;Ação\r\n\r\nNOBODY;1;s2;24.12.2025;\r\nMARIA10;;s3;24.12.2025;\r\nFREE1;1;s4;24.12.2025;\r\nMARIA10;x;s5;24.12.2025;\r\nMARIA10;5;s6;31.02.2026;\r\nMARIA10;5;s7;24.12.2026;\r\n;5;s8;24.12.2025;\r\n';
    const file = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const waiting = await count(env.DB, `SELECT count(*) FROM reports WHERE outcome IN ('unreadable', 'no amount')`);
    const id = await importFile('sales', file);
    expect(await figures(id)).toBe('done 8 1 0 7 0 0');
    expect(await refusals(id)).toEqual([
      '4 No coupon has this code.',
      '5 The campaign pays a percentage, and no amount was sent.',
      '6 Nobody owned the coupon when it was spent.',
      '7 “x” is no amount as this file writes them.',
      '8 “31.02.2026” is no date as this file writes them.',
      '9 24 Dec 2026 is in the future: in Azulejo it is 23 Nov 2026.',
      '10 There is no coupon in this row.',
    ]);
    const cells = await env.DB.prepare('SELECT cells AS n FROM import_refusals WHERE import_id = ? AND line = 4')
      .bind(id)
      .first('n');
    expect(cells).toBe('["NOBODY","1","s2","24.12.2025",""]');
    expect(await count(env.DB, `SELECT amount_minor AS n FROM sales WHERE order_key = 's1'`)).toBe(123_450);
    // What is to be mended in the file does not wait for a person in the office as well.
    expect(await count(env.DB, `SELECT count(*) FROM reports WHERE outcome IN ('unreadable', 'no amount')`)).toBe(
      waiting,
    );
  });

  test('what the pixel or a webhook has told is there already, and is paid once', async () => {
    await recordSales(env.DB, [pixel({ orderId: 'k1' }), pixel({ orderId: 'k2', source: 'webhook' })]);
    const before = await lines(env.DB);
    const id = await importFile('sales', 'coupon,amount,order\nMARIA10,120,k1\nMARIA10,120,k2\nMARIA10,120,k2\n');
    expect(await figures(id)).toBe('done 3 0 3 0 0 0');
    expect(await lines(env.DB)).toEqual(before);
    await undo(id);
    expect(await figures(id)).toBe('undone 3 0 3 0 0 1');
    expect(await lines(env.DB)).toEqual(before);
  });

  test('without order IDs, two like rows are two sales, and the same file sent again is the same two', async () => {
    const file = 'coupon,amount,date\nMARIA10,10,2026-11-20\nMARIA10,10,2026-11-20\nMARIA10,10,\n';
    const before = await count(env.DB, standing);
    const id = await importFile('sales', file);
    expect(await figures(id)).toBe('done 3 3 0 0 0 0');
    const again = await preview('sales', file);
    expect(await figures(again)).toBe('previewed 3 0 3 0 0 0');
    // Three days later: the row without a date is still of the day on which the file was first sent.
    await confirm(again, NOON + 3 * DAY);
    expect(await figures(again)).toBe('done 3 0 3 0 0 0');
    expect(await count(env.DB, standing)).toBe(before + 3);
    await undo(id);
    expect(await count(env.DB, standing)).toBe(before);
    expect(await figures(await importFile('sales', file))).toBe('done 3 3 0 0 0 0');
    expect(await count(env.DB, standing)).toBe(before + 3);
  });

  test('undone: what waited is declined, what was approved is reversed to the cent, and the mended file is taken', async () => {
    const earned = `SELECT coalesce(sum(m.amount_minor), 0) AS n FROM commissions m JOIN sales s ON s.id = m.sale_id
      WHERE s.order_key LIKE 'u%' AND m.status <> 'declined'`;
    const id = await importFile('sales', 'coupon,amount,order\nMARIA10,100,u1\nJOAO10,50.50,u2\nMARIA10,1,u3\n');
    expect(await count(env.DB, earned)).toBe(1_000 + 505 + 10);
    const line = await count(
      env.DB,
      `SELECT m.id AS n FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE s.order_key = 'u2'`,
    );
    await settleCommissions(env.DB, [line], 'approved', null, by);
    // Since then a webhook has spoken for u3: it rests on the shop's own word now.
    await recordSales(env.DB, [pixel({ orderId: 'u3', amount: '1', source: 'webhook' })]);
    await undo(id);
    expect(await figures(id)).toBe('undone 3 3 0 0 2 1');
    expect(await count(env.DB, earned)).toBe(10);
    const ofJoao = `SELECT count(*) FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE s.order_key = 'u2' AND m.kind = 'reversal' AND m.amount_minor = -505`;
    expect(await count(env.DB, ofJoao)).toBe(1);

    const mended = await importFile('sales', 'coupon,amount,order\nMARIA10,100,u1\nJOAO10,60.50,u2\nMARIA10,1,u3\n');
    expect(await figures(mended)).toBe('done 3 2 1 0 0 0');
    expect(await count(env.DB, earned)).toBe(1_000 + 605 + 10);
    await undo(mended);
    expect(await count(env.DB, earned)).toBe(10);
  });

  test('dates that can be read in two ways are not read', async () => {
    const id = await preview('sales', 'coupon,amount,order,date\nMARIA10,1,d1,03/04/2026\n');
    expect(await figures(id)).toBe('previewed 0 0 0 0 0 0');
    const job = await readJob(env.DB, id);
    expect(await startImport(env.DB, id, job!.pass, by)).toBe(false);
  });
});

describe('coupons', () => {
  test('new ones come in with whom and what they name; the others stay', async () => {
    const file =
      'code;affiliate;campaign;expiration\nNEW1;maria@azulejo.test;;\nNEW2;;launch;2027-01-31\nmaria10;;;\nNEW1;;;\nNEW3;rui@azulejo.test;;\nNEW4;;Spring;\n.;;;\n';
    const id = await preview('coupons', file);
    expect(await figures(id)).toBe('previewed 7 2 2 3 0 0');
    const job = await readJob(env.DB, id);
    const foreseen = await foreseeRows(env.DB, { ...job!, ...(await pieceAgain(id)) }, 50, NOON);
    expect(foreseen.map(({ line, verdict }) => `${line} ${verdict}`)).toEqual([
      '2 new',
      '3 new',
      '4 known',
      '5 known',
      '6 refused',
      '7 refused',
      '8 refused',
    ]);
    await confirm(id);
    expect(await figures(id)).toBe('done 7 2 2 3 0 0');
    expect(await refusals(id)).toEqual([
      '6 No affiliate has the id or e-mail address rui@azulejo.test.',
      '7 There is no campaign Spring.',
      '8 . alone cannot be a code.',
    ]);
    const { results } = await env.DB.prepare(
      `SELECT code, campaign_id, affiliate_id, expires_on FROM coupons WHERE import_id = ? ORDER BY id`,
    )
      .bind(id)
      .all();
    expect(results).toEqual([
      { code: 'NEW1', campaign_id: people.autumn, affiliate_id: people.maria, expires_on: null },
      { code: 'NEW2', campaign_id: people.launch, affiliate_id: null, expires_on: '2027-01-31' },
    ]);
    expect(await count(env.DB, 'SELECT count(*) FROM import_pieces')).toBe(await piecesOfPreviews());
  });

  test('undone: those without sales vanish, the others stay, and the file can be sent again', async () => {
    const file = 'code\nGONE1\nGONE2\nSPENT1\n';
    const id = await importFile('coupons', file, { affiliateId: people.maria });
    await recordSales(env.DB, [pixel({ code: 'SPENT1', orderId: 'spent' })]);
    await undo(id);
    expect(await figures(id)).toBe('undone 3 3 0 0 2 1');
    const living = `SELECT count(*) FROM coupons WHERE import_id = ${id} AND archived_at IS NULL`;
    expect(await count(env.DB, living)).toBe(1);
    expect(await figures(await importFile('coupons', file))).toBe('done 3 2 1 0 0 0');
  });

  test('a file of many pieces, rows cut anywhere', async () => {
    const codes = Array.from({ length: 60_000 }, (_, i) => `MANY-${i}-ç`);
    const id = await importFile('coupons', [...codes, 'MANY-7-Ç', ''].join('\r\n'));
    expect(await figures(id)).toBe('done 60001 60000 1 0 0 0');
    expect((await readJob(env.DB, id))!.piecesTotal).toBe(2);
    await undo(id);
    expect(await figures(id)).toBe('undone 60001 60000 1 0 60000 0');
  });
});

const piecesOfPreviews = () =>
  count(
    env.DB,
    `SELECT count(*) FROM import_pieces p JOIN imports i ON i.id = p.import_id WHERE i.status = 'previewed'`,
  );

/** The first piece of a file that is previewed. */
async function pieceAgain(id: number) {
  const { bytes } = (await env.DB.prepare('SELECT bytes FROM import_pieces WHERE import_id = ? AND number = 0')
    .bind(id)
    .first<{ bytes: number[] }>())!;
  return { piece: Uint8Array.from(bytes), piecesDone: 0, linesDone: 0, tail: new Uint8Array() };
}
