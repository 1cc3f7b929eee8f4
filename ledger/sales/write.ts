/** What a decision writes: rows for D1, and what must still be so when they are written. Pure. */
import type { Standing } from '../decide.ts';
import type { Facts } from '../facts.ts';
import { add, lineTo, NOTHING, type Sums } from '../owed.ts';
import type { Heard, OrderName } from '../report.ts';
import type { Verdict } from '../verdict.ts';
import type { CommissionRow, Member, OrderState } from './orders.ts';
import { type Contribution, contributionsOf, totalsBetween } from './totals.ts';

/** Why a decision is made: what the lines that come of it are, and by what they were caused. */
export interface Trigger {
  kind: string;
  cause: string;
  causeId: string | null;
  at: number;
}

/** What has to be so still, else nothing of it is written and it is decided again. */
export interface Guards {
  /** The numbers of the sales of the order, as seen; null where there was none. */
  appends: [orderKey: string, append: number | null][];
  /** How often they had been put on the list of those to be decided again; null where they are not on it. */
  times: [orderKey: string, times: number | null][];
  coupons: [id: number, revision: number][];
  campaigns: [id: number, revision: number][];
  affiliates: [id: number, revision: number][];
  shops: [id: number, revision: number][];
  /** How many spans a code had, in all shops. */
  codes: [codeKey: string, spans: number][];
  /** Of a hit without an order number: that no other such hit has been written meanwhile. */
  hit: {
    browsers: string[];
    from: number;
    until: number;
    codes: string;
    campaign: string | null;
    amount: string | null;
    currency: string | null;
  } | null;
  /** The import of the new report, where it was not undone; an undo puts the orders of those that are there on the list. */
  importId: number | null;
}

/** Everything that one decision writes, in one transaction or not at all. */
export interface Write {
  shopId: number;
  orderKey: string;
  /** Drawn anew for each attempt. */
  append: number;
  guards: Guards;
  report: Heard | null;
  names: OrderName[];
  /** Orders that become one with this one. */
  joins: string[];
  sales: WrittenSale[];
  commissions: (WrittenCommission & { orderKey: string })[];
  lines: (WrittenLine & { orderKey: string })[];
  totals: [key: string, change: Contribution][];
  verdicts: [reportId: string, receivedAt: number, verdict: Verdict][];
  /** Reports that may have had verdicts before. */
  heard: string[];
  /** Codes that are named and that nobody earns by. */
  uncredited: string[];
}

export interface WrittenSale {
  orderKey: string;
  orderId: string | null;
  state: Standing['state'] | 'joined';
  couponId: number | null;
  affiliateId: number | null;
  campaignId: number | null;
  code: string | null;
  amountMinor: number | null;
  refundedMinor: number;
  currency: string | null;
  evidence: string;
  soldAt: number;
  day: string;
  dayOnly: boolean;
  question: string | null;
  questionBy: string | null;
  questions: number;
  reports: number;
  unkept: number;
}

export type WrittenCommission = Omit<CommissionRow, 'saleId'>;

export interface WrittenLine extends Sums {
  affiliateId: number;
  n: number;
  at: number;
  kind: string;
  cause: string;
  causeId: string | null;
  rule: string | null;
  reason: string | null;
}

/** What a decision is about to write. */
export interface Decided {
  state: OrderState;
  /** The report that is new, as the last of its order; null where it is only decided again. */
  report: Heard | null;
  /** All that is said of it, the new report included. */
  heard: Heard[];
  facts: Facts;
  standing: Standing;
  verdicts: Map<string, Verdict>;
  names: OrderName[];
  joins: string[];
  trigger: Trigger;
  /** How many spans each code had when it was read. */
  spans: Map<string, number>;
  /** Hits of browsers that were one too many to be kept, this one included. */
  unkept: number;
  hit: Guards['hit'];
}

/** Five random bytes and a count: no two attempts of a list have the same, and hardly two of all. */
export const drawAppend = (index: number) => Math.floor(Math.random() * 2 ** 40) * 4_096 + (index % 4_096);

