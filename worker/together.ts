/**
 * Hits that arrive while D1 is busy with others go to it together, as one list: D1 takes one statement at a time, and a
 * list of fifty costs it little more than one. A hit that comes alone goes at once, and waits for nobody.
 */
import { codesKnown } from '../ledger/coupons/known.ts';
import type { Report } from '../ledger/report.ts';
import type { Copies } from '../ledger/sales/copies.ts';
import { recordSales } from '../ledger/sales/record-sales.ts';

interface Waiting {
  report: Report;
  copies: Map<string, Copies>;
  /** Sent by somebody above the limit for unknown codes: recorded only if the code is one of ours after all. */
  guess: boolean;
  /** Resolves with what D1 says the copies of the report's codes should be, where they told something else. */
  done: PromiseWithResolvers<Map<string, Copies>>;
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
 * @param copies the coupons as KV tells them.
 * @returns what the copies should be, each for one of the list to mend.
 * @throws what D1 throws, to everybody of the list; what D1 does not take of it, to that one only.
 */
export async function recordTogether(
  db: D1Database,
  report: Report,
  copies: Map<string, Copies>,
  guess: boolean,
): Promise<Map<string, Copies>> {
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
    await fly(db, list);
  } catch (error) {
    for (const each of list) each.done.reject(error);
  } finally {
    if (flight === own) flight = null;
    landing.resolve();
  }
}

async function fly(db: D1Database, list: Waiting[]): Promise<void> {
  const learned = new Map<string, Copies>();
  const copies = new Map(list.flatMap((each) => [...each.copies]));
  const told = await recordSales(db, await withoutGuesses(db, list), {
    copies,
    learn: (codeKey, truth) => learned.set(codeKey, truth),
  });
  const failed = new Set(told.filter(({ outcome }) => outcome === 'not written').map(({ reportId }) => reportId));
  for (const { report, done } of list) {
    if (failed.has(report.id)) {
      done.reject(new Error('D1 refuses the report'));
      continue;
    }
    // Each copy is mended once, by the first who asked for it.
    const mine = (report.codes ?? []).flatMap((codeKey) => {
      const truth = learned.get(codeKey);
      learned.delete(codeKey);
      return truth ? [[codeKey, truth] as const] : [];
    });
    done.resolve(new Map(mine));
  }
}

/** The reports, less the guesses whose code is nobody's. One small read for a whole list: guessing cannot flood D1. */
export async function withoutGuesses(
  db: D1Database,
  list: readonly { report: Report; guess: boolean }[],
): Promise<Report[]> {
  const guessed = list.flatMap(({ guess, report }) => (guess ? (report.codes ?? []) : []));
  const ours = guessed.length > 0 ? await codesKnown(db, guessed) : new Set<string>();
  return list.flatMap(({ guess, report }) =>
    !guess || report.codes?.some((codeKey) => ours.has(codeKey)) ? [report] : [],
  );
}
