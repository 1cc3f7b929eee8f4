/** D1 as several callers at once meet it: between any two of one caller's calls the others may get on. */
import type { Chance } from './chance.ts';

/** The same database; before and after each call there is a pause of up to two milliseconds, as chance will have it. */
export function pausing(db: D1Database, chance: Chance): D1Database {
  const real = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const pause = () => new Promise((resolve) => setTimeout(resolve, chance.below(3)));
  const slowly = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    await pause();
    const result = await call();
    await pause();
    return result;
  };
  const wrapped = (statement: D1PreparedStatement): D1PreparedStatement => {
    const slow = {
      bind: (...values: unknown[]) => wrapped(statement.bind(...values)),
      // Its overloads are one to whoever passes its arguments on.
      first: (...column: [string]) => slowly(() => statement.first(...column)),
      all: () => slowly(() => statement.all()),
      run: () => slowly(() => statement.run()),
      raw: (...options: []) => slowly(() => statement.raw(...options)),
    } as D1PreparedStatement;
    real.set(slow, statement);
    return slow;
  };
  return {
    prepare: (sql: string) => wrapped(db.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      slowly(() => db.batch(statements.map((statement) => real.get(statement)!))),
  } as D1Database;
}
