/**
 * The one door into the ledger. Whatever is said of an order is a report, and every report goes through here.
 *
 * Gather facts, decide (a pure function), append in one batch whose statements carry their own guards, and decide
 * again, with fresh facts, whatever lost a race meanwhile.
 */
import { type Heard, heardIn, type Report, sayTheSame } from '../report.ts';
import { append, appendUndecided, count } from './append.ts';
import { type Copies, copiesOf, factsFromCopies } from './copies.ts';
import type { OrderState } from './orders.ts';
import { isSwitchedOff, noiseOf, outcomeAgain, outcomeOf, type RecordedReport, refused } from './outcome.ts';
import { currencyOf, type Places, placeOf, readPlaces } from './place.ts';
import { claimsOf, decidedOf, gather, type Known, prepare, stateFor } from './prepare.ts';
import { type Decided, drawAppend, type Write, writeOf } from './write.ts';

export { foresee } from './explain.ts';
export type { Outcome, RecordedReport } from './outcome.ts';

/** Copies of coupons that may be stale, by code key, and who wants to hear what D1 says they should be. */
export interface Hints {
  copies: Map<string, Copies>;
  learn(codeKey: string, copies: Copies): void;
}

/** D1 takes 2 MB in a parameter. Three bytes a character at most, and a report is in a list as often as once. */
const LIST_CHARACTERS = 400_000;
const LIST_LENGTH = 1_000;

/** Who has lost so many races has met a bug, not a race. */
const MAX_LOSSES = 20;

/**
 * Records what the reports say, all of it or, where it throws, possibly the first of a long list: sending the same reports
 * again is always safe.
 * @param hints lets a single report be recorded in one round trip; never trusted, for D1 checks every write.
 * @returns what became of each report, in their order. Refusals are outcomes, and so is `not written`, for a report that D1
 * does not take while it takes others; only D1's failure throws.
 */
export async function recordSales(db: D1Database, reports: Report[], hints?: Hints): Promise<RecordedReport[]> {
  const outcomes: RecordedReport[] = [];
  for (const list of listsOf(reports)) outcomes.push(...(await recordList(db, list, hints)));
  return outcomes;
}

function listsOf(reports: Report[]): Report[][] {
  const lists: Report[][] = [];
  let characters = 0;
  for (const report of reports) {
    const length = reports.length === 1 ? 0 : JSON.stringify(report).length;
    if (lists.length === 0 || lists.at(-1)!.length === LIST_LENGTH || characters + length > LIST_CHARACTERS) {
      lists.push([]);
      characters = 0;
    }
    lists.at(-1)!.push(report);
    characters += length;
  }
  return lists;
}

/** Where a list has got to. */
interface Progress {
  db: D1Database;
  settled: Map<string, RecordedReport>;
  losses: Map<string, number>;
}

/** A report with what is about to be written of it. */
interface Attempt {
  report: Report;
  decided: Decided;
  write: Write;
  outcome: RecordedReport;
}

async function recordList(db: D1Database, reports: Report[], hints?: Hints): Promise<RecordedReport[]> {
  const progress: Progress = { db, settled: new Map(), losses: new Map() };
  const open = () => unsettled(reports, progress.settled);
  if (hints) await appendSafely(hinted(reports, hints), progress);
  for (let rest = open(); rest.length > 0; rest = open()) {
    const places = await readPlaces(db, rest);
    await settleAtTheDoor(rest, places, progress);
    const inside = open();
    if (inside.length === 0) break;
    const known = await gather(db, inside, places);
    if (hints) tell(hints, inside, known);
    await appendSafely(await round(inside, known, progress), progress);
  }
  return reports.map((report) => progress.settled.get(report.id)!);
}

/** Each id once: a list may have a report twice. */
const unsettled = (reports: Report[], settled: Map<string, unknown>) => [
  ...new Map(reports.filter(({ id }) => !settled.has(id)).map((report) => [report.id, report])).values(),
];

