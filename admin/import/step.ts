/** Drives an import: reads the next piece of its file and hands the rows to the ledger, until it is through. */
import type { Actor, Store } from '../../ledger/audit.ts';
import {
  affiliatesNamed,
  type CouponRow,
  campaignsToName,
  couponInserts,
  knownCoupons,
  publishRows,
} from '../../ledger/import-coupons.ts';
import { forgetStale } from '../../ledger/import-file.ts';
import { foreseeSales, type RowOutcome, recordRows, type SaleRow, verdictOf } from '../../ledger/import-sales.ts';
import {
  beginCheck,
  type ImportJob,
  type PieceDone,
  pieceDone,
  type RefusedRow,
  readJob,
} from '../../ledger/imports.ts';
import { undoStep } from '../../ledger/undo-import.ts';
import { type Format, formatOf, type Said } from '../csv/format.ts';
import { NotUtf8 } from '../csv/records.ts';
import { shopOfFile, standingStill } from '../queries/imports.ts';
import { outcomeText } from './outcome-text.ts';
import { isReady } from './ready.ts';
import { cellOf, type Defaults, type FileRow, type Read, readCoupons, readSales, rowsOfPiece } from './rows.ts';

/** What a step came to: there is more to do, nothing more, or coupons are switched off and it waits. */
export type Stepped = 'more' | 'settled' | 'switched off';

/**
 * Does one piece of an import. Whatever breaks off in it may be done again: nothing is written twice.
 * @param now epoch milliseconds.
 */
export async function stepImport(store: Store, id: number, now: number): Promise<Stepped> {
  const job = await readJob(store.db, id);
  if (!job) return 'settled';
  if (job.status === 'undoing') {
    await undoStep(store, job, now);
    return 'more';
  }
  if (job.status !== 'checking' && job.status !== 'running') return 'settled';
  const { format, defaults } = settingsOf(job);
  try {
    return job.kind === 'coupons'
      ? await stepCoupons(store, job, format, defaults, now)
      : await stepSales(store, job, format, defaults, now);
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    // So far it could have been; now it is sure that it is not, and the rows before are read anew.
    await checkAnew(store.db, job, { ...format, encoding: 'windows-1252' }, defaults, now);
    return 'more';
  }
}

/** Steps on until the import is settled or the time is over. @param forMs milliseconds. */
export async function driveImport(store: Store, id: number, forMs: number): Promise<Stepped> {
  const until = Date.now() + forMs;
  let stepped: Stepped = 'more';
  while (stepped === 'more' && Date.now() < until) stepped = await stepImport(store, id, Date.now());
  return stepped;
}

/**
 * Goes on with imports that nobody drives any more, because their page was closed or the office went down. Files that
 * nobody has confirmed for a week are forgotten.
 */
export async function driveAbandoned(store: Store, now: number, forMs: number): Promise<void> {
  const ids = await standingStill(store.db, now - ABANDONED_MS);
  for (const id of ids) await driveImport(store, id, forMs / ids.length);
  await forgetStale(store.db, now - UNCONFIRMED_MS);
}

const ABANDONED_MS = 60_000;
const UNCONFIRMED_MS = 7 * 86_400_000;

/** Finds out how a file that has just arrived is written, and begins to check it. */
export async function checkUpload(db: D1Database, id: number, defaults: Defaults, now: number): Promise<void> {
  const job = await readJob(db, id);
  if (job?.status !== 'uploading' || !job.piece) return;
  await checkAnew(db, job, formatOf(job.piece, job.kind, job.piecesTotal === 1), defaults, now);
}

/** Begins to check a file anew, as a person has said that it is to be read. @returns false where somebody was quicker. */
export async function checkAsSaid(
  db: D1Database,
  job: ImportJob,
  beginning: Uint8Array,
  said: Said,
  defaults: Defaults,
  by: Actor,
): Promise<boolean> {
  return checkAnew(db, job, formatOf(beginning, job.kind, job.piecesTotal === 1, said), defaults, by.now);
}

function checkAnew(db: D1Database, job: ImportJob, format: Format, defaults: Defaults, now: number): Promise<boolean> {
  const ready = isReady(job.kind, format, defaults);
  const settings = { format: JSON.stringify(format), defaults: JSON.stringify(defaults), ready };
  return beginCheck(db, job.id, job.pass, settings, now);
}

export function settingsOf({ format, defaults }: Pick<ImportJob, 'format' | 'defaults'>) {
  return { format: JSON.parse(format ?? '{}') as Format, defaults: JSON.parse(defaults ?? '{}') as Defaults };
}

