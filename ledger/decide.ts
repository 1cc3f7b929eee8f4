/**
 * What stands of an order: a pure function of all that was said of it and of the histories of what is named. No clock, no
 * database. The order in which witnesses of different rank arrive does not matter, nor how often each is heard.
 */
import { dayOf, spanOf } from './clock.ts';
import { availableAt, type Confirmation, commissionOn, type Sold } from './commission.ts';
import { type Facts, spanAt } from './facts.ts';
import { type Heeded, heed, type Word } from './heed.ts';
import { type Choice, choose, type Earner, type Named, namedBy, settersOf } from './meaning.ts';
import { type Moment, momentOf } from './moment.ts';
import { formatMinor } from './money.ts';
import { refundedOf } from './owed.ts';
import { type Question, questionsOf } from './questions.ts';
import { plainRate } from './rate.ts';
import { type Evidence, evidenceOf, type Heard, type Kind, rankOf } from './report.ts';

/** `standing` counts as sold; the others are no sales: nobody's coupon, voided, taken back, or money without a sale. */
export type State = 'standing' | 'nothing' | 'void' | 'undone' | 'adjustment';

/** What an affiliate is owed for the order, in minor units of its currency. */
export interface Owed {
  affiliateId: number;
  campaignId: number;
  couponId: number | null;
  owedMinor: number;
  /** "10 %", "€5.00": by what it was reckoned. */
  rule: string;
  /** Null for what is no percentage. */
  rateBp: number | null;
  confirmed: boolean;
  /** When it is approved by itself, epoch milliseconds; null: only a person approves it. */
  availableAt: number | null;
}

export interface Standing {
  state: State;
  /** Whose coupon it is, where it is one of ours. */
  couponId: number | null;
  campaignId: number | null;
  affiliateId: number | null;
  code: string | null;
  amountMinor: number | null;
  refundedMinor: number;
  currency: string | null;
  evidence: Evidence;
  soldAt: number;
  /** The day in the shop's zone. */
  day: string;
  dayOnly: boolean;
  /** At most one: an order has one coupon. */
  owed: Owed | null;
  /** Why nobody is owed anything though a coupon is named. */
  obstacle: Obstacle | null;
  questions: Question[];
  heeded: Heeded;
  choice: Choice;
  /** Who set the amount. */
  amount: Word<number> | null;
}

/** Why a named coupon earns nobody anything: a refusal, or something that a person has to say first. */
export type Obstacle =
  | 'expired'
  | 'campaign paused'
  | 'free coupon'
  | 'affiliate not active'
  | 'no amount'
  | 'which day'
  | 'two affiliates'
  | 'which shop';

/** Decides an order. @param heard all reports of it, and of those it is one with; at least one. */
export function decide(heard: Heard[], facts: Facts): Standing {
  const heeded = heed(heard, facts.undone);
  const { states, adjustment } = heeded;
  if (adjustment) return adjusted(adjustment, heeded, facts);
  if (!facts.shop || states.length === 0 || heeded.voided) return nobodys(heard, heeded, facts);
  const { shop } = facts;
  const moment = momentOf(states, shop);
  const choice = choose(states, moment.at, facts);
  const amount = settersOf(states, ({ amountMinor }) => amountMinor, moment.at, facts)[0] ?? null;
  const amountMinor = amount?.value ?? null;
  const sold: Sold = { amountMinor, ...refundedOf(states, heeded.refunds, amountMinor) };
  const earner = choice.named && 'affiliateId' in choice.named.earner ? choice.named.earner : null;
  const obstacle = obstacleOf(choice, moment, states, sold, facts);
  const stands = earner !== null && obstacle === null;
  const base: Standing = {
    ...when(moment, shop),
    state: stands ? 'standing' : 'nothing',
    couponId: choice.named?.coupon.id ?? null,
    campaignId: earner?.campaignId ?? null,
    affiliateId: earner?.affiliateId ?? null,
    code: choice.named?.code ?? null,
    amountMinor,
    refundedMinor: sold.refundedMinor,
    currency: shop.currency,
    evidence: evidenceFor(choice.named, states, moment, facts),
    owed: null,
    obstacle,
    questions: [],
    heeded,
    choice,
    amount,
  };
  const questions = questionsOf(base, facts);
  if (!stands) return { ...base, questions };
  return { ...base, questions, owed: owedTo(earner, sold, base, questions, facts) };
}

