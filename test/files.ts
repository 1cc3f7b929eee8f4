/** Files of sales that were brought in, and are taken back. */
import { expect } from 'vitest';
import type { Store } from '../ledger/audit.ts';
import { type FileReader, stepImport } from '../ledger/imports/drive.ts';
import { startUndo } from '../ledger/imports/job.ts';
import { importedReportId } from '../ledger/report.ts';
import { recordSales } from '../ledger/sales/record-sales.ts';
import { NOON, pixel, type Said } from './people.ts';

/** An order, or none, and an amount; what else its row says. */
export type FileRow = [order: string | null, amount: string, said?: Said];

/** A file that was brought in at noon. @param hash tells the same file sent again. */
export async function importSales(
  db: D1Database,
  shopId: number,
  rows: FileRow[],
  hash: string = crypto.randomUUID(),
): Promise<{ id: number; outcomes: string[] }> {
  const id = (await db
    .prepare(
      `INSERT INTO imports (kind, file_name, status, content_hash, created_at, moved_at, started_at, finished_at)
       VALUES ('sales', 'sales.csv', 'done', ?1, ?2, ?2, ?2, ?2) RETURNING id`,
    )
    .bind(hash, NOON)
    .first<number>('id'))!;
  const reports = rows.map(([orderId, amount, said], index) =>
    pixel({
      ...{ id: importedReportId(NOON, id, index + 2), source: 'import', witness: `file:${hash}`, importId: id },
      ...{ shopId, orderId, amount },
      // A row without a number is known again by its file and line.
      ...(orderId === null ? { order: `file:${hash}:${shopId}:${index + 2}` } : {}),
      ...said,
    }),
  );
  return { id, outcomes: (await recordSales(db, reports)).map(({ outcome }) => outcome) };
}

/** Takes an import back, to the end. */
export async function undoImport(store: Store, id: number): Promise<void> {
  const by = { userId: null, now: NOON };
  expect(await startUndo(store.db, id, by)).toBe(true);
  while ((await stepImport(store, id, NOON, NOTHING_TO_READ)) === 'more');
  expect(await store.db.prepare('SELECT status FROM imports WHERE id = ?').bind(id).first('status')).toBe('undone');
}

const NOTHING_TO_READ: FileReader = { piece: () => expect.unreachable('a file is read'), why: () => '' };