/** The rows of a decision. @param append a number that nobody has drawn before. */
export function writeOf(decided: Decided, append: number): Write {
  const { state, report, standing, trigger, verdicts, heard } = decided;
  const totals = new Map<string, Contribution>();
  const write: Write = {
    shopId: state.shopId,
    orderKey: state.orderKey,
    append,
    guards: guardsOf(decided),
    report,
    names: decided.names,
    joins: decided.joins,
    sales: [],
    commissions: [],
    lines: [],
    totals: [],
    verdicts: heard.flatMap(({ id, receivedAt }) => {
      const verdict = verdicts.get(id);
      return verdict ? [[id, receivedAt, verdict] satisfies Write['verdicts'][number]] : [];
    }),
    heard: state.heard.map(({ id }) => id),
    uncredited: uncreditedOf(decided),
  };
  for (const member of state.members) {
    const eldest = member.orderKey === state.orderKey;
    const sale = eldest ? saleOf(decided, member) : joinedSale(member, decided);
    const { commissions, lines } = moneyOf(member, eldest ? standing : null, sale.soldAt, trigger, decided);
    write.sales.push(sale);
    write.commissions.push(...commissions.map((each) => ({ ...each, orderKey: member.orderKey })));
    write.lines.push(...lines.map((each) => ({ ...each, orderKey: member.orderKey })));
    const written = new Map(commissions.map((each) => [each.affiliateId, each]));
    const after = [...member.commissions.filter(({ affiliateId }) => !written.has(affiliateId)), ...commissions];
    for (const [key, change] of totalsBetween(
      contributionsOf(member.sale, member.commissions),
      contributionsOf(sale, after),
    ))
      totals.set(key, (totals.get(key) ?? NO_CHANGE).map((minor, index) => minor + change[index]!) as Contribution);
  }
  write.totals = [...totals];
  return write;
}

const NO_CHANGE: Contribution = [0, 0, 0, 0, 0, 0, 0];

function saleOf({ standing, heard, report, state, unkept }: Decided, member: Member): WrittenSale {
  const [question] = standing.questions;
  return {
    orderKey: member.orderKey,
    orderId: heard.find(({ orderId }) => orderId !== null)?.orderId ?? null,
    state: standing.state,
    couponId: standing.couponId,
    affiliateId: standing.affiliateId,
    campaignId: standing.campaignId,
    code: standing.code,
    amountMinor: standing.amountMinor,
    refundedMinor: standing.refundedMinor,
    currency: standing.currency,
    evidence: standing.evidence,
    soldAt: standing.soldAt,
    day: standing.day,
    dayOnly: standing.dayOnly,
    question: question?.text ?? null,
    questionBy: question?.reportId ?? null,
    questions: standing.questions.length,
    reports: (state.members[0]!.sale?.reports ?? 0) + (report ? 1 : 0),
    unkept,
  };
}

/** An order that is one with an elder: all of it is decided there. */
function joinedSale({ orderKey, sale }: Member, { standing }: Decided): WrittenSale {
  return {
    orderKey,
    orderId: null,
    state: 'joined',
    couponId: null,
    affiliateId: null,
    campaignId: null,
    code: null,
    amountMinor: null,
    refundedMinor: 0,
    currency: sale?.currency ?? standing.currency,
    evidence: sale?.evidence ?? standing.evidence,
    soldAt: sale?.soldAt ?? standing.soldAt,
    day: sale?.day ?? standing.day,
    dayOnly: false,
    question: null,
    questionBy: null,
    questions: 0,
    reports: sale?.reports ?? 0,
    unkept: 0,
  };
}

