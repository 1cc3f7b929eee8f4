/** Which of the reports of an order stand, and who has the say about what. */
import type { Heard } from './report.ts';
import { rankOf } from './report.ts';

/** Reports of an order by what they are good for, each list in the order of arrival. */
export interface Heeded {
  /** States of the order that count: sales and corrections. */
  states: Heard[];
  refunds: Heard[];
  /** The newest adjustment. */
  adjustment: Heard | null;
  /** Affiliates who were declined, with the report that did it. */
  declined: Map<number, Heard>;
  /** Whose commission is held, by whom; null: everybody's. */
  held: Map<number | null, Heard>;
  /** The void that stands, and what was said since by others than those whom it hushed. */
  voided: { by: Heard; since: Heard[] } | null;
  /** What was taken back, by report: by a withdrawal, or with an import. */
  takenBack: ReadonlySet<string>;
  /** Why a report does not count, in the words that the office shows. */
  dropped: Map<string, string>;
  /** Reports with something unreadable in them: they say nothing, and a person looks. */
  unreadable: Heard[];
}

/** Sorts the reports of an order. @param heard in any order. @param undone the imports that were taken back. */
export function heed(heard: Heard[], undone: ReadonlySet<number>): Heeded {
  const inOrder = [...heard].sort((a, b) => a.place - b.place);
  const dropped = new Map<string, string>();
  const withdrawn = withdrawnOf(inOrder);
  const takenBack = new Set<string>();
  const alive = inOrder.filter((report) => {
    const why = withdrawn.has(report.id)
      ? 'It was taken back.'
      : report.importId !== null && undone.has(report.importId)
        ? 'Its import was undone.'
        : null;
    if (why === null) return true;
    dropped.set(report.id, why);
    takenBack.add(report.id);
    return false;
  });

  const declined = new Map<number, Heard>();
  const held = new Map<number | null, Heard>();
  let hush: Heard | null = null;
  for (const report of alive) {
    const { kind, affiliateId } = report;
    if (kind === 'void') hush = report;
    if (kind === 'restore' && affiliateId === null) hush = null;
    if (kind === 'decline' && affiliateId !== null) declined.set(affiliateId, report);
    if (kind === 'restore' && affiliateId !== null) declined.delete(affiliateId);
    if (kind === 'hold') held.set(affiliateId, report);
    if (kind === 'release' && affiliateId === null) held.clear();
    if (kind === 'release' && affiliateId !== null) held.delete(affiliateId);
  }

  const speaking = alive.filter((report) => {
    if (report.kind !== 'sale' && report.kind !== 'correction' && report.kind !== 'refund') return false;
    if (report.test) dropped.set(report.id, 'It was a test.');
    else if (report.doubt) dropped.set(report.id, `It does not look like a customer: ${report.doubt}.`);
    else if (hush && report.place < hush.place) dropped.set(report.id, 'The order was voided after it.');
    else return true;
    return false;
  });
  const unreadable = speaking.filter(({ problem }) => problem !== null);
  for (const { id, problem } of unreadable) dropped.set(id, `It says nothing that counts: ${problem}.`);
  const readable = speaking.filter(({ problem }) => problem === null);

  const answered = hush !== null && readable.some(({ kind }) => kind === 'correction');
  const hushed = inOrder.filter((report) => hush !== null && report.place < hush.place);
  return {
    states: readable.filter(({ kind }) => kind !== 'refund'),
    refunds: readable.filter(({ kind }) => kind === 'refund'),
    adjustment: alive.findLast(({ kind, place }) => kind === 'adjustment' && place > (hush?.place ?? 0)) ?? null,
    declined,
    held,
    voided:
      hush === null || answered
        ? null
        : { by: hush, since: speaking.filter((report) => !hushed.some((before) => saysAgain(report, before))) },
    takenBack,
    dropped,
    unreadable,
  };
}

/** A withdrawal takes back what it is about, unless it was taken back itself. */
function withdrawnOf(inOrder: Heard[]): Set<string> {
  const withdrawn = new Set<string>();
  for (const report of inOrder.toReversed())
    if (report.kind === 'withdrawal' && report.about !== null && !withdrawn.has(report.id)) withdrawn.add(report.about);
  return withdrawn;
}

/** The same browser with the same words: nobody has to look at it again. */
const saysAgain = (report: Heard, before: Heard) =>
  report.source === 'pixel' &&
  before.source === 'pixel' &&
  report.witness === before.witness &&
  sameHit(report, before);

/** Whether two hits of a browser name the same coupons and money. */
export const sameHit = (one: Heard, other: Heard): boolean =>
  JSON.stringify([one.codes, one.amountMinor ?? one.amount, one.currency, one.problem]) ===
  JSON.stringify([other.codes, other.amountMinor ?? other.amount, other.currency, other.problem]);

/** A witness's newest word about something. */
export interface Word<Value> {
  value: Value;
  report: Heard;
  rank: number;
  /** Where its witness first spoke: among equals the first has the say. */
  place: number;
}

/** When a report was said: by its sender's clock, else when it arrived. */
export const clockOf = ({ saidAt, receivedAt }: Heard) => saidAt ?? receivedAt;

/** Who sent a report; a witness has one rank. */
export const witnessOf = (report: Heard) => `${rankOf(report)} ${report.witness}`;

/** A witness's reports, the newest first. */
export function byWitness(reports: Heard[]): Map<string, Heard[]> {
  const newestFirst = reports.toSorted((a, b) => clockOf(b) - clockOf(a) || b.place - a.place);
  return Map.groupBy(newestFirst, witnessOf);
}

/**
 * What each witness says of a thing by its newest word, the one who has the say first: the highest in rank, and among
 * equals who spoke first.
 * @param say what a report says of it; undefined where it does not speak of it.
 */
export function wordsOf<Value>(states: Heard[], say: (report: Heard) => Value | undefined): Word<Value>[] {
  const words: Word<Value>[] = [];
  for (const reports of byWitness(states).values()) {
    const place = Math.min(...reports.map((report) => report.place));
    for (const report of reports) {
      const value = say(report);
      if (value === undefined) continue;
      words.push({ value, report, rank: rankOf(report), place });
      break;
    }
  }
  return words.sort((a, b) => b.rank - a.rank || a.place - b.place);
}