/** What copies in KV tell enough of is decided at once, as if nothing were known of its order: the guards say whether it is so. */
function hinted(reports: Report[], hints: Hints): Attempt[] {
  const claimed = new Set<string>();
  return reports.flatMap((report, index) => {
    const hint = factsFromCopies(report, hints.copies);
    if (!hint) return [];
    const order = { shopId: hint.shopId, orderKey: report.orderKey! };
    const state: OrderState = {
      ...order,
      members: [{ ...order, sale: null, commissions: [], awaited: null, heard: [], joinedBy: null }],
      heard: [],
    };
    const key = `${order.shopId} ${order.orderKey}`;
    if (claimed.has(key)) return [];
    claimed.add(key);
    const heard = heardIn(report, hint.facts.shop!.currency, 1);
    const trigger = { kind: 'sale', cause: 'report', causeId: report.id, at: report.receivedAt };
    const decided = { ...decidedOf(state, [heard], hint.facts, trigger, hint.spans), report: heard };
    return [attemptOf(report, decided, null, index)];
  });
}

function attemptOf(report: Report, decided: Decided, before: Parameters<typeof outcomeOf>[2], index: number): Attempt {
  const write = writeOf(decided, drawAppend(index));
  return { report, decided, write, outcome: outcomeOf(report, decided, before) };
}

/** What needs no decision: what coupons that are switched off do not take, what was kept before with other words, and noise. */
async function settleAtTheDoor(reports: Report[], places: Places, { db, settled }: Progress): Promise<void> {
  const noise: Parameters<typeof count>[2] = [];
  for (const report of reports) {
    const kept = places.kept.get(report.id);
    const { order, currency } = placeOf(report, places);
    const currencyThen = kept ? currencyOf(kept.order.shopId, places) : currency;
    if (kept && !sayTheSame(kept.heard, heardIn(report, currencyThen, kept.heard.place))) {
      settled.set(report.id, refused(report, 'other contents', order));
      noise.push(noiseOf(report, order.shopId, 'the same name with other contents'));
    } else if (kept) continue;
    else if (places.switchedOff && isSwitchedOff(report))
      settled.set(report.id, refused(report, 'switched off', order));
    else {
      const cause = causeOfNoise(report, places) ?? (isUnreadable(report, currency) ? 'unreadable' : null);
      if (cause === null) continue;
      const hit = noiseOf(report, order.shopId, cause);
      noise.push(hit);
      // Of those that say the same unreadable thing within an hour the first is kept, for a person to look at.
      const said = JSON.stringify([hit.shopId, hit.hour, hit.sample]);
      if (cause !== 'unreadable' || places.counted.has(said))
        settled.set(report.id, refused(report, 'counted', order, cause));
      places.counted.add(said);
    }
  }
  await count(db, [], noise);
}

/** Why a hit of a browser says nothing that could be decided; null where it does. */
function causeOfNoise(report: Report, places: Places): string | null {
  if (report.source !== 'pixel' || report.kind !== 'sale' || report.test || report.problem !== null) return null;
  if (!report.codes || report.codes.length === 0) return 'no coupon';
  if (report.orderKey === null && !report.codes.some((code) => places.codeShops.has(code))) return 'unknown coupon';
  return null;
}

/** A hit without an order number of which something cannot be read: it can be one of many. */
const isUnreadable = (report: Report, currency: string | null) =>
  report.source === 'pixel' &&
  report.kind === 'sale' &&
  !report.test &&
  report.orderKey === null &&
  heardIn(report, currency, 1).problem !== null;

