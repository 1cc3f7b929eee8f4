/** Reports on their way to being decided: where each belongs, what is known of its order, and what it comes to. */
import { decide, type Standing } from '../decide.ts';
import type { Facts } from '../facts.ts';
import { heed, sameHit } from '../heed.ts';
import { type Heard, heardIn, type Report } from '../report.ts';
import { type Verdict, verdictsOf } from '../verdict.ts';
import { sameHitGuard } from './append.ts';
import { type CodeFacts, readCodes } from './histories.ts';
import { inOrder, type Member, nameOf, type OrderId, type OrderState, readOrders, stillRead } from './orders.ts';
import { type Placed, type Places, placeOf } from './place.ts';
import type { Decided, Trigger } from './write.ts';

/** All that a round of decisions rests on. */
export interface Known {
  places: Places;
  placed: Map<string, Placed>;
  orders: Map<string, OrderState>;
  codes: CodeFacts;
  undone: Set<number>;
}

/** Reads what is known about reports, in three round trips whatever their number. */
export async function gather(db: D1Database, reports: Report[], places: Places): Promise<Known> {
  const placed = new Map(reports.map((report) => [report.id, placeOf(report, places)]));
  const wanted = new Map<string, OrderId>();
  const want = (order: OrderId) => wanted.set(nameOf(order), order);
  for (const { order, others } of placed.values()) {
    want(order);
    for (const orderKey of others) want({ shopId: order.shopId, orderKey });
  }
  for (const { order } of places.kept.values()) want(order);
  const orders = await readOrders(db, [...wanted.values()]);
  const named = [
    ...reports.flatMap(({ codes }) => codes ?? []),
    ...[...orders.values()].flatMap(({ heard }) => heard.flatMap(({ codes }) => codes ?? [])),
  ];
  const [codes, undone] = await Promise.all([readCodes(db, named), readUndone(db, orders, reports)]);
  return { places, placed, orders, codes, undone };
}

/** The imports among those that spoke of these orders, or are about to, that are undone, or being undone. */
export async function readUndone(
  db: D1Database,
  orders: Map<string, OrderState>,
  reports: Pick<Report, 'importId'>[] = [],
): Promise<Set<number>> {
  const said = [...reports, ...[...orders.values()].flatMap(({ heard }) => heard)];
  const ids = new Set(said.flatMap(({ importId }) => importId ?? []));
  if (ids.size === 0) return new Set();
  const { results } = await db
    .prepare(
      `SELECT i.id FROM json_each(?1) j CROSS JOIN imports i ON i.id = j.value WHERE i.status IN ('undoing', 'undone')`,
    )
    .bind(JSON.stringify([...ids]))
    .all<{ id: number }>();
  return new Set(results.map(({ id }) => id));
}

/** The facts that the reports of one order are decided on. */
export function factsFor(state: OrderState, heard: Heard[], { codes, undone }: Pick<Known, 'codes' | 'undone'>): Facts {
  const named = new Set(heard.flatMap((report) => report.codes ?? []));
  const spans = [...named].flatMap((codeKey) => codes.spans.get(codeKey) ?? []);
  const shops = new Set(spans.map(({ shopId }) => shopId));
  const ids = new Set(spans.filter(({ shopId }) => shopId === state.shopId).map(({ couponId }) => couponId));
  const coupons = [...ids].map((id) => codes.coupons.get(id)!);
  const meant = coupons.flatMap((coupon) => coupon.spans);
  const pick = <One>(all: Map<number, One>, wanted: (number | null)[]) =>
    new Map([...new Set(wanted)].flatMap((id) => (id === null ? [] : [[id, all.get(id)!] as const])));
  const sales = state.members.flatMap(({ sale }) => sale ?? []);
  const approved = sales.flatMap(({ approvedAt }) => approvedAt ?? []);
  return {
    shop: codes.shops.get(state.shopId) ?? null,
    severalShops: state.shopId === 0 && shops.size > 0,
    coupons,
    campaigns: pick(
      codes.campaigns,
      meant.map(({ campaignId }) => campaignId),
    ),
    affiliates: pick(
      codes.affiliates,
      meant.map(({ affiliateId }) => affiliateId),
    ),
    undone,
    approvedAt: approved.length > 0 ? Math.min(...approved) : null,
    unkept: sales.reduce((sum, { unkept }) => sum + unkept, 0),
  };
}

/** How many spans the codes of an order had, as a guard. */
export function spansOf(heard: Heard[], codes: CodeFacts): Map<string, number> {
  const named = new Set(heard.flatMap((report) => report.codes ?? []));
  return new Map([...named].map((codeKey) => [codeKey, codes.spans.get(codeKey)?.length ?? 0]));
}

/**
 * Of the hits of browsers on one order so many are kept: of those that name a coupon of ours, of those that do not, and of
 * those that a customer has hardly sent. So no crowd of either keeps the customer's own from being heard.
 */
const KEPT_HITS = 20;

/** What is to become of a report. */
export type Prepared =
  | { to: 'write'; decided: Decided; before: Standing | null }
  /** A hit that says again what one has said that stands. */
  | { to: 'count'; order: OrderId; like: Heard }
  /** A hit that is one too many, and could not earn anything. */
  | { to: 'noise'; cause: string }
  | { to: 'refuse'; outcome: 'changed meanwhile' };

