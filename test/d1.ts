/** D1 with something done around each call: counted, held up, refused. */

/** A statement as it goes to D1. */
export interface Asked {
  query: string;
  values: unknown[];
}

/** One call, of one statement or of a batch. */
export type Around = <Result>(asked: Asked[], call: () => Promise<Result>) => Promise<Result>;

const CALLS = new Set<string | symbol>(['all', 'run', 'first', 'raw']);

export function d1Through(db: D1Database, around: Around): D1Database {
  const statements = new WeakMap<object, { own: D1PreparedStatement; asked: Asked }>();
  const wrapped = (own: D1PreparedStatement, query: string, values: unknown[]): D1PreparedStatement => {
    const asked = { query, values };
    const statement = new Proxy(own, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (name === 'bind') return (...bound: unknown[]) => wrapped(target.bind(...bound), query, bound);
        if (CALLS.has(name)) return (...options: unknown[]) => around([asked], () => value.apply(target, options));
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    statements.set(statement, { own, asked });
    return statement;
  };
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (query: string) => wrapped(target.prepare(query), query, []);
      if (name === 'batch')
        return (batch: D1PreparedStatement[]) => {
          const known = batch.map((statement) => statements.get(statement)!);
          return around(
            known.map(({ asked }) => asked),
            () => target.batch(known.map(({ own }) => own)),
          );
        };
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Whether a call writes what was decided. */
export const isAppend = (asked: Asked[]): boolean => asked.some(({ query }) => /INSERT INTO sales/.test(query));

/** Whether any of what it writes has a text in it. */
export const mentions = (asked: Asked[], text: string): boolean =>
  asked.some(({ values }) => values.some((value) => typeof value === 'string' && value.includes(text)));

/**
 * Callers at once, of whose calls to D1 one is made at a time: which comes next is drawn by a seed, so that a race can be run
 * again.
 */
export async function inTurns<Result>(
  db: D1Database,
  seed: number,
  callers: ((db: D1Database) => Promise<Result>)[],
): Promise<Result[]> {
  const waiting: (() => void)[] = [];
  let underway = 0;
  let ended = false;
  const taken = d1Through(db, async (_, call) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    underway++;
    return call().finally(() => underway--);
  });
  const all = Promise.all(callers.map((caller) => caller(taken)));
  const end = () => {
    ended = true;
  };
  const over = all.then(end, end);
  for (let draw = seed; !ended; ) {
    // By the next task whoever goes on has come to its next call.
    await new Promise((resolve) => setTimeout(resolve));
    if (underway > 0 || waiting.length === 0) continue;
    draw = (Math.imul(draw, 1_103_515_245) + 12_345) >>> 0;
    waiting.splice((draw >>> 8) % waiting.length, 1)[0]!();
  }
  await over;
  return all;
}
