/** What stands of an order, and why: decided from what is stored, and not written. */
import { decide, type Standing } from '../decide.ts';
import type { Heard, Report } from '../report.ts';
import { type Part, partsOf } from '../verdict.ts';
import { readCodes } from './histories.ts';
import { type Member, nameOf, type OrderState, readOrders } from './orders.ts';
import { outcomeAgain, outcomeOf, type RecordedReport, refused } from './outcome.ts';
import { placeOf, readPlaces } from './place.ts';
import { factsFor, gather, prepare, readUndone, stateFor } from './prepare.ts';
import type { Decided } from './write.ts';

export interface Explained {
  heard: Heard[];
  /** What each report is to the order, by its id. */
  of: Map<string, Part>;
  standing: Standing;
  /** The keys of the orders that are one with it, the eldest first. */
  orders: string[];
}

/** @returns null where nobody ever spoke of the order. */
export async function explain(db: D1Database, shopId: number, orderKey: string): Promise<Explained | null> {
  const orders = await readOrders(db, [{ shopId, orderKey }]);
  const state = orders.get(nameOf({ shopId, orderKey }))!;
  if (state.heard.length === 0) return null;
  const codes = await readCodes(
    db,
    state.heard.flatMap((report) => report.codes ?? []),
  );
  const facts = factsFor(state, state.heard, { codes, undone: await readUndone(db, orders) });
  const standing = decide(state.heard, facts);
  return {
    heard: state.heard,
    of: partsOf(standing, state.heard, facts),
    standing,
    orders: state.members.map((member) => member.orderKey),
  };
}

/**
 * What would become of reports, one after the other; nothing is written.
 * @returns in their order, as `recordSales` would.
 */
export async function foresee(db: D1Database, reports: Report[]): Promise<RecordedReport[]> {
  const places = await readPlaces(db, reports);
  const known = await gather(db, reports, places);
  const heard = new Map<string, OrderState>();
  return reports.map((report) => {
    const kept = places.kept.get(report.id);
    if (kept) return outcomeAgain(report, kept.heard, known.orders.get(nameOf(kept.order))!, known);
    const placed = placeOf(report, places);
    const there = stateFor(report, placed, known.orders);
    const state = heard.get(nameOf(there)) ?? there;
    const prepared = prepare(report, placed, state, known);
    if (prepared.to === 'refuse') return refused(report, prepared.outcome, state);
    if (prepared.to === 'noise') return refused(report, 'counted', state, prepared.cause);
    if (prepared.to === 'count') return outcomeAgain(report, prepared.like, state, known);
    heard.set(nameOf(there), withReport(state, prepared.decided));
    return outcomeOf(report, prepared.decided, prepared.before);
  });
}

/** The order as it would stand once the report were written. */
function withReport(state: OrderState, { report, heard }: Decided): OrderState {
  const [eldest, ...others] = state.members as [Member, ...Member[]];
  const said = report ? [...eldest.heard, report] : eldest.heard;
  return { ...state, heard, members: [{ ...eldest, heard: said }, ...others] };
}