function when(moment: Moment, shop: { spans: { fromAt: number; untilAt: number | null; timeZone: string }[] }) {
  const { timeZone } = spanAt(shop.spans, moment.at);
  return { soldAt: moment.at, day: dayOf(moment.at, timeZone), dayOnly: moment.dayOnly };
}

/** An order of which nothing stands: all of it was voided or taken back, or there is no shop to decide it in. */
function nobodys(heard: Heard[], heeded: Heeded, facts: Facts): Standing {
  const at = Math.min(...heard.map(({ receivedAt }) => receivedAt));
  const timeZone = facts.shop ? spanAt(facts.shop.spans, at).timeZone : 'UTC';
  const state = heeded.voided ? 'void' : isUndone(heard, heeded) ? 'undone' : 'nothing';
  const base: Standing = {
    state,
    couponId: null,
    campaignId: null,
    affiliateId: null,
    code: null,
    amountMinor: null,
    refundedMinor: 0,
    currency: facts.shop?.currency ?? null,
    evidence: highest(heard),
    soldAt: at,
    day: dayOf(at, timeZone),
    dayOnly: false,
    owed: null,
    obstacle: facts.severalShops ? 'which shop' : null,
    questions: [],
    heeded,
    choice: { word: null, named: null, several: [] },
    amount: null,
  };
  return { ...base, ...wasBefore(state, heard, facts), questions: questionsOf(base, facts) };
}

/** Nothing is left of what was said of the order itself; a word on a commission that is taken back undoes no order. */
const isUndone = (heard: Heard[], { states, takenBack }: Heeded) =>
  states.length === 0 && heard.some(({ id, kind }) => takenBack.has(id) && OF_THE_ORDER.includes(kind));

const OF_THE_ORDER: Kind[] = ['sale', 'refund', 'correction'];

/** What a void or undone order was: it is listed as that, and counts nowhere. */
function wasBefore(state: State, heard: Heard[], facts: Facts): Partial<Standing> {
  if (state === 'nothing' || !facts.shop) return {};
  const taken: Kind[] = state === 'void' ? ['void'] : ['void', 'withdrawal'];
  const left = heard.filter(({ kind }) => !taken.includes(kind));
  if (left.length === 0) return {};
  const was = decide(left, state === 'undone' ? { ...facts, undone: new Set() } : facts);
  const { couponId, campaignId, affiliateId, code, amountMinor, refundedMinor, evidence, soldAt, day, dayOnly } = was;
  return { couponId, campaignId, affiliateId, code, amountMinor, refundedMinor, evidence, soldAt, day, dayOnly };
}

