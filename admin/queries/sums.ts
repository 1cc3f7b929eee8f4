/** Sums of money that can neither overflow nor lose a cent, and the ledger's rules as parts of a query. */
import { type SQL, sql } from 'drizzle-orm';

/** Minor units of one currency: two are never added. */
export interface Sum {
  currency: string;
  amountMinor: bigint;
}

/**
 * The sum of amounts in minor units; of none it is 0. SQLite throws where a sum leaves 64 bits, and D1 hands out numbers as
 * floats, exact up to 2^53 only: so millions and the rest are added apart and sent as text, which `minorIn` reads.
 */
export const sumMinor = (minor: SQL): SQL<string> => sql`(
  coalesce(sum((${minor}) / 1000000), 0) || ' ' || coalesce(sum((${minor}) % 1000000), 0))`;

export function minorIn(text: string): bigint {
  const [millions, rest] = text.split(' ');
  return BigInt(millions!) * 1_000_000n + BigInt(rest!);
}

/** A rule that asks for a day, of that day. */
export const ruleOn = (rule: (day: string) => string, day: SQL | string): SQL =>
  sql.join(
    rule('?')
      .split('?')
      .map((part) => sql.raw(part)),
    sql`${day}`,
  );

/** Conditions together; those that are undefined matter not. */
export function allOf(...conditions: (SQL | undefined)[]): SQL {
  const present = conditions.filter((condition) => condition !== undefined);
  return present.length > 0 ? sql.join(present, sql` AND `) : sql`true`;
}
