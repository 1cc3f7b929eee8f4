/**
 * How fast a million rows come in, as a person's browser would send them, beside better-sqlite3 writing the same rows into
 * the same tables in one transaction, in the same run. `npm run bench -- 100000` takes another number of rows.
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { addCoupons } from '../../ledger/coupons/edit.ts';
import { PIECE_BYTES } from '../../ledger/imports/job.ts';
import { cookieOf, openOffice } from '../office/office.ts';
import { azulejo } from '../people.ts';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const HELENA = { email: 'helena@azulejo.test', password: 'a password of the bench' };

const office = await openOffice();
await office.post('/setup', { token: office.setupToken, name: 'Helena', ...HELENA });
const cookie = await cookieOf(office, HELENA);
const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
const house = await azulejo({ db: office.db, kv });

const codes = `coupon,campaign\n${series(ROWS, (i) => `bench${i},Autumn`).join('\n')}\n`;
const SPENT = 1_000;
const sales = `coupon,amount,order,date\n${series(ROWS, (i) => `till${i % SPENT},${10 + (i % 90)}.50,B-${i},2026-01-15`).join('\n')}\n`;

console.log(`${ROWS.toLocaleString('en')} rows; the times are of the writing, after upload and preview\n`);
await measure('coupons', codes, plainCoupons);
await addCoupons(
  { db: office.db, kv },
  series(SPENT, (i) => `till${i}`),
  { campaignId: house.autumn, affiliateId: house.maria, expiresOn: null },
  { userId: null, now: Date.now() },
);
await measure('sales', sales, plainSales);
const [auditing] = await timed(() => office.close());
console.log(`audit           ${auditing.toFixed(1)} s   ${Math.round(ROWS / auditing).toLocaleString('en')} orders/s`);

async function measure(kind: 'coupons' | 'sales', file: string, plain: (db: Database.Database) => void) {
  const [uploading, id] = await timed(() => upload(kind, file));
  const [checking] = await timed(() => drive(id));
  const page = await (await office.get(`/admin/imports/${id}`, { cookie })).text();
  const pass = /name="pass" value="(\d+)"/.exec(page)?.[1];
  if (!pass)
    throw new Error(`the preview of ${kind} cannot be confirmed: ${page.replace(/<[^>]*>/g, ' ').slice(0, 2000)}`);
  const [writing] = await timed(async () => {
    const started = await office.post(`/admin/imports/${id}/start`, { pass }, { cookie });
    if (started.status !== 303) throw new Error(`the import of ${kind} did not start: ${started.status}`);
    await drive(id);
  });
  const job = await office.db.prepare('SELECT status, rows_added AS added FROM imports WHERE id = ?').bind(id).first();
  if (JSON.stringify(job) !== JSON.stringify({ status: 'done', added: ROWS })) throw new Error(JSON.stringify(job));
  const [bare] = await timed(async () => plain(emptyHouse()));
  const rate = (seconds: number) => `${Math.round(ROWS / seconds).toLocaleString('en')} rows/s`;
  console.log(`${kind}: upload ${uploading.toFixed(1)} s, preview ${checking.toFixed(1)} s`);
  console.log(`  import          ${writing.toFixed(1)} s   ${rate(writing)}`);
  console.log(
    `  better-sqlite3  ${bare.toFixed(1)} s   ${rate(bare)}   the import takes ${(writing / bare).toFixed(1)} times as long\n`,
  );
}

/** As the island of the import page sends a file. */
async function upload(kind: string, file: string): Promise<number> {
  const bytes = new TextEncoder().encode(file);
  const { id } = (await ask('POST', '/admin/imports', {
    kind,
    fileName: `${kind}.csv`,
    bytes: bytes.length,
    anew: true,
  })) as {
    id: number;
  };
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    await ask('PUT', `/admin/imports/${id}/pieces/${at / PIECE_BYTES}`, bytes.subarray(at, at + PIECE_BYTES));
  await ask('POST', `/admin/imports/${id}/uploaded`, {});
  return id;
}

async function drive(id: number) {
  for (;;) {
    const step = (await ask('POST', `/admin/imports/${id}/step`, {})) as { settled: boolean };
    if (step.settled) return;
  }
}