async function stepCoupons(
  { db, kv }: Store,
  job: ImportJob,
  format: Format,
  defaults: Defaults,
  now: number,
): Promise<Stepped> {
  const { rows, ...place } = rowsOfPiece(job, format);
  const read = await readNamed(db, rows, format, defaults);
  const running = job.status === 'running';
  const known = running ? null : await knownCoupons(db, read.rows, now);
  const added = known && read.rows.filter(({ line }) => !known.has(line)).length;
  const done = { ...place, rows: rows.length, added, refused: read.refused };
  await db.batch([...(running ? couponInserts(db, job, read.rows, now) : []), ...pieceDone(db, job, done, now)]);
  if (running && job.piecesTotal === 1) await publishRows(db, kv, read.rows);
  return 'more';
}

async function readNamed(
  db: D1Database,
  rows: FileRow[],
  format: Format,
  defaults: Defaults,
): Promise<Read<CouponRow>> {
  const whom = format.columns.affiliate === undefined ? [] : rows.map((row) => cellOf(row, 'affiliate', format));
  const [campaigns, affiliates] = [await campaignsToName(db), await affiliatesNamed(db, whom)];
  return readCoupons(rows, format, defaults, { campaigns, affiliates });
}

async function stepSales(
  { db }: Store,
  job: ImportJob,
  format: Format,
  defaults: Defaults,
  now: number,
): Promise<Stepped> {
  const { rows, ...place } = rowsOfPiece(job, format);
  const { shop, read } = await readSold(db, job, rows, format, defaults, now);
  const outcomes =
    job.status === 'running'
      ? await recordRows(db, job, shop.id, read.rows, now)
      : await foreseeSales(db, job, shop.id, read.rows, now);
  if (outcomes === null) return 'switched off';
  const refused = [...read.refused, ...refusedOf(rows, read.rows, outcomes)].sort((a, b) => a.line - b.line);
  const added = outcomes.filter(({ outcome }) => verdictOf(outcome) === 'new').length;
  const done: PieceDone = { ...place, rows: rows.length, added, refused };
  await db.batch(pieceDone(db, job, done, now));
  return 'more';
}

/** Rows without a date were sold on the day on which this file was first sent, so that sent again they are the same sales. */
async function readSold(
  db: D1Database,
  job: ImportJob,
  rows: FileRow[],
  format: Format,
  defaults: Defaults,
  now: number,
) {
  const shop = await shopOfFile(db, defaults.shopId);
  if (!shop) throw new Error(`import ${job.id} is of the shop ${defaults.shopId}, which there is not`);
  return { shop, read: readSales(rows, format, shop, job.firstStartedAt ?? now) };
}

function refusedOf(rows: FileRow[], read: SaleRow[], outcomes: RowOutcome[]): RefusedRow[] {
  const why = new Map<number, string>();
  outcomes.forEach((outcome, index) => {
    if (verdictOf(outcome.outcome) === 'refused') why.set(read[index]!.line, outcomeText(outcome));
  });
  return rows.filter(({ line }) => why.has(line)).map(({ line, cells }) => ({ line, cells, reason: why.get(line)! }));
}

export interface ForeseenRow extends FileRow {
  verdict: 'new' | 'known' | 'refused';
  /** Why it is refused, or what else there is to say. */
  reason: string;
}

/**
 * What would become of the first rows of a file, one by one.
 * @param readable false where something is still to be chosen: the rows are then only shown.
 */
export async function foreseeRows(
  db: D1Database,
  job: ImportJob,
  count: number,
  now: number,
  readable = true,
): Promise<ForeseenRow[]> {
  const { format, defaults } = settingsOf(job);
  const rows = rowsOfPiece(job, format).rows.slice(0, count);
  if (!readable) return rows.map((row) => ({ ...row, verdict: 'new', reason: '' }));
  const saying = new Map<number, Pick<ForeseenRow, 'verdict' | 'reason'>>();
  const refuse = (refused: RefusedRow[]) => {
    for (const { line, reason } of refused) saying.set(line, { verdict: 'refused', reason });
  };
  if (job.kind === 'coupons') {
    const read = await readNamed(db, rows, format, defaults);
    refuse(read.refused);
    for (const line of await knownCoupons(db, read.rows, now))
      saying.set(line, { verdict: 'known', reason: 'The shop has this coupon; it stays as it is.' });
  } else {
    const { shop, read } = await readSold(db, job, rows, format, defaults, now);
    refuse(read.refused);
    const outcomes = await foreseeSales(db, job, shop.id, read.rows, now);
    outcomes.forEach((outcome, index) => {
      const verdict = verdictOf(outcome.outcome);
      saying.set(read.rows[index]!.line, { verdict, reason: verdict === 'new' ? '' : outcomeText(outcome) });
    });
  }
  return rows.map((row) => ({ ...row, ...(saying.get(row.line) ?? { verdict: 'new', reason: '' }) }));
}