/** An adjustment or a bonus: an order of its own that owes what it says, and counts as no sale. */
function adjusted(report: Heard, heeded: Heeded, facts: Facts): Standing {
  const { affiliateId, amountMinor, more, receivedAt } = report;
  const { timeZone } = facts.shop ? spanAt(facts.shop.spans, receivedAt) : { timeZone: 'UTC' };
  const last = report.soldOn === null ? undefined : spanOf(report.soldOn, timeZone)?.last;
  const at = report.soldAt ?? Math.min(last ?? receivedAt, receivedAt);
  const currency = facts.shop?.currency ?? null;
  const owes = affiliateId !== null && more.campaignId !== undefined && amountMinor !== null && currency !== null;
  return {
    state: 'adjustment',
    couponId: null,
    campaignId: more.campaignId ?? null,
    affiliateId,
    code: null,
    amountMinor,
    refundedMinor: 0,
    currency,
    evidence: 'office',
    soldAt: at,
    day: report.soldOn ?? dayOf(at, timeZone),
    dayOnly: report.soldOn !== null,
    owed: owes
      ? {
          affiliateId,
          campaignId: more.campaignId!,
          couponId: null,
          owedMinor: heeded.declined.has(affiliateId) ? 0 : amountMinor,
          rule: formatMinor(amountMinor, currency),
          rateBp: null,
          confirmed: true,
          availableAt: null,
        }
      : null,
    obstacle: null,
    questions: [],
    heeded,
    choice: { word: null, named: null, several: [] },
    amount: null,
  };
}

/** What keeps the chosen coupon from earning. */
function obstacleOf(choice: Choice, moment: Moment, states: Heard[], sold: Sold, facts: Facts): Obstacle | null {
  const { named } = choice;
  if (moment.dayOnly && sense(choice) !== sense(choose(states, moment.earliest, facts))) return 'which day';
  if (choice.several.length > 0) return 'two affiliates';
  if (!named) return null;
  if ('refusal' in named.earner) return named.earner.refusal;
  return named.earner.terms.kind === 'percent' && sold.amountMinor === null ? 'no amount' : null;
}

/** All of a choice that a different hour of the day could change. */
const sense = ({ named, several }: Choice) =>
  JSON.stringify([named && { id: named.coupon.id, earner: named.earner }, several.map(({ coupon }) => coupon.id)]);

/** The highest authority that has named the coupon, or, where none is, that has spoken. */
function evidenceFor(named: Named | null, states: Heard[], moment: Moment, facts: Facts): Evidence {
  const naming = named && states.filter((state) => names(state, named, moment.at, facts));
  return highest(naming && naming.length > 0 ? naming : states);
}

function highest(reports: Heard[]): Evidence {
  const top = reports.reduce((best, report) => (rankOf(report) > rankOf(best) ? report : best));
  return evidenceOf(top.source);
}

const names = (state: Heard, named: Named, at: number, facts: Facts) =>
  state.codes !== null && namedBy(state.codes, at, facts).some(({ coupon }) => coupon === named.coupon);

function owedTo(earner: Earner, sold: Sold, base: Standing, questions: Question[], facts: Facts): Owed {
  const { affiliateId, campaignId, terms } = earner;
  const { declined, held, states } = base.heeded;
  const confirmation = confirmationOf(base.choice.named!, terms.kind, states, base.soldAt, facts);
  const waits = questions.length > 0 || declined.has(affiliateId) || held.has(affiliateId) || held.has(null);
  return {
    affiliateId,
    campaignId,
    couponId: base.couponId,
    owedMinor: declined.has(affiliateId) ? 0 : commissionOn(sold, terms),
    rule: terms.kind === 'percent' ? `${plainRate(terms.value)} %` : formatMinor(terms.value, base.currency!),
    rateBp: terms.kind === 'percent' ? terms.value : null,
    confirmed: confirmation !== null,
    availableAt: waits ? null : availableAt(terms, confirmation, base.soldAt),
  };
}

/** When a witness better than a pixel had named the coupon and, for a percentage, the amount. */
function confirmationOf(
  named: Named,
  kind: 'percent' | 'fixed',
  states: Heard[],
  at: number,
  facts: Facts,
): Confirmation | null {
  const better = states.filter((state) => rankOf(state) > 0);
  const coupon = better.find((state) => names(state, named, at, facts));
  const amount = kind === 'fixed' ? coupon : better.find(({ amountMinor }) => amountMinor !== null);
  if (!coupon || !amount) return null;
  const last = coupon.receivedAt > amount.receivedAt ? coupon : amount;
  return { at: last.receivedAt, byImport: last.source === 'import' };
}