/** Decides a report on what is known. @param state its order, with those that it names as the same. */
export function prepare(
  report: Report,
  placed: Placed,
  state: OrderState,
  known: Pick<Known, 'codes' | 'undone'>,
): Prepared {
  const [eldest, ...others] = state.members as [Member, ...Member[]];
  const kept = Math.max(eldest.sale?.reports ?? 0, eldest.heard.at(-1)?.place ?? 0);
  const heard = heardIn(report, placed.currency, kept + 1);
  const before = factsFor(state, state.heard, known);
  const like = reloadOf(heard, state, before);
  if (like) return { to: 'count', order: eldest, like };
  if (!isAsSeen(heard, state)) return { to: 'refuse', outcome: 'changed meanwhile' };
  const withIt = inOrder([{ ...eldest, heard: stillRead([...eldest.heard, heard]) }, ...others]);
  const crowd = crowdOf(heard, factsFor(state, withIt, known));
  const oneTooMany =
    crowd !== null && state.heard.filter((other) => crowdOf(other, before) === crowd).length >= KEPT_HITS;
  if (oneTooMany && crowd !== 'ours') return { to: 'noise', cause: 'too many hits on one order' };
  const all = oneTooMany ? state.heard : withIt;
  const facts = factsFor(state, all, known);
  const unkept = facts.unkept + (oneTooMany ? 1 : 0);
  const decided = decidedOf(state, all, { ...facts, unkept }, triggerOf(heard), spansOf(all, known.codes));
  return {
    to: 'write',
    before: state.heard.length > 0 ? decide(state.heard, before) : null,
    decided: {
      ...decided,
      report: oneTooMany ? null : heard,
      names: placed.names,
      joins: others.flatMap(({ joinedBy, orderKey }) => (joinedBy === report.id ? [orderKey] : [])),
      hit: hitGuardOf(heard, report.browsers, state),
    },
  };
}

/** A decision on what is there, without a new report. */
export function decidedOf(
  state: OrderState,
  heard: Heard[],
  facts: Facts,
  trigger: Trigger,
  spans: Map<string, number>,
): Decided {
  const standing = decide(heard, facts);
  const verdicts: Map<string, Verdict> = verdictsOf(standing, heard, facts);
  return {
    state,
    report: null,
    heard,
    facts,
    standing,
    verdicts,
    names: [],
    joins: [],
    trigger,
    spans,
    unkept: facts.unkept,
    hit: null,
  };
}

const isHit = ({ source, kind }: Heard) => source === 'pixel' && kind === 'sale';

/** The hits among which a hit is counted; null for what is no hit. */
function crowdOf(report: Heard, facts: Facts): 'ours' | 'not ours' | 'odd' | null {
  if (!isHit(report)) return null;
  if (report.test || report.doubt) return 'odd';
  const ours = facts.coupons.some(({ codes }) => codes.some(({ codeKey }) => report.codes?.includes(codeKey)));
  return ours ? 'ours' : 'not ours';
}

function reloadOf(heard: Heard, state: OrderState, facts: Facts): Heard | undefined {
  if (!isHit(heard) || heard.test) return undefined;
  const { states, unreadable } = heed(state.heard, facts.undone);
  return [...states, ...unreadable].find((other) => isHit(other) && sameHit(other, heard));
}

/** Whether the commission that a person's word is about is still as they saw it. */
function isAsSeen({ more: { seen }, affiliateId }: Heard, { members }: OrderState): boolean {
  if (!seen) return true;
  const theirs = members[0]!.commissions.filter((each) => affiliateId === null || each.affiliateId === affiliateId);
  return theirs.reduce((sum, { lines }) => sum + lines, 0) === seen.lines;
}

function triggerOf({ kind, id, receivedAt, more }: Heard): Trigger {
  const line = { cause: 'report', causeId: id, at: receivedAt };
  switch (kind) {
    case 'void':
      return { ...line, kind: 'voided' };
    case 'decline':
      return { ...line, kind: 'declined' };
    case 'restore':
      return { ...line, kind: 'restored' };
    case 'withdrawal':
      return { ...line, kind: 'undone' };
    case 'refund':
    case 'correction':
      return { ...line, kind };
    case 'adjustment':
      return { ...line, kind: more.bonus ? 'bonus' : 'adjustment' };
    default:
      return { ...line, kind: 'sale' };
  }
}

function hitGuardOf(heard: Heard, browsers: string[], { members }: OrderState) {
  const opens = members.every(({ sale }) => sale === null);
  return opens && heard.orderId === null && browsers.length > 0 ? sameHitGuard(heard, browsers) : null;
}

/** Orders that a better witness than a browser names as one, as one: the eldest first. */
export function stateFor(report: Report, placed: Placed, orders: Map<string, OrderState>): OrderState {
  const { shopId } = placed.order;
  const own = orders.get(nameOf(placed.order))!;
  const others =
    report.source === 'pixel' ? [] : placed.others.map((orderKey) => orders.get(nameOf({ shopId, orderKey }))!);
  const states = [...new Set([own, ...others])];
  if (states.length === 1) return own;
  const born = (state: OrderState) => state.members[0]!.sale?.id ?? Number.MAX_SAFE_INTEGER;
  const [eldest, ...younger] = states.sort((a, b) => born(a) - born(b));
  const joining = younger.flatMap((state) => state.members.map((member) => ({ ...member, joinedBy: report.id })));
  const members = [...eldest!.members, ...joining];
  return { ...eldest!, members, heard: inOrder(members) };
}

/** What no other report of a round may share: its order, the names it gives it, and its browser. */
export function claimsOf(report: Report, placed: Placed, state: OrderState): string[] {
  const { shopId } = placed.order;
  const names = placed.names.map(({ kind, name }) => `${shopId} ${kind} ${name}`);
  const browsers = report.orderKey === null ? report.browsers.map((browser) => `browser ${browser}`) : [];
  return [...state.members.map(nameOf), ...names, ...browsers, `${shopId} number ${state.orderKey}`];
}
