import { COLUMN_NAMES, COLUMNS, type Column } from '../csv/columns.ts';
import type { Cell } from '../csv-out.ts';
import type { Db } from '../env.ts';
import { settingsOf } from '../import/read.ts';
import { type ImportRow, refusalsOf } from '../queries/imports.ts';

const BATCH_ROWS = 1_000;

/** Refused rows as they were sent, with their line and why; to be mended, and imported as they are. */
export function refusedRows(db: Db, job: ImportRow): { head: string[]; batches: AsyncGenerator<Cell[][]> } {
  const { names, width, columns } = settingsOf(job).format;
  // A file without names gets those by which it is understood.
  const named = Object.entries(columns) as [Column, number][];
  const own = Array.from({ length: width }, (_, index) => {
    const [column] = named.find(([, at]) => at === index) ?? [];
    return names[index] ?? (column && COLUMNS[job.kind].some((one) => one === column) ? COLUMN_NAMES[column] : '');
  });
  return { head: [...own, 'Line', 'Reason'], batches: batchesOf(db, job.id, width) };
}

async function* batchesOf(db: Db, id: number, width: number): AsyncGenerator<Cell[][]> {
  for (let after = 0; ; ) {
    const rows = await refusalsOf(db, id, BATCH_ROWS, after);
    if (rows.length === 0) return;
    yield rows.map(({ line, cells, reason }) => [
      ...Array.from({ length: width }, (_, i) => cells[i] ?? ''),
      line,
      reason,
    ]);
    after = rows.at(-1)!.line;
  }
}
