/** Drives an import: has the next piece of its file read, and writes what its rows come to, until it is through. */
import type { Store } from '../audit.ts';
import { DECIDED_AT_ONCE } from '../coupons/edit.ts';
import { decideAgain } from '../sales/decide-again.ts';
import { type CouponRow, couponInserts, knownCoupons, tellOfRows } from './coupons.ts';
import { forgetStale } from './file.ts';
import {
  beginCheck,
  type CheckSettings,
  type ImportJob,
  noteFailure,
  pieceDone,
  type RefusedRow,
  readJob,
} from './job.ts';
import { foreseeSales, type RowOutcome, recordRows, type SaleRow, verdictOf } from './sales.ts';
import { undoStep } from './undo.ts';

/** How a file is read: the part of the door that it came through. */
export interface FileReader {
  /** Reads the next piece of a job. */
  piece(db: D1Database, job: ImportJob, now: number): Promise<ReadPiece>;
  /** Why a row of sales came to what it did, in plain words. */
  why(outcome: RowOutcome): string;
}

/** What a piece holds; `anew`: by now it is sure that the file is to be read otherwise, and the rows before too. */
export type ReadPiece = (Rows & ReadRows) | { anew: CheckSettings };

type Rows = { coupons: CouponRow[] } | { sales: SaleRow[]; shopId: number };

interface ReadRows {
  /** All rows of the piece, blank ones left out. */
  count: number;
  /** Those that cannot be read. */
  refused: RefusedRow[];
  /** Where the next piece goes on. */
  linesDone: number;
  tail: Uint8Array;
}

/** What a step came to: there is more to do, nothing more, or coupons are switched off and it waits. */
export type Stepped = 'more' | 'settled' | 'switched off';

/**
 * Does one piece of an import. Whatever breaks off in it may be done again: nothing is written twice.
 * @param now epoch milliseconds.
 * @throws what broke it off, once that is noted: after a few in a row the import is given up, and says why.
 */
export async function stepImport(store: Store, id: number, now: number, read: FileReader): Promise<Stepped> {
  const job = await readJob(store.db, id);
  if (!job || !GOING_ON.has(job.status)) return 'settled';
  try {
    return await step(store, job, now, read);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const where = job.linesDone === 0 ? 'At its beginning' : `After line ${job.linesDone.toLocaleString('en')}`;
    const why = job.status === 'undoing' ? what : `${where}: ${what}`;
    await noteFailure(store.db, job, why, now).catch((again) =>
      console.error(`import ${id}: no failure noted:`, again),
    );
    throw error;
  }
}

const GOING_ON: ReadonlySet<string> = new Set(['checking', 'running', 'undoing']);

/**
 * Steps on until the import is settled or the time is over; a step that throws is the last one, and is tried again by
 * whoever drives it next. @param forMs milliseconds.
 */
export async function driveImport(store: Store, id: number, forMs: number, read: FileReader): Promise<Stepped> {
  const until = Date.now() + forMs;
  let stepped: Stepped = 'more';
  while (stepped === 'more' && Date.now() < until) {
    try {
      stepped = await stepImport(store, id, Date.now(), read);
    } catch (error) {
      console.error(`a step of import ${id} broke off:`, error);
      return 'more';
    }
  }
  return stepped;
}

/**
 * Goes on with imports that nobody drives any more, because their page was closed or the office went down. Files that
 * nobody has confirmed for a week are forgotten.
 */
export async function driveAbandoned(store: Store, now: number, forMs: number, read: FileReader): Promise<void> {
  const { results } = await store.db
    .prepare(
      `SELECT id FROM imports WHERE status IN ('checking', 'running', 'undoing') AND moved_at < ? ORDER BY moved_at`,
    )
    .bind(now - ABANDONED_MS)
    .all<{ id: number }>();
  for (const { id } of results) await driveImport(store, id, forMs / results.length, read);
  await forgetStale(store.db, now - UNCONFIRMED_MS);
}

const ABANDONED_MS = 60_000;
const UNCONFIRMED_MS = 7 * 86_400_000;

async function step(store: Store, job: ImportJob, now: number, read: FileReader): Promise<Stepped> {
  if (job.status === 'undoing') {
    await undoStep(store, job, now);
    return 'more';
  }
  const piece = await read.piece(store.db, job, now);
  if ('anew' in piece) {
    if (job.status === 'running') throw new Error('the file is not what it was when it was checked');
    await beginCheck(store.db, job.id, job.pass, piece.anew, now);
    return 'more';
  }
  return 'coupons' in piece ? stepCoupons(store, job, piece, now) : stepSales(store, job, piece, now, read);
}

async function stepCoupons(
  store: Store,
  job: ImportJob,
  { coupons, count, ...place }: { coupons: CouponRow[] } & ReadRows,
  now: number,
): Promise<Stepped> {
  const { db } = store;
  const running = job.status === 'running';
  const known = running ? null : await knownCoupons(db, coupons, now);
  const added = known && coupons.filter(({ line }) => !known.has(line)).length;
  const done = { ...place, rows: count, added };
  await db.batch([...(running ? couponInserts(db, job, coupons, now) : []), ...pieceDone(db, job, done, now)]);
  if (!running) return 'more';
  await tellOfRows(store, job, coupons);
  await decideAgain(db, DECIDED_AT_ONCE, now);
  return 'more';
}

async function stepSales(
  { db }: Store,
  job: ImportJob,
  { sales, shopId, count, refused: unread, ...place }: { sales: SaleRow[]; shopId: number } & ReadRows,
  now: number,
  read: FileReader,
): Promise<Stepped> {
  const outcomes =
    job.status === 'running'
      ? await recordRows(db, job, shopId, sales, now)
      : await foreseeSales(db, job, shopId, sales, now);
  if (outcomes === null) return 'switched off';
  const verdicts = outcomes.map(({ outcome }) => verdictOf(outcome));
  const refused = sales.flatMap(({ line, cells }, index) =>
    verdicts[index] === 'refused' ? [{ line, cells, reason: read.why(outcomes[index]!) }] : [],
  );
  const added = verdicts.filter((verdict) => verdict === 'new').length;
  const done = { ...place, rows: count, added, refused: [...unread, ...refused].sort((a, b) => a.line - b.line) };
  await db.batch(pieceDone(db, job, done, now));
  return 'more';
}
