/**
 * Hits that arrive while D1 is busy with others go to it together, as one list: D1 takes one statement at a time, and a
 * list of fifty costs it little more than one. A hit that comes alone goes at once, and waits for nobody.
 */
import type { CouponCopy } from '../ledger/facts.ts';
import { recordSales } from '../ledger/record-sales.ts';
import type { Report } from '../ledger/report.ts';

export type Copies = Map<string, CouponCopy[]>;

interface Waiting {
  report: Report;
  copies: CouponCopy[] | null;
  /** Sent by somebody above the limit for unknown codes: recorded only if the code is one of ours after all. */
  guess: boolean;
  /** Resolves with what D1 says the copies should be, where it was asked. */
  done: PromiseWithResolvers<Copies>;
}

/** A longer list would make the first in it wait for the last. */
const LIST_LENGTH = 100;

/** A request that is ended from outside takes its flight along; after this the others go without it. */
const LOST_AFTER_MS = 10_000;

const waiting = new Set<Waiting>();
let flight: { landed: Promise<unknown>; since: number } | null = null;

/**
 * Records a report, alone or with others that wait. Every request flies itself or with another that lives as long as
 * its own list: none is left to a request that has ended.
 * @param copies the coupon as KV tells it; null where KV has nothing.
 * @throws what D1 throws, to everybody of the list.
 */
export async function recordTogether(
  db: D1Database,
  report: Report,
  copies: CouponCopy[] | null,
  guess: boolean,
): Promise<Copies> {
  const mine: Waiting = { report, copies, guess, done: Promise.withResolvers() };
  waiting.add(mine);
  while (waiting.has(mine) && flight && Date.now() - flight.since < LOST_AFTER_MS) await flight.landed;
  if (waiting.has(mine)) await takeOff(db, mine);
  return mine.done.promise;
}

/** Gives a hit up that has waited too long: it goes to the spool, and should not be in the next list as well. */
export function leave(report: Report): void {
  for (const other of waiting) if (other.report === report) waiting.delete(other);
}

async function takeOff(db: D1Database, mine: Waiting): Promise<void> {
  const others = [...waiting].filter((other) => other !== mine).slice(0, LIST_LENGTH - 1);
  const list = [mine, ...others];
  for (const each of list) waiting.delete(each);
  const landing = Promise.withResolvers<void>();
  const own = { landed: landing.promise, since: Date.now() };
  flight = own;
  try {
    const learned = await fly(db, list);
    for (const each of list) each.done.resolve(learned);
  } catch (error) {
    for (const each of list) each.done.reject(error);
  } finally {
    if (flight === own) flight = null;
    landing.resolve();
  }
}

async function fly(db: D1Database, list: Waiting[]): Promise<Copies> {
  const learned: Copies = new Map();
  const copies: Copies = new Map();
  for (const each of list)
    if (each.copies && each.report.codeKey !== null) copies.set(each.report.codeKey, each.copies);
  await recordSales(db, await withoutGuesses(db, list), {
    copies,
    learn: (codeKey, truth) => learned.set(codeKey, truth),
  });
  return learned;
}

/** The reports, less the guesses whose code is nobody's. One small read for a whole list: guessing cannot flood D1. */
export async function withoutGuesses(
  db: D1Database,
  list: readonly { report: Report; guess: boolean }[],
): Promise<Report[]> {
  const guessed = list.flatMap(({ guess, report }) => (guess && report.codeKey !== null ? [report.codeKey] : []));
  const ours = new Set(guessed.length > 0 ? await knownAmong(db, guessed) : []);
  return list.flatMap(({ guess, report }) => (!guess || ours.has(report.codeKey ?? '') ? [report] : []));
}

async function knownAmong(db: D1Database, codeKeys: string[]): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT j.value AS codeKey FROM json_each(?1) j WHERE
         EXISTS (SELECT 1 FROM coupons c WHERE c.code_key = j.value AND c.archived_at IS NULL)
         OR EXISTS (SELECT 1 FROM coupon_aliases l WHERE l.code_key = j.value)`,
    )
    .bind(JSON.stringify(codeKeys))
    .all<{ codeKey: string }>();
  return results.map(({ codeKey }) => codeKey);
}
