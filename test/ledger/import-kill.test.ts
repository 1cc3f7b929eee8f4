/** An import that is killed again and again, before and after what it writes, comes to the rows of one clean run. */
import { env } from 'cloudflare:test';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { checkUpload, fileReader } from '../../admin/import/read.ts';
import { stepImport } from '../../ledger/imports/drive.ts';
import { closeUpload, openImport } from '../../ledger/imports/file.ts';
import { type ImportKind, readJob, startImport, startUndo } from '../../ledger/imports/job.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { auditClean } from '../books.ts';
import { azulejo, NOON, pixel } from '../people.ts';

const by = { userId: null, now: NOON };
const ROWS = 60;
const KILLED_RUNS = 10;
let people: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  // Who is killed cannot note that.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  people = await azulejo({ db: env.DB, kv: env.COUPONS });
});
afterAll(() => auditClean(env.DB));

/** The same chances each time the test runs (Numerical Recipes, "ranqd1"). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

class Killed extends Error {}

/**
 * D1 as a process has it that is killed by chance: before anything is done, or when all is done and only the answer is lost.
 * From then on it has no D1 any more.
 */
function mortal(chance: () => number): D1Database {
  const real = new WeakMap<object, D1PreparedStatement>();
  let dead = false;
  const die = () => {
    dead = true;
    throw new Killed();
  };
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    const luck = chance();
    if (dead || luck < 0.05) return die();
    const result = await work();
    return luck < 0.1 ? die() : result;
  };
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      first: (column?: string) =>
        call<unknown>(() => (column === undefined ? statement.first() : statement.first(column))),
      all: () => call(() => statement.all()),
      run: () => call(() => statement.run()),
    };
    real.set(wrapped, statement);
    return wrapped as unknown as D1PreparedStatement;
  };
  return {
    prepare: (query: string) => wrap(env.DB.prepare(query)),
    batch: (statements: D1PreparedStatement[]) => call(() => env.DB.batch(statements.map((each) => real.get(each)!))),
  } as unknown as D1Database;
}

/** Steps until there is nothing to do, by a new process after each fall. @returns how often it fell. */
async function drive(born: () => D1Database, id: number): Promise<number> {
  let db = born();
  for (let falls = 0; ; ) {
    try {
      if ((await stepImport({ db, kv: env.COUPONS }, id, NOON, fileReader)) !== 'more') return falls;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      falls++;
      db = born();
    }
  }
}

const immortal = () => env.DB;

/** A file in pieces of a few bytes, cut by chance, and confirmed. */
async function begin(kind: ImportKind, file: string, chance: () => number): Promise<number> {
  const bytes = new TextEncoder().encode(file);
  const id = await openImport(env.DB, { kind, fileName: 'file.csv', bytesTotal: bytes.length }, by);
  let number = 0;
  for (let from = 0; from < bytes.length; number++) {
    const to = Math.min(from + 300 + Math.floor(chance() * 1200), bytes.length);
    await env.DB.prepare('INSERT INTO import_pieces VALUES (?, ?, ?, ?)')
      .bind(id, number, `${id} ${number}`, bytes.slice(from, to))
      .run();
    from = to;
  }
  await env.DB.prepare('UPDATE imports SET pieces_total = ? WHERE id = ?').bind(number, id).run();
  await closeUpload(env.DB, id);
  await checkUpload(
    env.DB,
    id,
    { shopId: people.shop, campaignId: people.autumn, affiliateId: null, expiresOn: null },
    NOON,
  );
  await drive(immortal, id);
  const job = await readJob(env.DB, id);
  expect(await startImport(env.DB, id, job!.pass, by)).toBe(true);
  return id;
}

/** Sales whose orders begin with a name: new ones, twins, one that the pixel knows, unknown coupons, broken rows. */
function salesFile(name: string) {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const order = i % 7 === 3 ? `${name}-${i - 1}` : i % 11 === 5 ? '' : `${name}-${i}`;
    const coupon = i % 13 === 6 ? 'NOBODY' : i % 2 ? 'MARIA10' : 'João10';
    return `${coupon},${i % 17 === 9 ? 'x' : `${i + 1}.50`},"${order}",2026-11-0${(i % 9) + 1},"a
note, ${name}"`;
  });
  return ['coupon,amount,order,date,note', ...rows].join('\n');
}