/** Decides each report whose order nobody before it in the list speaks of; the others wait for the next round. */
async function round(reports: Report[], known: Known, progress: Progress): Promise<Attempt[]> {
  const { db, settled } = progress;
  const claimed = new Set<string>();
  const attempts: Attempt[] = [];
  const [reloads, noise]: [Parameters<typeof count>[1], Parameters<typeof count>[2]] = [[], []];
  for (const [index, report] of reports.entries()) {
    const kept = known.places.kept.get(report.id);
    if (kept) {
      const state = known.orders.get(`${kept.order.shopId} ${kept.order.orderKey}`)!;
      settled.set(report.id, outcomeAgain(report, kept.heard, state, known));
      continue;
    }
    const placed = known.placed.get(report.id)!;
    const state = stateFor(report, placed, known.orders);
    const claims = claimsOf(report, placed, state);
    const free = !claims.some((claim) => claimed.has(claim));
    for (const claim of claims) claimed.add(claim);
    if (!free) continue;
    const prepared = decideOrNot(report, () => prepare(report, placed, state, known));
    if (prepared === null || (progress.losses.get(report.id) ?? 0) >= MAX_LOSSES) {
      await giveUp(db, report, state, placed.currency, settled);
      continue;
    }
    if (prepared.to === 'refuse') settled.set(report.id, refused(report, prepared.outcome, state));
    else if (prepared.to === 'noise') {
      settled.set(report.id, refused(report, 'counted', state, prepared.cause));
      noise.push(noiseOf(report, state.shopId, prepared.cause));
    } else if (prepared.to === 'count') {
      settled.set(report.id, { ...outcomeAgain(report, prepared.like, state, known), commissionMinor: null });
      reloads.push(prepared.order);
    } else attempts.push(attemptOf(report, prepared.decided, prepared.before, index));
  }
  await count(db, reloads, noise);
  return attempts;
}

/** A decision that throws is a bug, and the bug of one report only. */
function decideOrNot<Result>(report: Report, decide: () => Result): Result | null {
  try {
    return decide();
  } catch (error) {
    console.error(`report ${report.id} could not be decided:`, error);
    return null;
  }
}

/** The report is kept, waits for a person, and its order is decided again later; one that is there already is not looked at. */
async function giveUp(
  db: D1Database,
  report: Report,
  { shopId, orderKey }: OrderState,
  currency: string | null,
  settled: Progress['settled'],
): Promise<void> {
  const heard: Heard = heardIn(report, currency, 1);
  if (!(await appendUndecided(db, shopId, orderKey, heard, drawAppend(0)))) return;
  console.error(`report ${report.id} waits for a person: it could not be decided`);
  settled.set(report.id, refused(report, 'could not be decided', { shopId, orderKey }));
}

/**
 * Writes a list; where D1 refuses it, its halves, down to the one that it refuses: that one waits. Each attempt has a number
 * of its own, for a list whose answer was lost has been written.
 */
async function appendSafely(attempts: Attempt[], progress: Progress): Promise<void> {
  if (attempts.length === 0) return;
  let written: Map<number, number>;
  try {
    written = await append(
      progress.db,
      attempts.map(({ write }) => write),
    );
  } catch (error) {
    if (attempts.length === 1) return appendAlone(attempts[0]!, error, progress);
    const anew = attempts.map((each, index) => ({ ...each, write: { ...each.write, append: drawAppend(index) } }));
    const half = Math.ceil(anew.length / 2);
    await appendSafely(anew.slice(0, half), progress);
    await appendSafely(anew.slice(half), progress);
    return;
  }
  for (const { report, write, outcome } of attempts) {
    const saleId = written.get(write.append);
    if (saleId === undefined) progress.losses.set(report.id, (progress.losses.get(report.id) ?? 0) + 1);
    else progress.settled.set(report.id, { ...outcome, saleId });
  }
}

/** @throws what D1 throws where it takes nothing at all. */
async function appendAlone({ report, decided }: Attempt, error: unknown, { db, settled }: Progress): Promise<void> {
  console.error(`D1 refuses what report ${report.id} came to:`, error);
  const { shopId, orderKey } = decided.state;
  try {
    await giveUp(db, report, decided.state, decided.standing.currency, settled);
  } catch (again) {
    await db.batch([db.prepare('SELECT 1')]);
    console.error(`D1 refuses report ${report.id} itself:`, again);
    settled.set(report.id, refused(report, 'not written', { shopId, orderKey }));
  }
}

/** What the copies should be, where they told something else. */
function tell({ copies, learn }: Hints, reports: Report[], { codes }: Known): void {
  for (const codeKey of new Set(reports.flatMap((report) => report.codes ?? []))) {
    const truth = copiesOf(codeKey, codes);
    if (JSON.stringify(copies.get(codeKey)) !== JSON.stringify(truth)) learn(codeKey, truth);
  }
}
