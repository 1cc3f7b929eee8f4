/** Imports as jobs: whatever breaks off, and wherever, the rows are those of one clean run. */
import { env } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkUpload, fileReader, foreseeRows } from '../../admin/import/read.ts';
import type { Defaults } from '../../admin/import/rows.ts';
import { driveAbandoned, driveImport, type FileReader, stepImport } from '../../ledger/imports/drive.ts';
import { closeUpload, keepPiece, openImport } from '../../ledger/imports/file.ts';
import { type ImportKind, PIECE_BYTES, readJob, startImport, startUndo } from '../../ledger/imports/job.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions } from '../../ledger/sales/settle.ts';
import { auditClean } from '../books.ts';
import { azulejo, count, DAY, lines, NOON, pixel, standing, word } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const by = { userId: null, now: NOON };
const NO_DEFAULTS: Defaults = { shopId: null, campaignId: null, affiliateId: null, expiresOn: null };
let people: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  people = await azulejo(store);
});
afterAll(() => auditClean(env.DB));

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
  while ((await stepImport(store, id, NOON, fileReader)) === 'more');
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

const sold = `SELECT count(*) FROM sales WHERE state = 'standing'`;

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
      'Maria sale +1000 pending',
      'Maria sale +1000 pending',
      'Maria sale +2000 pending',
    ]);
    const orders = await env.DB.prepare('SELECT order_key AS n FROM sales ORDER BY id').all<{ n: string }>();
    expect(orders.results.map(({ n }) => n)).toEqual(['order123', 'order 456', 'order789']);
    // The last instant of 7 September in Lisbon, which is an hour ahead of UTC then.
    const at = await count(env.DB, `SELECT sold_at AS n FROM sales WHERE order_key = 'order123'`);
    expect(new Date(at).toISOString()).toBe('2020-09-07T22:59:59.999Z');

    expect(await figures(await importFile('sales', file))).toBe('done 3 0 3 0 0 0');
    expect(await count(env.DB, sold)).toBe(3);
  });

  test('semicolons, decimal commas, Windows-1252; each refused row with its line and reason', async () => {
    const text =
      'Gutschein;Betrag;Bestellnummer;Datum;Notiz\r\nMARIA10;1.234,50;s1;24.12.2025;Ação\r\n\r\nNOBODY;1;s2;24.12.2025;\r\nMARIA10;;s3;24.12.2025;\r\nFREE1;1;s4;24.12.2025;\r\nMARIA10;x;s5;24.12.2025;\r\nMARIA10;5;s6;31.02.2026;\r\nMARIA10;5;s7;24.12.2026;\r\n;5;s8;24.12.2025;\r\n';
    const file = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const waiting = await count(env.DB, 'SELECT count(*) FROM verdicts');
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
    expect(await count(env.DB, 'SELECT count(*) FROM verdicts')).toBe(waiting);
  });

  test('what the pixel or a webhook has told is there already, and is paid once', async () => {
    await recordSales(env.DB, [pixel({ orderId: 'k1' }), pixel({ orderId: 'k2', source: 'webhook' })]);
    const before = await lines(env.DB);
    const id = await importFile('sales', 'coupon,amount,order\nMARIA10,120,k1\nMARIA10,120,k2\nMARIA10,120,k2\n');
    expect(await figures(id)).toBe('done 3 0 3 0 0 0');
    expect(await lines(env.DB)).toEqual(before);
    await undo(id);
    expect(await figures(id)).toBe('undone 3 0 3 0 0 3');
    expect(await lines(env.DB)).toEqual(before);
  });

  test('without order IDs, two like rows are two sales, and the same file sent again is the same two', async () => {
    const file = 'coupon,amount,date\nMARIA10,10,2026-11-20\nMARIA10,10,2026-11-20\nMARIA10,10,\n';
    const before = await count(env.DB, sold);
    const id = await importFile('sales', file);
    expect(await figures(id)).toBe('done 3 3 0 0 0 0');
    const again = await preview('sales', file);
    expect(await figures(again)).toBe('previewed 3 0 3 0 0 0');
    // Three days later: the row without a date is still of the day on which the file was first sent.
    await confirm(again, NOON + 3 * DAY);
    expect(await figures(again)).toBe('done 3 0 3 0 0 0');
    expect(await count(env.DB, sold)).toBe(before + 3);
    await undo(id);
    // The file sent again says the same.
    expect(await count(env.DB, sold)).toBe(before + 3);
    await undo(again);
    expect(await count(env.DB, sold)).toBe(before);
    expect(await figures(await importFile('sales', file))).toBe('done 3 3 0 0 0 0');
    expect(await count(env.DB, sold)).toBe(before + 3);
  });

  test('undone: nothing of it is owed, whatever was approved meanwhile, and the mended file is taken', async () => {
    const id = await importFile('sales', 'coupon,amount,order\nMARIA10,100,u1\nJOAO10,50.50,u2\nMARIA10,1,u3\n');
    const all = async () => [
      ...(await standing(env.DB, 'u1')),
      ...(await standing(env.DB, 'u2')),
      ...(await standing(env.DB, 'u3')),
    ];
    expect(await all()).toEqual(['Maria 1000 pending', 'João 505 pending', 'Maria 10 pending']);
    const saleId = await count(env.DB, `SELECT id AS n FROM sales WHERE order_key = 'u2'`);
    await approveCommissions(env.DB, [{ saleId, affiliateId: people.joao, lines: 1 }], by);
    // Since then a webhook has spoken for u3: it rests on the shop's own word now.
    await recordSales(env.DB, [pixel({ orderId: 'u3', amount: '1', source: 'webhook' })]);
    await undo(id);
    expect(await figures(id)).toBe('undone 3 3 0 0 2 1');
    expect(await all()).toEqual(['Maria 0 nothing owed', 'João 0 nothing owed', 'Maria 10 pending']);
    expect((await lines(env.DB)).filter((line) => line.includes('505'))).toEqual([
      'João sale +505 pending',
      'João approved -505 pending +505 approved',
      'João undone -505 approved',
    ]);

    const mended = await importFile('sales', 'coupon,amount,order\nMARIA10,100,u1\nJOAO10,60.50,u2\nMARIA10,1,u3\n');
    expect(await figures(mended)).toBe('done 3 2 1 0 0 0');
    expect(await all()).toEqual(['Maria 1000 pending', 'João 605 pending', 'Maria 10 pending']);
    await undo(mended);
    expect(await all()).toEqual(['Maria 0 nothing owed', 'João 0 nothing owed', 'Maria 10 pending']);
  });

  /** Each: what is said before the file, the file, what is said after it, and what stands once it is undone. */
  test.each([
    [
      'a customer’s pixel after the file',
      'A1',
      [],
      'MARIA10,120,A1',
      [pixel({ orderId: 'A1' })],
      ['Maria 1200 pending'],
    ],
    ['a customer’s pixel before it', 'A2', [pixel({ orderId: 'A2' })], 'MARIA10,120,A2', [], ['Maria 1200 pending']],
    [
      'what a person types in after it',
      'C1',
      [],
      'MARIA10,120,C1',
      [pixel({ orderId: 'C1', source: 'office', userId: null })],
      ['Maria 1200 pending'],
    ],
    [
      'a wrong file that has corrected a pixel',
      'D1',
      [pixel({ orderId: 'D1' })],
      'MARIA10,1200,D1',
      [],
      ['Maria 1200 pending'],
    ],
    ['nobody else', 'E1', [], 'MARIA10,120,E1', [], ['Maria 0 nothing owed']],
    [
      'nobody else, and a person who declined it',
      'F1',
      [],
      'MARIA10,120,F1',
      [word('decline', { order: 'F1', affiliateId: 1, reason: 'import undone' })],
      ['Maria 0 declined'],
    ],
  ])('undone, an order stands by the word of %s', async (_, order, before, row, after, expected) => {
    await recordSales(env.DB, before);
    const id = await importFile('sales', `coupon,amount,order\n${row}\n`);
    await recordSales(env.DB, after);
    await undo(id);
    expect(await standing(env.DB, order)).toEqual(expected);
  });

  test('undone, an order stands by another file that has it; what only the file confirmed is unconfirmed again', async () => {
    await recordSales(env.DB, [pixel({ orderId: 'G1' })]);
    const first = await importFile('sales', 'coupon,amount,order\nMARIA10,120,B1\nMARIA10,120,G1\n');
    const second = await importFile('sales', 'coupon,amount,order,note\nMARIA10,120,B1,again\n');
    expect(await figures(second)).toBe('done 1 0 1 0 0 0');
    const confirmed = (order: string) =>
      count(
        env.DB,
        `SELECT confirmed AS n FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE s.order_key = '${order}'`,
      );
    expect(await confirmed('G1')).toBe(1);
    await undo(first);
    expect(await figures(first)).toBe('undone 2 1 1 0 0 2');
    expect(await standing(env.DB, 'B1')).toEqual(['Maria 1200 pending']);
    expect([await confirmed('B1'), await confirmed('G1')]).toEqual([1, 0]);
    await undo(second);
    expect(await standing(env.DB, 'B1')).toEqual(['Maria 0 nothing owed']);
  });

  test('imported again after an undo, whatever was said of the orders meanwhile is written, and nothing jams', async () => {
    const file = 'coupon,amount,order\nMARIA10,100,P1\nMARIA10,100,P2\nMARIA10,100,P3\n';
    await undo(await importFile('sales', file));
    const outcomes = await recordSales(env.DB, [
      pixel({ orderId: 'P1', amount: 'abc' }),
      pixel({ orderId: 'P1', doubt: 'bot' }),
      pixel({ orderId: 'P2', test: true }),
      pixel({ orderId: 'P3', code: 'FREE1' }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['unreadable', 'suspicious', 'test', 'free coupon']);
    expect(await figures(await importFile('sales', file))).toBe('done 3 3 0 0 0 0');
    for (const order of ['P1', 'P2', 'P3']) expect(await standing(env.DB, order)).toEqual(['Maria 1000 pending']);
  });

  test('a file sent again days later is judged by its own rows: what was in the future then may be sold by now', async () => {
    const file = 'coupon,amount,order,date\nMARIA10,10,l1,2026-11-23\nMARIA10,10,l2,2026-11-24\n';
    const first = await importFile('sales', file);
    expect(await figures(first)).toBe('done 2 1 0 1 0 0');
    const again = await preview('sales', file);
    const job = await readJob(env.DB, again);
    expect(await startImport(env.DB, again, job!.pass, { ...by, now: NOON + 3 * DAY })).toBe(true);
    while ((await stepImport(store, again, NOON + 3 * DAY, fileReader)) === 'more');
    expect(await figures(again)).toBe('done 2 1 1 0 0 0');
  });

  test('an order twice in a file with other words is asked back, whichever pieces the rows are in', async () => {
    const note = 'x'.repeat(6_000);
    const filler = Array.from({ length: 100 }, (_, i) => `NOBODY${i},1,fill${i},${note}`).join('\n');
    const file = `coupon,amount,order,note\nMARIA10,10,g1\nJOAO10,15,g1\nMARIA10,10.00,g1\n${filler}\nMARIA10,99,g1\n`;
    const id = await importFile('sales', file);
    expect((await readJob(env.DB, id))!.piecesTotal).toBe(2);
    expect(await standing(env.DB, 'g1')).toEqual(['Maria 100 pending']);
    const words = 'has this order too, with another coupon or amount. Keep the one that is right, or the sum of them.';
    expect((await refusals(id)).filter((line) => line.includes('has this order'))).toEqual([
      `3 Line 2 ${words}`,
      `105 A row above ${words}`,
    ]);
    expect(await figures(id)).toBe('done 104 1 1 102 0 0');
  });

  test('order numbers that a spreadsheet has shortened are refused, for they are no longer two', async () => {
    const id = await importFile(
      'sales',
      'coupon;amount;order\nMARIA10;1;1,0E+05\nMARIA10;1;1.23457E+11\nMARIA10;1;1E5\n',
    );
    expect(await figures(id)).toBe('done 3 1 0 2 0 0');
    expect((await refusals(id))[0]).toBe(
      '2 1,0E+05 is a number that a spreadsheet has shortened, and so it is no order ID any more. Write it out, and keep its column as text.',
    );
  });

  test('a sale in another currency than the shop’s is refused', async () => {
    const id = await importFile(
      'sales',
      'coupon,amount,order,currency\nMARIA10,1,cur1,eur\nMARIA10,1,cur2,USD\nMARIA10,1,cur3,\n',
    );
    expect(await figures(id)).toBe('done 3 2 0 1 0 0');
    expect(await refusals(id)).toEqual(['3 This sale is in USD, and Azulejo sells in EUR.']);
  });

  test('what a person has to answer is kept and refused; what the file has to mend is no report', async () => {
    await recordSales(env.DB, [pixel({ orderId: 'v1' }), pixel({ orderId: 'v2', source: 'office', userId: null })]);
    await recordSales(env.DB, [word('void', { order: 'v1', reason: 'a joke' })]);
    const id = await importFile('sales', 'coupon,amount,order\nMARIA10,120,v1\nMARIA10,130,v2\nNOBODY,1,v3\n');
    expect(await figures(id)).toBe('done 3 0 0 3 0 0');
    const kept = await env.DB.prepare('SELECT order_key AS n FROM reports WHERE import_id = ? ORDER BY id')
      .bind(id)
      .all();
    expect(kept.results.map(({ n }) => n)).toEqual(['v1', 'v2']);
    const asked = await env.DB.prepare(
      "SELECT count(*) AS n FROM sales WHERE order_key IN ('v1', 'v2') AND question IS NOT NULL",
    );
    expect(await asked.first('n')).toBe(2);
    await undo(id);
    expect(await asked.first('n')).toBe(0);
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
    // The codes are as free as if they had never been: the new coupons have them since ever.
    const spans = await env.DB.prepare(
      `SELECT from_at AS f, until_at AS u FROM coupon_codes WHERE code_key = 'gone1' ORDER BY coupon_id`,
    ).all();
    expect(spans.results).toEqual([
      { f: 0, u: 0 },
      { f: 0, u: null },
    ]);
  });

  test('undone, orders that named their codes are decided as if they had never been', async () => {
    const id = await importFile('coupons', 'code\nHOPE1\n');
    const [sold] = await recordSales(env.DB, [pixel({ code: 'HOPE1', orderId: 'hope' })]);
    expect(sold).toMatchObject({ outcome: 'free coupon' });
    const verdict = () =>
      env.DB.prepare('SELECT outcome AS n FROM verdicts WHERE report_id = ?').bind(sold!.reportId).first('n');
    await undo(id);
    expect(await verdict()).toBe('unknown coupon');
    await importFile('coupons', 'code\nHOPE1\n', { affiliateId: people.maria });
    expect(await standing(env.DB, 'hope')).toEqual(['Maria 1200 pending']);

    // Nor does it contradict any more what stands by another coupon.
    const rival = await importFile('coupons', 'code\nRIVAL1\n', { affiliateId: people.joao });
    await recordSales(env.DB, [
      pixel({ orderId: 'rivals' }),
      pixel({ orderId: 'rivals', code: 'RIVAL1', browsers: ['another'] }),
    ]);
    expect(await standing(env.DB, 'rivals')).toEqual(['Maria 1200 disputed']);
    await undo(rival);
    expect(await standing(env.DB, 'rivals')).toEqual(['Maria 1200 pending']);
  });

  test('every code that an import or its undo touches is told to the tracker, each once', async () => {
    const puts: string[] = [];
    const deletes: string[] = [];
    const kv = new Proxy(env.COUPONS, {
      get: (real, name) => {
        if (name === 'put')
          return async (key: string, value: string) => {
            puts.push(key);
            await real.put(key, value);
          };
        if (name === 'delete')
          return async (key: string) => {
            deletes.push(key);
            await real.delete(key);
          };
        return Reflect.get(real, name).bind(real);
      },
    });
    const codes = Array.from({ length: 700 }, (_, i) => `TELL-${i}`);
    // One that nobody knows has been guessed: the tracker has noted that there is none.
    await env.COUPONS.put('code1:tell-650', '{}');
    const id = await preview('coupons', codes.join('\n'));
    const job = await readJob(env.DB, id);
    await startImport(env.DB, id, job!.pass, by);
    while ((await stepImport({ ...store, kv }, id, NOON, fileReader)) === 'more');
    expect([puts.length, new Set(puts).size, deletes]).toEqual([500, 500, ['code1:tell-650']]);
    puts.length = deletes.length = 0;
    await startUndo(env.DB, id, by);
    while ((await stepImport({ ...store, kv }, id, NOON, fileReader)) === 'more');
    expect([puts.length, deletes.length, new Set(deletes).size]).toEqual([0, 500, 500]);
  });

  test('a file of many pieces, rows cut anywhere', { timeout: 30_000 }, async () => {
    const codes = Array.from({ length: 40_000 }, (_, i) => `MANY-${i}-ç`);
    const id = await importFile('coupons', [...codes, 'MANY-7-Ç', ''].join('\r\n'));
    expect(await figures(id)).toBe('done 40001 40000 1 0 0 0');
    expect((await readJob(env.DB, id))!.piecesTotal).toBe(2);
    await undo(id);
    expect(await figures(id)).toBe('undone 40001 40000 1 0 40000 0');
  });
});