function couponsFile(name: string) {
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `${name}-${i % 7 === 3 ? i - 3 : i},${i % 5 ? 'maria@azulejo.test' : ''}`,
  );
  return ['code,affiliate', ...rows, ',nobody@azulejo.test'].join('\r\n');
}

/** The orders of an import, in the order of its lines. */
const FIRST_SAID = 'SELECT order_key, min(id) AS id FROM reports WHERE import_id = ? GROUP BY order_key';

/** All that an import has left behind, without what differs by name. */
async function remains(id: number, name: string) {
  const [job, refusals, sales, lines, coupons, reports, awaited] = await env.DB.batch([
    env.DB.prepare(
      `SELECT status, lines_done, rows_total, rows_added, rows_known, rows_refused, rows_undone, rows_kept FROM imports WHERE id = ?`,
    ).bind(id),
    env.DB.prepare('SELECT line, cells, reason FROM import_refusals WHERE import_id = ? ORDER BY line').bind(id),
    env.DB.prepare(
      `SELECT s.order_id, s.state, s.coupon_id, s.amount_minor, s.evidence, s.day, s.reports FROM sales s
       JOIN (${FIRST_SAID}) f ON f.order_key = s.order_key ORDER BY f.id`,
    ).bind(id),
    env.DB.prepare(
      `SELECT l.affiliate_id, l.n, l.kind, l.pending_minor, l.approved_minor, l.cause FROM lines l JOIN sales s ON s.id = l.sale_id
       JOIN (${FIRST_SAID}) f ON f.order_key = s.order_key ORDER BY f.id, l.affiliate_id, l.n`,
    ).bind(id),
    env.DB.prepare(
      'SELECT code, affiliate_id, archived_at, never_was FROM coupons WHERE import_id = ? ORDER BY id',
    ).bind(id),
    env.DB.prepare('SELECT order_id, place, amount FROM reports WHERE import_id = ? ORDER BY id').bind(id),
    env.DB.prepare('SELECT * FROM to_decide'),
  ]);
  const text = JSON.stringify(
    [job, refusals, sales, lines, coupons, reports, awaited].map((each) => each!.results),
    null,
    1,
  );
  return text.replaceAll(`${name}-`, '').replaceAll(name, '');
}

for (const kind of ['sales', 'coupons'] as const) {
  const fileOf = kind === 'sales' ? salesFile : couponsFile;
  const prepare = (name: string) =>
    kind === 'sales' ? recordSales(env.DB, [pixel({ orderId: `${name}-2`, amount: '3.50', code: 'JOAO10' })]) : null;

  test(`${kind}: killed at random points, ${KILLED_RUNS} times, and two at once`, { timeout: 120_000 }, async () => {
    const through = async (name: string, born: () => D1Database, chance: () => number, drivers: number) => {
      await prepare(name);
      const id = await begin(kind, fileOf(name), chance);
      const all = async () => {
        const falls = await Promise.all(Array.from({ length: drivers }, () => drive(born, id)));
        return falls.reduce((sum, each) => sum + each);
      };
      let falls = await all();
      const done = await remains(id, name);
      expect(await startUndo(env.DB, id, by)).toBe(true);
      falls += await all();
      return { falls, done, undone: await remains(id, name) };
    };
    const clean = await through('clean', immortal, chances(0), 1);
    expect(clean.done).toContain('"status": "done"');
    expect(clean.undone).toContain('"status": "undone"');
    let falls = 0;
    for (let run = 1; run <= KILLED_RUNS; run++) {
      const chance = chances(run);
      const killed = await through(`run${run}`, () => mortal(chance), chance, 1 + (run % 2));
      expect(killed.done, `run ${run}`).toBe(clean.done);
      expect(killed.undone, `run ${run}, undone`).toBe(clean.undone);
      falls += killed.falls;
    }
    expect(falls).toBeGreaterThan(KILLED_RUNS);
  });
}