async function ask(method: string, path: string, body: object | Uint8Array<ArrayBuffer>): Promise<unknown> {
  const raw = body instanceof Uint8Array;
  const answer = await fetch(office.served.officeUrl + path, {
    method,
    redirect: 'manual',
    headers: {
      cookie,
      origin: office.served.officeUrl,
      'content-type': raw ? 'application/octet-stream' : 'application/json',
    },
    body: raw ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  return text.startsWith('{') ? JSON.parse(text) : text;
}

/** The same tables with their indices and triggers, with one affiliate and one campaign, and journalled as D1's are. */
function emptyHouse(): Database.Database {
  const dir = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const db = new Database(join(dir, 'plain.sqlite'));
  db.pragma('journal_mode = WAL');
  for (const file of globSync('drizzle/migrations/*.sql').sort())
    db.exec(readFileSync(file, 'utf8').replaceAll('--> statement-breakpoint', ''));
  db.exec(`
    INSERT INTO shops (id, name, currency, time_zone, created_at) VALUES (1, 'Azulejo', 'EUR', 'Europe/Lisbon', 0);
    INSERT INTO campaigns (id, shop_id, name, commission_kind, commission_value, created_at) VALUES (1, 1, 'Autumn', 'percent', 1000, 0);
    INSERT INTO affiliates (id, name, email, status, created_at) VALUES (1, 'Maria', 'maria@azulejo.test', 'active', 0);
    INSERT INTO coupons (id, shop_id, campaign_id, code, code_key, affiliate_id, created_at, updated_at) VALUES (1, 1, 1, 'till', 'till', 1, 0, 0);`);
  return db;
}

function plainCoupons(db: Database.Database) {
  const add = db.prepare(
    'INSERT INTO coupons (shop_id, campaign_id, code, code_key, created_at, updated_at) VALUES (1, 1, ?, ?, 0, 0)',
  );
  db.transaction(() => {
    for (let i = 0; i < ROWS; i++) add.run(`bench${i}`, `bench${i}`);
  })();
  db.close();
}

/** A sale is four rows: the report, what it adds up to, what it earns, and the line that says so; and all of a day are three totals. */
function plainSales(db: Database.Database) {
  const addSale = db.prepare(
    `INSERT INTO sales (id, shop_id, order_key, order_id, state, coupon_id, affiliate_id, campaign_id, code, amount_minor, currency,
       evidence, sold_at, day, day_only, recorded_at, reports, append)
     VALUES (?, 1, ?, ?, 'standing', 1, 1, 1, 'till', ?, 'EUR', 'office', 0, '1970-01-01', 1, 0, 1, ?)`,
  );
  const addReport = db.prepare(
    `INSERT INTO reports (shop_id, order_key, place, id, source, kind, witness, received_at, sold_on, code, codes, order_id, amount,
       amount_minor, currency)
     VALUES (1, ?, 1, ?, 'import', 'sale', 'import:1', 0, '1970-01-01', 'till', '["till"]', ?, '10.50', ?, 'EUR')`,
  );
  const addCommission = db.prepare(
    `INSERT INTO commissions (sale_id, affiliate_id, campaign_id, coupon_id, shop_id, currency, pending_minor, approved_minor, lines,
       rate_bp, confirmed, sold_at)
     VALUES (?, 1, 1, 1, 1, 'EUR', ?, 0, 1, 1000, 1, 0)`,
  );
  const addLine = db.prepare(
    `INSERT INTO lines (sale_id, affiliate_id, n, at, kind, pending_minor, approved_minor, cause, cause_id, rule)
     VALUES (?, 1, 1, 0, 'sale', ?, 0, 'report', ?, '10 %')`,
  );
  const addTotals = db.prepare(
    `INSERT INTO totals SELECT value, 1, iif(value = 'month', '1970-01', '1970-01-01'), 1, iif(value = 'campaign', 0, 1), 'EUR',
       ?, ?, 0, ?, 0, 0, 0 FROM json_each('["day", "month", "campaign"]')`,
  );
  db.transaction(() => {
    let [sold, earned] = [0, 0];
    for (let i = 0; i < ROWS; i++) {
      const [order, report, minor] = [`B-${i}`, String(i).padStart(26, '0'), 1_050 + (i % 90) * 100];
      addSale.run(i + 1, order, order, minor, i);
      addReport.run(order, report, order, minor);
      addCommission.run(i + 1, Math.round(minor / 10));
      addLine.run(i + 1, Math.round(minor / 10), report);
      sold += minor;
      earned += Math.round(minor / 10);
    }
    addTotals.run(ROWS, sold, earned);
  })();
  db.close();
}

function series<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: number, made: T]> {
  const begun = performance.now();
  const made = await work();
  return [(performance.now() - begun) / 1000, made];
}