describe('an import whose step throws', () => {
  const broken: FileReader = {
    ...fileReader,
    piece: async () => {
      throw new Error('the shop is on fire');
    },
  };
  const failing = async (id: number, times: number) => {
    for (let time = 0; time < times; time++)
      await expect(stepImport(store, id, NOON, broken)).rejects.toThrow('on fire');
  };
  const begun = async (file: string) => {
    const id = await preview('sales', file);
    const job = await readJob(env.DB, id);
    await startImport(env.DB, id, job!.pass, by);
    return id;
  };
  const state = (id: number) =>
    env.DB.prepare('SELECT status, failures, failure FROM imports WHERE id = ?').bind(id).first();

  test('four times goes on; five times has failed, says why, and can be undone', async () => {
    const file = 'coupon,amount,order\nMARIA10,10,fail1\n';
    const lucky = await begun(file);
    await failing(lucky, 4);
    await drive(lucky);
    expect(await state(lucky)).toEqual({ status: 'done', failures: 0, failure: null });

    const id = await begun(file);
    await failing(id, 4);
    expect(await state(id)).toEqual({
      status: 'running',
      failures: 4,
      failure: 'At its beginning: the shop is on fire',
    });
    await failing(id, 1);
    expect(await state(id)).toMatchObject({ status: 'failed', failures: 5 });
    expect(await stepImport(store, id, NOON, fileReader)).toBe('settled');
    await undo(id);
    expect(await state(id)).toEqual({ status: 'undone', failures: 0, failure: null });
  });

  test('keeps no other from going on', async () => {
    const [sick, well] = [
      await begun('coupon,amount,order\nMARIA10,10,ab1\n'),
      await begun('coupon,amount,order\nMARIA10,10,ab2\n'),
    ];
    const reader: FileReader = {
      ...fileReader,
      piece: (db, job, now) => (job.id === sick ? broken : fileReader).piece(db, job, now),
    };
    await driveAbandoned(store, NOON + DAY, 10_000, reader);
    expect(await state(sick)).toMatchObject({ status: 'running', failures: 1 });
    expect(await state(well)).toMatchObject({ status: 'done' });
    expect(await driveImport(store, sick, 10_000, reader)).toBe('more');
    await drive(sick);
    expect(await state(sick)).toEqual({ status: 'done', failures: 0, failure: null });
  });

  test('an undo is never given up half done', async () => {
    const id = await importFile('sales', 'coupon,amount,order\nMARIA10,10,half1\n');
    await startUndo(env.DB, id, by);
    const deaf = new Proxy(env.DB, {
      get: (db, name) =>
        name === 'prepare'
          ? (query: string) => {
              if (query.includes('FROM to_decide ORDER BY')) throw new Error('D1 is asleep');
              return db.prepare(query);
            }
          : Reflect.get(db, name).bind(db),
    });
    for (let time = 0; time < 7; time++)
      await expect(stepImport({ ...store, db: deaf }, id, NOON, fileReader)).rejects.toThrow('asleep');
    expect(await state(id)).toEqual({ status: 'undoing', failures: 7, failure: 'D1 is asleep' });
    await drive(id);
    expect(await state(id)).toEqual({ status: 'undone', failures: 0, failure: null });
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
