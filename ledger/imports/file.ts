/** The file of an import: how it arrives in pieces, and how it is forgotten where nobody confirms it. */
import type { Actor } from '../audit.ts';
import { type ImportKind, NOT_STARTED, PIECE_BYTES } from './job.ts';

/** Makes room for a file. @returns the import's id. */
export async function openImport(
  db: D1Database,
  file: { kind: ImportKind; fileName: string; bytesTotal: number },
  by: Actor,
): Promise<number> {
  const made = await db
    .prepare(
      `INSERT INTO imports (kind, file_name, status, bytes_total, pieces_total, created_at, created_by, moved_at)
       VALUES (?1, ?2, 'uploading', ?3, ?4, ?5, ?6, ?5) RETURNING id`,
    )
    .bind(file.kind, file.fileName, file.bytesTotal, Math.ceil(file.bytesTotal / PIECE_BYTES), by.now, by.userId)
    .first<number>('id');
  return made!;
}

/** Keeps a piece of the file, in the place of one that was sent before. @returns false where it has no place in this import. */
export async function keepPiece(db: D1Database, id: number, number: number, bytes: Uint8Array): Promise<boolean> {
  const kept = await db
    .prepare(
      `INSERT INTO import_pieces (import_id, number, hash, bytes)
       SELECT id, ?2, ?3, ?4 FROM imports
       WHERE id = ?1 AND status = 'uploading' AND ?2 BETWEEN 0 AND pieces_total - 1
         AND length(?4) = CASE WHEN ?2 = pieces_total - 1 THEN bytes_total - ?2 * ${PIECE_BYTES} ELSE ${PIECE_BYTES} END
       ON CONFLICT DO UPDATE SET hash = excluded.hash, bytes = excluded.bytes RETURNING number`,
    )
    .bind(id, number, await sha256(bytes), bytes)
    .first();
  return kept !== null;
}

/** The hashes of the pieces that have arrived without a gap, in their order. */
export async function arrivedPieces(db: D1Database, id: number): Promise<string[]> {
  const { results } = await db
    .prepare('SELECT number, hash FROM import_pieces WHERE import_id = ? ORDER BY number')
    .bind(id)
    .all<{ number: number; hash: string }>();
  return results.filter(({ number }, index) => number === index).map(({ hash }) => hash);
}

/** Notes which file it is. @returns false where pieces are still missing. */
export async function closeUpload(db: D1Database, id: number): Promise<boolean> {
  const hashes = await arrivedPieces(db, id);
  const whole = await db
    .prepare(`UPDATE imports SET content_hash = ?2 WHERE id = ?1 AND pieces_total = ?3 AND ?3 > 0 RETURNING id`)
    .bind(id, await sha256(new TextEncoder().encode(hashes.join(' '))), hashes.length)
    .first();
  return whole !== null;
}

/** Forgets a file that was never started. */
export async function forgetImport(db: D1Database, id: number): Promise<void> {
  const these = `(SELECT id FROM imports WHERE id = ?1 AND ${NOT_STARTED})`;
  await db.batch([
    db.prepare(`DELETE FROM import_refusals WHERE import_id IN ${these}`).bind(id),
    db.prepare(`DELETE FROM import_pieces WHERE import_id IN ${these}`).bind(id),
    db.prepare(`DELETE FROM imports WHERE id IN ${these}`).bind(id),
  ]);
}

/** Forgets files that were sent before an instant and never started, some at a time. */
export async function forgetStale(db: D1Database, before: number): Promise<void> {
  const { results } = await db
    .prepare(`SELECT id FROM imports WHERE ${NOT_STARTED} AND moved_at < ? LIMIT 20`)
    .bind(before)
    .all<{ id: number }>();
  for (const { id } of results) await forgetImport(db, id);
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
