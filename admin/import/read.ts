/** Reads the rows of an import's file for the ledger, which drives it. */

import { affiliatesNamed, type CouponRow, campaignsToName, knownCoupons } from '../../ledger/imports/coupons.ts';
import type { FileReader } from '../../ledger/imports/drive.ts';
import { beginCheck, type CheckSettings, type ImportJob, type RefusedRow, readJob } from '../../ledger/imports/job.ts';
import { foreseeSales, verdictOf } from '../../ledger/imports/sales.ts';
import { type Reach, reachOfCoupons } from '../../ledger/sales/what-if.ts';
import { type Format, formatOf, type Said } from '../csv/format.ts';
import { NotUtf8 } from '../csv/records.ts';
import { shopOfFile } from '../queries/imports.ts';
import { outcomeText } from './outcome-text.ts';
import { isReady } from './ready.ts';
import { cellOf, type Defaults, type FileRow, type Read, readCoupons, readSales, rowsOfPiece } from './rows.ts';

export const fileReader: FileReader = {
  async piece(db, job, now) {
    const { format, defaults } = settingsOf(job);
    try {
      const { rows, ...place } = rowsOfPiece(job, format);
      const read = { ...place, count: rows.length };
      if (job.kind === 'coupons') {
        const { rows: coupons, refused } = await readNamed(db, rows, format, defaults);
        return { ...read, coupons, refused };
      }
      const { shop, read: sold } = await readSold(db, job, rows, format, defaults, now);
      return { ...read, sales: sold.rows, shopId: shop.id, refused: sold.refused };
    } catch (error) {
      if (!(error instanceof NotUtf8)) throw error;
      // So far it could have been; now it is sure that it is not, and the rows before are read anew.
      return { anew: settingsFor(job, { ...format, encoding: 'windows-1252' }, defaults) };
    }
  },
  why: outcomeText,
};

/** Finds out how a file that has just arrived is written, and begins to check it. */
export async function checkUpload(db: D1Database, id: number, defaults: Defaults, now: number): Promise<void> {
  const job = await readJob(db, id);
  if (job?.status !== 'uploading' || !job.piece) return;
  await checkAnew(db, job, job.piece, {}, defaults, now);
}

/** Begins to check a file anew, as a person has said that it is to be read. @returns false where somebody was quicker. */
export async function checkAnew(
  db: D1Database,
  job: ImportJob,
  beginning: Uint8Array,
  said: Said,
  defaults: Defaults,
  now: number,
): Promise<boolean> {
  const format = formatOf(beginning, job.kind, job.piecesTotal === 1, said);
  return beginCheck(db, job.id, job.pass, settingsFor(job, format, defaults), now);
}

function settingsFor({ kind }: ImportJob, format: Format, defaults: Defaults): CheckSettings {
  return {
    format: JSON.stringify(format),
    defaults: JSON.stringify(defaults),
    ready: isReady(kind, format, defaults),
  };
}

export function settingsOf({ format, defaults }: Pick<ImportJob, 'format' | 'defaults'>) {
  return { format: JSON.parse(format ?? '{}') as Format, defaults: JSON.parse(defaults ?? '{}') as Defaults };
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
  return { shop, read: readSales(rows, format, shop, now) };
}

/** What comes of orders that have named codes of a file of coupons before: of its first piece, of others it is said later. */
export async function reachOfFile(db: D1Database, job: ImportJob): Promise<Reach> {
  if (job.kind !== 'coupons') return { orders: 0, sums: [] };
  const { format, defaults } = settingsOf(job);
  return reachOfCoupons(db, (await readNamed(db, rowsOfPiece(job, format).rows, format, defaults)).rows);
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
