import { sql } from 'drizzle-orm';
import type { ImportKind, ImportStatus, RefusedRow } from '../../ledger/imports/job.ts';
import { EARNED } from '../../ledger/rules.ts';
import type { Db } from '../env.ts';
import { PAGE_ROWS, type Place, type Slice, sliceOf } from './keyset.ts';
import { minorIn, type Sum, sumMinor } from './sums.ts';

export interface ImportRow {
  id: number;
  kind: ImportKind;
  fileName: string;
  status: ImportStatus;
  pass: number;
  /** JSON; null until the file has arrived. */
  format: string | null;
  defaults: string | null;
  bytesTotal: number;
  piecesTotal: number;
  piecesDone: number;
  linesDone: number;
  linesTotal: number;
  rowsTotal: number;
  rowsAdded: number;
  rowsKnown: number;
  rowsRefused: number;
  rowsUndone: number;
  rowsKept: number;
  /** While it is undone: orders that are still to be decided again. */
  ordersLeft: number;
  /** How often in a row a step of it threw, and what the last one said. */
  failures: number;
  failure: string | null;
  createdAt: number;
  /** Null where the person is gone. */
  createdBy: string | null;
  startedAt: number | null;
  finishedAt: number | null;
  undoneAt: number | null;
}

const SELECT_IMPORTS = sql`
  select i.id, i.kind, i.file_name as fileName, i.status, i.pass, i.format, i.defaults, i.bytes_total as bytesTotal,
    i.pieces_total as piecesTotal, i.pieces_done as piecesDone, i.lines_done as linesDone, i.lines_total as linesTotal,
    i.rows_total as rowsTotal, i.rows_added as rowsAdded, i.rows_known as rowsKnown, i.rows_refused as rowsRefused,
    i.rows_undone as rowsUndone, i.rows_kept as rowsKept, i.failures, i.failure,
    case i.status when 'undoing' then (select count(*) from to_decide t where t.cause = 'import' and t.cause_id = cast(i.id as text))
      else 0 end as ordersLeft, i.created_at as createdAt, u.name as createdBy,
    i.started_at as startedAt, i.finished_at as finishedAt, i.undone_at as undoneAt
  from imports i left join users u on u.id = i.created_by`;

/** Imports, the newest first, and how many there are. */
export async function importPage(db: Db, place: Place): Promise<Slice<ImportRow> & { count: number }> {
  const [beyond, order] =
    place.before === undefined
      ? [sql`i.id < ${place.after ?? Number.MAX_SAFE_INTEGER}`, sql`i.id desc`]
      : [sql`i.id > ${place.before}`, sql`i.id`];
  const found = await db.all<ImportRow>(
    sql`${SELECT_IMPORTS} where ${beyond} order by ${order} limit ${PAGE_ROWS + 1}`,
  );
  const counted = await db.get<{ count: number }>(sql`select count(*) as count from imports`);
  return { ...sliceOf(found, place), count: counted.count };
}

export async function importById(db: Db, id: number): Promise<ImportRow | undefined> {
  const [row] = await db.all<ImportRow>(sql`${SELECT_IMPORTS} where i.id = ${id}`);
  return row;
}

/** The newest import of the same file that was started and stands. */
export async function sameFile(db: Db, id: number): Promise<{ id: number; startedAt: number } | undefined> {
  const [row] = await db.all<{ id: number; startedAt: number }>(sql`
    select o.id, o.started_at as startedAt from imports i join imports o on o.kind = i.kind and o.content_hash = i.content_hash
    where i.id = ${id} and o.id <> i.id and o.status in ('running', 'done') order by o.started_at desc limit 1`);
  return row;
}

/** An upload of this person's that broke off, of a file that is called so and as long. */
export async function brokenUpload(
  db: Db,
  file: { kind: ImportKind; fileName: string; bytes: number },
  userId: string,
): Promise<number | undefined> {
  const [row] = await db.all<{ id: number }>(sql`
    select id from imports where status = 'uploading' and created_by = ${userId} and kind = ${file.kind}
      and file_name = ${file.fileName} and bytes_total = ${file.bytes} order by id desc limit 1`);
  return row?.id;
}

/** Refused rows in the file's order. `after` is a line. */
export async function refusalsOf(db: Db, id: number, count: number, after = 0): Promise<RefusedRow[]> {
  const rows = await db.all<{ line: number; cells: string; reason: string }>(sql`
    select line, cells, reason from import_refusals where import_id = ${id} and line > ${after} order by line limit ${count}`);
  return rows.map((row) => ({ ...row, cells: JSON.parse(row.cells) as string[] }));
}

/** The first piece of a file, by which it is found out how it is written; null once the file is gone. */
export async function firstPiece(db: D1Database, id: number): Promise<Uint8Array | null> {
  const bytes = await db
    .prepare('SELECT bytes FROM import_pieces WHERE import_id = ? AND number = 0')
    .bind(id)
    .first<number[]>('bytes');
  return bytes && Uint8Array.from(bytes);
}

/** Coupons that stay although their import is undone, for sales were made with them. */
export async function keptCoupons(db: Db, id: number): Promise<{ id: number; code: string }[]> {
  return db.all(sql`
    select id, code from coupons where import_id = ${id} and archived_at is null order by id limit ${PAGE_ROWS}`);
}

/** What an undo would change: orders of which only this import speaks, with what they have earned; and the others. */
export interface UndoForeseen {
  alone: number;
  earned: Sum[];
  /** Orders that others have spoken of too. */
  shared: number;
}

export async function foreseeUndo(db: Db, id: number): Promise<UndoForeseen> {
  const rows = await db.all<{ shared: number; orders: number; currency: string | null; earned: string }>(sql`
    with orders as materialized (
      select o.shop_id, o.order_key, exists (select 1 from reports r where r.shop_id = o.shop_id and r.order_key = o.order_key
        and r.import_id is not ${id} and r.kind in ('sale', 'correction')) as shared
      from (select distinct shop_id, order_key from reports where import_id = ${id}) o)
    select o.shared, s.currency, count(distinct s.id) as orders, ${sumMinor(sql.raw(`coalesce(${EARNED}, 0)`))} as earned
    from orders o cross join sales s on s.shop_id = o.shop_id and s.order_key = o.order_key and s.state = 'standing'
    left join commissions m on m.sale_id = s.id
    group by o.shared, s.currency`);
  const count = (shared: number) => rows.reduce((sum, row) => sum + (row.shared === shared ? row.orders : 0), 0);
  const earned = rows.flatMap((row) =>
    row.shared === 0 && row.currency !== null ? [{ currency: row.currency, amountMinor: minorIn(row.earned) }] : [],
  );
  return { alone: count(0), earned, shared: count(1) };
}

/** The shop whose sales a file has. */
export async function shopOfFile(db: D1Database, id: number | null) {
  return db
    .prepare('SELECT id, name, currency, time_zone AS timeZone FROM shops WHERE id = ?')
    .bind(id)
    .first<{ id: number; name: string; currency: string; timeZone: string }>();
}
