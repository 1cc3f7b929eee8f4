/**
 * What all that was said of one order comes to, from scratch: DESIGN §3.2 and its notes in plain, slow TypeScript. It knows
 * nothing of what it said before, of databases or of the ledger.
 */
import { portion } from './arithmetic.ts';
import { type Facts, momentsOf, Order } from './order.ts';
import { refundOf } from './refunds.ts';
import { type Heard, newestOf, rankOf } from './said.ts';
import type { Terms, World } from './world.ts';

export interface Stands {
  state: 'standing' | 'nothing' | 'void' | 'undone' | 'adjustment';
  coupon: number | null;
  affiliate: number | null;
  campaign: number | null;
  amountMinor: number | null;
  refundedMinor: number;
  soldAt: number | null;
  /** What each affiliate is owed; who is not here is owed nothing. */
  owed: Map<number, number>;
  declined: Set<number>;
  held: Set<number>;
  /** Why a person is asked about the sale. */
  questions: string[];
  /** Why a report of it waits for a person, if one does. */
  waits: string | null;
  confirmed: boolean;
  /** From when it is approved by itself; null: only by a person. */
  availableAt: number | null;
}

/** Whatever counts: what was not taken back, and of it what came after the last void and is neither doubted nor a test. */
export function countingOf(reports: Heard[], world: World) {
  const taken = notTakenBack(reports, world);
  const voided = lastVoid(taken);
  const sinceVoid = taken.filter((each) => each.place > (voided?.place ?? 0) && !each.test);
  const undoubted = sinceVoid.filter((each) => !each.doubt);
  const heard = undoubted.filter((each) => !each.unreadable);
  const states = heard.filter((each) => each.kind === 'sale' || each.kind === 'correction');
  return {
    taken,
    voided,
    heard,
    states,
    doubted: sinceVoid.filter((each) => each.doubt),
    unreadable: undoubted.filter((each) => each.unreadable),
  };
}

export function standsOf(reports: Heard[], facts: Facts): Stands {
  const { taken, voided, heard, states, doubted, unreadable } = countingOf(reports, facts.world);
  const declined = wordsOn(taken, 'decline', 'restore');
  const held = wordsOn(taken, 'hold', 'release');
  const nothing: Stands = {
    state: 'nothing',
    coupon: null,
    affiliate: null,
    campaign: null,
    amountMinor: null,
    refundedMinor: 0,
    soldAt: null,
    owed: new Map(),
    declined: new Set(declined.keys()),
    held: new Set(held.keys()),
    questions: [],
    waits: null,
    confirmed: false,
    availableAt: null,
  };

  const adjustment = newestOf(heard.filter((each) => each.kind === 'adjustment'));
  if (adjustment) {
    const owed = declined.has(adjustment.affiliate!) ? 0 : adjustment.amountMinor!;
    return { ...nothing, state: 'adjustment', owed: new Map([[adjustment.affiliate!, owed]]) };
  }
  if (voided && !states.some((each) => each.kind === 'correction')) {
    const speaks = (each: Heard) => ['sale', 'refund', 'correction'].includes(each.kind);
    const said = [...heard, ...unreadable].filter(speaks);
    const other = said.filter((each) => !sameBrowsersSameWords(each, taken, voided));
    return { ...nothing, state: 'void', questions: other.map((each) => `${each.id} speaks of a void order`) };
  }
  const waits = unreadable.some((each) => each.kind !== 'refund') ? 'unreadable' : doubtOf(doubted, facts);
  if (states.length === 0) {
    const spoke = reports.filter((each) => each.kind === 'sale' || each.kind === 'correction');
    const undone = spoke.some((each) => !taken.includes(each));
    return { ...nothing, state: undone ? 'undone' : 'nothing', waits };
  }

  const moments = momentsOf(states, facts.shop);
  const [earliest, latest] = [moments.earliest, moments.latest].map((at) => new Order(states, facts, at));
  const order = latest!;
  const questions = [...order.questions(), ...declinedAgain(states, declined, order)];
  if (order.isBrowsers && facts.unkept > 0) questions.push('more pixel reports than are kept');
  const { chosen } = order;
  const amountMinor = order.amount?.amountMinor ?? null;
  const refund = refundOf(heard, states, amountMinor);
  const found = { ...nothing, questions, amountMinor, refundedMinor: refund.minor, soldAt: moments.latest };

  if (earliest!.result() !== order.result()) return { ...found, waits: 'which day' };
  if (chosen === 'two affiliates')
    return { ...found, questions: [...questions, 'coupons of two affiliates'], waits: 'two affiliates' };
  if (!chosen || chosen.refusal) return { ...found, waits };
  const { terms } = chosen;
  if (terms.kind === 'percent' && amountMinor === null)
    return { ...found, waits: states.some((each) => each.foreign) ? 'other currency' : 'no amount' };

  const affiliate = chosen.affiliate!;
  const whole =
    terms.kind === 'percent'
      ? portion(amountMinor! - refund.minor, terms.value, 10_000)
      : refund.cancelled || (amountMinor !== null && refund.minor > 0 && refund.minor >= amountMinor)
        ? 0
        : terms.value;
  questions.push(...order.foreign(), ...order.withoutNumber(), ...unsaid(heard, states, unreadable));
  const confirmedAt = order.confirmedAt();
  const stops = questions.length > 0 || held.has(affiliate) || declined.has(affiliate);
  return {
    ...found,
    state: 'standing',
    coupon: chosen.coupon,
    affiliate,
    campaign: chosen.campaign,
    owed: new Map([[affiliate, declined.has(affiliate) ? 0 : whole]]),
    confirmed: confirmedAt !== null,
    availableAt: stops ? null : availableAt(terms, moments.latest, confirmedAt),
  };
}

