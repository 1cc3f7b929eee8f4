/**
 * The database of a state directory, to be read beside whoever serves it: two workerd on one file lose writes, while
 * SQLite lets any number read. It looks like D1 as far as the ledger reads by it, and a batch is one moment, as there.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CannotStart } from './cannot-start.ts';

/** Throws `CannotStart` where there is no database. */
export function openReadOnly(stateDir: string): { db: D1Database; close(): void } {
  const files = globSync(join(stateDir, 'v3/d1/**/*.sqlite')).filter((file) => !file.endsWith('metadata.sqlite'));
  if (files.length !== 1)
    throw new CannotStart(`There is no database in ${stateDir}; say with STATE_DIR where Counterfoil keeps its data.`);
  const file = new Database(files[0]!, { readonly: true });
  const batch = file.transaction((statements: Statement[]) => statements.map((statement) => statement.read()));
  const db = {
    prepare: (query: string) => new Statement(file.prepare(query), []),
    batch: async (statements: Statement[]) => batch(statements),
  };
  return { db: db as unknown as D1Database, close: () => file.close() };
}

class Statement {
  readonly #statement: Database.Statement;
  readonly #values: unknown[];

  constructor(statement: Database.Statement, values: unknown[]) {
    this.#statement = statement;
    this.#values = values;
  }

  bind(...values: unknown[]) {
    return new Statement(this.#statement, values);
  }

  read() {
    // better-sqlite3 takes `?1` for a name.
    const named = Object.fromEntries(this.#values.map((value, index) => [index + 1, value]));
    const results = this.#values.length > 0 ? this.#statement.all(named) : this.#statement.all();
    return { success: true, results };
  }

  async all() {
    return this.read();
  }

  async first(column?: string) {
    const [row = null] = this.read().results as Record<string, unknown>[];
    return column === undefined ? row : (row?.[column] ?? null);
  }
}
