import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from './cannot-start.ts';

const MIGRATIONS = join(import.meta.dirname, '../drizzle/migrations');

/** Wrangler's own table, so that `wrangler d1 migrations apply` and this go on from where the other stopped. */
const APPLIED = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** What stood in each file when it was applied. Wrangler knows only the names, and takes another file for the same. */
const HASHES = 'CREATE TABLE IF NOT EXISTS migration_hashes (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL) STRICT';

/**
 * Applies what is not applied yet, in order: each file is one batch, so it is there whole, with its name, or not at all.
 * Throws `CannotStart` where other files were applied than there are.
 */
export async function migrate(db: D1Database, stateDir: string): Promise<void> {
  const applied = await refuseOtherMigrations(db, stateDir);
  await db.batch([db.prepare(APPLIED), db.prepare(HASHES)]);
  for (const { name, text, sha256 } of readMigrations()) {
    if (applied.has(name)) continue;
    await db.batch([
      // The local D1 takes a file as one statement; from Node each of its 150 would cost 3 ms to prepare.
      db.prepare(text),
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
      db.prepare('INSERT INTO migration_hashes (name, sha256) VALUES (?, ?)').bind(name, sha256),
    ]);
  }
}

/**
 * Tables that another version has made may look like ours and mean something else.
 * @returns the names of the files that are applied; throws `CannotStart` where one of them is not as it was then.
 */
export async function refuseOtherMigrations(db: D1Database, stateDir: string): Promise<Set<string>> {
  const { results: tables } = await db
    .prepare(`SELECT name FROM sqlite_master WHERE name IN ('d1_migrations', 'migration_hashes')`)
    .all<{ name: string }>();
  const there = new Set(tables.map(({ name }) => name));
  if (!there.has('d1_migrations')) return new Set();
  const hash = there.has('migration_hashes')
    ? '(SELECT h.sha256 FROM migration_hashes h WHERE h.name = m.name)'
    : 'NULL';
  const { results } = await db
    .prepare(`SELECT m.name, ${hash} AS sha256 FROM d1_migrations m ORDER BY m.id`)
    .all<{ name: string; sha256: string | null }>();
  const ours = new Map(readMigrations().map(({ name, sha256 }) => [name, sha256]));
  const other = results.find(({ name, sha256 }) => sha256 === null || ours.get(name) !== sha256);
  if (other)
    throw new CannotStart(
      `The state directory ${stateDir} was made by another version of Counterfoil (its ${other.name} is not ours): ` +
        'start that version, or choose another directory with STATE_DIR, or delete this one if nothing in it is needed.',
    );
  return new Set(results.map(({ name }) => name));
}

function readMigrations(): { name: string; text: string; sha256: string }[] {
  return readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(MIGRATIONS, name), 'utf8');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    });
}