/** What is owed minus what was written, for each affiliate who has anything of the order. */
function moneyOf(member: Member, standing: Standing | null, soldAt: number, trigger: Trigger, decided: Decided) {
  const owed = standing?.owed ?? null;
  const commissions: WrittenCommission[] = [];
  const lines: WrittenLine[] = [];
  const there = new Map(member.commissions.map((each) => [each.affiliateId, each]));
  for (const affiliateId of new Set([...there.keys(), ...(owed ? [owed.affiliateId] : [])])) {
    const before = there.get(affiliateId) ?? null;
    const its = owed?.affiliateId === affiliateId ? owed : null;
    const line = lineTo(its?.owedMinor ?? 0, before ?? NOTHING);
    if (!before && !line) continue;
    const words = standing?.heeded;
    const after: WrittenCommission = {
      affiliateId,
      campaignId: its?.campaignId ?? before!.campaignId,
      couponId: its ? its.couponId : before!.couponId,
      currency: before?.currency ?? standing!.currency!,
      ...add(before ?? NOTHING, line ?? NOTHING),
      lines: (before?.lines ?? 0) + (line ? 1 : 0),
      rateBp: its ? its.rateBp : before!.rateBp,
      confirmed: its ? its.confirmed : before!.confirmed,
      declined: words?.declined.get(affiliateId)?.reason ?? (words?.declined.has(affiliateId) ? '' : null),
      held: heldWhy(words?.held, affiliateId),
      availableAt: its?.availableAt ?? null,
      soldAt,
    };
    if (line)
      lines.push({
        ...line,
        affiliateId,
        n: after.lines,
        rule: its?.rule ?? null,
        ...causeOf(trigger, before, its !== null, decided),
      });
    if (line || !sameFlags(before!, after)) commissions.push(after);
  }
  return { commissions, lines };
}

function heldWhy(held: Map<number | null, Heard> | undefined, affiliateId: number): string | null {
  const by = held?.get(affiliateId) ?? held?.get(null);
  return by ? (by.reason ?? '') : null;
}

const sameFlags = (before: CommissionRow, after: WrittenCommission) =>
  (['campaignId', 'couponId', 'rateBp', 'confirmed', 'declined', 'held', 'availableAt', 'soldAt'] as const).every(
    (name) => before[name] === after[name],
  );

/** A line's kind: what was said, as far as it is this affiliate's money that it moves. */
function causeOf(trigger: Trigger, before: CommissionRow | null, owed: boolean, { report, state, standing }: Decided) {
  const { cause, causeId, at } = trigger;
  const sale = state.members[0]!.sale;
  const refunded =
    owed && sale !== null && sale.amountMinor === standing.amountMinor && sale.refundedMinor !== standing.refundedMinor;
  const kind = trigger.kind !== 'sale' ? trigger.kind : before === null ? 'sale' : refunded ? 'refund' : 'correction';
  return { kind, cause, causeId, at, reason: report?.reason ?? null };
}

function uncreditedOf({ heard, facts, standing }: Decided): string[] {
  const credited = new Set(
    standing.state === 'standing'
      ? facts.coupons.find(({ id }) => id === standing.couponId)?.codes.map(({ codeKey }) => codeKey)
      : [],
  );
  return [...new Set(heard.flatMap(({ codes }) => codes ?? []))].filter((codeKey) => !credited.has(codeKey));
}

function guardsOf({ state, report, facts, spans, hit }: Decided): Guards {
  const pairs = (records: Iterable<{ id: number; revision: number }>) =>
    [...records].map(({ id, revision }) => [id, revision] as [number, number]);
  return {
    appends: state.members.map(({ orderKey, sale }) => [orderKey, sale?.append ?? null]),
    times: state.members.map(({ orderKey, awaited }) => [orderKey, awaited?.times ?? null]),
    coupons: pairs(facts.coupons),
    campaigns: pairs(facts.campaigns.values()),
    affiliates: pairs(facts.affiliates.values()),
    shops: facts.shop ? pairs([facts.shop]) : [],
    codes: [...spans],
    hit,
    importId: report?.importId != null && !facts.undone.has(report.importId) ? report.importId : null,
  };
}
