/**
 * Imports as jobs: a file in pieces, read piece by piece in passes (checking, running, undoing). Where a pass has got to
 * is written in the same transaction as the last of a piece's rows, guarded by pass and piece. So a crash at any point, and
 * two who drive the same import at once, leave no gap and no double.
 */
import type { IMPORT_KINDS, IMPORT_STATUSES } from '../../drizzle/schema.ts';
import { type Actor, auditRowIfChanged } from '../audit.ts';
import { atCommit } from '../sql.ts';

/** D1 takes 2 MB in a row, and gives bytes back as a list of numbers, four times as long. Half a megabyte moves the bar well. */
export const PIECE_BYTES = 500_000;

/** Refused rows that are kept while a file is only checked: those that a page shows. */
export const SHOWN_REFUSALS = 100;

export type ImportKind = (typeof IMPORT_KINDS)[number];
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

export interface ImportJob {
  id: number;
  kind: ImportKind;
  status: ImportStatus;
  pass: number;
  /** JSON, read by the door that wrote it. */
  format: string | null;
  defaults: string | null;
  contentHash: string | null;
  piecesTotal: number;
  piecesDone: number;
  linesDone: number;
  rowsTotal: number;
  rowsAdded: number;
  rowsKnown: number;
  rowsRefused: number;
  createdBy: string | null;
  startedAt: number | null;
  /** When the same file was first started, in this import or in one before. */
  firstStartedAt: number | null;
  undoFrom: string;
  /** What the piece before ended with. */
  tail: Uint8Array;
  /** The next piece of the pass; null where there is none. */
  piece: Uint8Array | null;
}

/** How a file is read and what holds for its rows, as JSON; `ready`: whether that is all there is to know. */
export interface CheckSettings {
  format: string;
  defaults: string;
  ready: boolean;
}

export interface RefusedRow {
  line: number;
  cells: string[];
  reason: string;
}

/** An import with the piece that it has to read next, or null where there is no such import. */
export async function readJob(db: D1Database, id: number): Promise<ImportJob | null> {
  const job = await db
    .prepare(
      `SELECT i.id, i.kind, i.status, i.pass, i.format, i.defaults, i.content_hash AS contentHash, i.pieces_total AS piecesTotal,
         i.pieces_done AS piecesDone, i.lines_done AS linesDone, i.rows_total AS rowsTotal, i.rows_added AS rowsAdded,
         i.rows_known AS rowsKnown, i.rows_refused AS rowsRefused,
         i.created_by AS createdBy, i.started_at AS startedAt, i.undo_from AS undoFrom, i.tail, p.bytes AS piece,
         (SELECT min(o.started_at) FROM imports o WHERE o.kind = i.kind AND o.content_hash = i.content_hash) AS firstStartedAt
       FROM imports i LEFT JOIN import_pieces p ON p.import_id = i.id AND p.number = i.pieces_done
       WHERE i.id = ?`,
    )
    .bind(id)
    .first<Omit<ImportJob, 'tail' | 'piece'> & { tail: number[] | null; piece: number[] | null }>();
  return job && { ...job, tail: Uint8Array.from(job.tail ?? []), piece: job.piece && Uint8Array.from(job.piece) };
}

/**
 * Begins to check the file anew, as `format` and `defaults` say (JSON).
 * @param pass the one that the person or the step saw: whoever was slower is left out.
 * @param ready whether it can be read; where something is still to be chosen, the page asks for it.
 */
export async function beginCheck(
  db: D1Database,
  id: number,
  pass: number,
  { format, defaults, ready }: CheckSettings,
  now: number,
): Promise<boolean> {
  const [, begun] = await db.batch<{ id: number }>([
    db
      .prepare(
        `DELETE FROM import_refusals WHERE import_id = ?1
           AND EXISTS (SELECT 1 FROM imports WHERE id = ?1 AND pass = ?2 AND ${NOT_STARTED})`,
      )
      .bind(id, pass),
    db
      .prepare(
        `UPDATE imports SET status = ?3, format = ?4, defaults = ?5, moved_at = ?6, ${FROM_THE_TOP}, lines_total = 0, rows_total = 0
         WHERE id = ?1 AND pass = ?2 AND ${NOT_STARTED} RETURNING id`,
      )
      .bind(id, pass, ready ? 'checking' : 'previewed', format, defaults, now),
  ]);
  return begun!.results.length > 0;
}