/** What an undone import brought, and what was withdrawn, never was. A withdrawal may itself be withdrawn. */
function notTakenBack(reports: Heard[], world: World): Heard[] {
  const stands: Heard[] = [];
  for (const report of [...reports].sort((a, b) => b.place - a.place)) {
    const undone = report.importId !== undefined && world.undoneImports.has(report.importId);
    const withdrawn = stands.some((later) => later.kind === 'withdrawal' && later.about === report.id);
    if (!undone && !withdrawn) stands.unshift(report);
  }
  return stands;
}

/** The last void that no later restore of the whole order has ended. */
function lastVoid(taken: Heard[]): Heard | undefined {
  const restored = taken.findLast((each) => each.kind === 'restore' && each.affiliate === undefined)?.place ?? 0;
  return taken.findLast((each) => each.kind === 'void' && each.place > restored);
}

/** The last word of a kind about each affiliate, where none of the other kind came after it. */
function wordsOn(taken: Heard[], kind: 'decline' | 'hold', ends: 'restore' | 'release'): Map<number, Heard> {
  const words = new Map<number, Heard>();
  for (const each of taken) {
    if (each.affiliate === undefined) continue;
    if (each.kind === kind) words.set(each.affiliate, each);
    if (each.kind === ends) words.delete(each.affiliate);
  }
  return words;
}

function sameBrowsersSameWords(report: Heard, taken: Heard[], voided: Heard): boolean {
  const words = (each: Heard) => JSON.stringify([each.kind, each.codes, each.amount, each.currency]);
  return (
    report.source === 'pixel' &&
    taken.some(
      (each) =>
        each.place < voided.place &&
        each.source === 'pixel' &&
        each.witness === report.witness &&
        words(each) === words(report),
    )
  );
}

/** Doubtful hits with an order and a coupon of ours wait for a look where nobody else made it a sale. */
function doubtOf(doubted: Heard[], { world, shop }: Facts): string | null {
  const ours = doubted.some(
    (each) => each.order !== null && each.codes?.some((code) => world.couponOf(shop.id, code, each.receivedAt)),
  );
  return ours ? 'suspicious' : null;
}

/** What a better witness than a browser could not say so far, and nobody has said for it. */
function unsaid(heard: Heard[], states: Heard[], unreadable: Heard[]): string[] {
  const later = (before: Heard, answers: (state: Heard) => boolean) =>
    states.some((state) => state.place > before.place && answers(state));
  const texts = unreadable.filter(
    (each) =>
      rankOf(each) > 0 && !later(each, (state) => state.kind === 'correction' || state.witness === each.witness),
  );
  const abroad = heard.filter(
    (each) =>
      each.kind === 'refund' &&
      each.foreign &&
      !later(each, (state) => state.kind === 'correction' && state.refundedMinor !== null),
  );
  return [
    ...texts.map((each) => `${each.id} cannot be read`),
    ...abroad.map((each) => `${each.id} came back in another currency`),
  ];
}

/** Better than all that was heard when a person declined says that it was so. What a person corrects they know themselves. */
function declinedAgain(states: Heard[], declined: Map<number, Heard>, order: Order): string[] {
  return [...declined].flatMap(([affiliate, decline]) => {
    const best = Math.max(-1, ...states.filter((each) => each.place < decline.place).map(rankOf));
    return states
      .filter((each) => each.place > decline.place && rankOf(each) > best && each.kind !== 'correction')
      .filter((each) => !states.some((state) => isCorrectedBy(state, each)))
      .filter((each) => order.read(each).some((reading) => reading.affiliate === affiliate && !reading.refusal))
      .map((each) => `${each.id} says that it was so after it was declined`);
  });
}

const isCorrectedBy = (state: Heard, before: Heard): boolean =>
  state.kind === 'correction' && state.codes !== null && state.place > before.place;

const DAY = 86_400_000;

/** The hold days run from the later of the sale and its confirmation; what a file confirmed waits a day at least. */
function availableAt(terms: Terms, soldAt: number, confirmed: { at: number; byImport: boolean } | null): number | null {
  if (!terms.automatic || (!confirmed && !terms.trustPixel)) return null;
  // Where a pixel is trusted it needs no confirmation, and one puts nothing off.
  const held = (confirmed && !terms.trustPixel ? Math.max(soldAt, confirmed.at) : soldAt) + terms.holdDays * DAY;
  return confirmed?.byImport ? Math.max(held, confirmed.at + DAY) : held;
}
