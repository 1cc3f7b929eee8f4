/** What became of a report, as whoever sent it is told. */
import { decide, type Standing } from '../decide.ts';
import { formatMinor } from '../money.ts';
import { type Heard, type Report, rank } from '../report.ts';
import { differenceOf, type VerdictOutcome, verdictsOf } from '../verdict.ts';
import type { OrderId, OrderState } from './orders.ts';
import { hourOf } from './place.ts';
import { factsFor, type Known } from './prepare.ts';
import type { Decided } from './write.ts';

export type Outcome =
  | VerdictOutcome
  | 'recorded'
  | 'confirmed'
  | 'corrected'
  | 'already known'
  /** It contradicts what stands, and a person is asked. */
  | 'disputed'
  /** Its order is voided. */
  | 'void'
  /** It is kept; nobody's coupon is named, by whom that is no news. */
  | 'noted'
  /** A hit that is only counted. */
  | 'counted'
  // Nothing is written of these:
  | 'changed meanwhile'
  | 'other contents'
  | 'switched off'
  | 'not written';

/** What became of a report. Amounts are minor units of `currency`. */
export interface RecordedReport extends OrderId {
  reportId: string;
  outcome: Outcome;
  /** Why, in plain words, where the outcome alone does not say it. */
  detail: string | null;
  /** Null where the order was not written of. */
  saleId: number | null;
  couponId: number | null;
  affiliateId: number | null;
  amountMinor: number | null;
  currency: string | null;
  /** What the sale has earned by this report, null where nothing new. */
  commissionMinor: number | null;
}

export function refused(
  report: Report,
  outcome: Outcome,
  { shopId, orderKey }: OrderId,
  detail: string | null = null,
): RecordedReport {
  const nothing = {
    saleId: null,
    couponId: null,
    affiliateId: null,
    amountMinor: null,
    currency: null,
    commissionMinor: null,
  };
  return { reportId: report.id, outcome, detail, shopId, orderKey, ...nothing };
}

/** What coupons that are switched off do not take. */
export const isSwitchedOff = ({ kind }: Report) => kind === 'sale' || kind === 'refund';

export function noiseOf(report: Report, shopId: number, cause: string) {
  const { orderId, amount, currency, campaign } = report;
  const sample = JSON.stringify({ code: report.code, orderId, amount, currency, campaign });
  return { shopId, hour: hourOf(report), cause, code: report.code, sample };
}

/** @param before what stood; null where nothing was known of the order. */
export function outcomeOf(
  report: Report,
  { standing, verdicts, heard, facts, state }: Decided,
  before: Standing | null,
): RecordedReport {
  const own = heard.find(({ id }) => id === report.id) ?? null;
  return told(report, own, { standing, before, verdict: verdicts.get(report.id), state, facts });
}

/** What a report that is kept has come to, be it the same one that is delivered again, or one with the same words. */
export function outcomeAgain(
  report: Report,
  kept: Heard,
  state: OrderState,
  known: Pick<Known, 'codes' | 'undone'>,
): RecordedReport {
  const own = state.heard.find(({ id }) => id === kept.id) ?? kept;
  const earlier = state.heard.filter(({ place }) => place < own.place);
  const until = [...earlier, own];
  const facts = factsFor(state, until, known);
  const now = factsFor(state, state.heard, known);
  const verdict = verdictsOf(decide(state.heard, now), state.heard, now).get(own.id);
  const before = earlier.length > 0 ? decide(earlier, factsFor(state, earlier, known)) : null;
  const outcome = told(report, own, { standing: decide(until, facts), before, verdict, state, facts });
  const again = kept.id === report.id ? outcome.outcome : verdict ? outcome.outcome : 'already known';
  return { ...outcome, outcome: again, saleId: state.members[0]!.sale?.id ?? null, commissionMinor: null };
}

interface Telling {
  standing: Standing;
  before: Standing | null;
  verdict: { outcome: VerdictOutcome; detail: string | null } | undefined;
  state: OrderState;
  facts: Parameters<typeof differenceOf>[2];
}

function told(report: Report, own: Heard | null, { standing, before, verdict, state, facts }: Telling): RecordedReport {
  const { outcome, detail } = verdict ?? compared(own, standing, before, facts);
  const earned = outcome === 'recorded' || outcome === 'corrected';
  return {
    reportId: report.id,
    outcome,
    detail,
    shopId: state.shopId,
    orderKey: state.orderKey,
    saleId: null,
    couponId: standing.couponId,
    affiliateId: standing.affiliateId,
    amountMinor: standing.amountMinor,
    currency: standing.currency,
    commissionMinor: earned ? (standing.owed?.owedMinor ?? null) : null,
  };
}

/** What a report has changed, told by what stood before and what stands with it. */
function compared(
  own: Heard | null,
  after: Standing,
  before: Standing | null,
  facts: Parameters<typeof differenceOf>[2],
): { outcome: Outcome; detail: string | null } {
  if (!own) return { outcome: 'counted', detail: 'browsers have said too many different things of this order' };
  if (own.doubt) return { outcome: 'suspicious', detail: own.doubt };
  const question = after.questions.find(({ reportId }) => reportId === own.id);
  if (after.state === 'void')
    return { outcome: own.kind === 'void' ? 'corrected' : 'void', detail: question?.text ?? null };
  if (before?.state !== 'standing' && after.state === 'standing' && own.kind === 'sale')
    return { outcome: 'recorded', detail: null };
  if (question) return { outcome: 'disputed', detail: question.text };
  if (before && what(before) !== what(after)) return { outcome: 'corrected', detail: was(before, after) };
  if (after.state === 'adjustment') return { outcome: 'recorded', detail: null };
  if (after.state !== 'standing') return { outcome: own.problem ? 'unreadable' : 'noted', detail: own.problem };
  if (before && better(before, after)) return { outcome: 'confirmed', detail: null };
  if (own.problem) return { outcome: 'already known', detail: own.problem };
  const differs = differenceOf(own, after, facts);
  return { outcome: 'already known', detail: differs && `differs: ${differs}` };
}

/** What a person would call another sale. */
const what = ({ state, couponId, affiliateId, amountMinor, refundedMinor, owed }: Standing) =>
  JSON.stringify([state, couponId, affiliateId, amountMinor, refundedMinor, owed?.owedMinor]);

const better = (before: Standing, after: Standing) =>
  rank(after.evidence) > rank(before.evidence) || (!before.owed?.confirmed && after.owed?.confirmed === true);

function was(before: Standing, after: Standing): string | null {
  if (before.state !== 'standing') return null;
  const changed = [
    before.couponId !== after.couponId && `coupon ${before.code}`,
    before.amountMinor !== after.amountMinor &&
      (before.amountMinor === null ? 'without an amount' : formatMinor(before.amountMinor, before.currency!)),
  ].filter(Boolean);
  return changed.length > 0 ? `was ${changed.join(', ')}` : null;
}