/** Starts to write what the preview has shown. @returns false where it is another preview by now. */
export async function startImport(db: D1Database, id: number, pass: number, by: Actor): Promise<boolean> {
  const [started] = await db.batch<{ id: number }>([
    db
      .prepare(
        `UPDATE imports SET status = 'running', started_at = ?3, moved_at = ?3, ${FROM_THE_TOP}
         WHERE id = ?1 AND pass = ?2 AND status = 'previewed' AND rows_total > 0 RETURNING id`,
      )
      .bind(id, pass, by.now),
    db
      .prepare(
        `DELETE FROM import_refusals WHERE import_id = ?1
           AND EXISTS (SELECT 1 FROM imports WHERE id = ?1 AND pass = ?2 AND status = 'running' AND pieces_done = 0)`,
      )
      .bind(id, pass + 1),
    db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
         SELECT ?2, ?3, 'imported', 'imports', id, json_object('kind', kind, 'file', file_name, 'rows', rows_total)
         FROM imports WHERE id = ?1 AND pass = ?4 AND started_at = ?2`,
      )
      .bind(id, by.now, by.userId, pass + 1),
  ]);
  return started!.results.length > 0;
}

/**
 * Begins to take an import back, once it has ended: while it runs, a list of its rows may be on its way to D1, and would
 * come in behind the undo. From the same instant on its reports count no more, and the orders that they spoke of are to be
 * decided again. @returns false where it has not ended, or is taken back already.
 */
export async function startUndo(db: D1Database, id: number, by: Actor): Promise<boolean> {
  const [started] = await db.batch<{ id: number }>([
    db
      .prepare(
        `UPDATE imports SET status = 'undoing', pass = pass + 1, moved_at = ?2, undo_from = '', rows_undone = 0, rows_kept = 0,
           failures = 0, failure = NULL
         WHERE id = ?1 AND (status = 'done' OR (status = 'failed' AND started_at IS NOT NULL)) RETURNING id`,
      )
      .bind(id, by.now),
    auditRowIfChanged(db, by, 'undone', { subject: 'imports', id }),
    db
      .prepare(
        `INSERT INTO to_decide (shop_id, order_key, kind, cause, cause_id, since)
         SELECT DISTINCT r.shop_id, r.order_key, 'undone', 'import', ?2, ${atCommit('?3')} FROM reports r
         WHERE r.import_id = ?1 AND changes() > 0 ON CONFLICT DO UPDATE SET times = times + 1`,
      )
      .bind(id, String(id), by.now),
    db
      .prepare(
        `DELETE FROM import_pieces WHERE import_id = ?1 AND EXISTS (SELECT 1 FROM imports WHERE id = ?1 AND status = 'undoing')`,
      )
      .bind(id),
  ]);
  return started!.results.length > 0;
}

/** So many steps that throw, one after the other, and an import is given up. */
const MOST_FAILURES = 5;

/**
 * Notes that a step of an import threw. One that was checked or run fails after a few; an undo goes on trying, for half of
 * an undo is nothing that could be left as it is.
 */
export async function noteFailure(db: D1Database, job: ImportJob, why: string, now: number): Promise<void> {
  await db
    .prepare(
      `UPDATE imports SET failures = failures + 1, failure = ?5, moved_at = ?4,
         status = iif(failures + 1 >= ${MOST_FAILURES} AND status IN ('checking', 'running'), 'failed', status)
       WHERE id = ?1 AND pass = ?2 AND pieces_done = ?3 AND status IN ('checking', 'running', 'undoing')`,
    )
    .bind(...pieceOf(job), now, why)
    .run();
}

/** How a piece was read: its rows, blank ones left out, and where the next piece goes on. */
export interface PieceDone {
  rows: number;
  /** Rows that are new; null where they are counted by their `import_id`. */
  added: number | null;
  refused: RefusedRow[];
  linesDone: number;
  tail: Uint8Array;
}

/**
 * The statements that end a piece: its refused rows, and the step forward. To go into one batch, after the piece's own
 * rows; the last of them gives a row where it was this step that went forward.
 */
export function pieceDone(db: D1Database, job: ImportJob, done: PieceDone, now: number): D1PreparedStatement[] {
  const shown = job.status === 'checking' ? done.refused.slice(0, SHOWN_REFUSALS - job.rowsRefused) : done.refused;
  const refusals = job.rowsRefused < SHOWN_REFUSALS || job.status === 'running' ? shown : [];
  const added =
    done.added === null ? '(SELECT count(*) FROM coupons c WHERE c.import_id = imports.id)' : 'rows_added + ?6';
  const last = job.piecesDone + 1 === job.piecesTotal;
  const status = last ? (job.status === 'running' ? 'done' : 'previewed') : job.status;
  return [
    ...listsOf(refusals.map(({ line, cells, reason }) => [line, JSON.stringify(cells), reason])).map((list) =>
      db
        .prepare(
          `INSERT INTO import_refusals (import_id, line, cells, reason)
           SELECT ?1, j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM json_each(?4) j
           WHERE ${AT_PIECE} ON CONFLICT DO NOTHING`,
        )
        .bind(...pieceOf(job), list),
    ),
    ...(status === 'done'
      ? [db.prepare(`DELETE FROM import_pieces WHERE import_id = ?1 AND ${AT_PIECE}`).bind(...pieceOf(job))]
      : []),
    db
      .prepare(
        `UPDATE imports SET pieces_done = pieces_done + 1, rows_refused = rows_refused + ?5,
           rows_added = ${added},
           rows_known = rows_added + rows_known + rows_refused + ?4 - (rows_refused + ?5) - (${added}),
           rows_total = CASE status WHEN 'checking' THEN rows_total + ?4 ELSE rows_total END,
           lines_total = CASE status WHEN 'checking' THEN ?7 ELSE lines_total END,
           lines_done = ?7, tail = ?8, status = ?9, moved_at = ?10, failures = 0, failure = NULL,
           finished_at = CASE ?9 WHEN 'done' THEN ?10 ELSE finished_at END
         WHERE ${AT_PIECE} AND id = ?1 RETURNING id`,
      )
      .bind(
        ...pieceOf(job),
        done.rows,
        done.refused.length,
        done.added ?? 0,
        done.linesDone,
        last || done.tail.length === 0 ? null : done.tail,
        status,
        now,
      ),
  ];
}

/** The parameters of `AT_PIECE`, which are the first three of a statement. */
export const pieceOf = ({ id, pass, piecesDone }: ImportJob): [number, number, number] => [id, pass, piecesDone];

/** Holds as long as nobody has ended the piece, or begun another pass. */
export const AT_PIECE = 'EXISTS (SELECT 1 FROM imports i WHERE i.id = ?1 AND i.pass = ?2 AND i.pieces_done = ?3)';

/** Nothing of the file is truth yet. */
export const NOT_STARTED = 'started_at IS NULL';

const FROM_THE_TOP = `pass = pass + 1, pieces_done = 0, tail = NULL, lines_done = 0, rows_added = 0, rows_known = 0, rows_refused = 0,
  failures = 0, failure = NULL`;

const LIST_ROWS = 5_000;

/** Three bytes a character at most, doubled where JSON escapes: below the 2 MB that D1 takes in a parameter. */
const LIST_CHARACTERS = 300_000;

/** Rows as JSON lists, each short enough for a parameter. */
export function listsOf(rows: unknown[]): string[] {
  const lists: string[] = [];
  let list: string[] = [];
  let length = 0;
  const close = () => {
    if (list.length > 0) lists.push(`[${list.join(',')}]`);
    list = [];
    length = 0;
  };
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (list.length === LIST_ROWS || length + text.length > LIST_CHARACTERS) close();
    list.push(text);
    length += text.length;
  }
  close();
  return lists;
}
