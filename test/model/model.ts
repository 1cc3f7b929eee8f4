/**
 * The ledger once more, simple and slow: everything ever heard in arrays, and after each step every order decided anew from
 * all of it. It imports nothing of the ledger; where the two differ, one of them is wrong.
 */
import { minorOf } from './arithmetic.ts';
import type { Heard, Said } from './said.ts';
import { countingOf, type Stands, standsOf } from './stands.ts';
import { during, World } from './world.ts';

/** What became of a message: kept, only counted, known already, refused with other contents, or seen too late. */
export type Became = 'kept' | 'counted' | 'known' | 'other contents' | 'changed meanwhile';

/** The four sums of a commission, and how many lines they are made of. */
export interface Purse {
  pending: number;
  approved: number;
  inPayment: number;
  paid: number;
  lines: number;
}

export type Move = 'approved' | 'in payment' | 'paid' | 'failed' | 'returned';

interface Order {
  shop: number;
  key: string;
  reports: Heard[];
  purses: Map<number, Purse>;
  approvedAt: number | null;
  unkept: number;
}

/** An order as the views tell it. */
export interface Told {
  shop: number;
  key: string;
  state: Stands['state'] | 'which shop';
  coupon: number | null;
  affiliate: number | null;
  amountMinor: number | null;
  refundedMinor: number;
  question: boolean;
  waits: boolean;
  /** How many are kept of it. */
  reports: number;
  commissions: ({ affiliate: number; earned: number; status: string; availableAt: number | null } & Purse)[];
}

/** Belongs to no shop: nobody could tell whose order it is. */
export const NO_SHOP = 0;
const MOST_PIXELS = 20;
const HALF_AN_HOUR = 1_800_000;

export class Model extends World {
  orders = new Map<string, Order>();

  hear(said: Said): Became {
    const known = this.#reports().find((each) => each.id === said.id);
    if (known) return saysTheSame(known, said) ? 'known' : 'other contents';
    const shop = this.#shopOf(said);
    const key = said.order ?? this.#sameBrowsers(shop, said)?.key ?? `report ${said.id}`;
    // Without a number and without a coupon of ours, or without any code, a browser's hit says nothing of an order.
    const ours = this.shopsOf(said.codes ?? []).length > 0;
    if (said.source === 'pixel' && !said.test && (said.codes?.length === 0 || (said.order === null && !ours)))
      return 'counted';
    const order = this.orders.get(`${shop}/${key}`) ?? newOrder(shop, key);
    const heard = this.#heardIn(order, said);
    if (said.source === 'pixel' && !said.test) {
      const standing = countingOf(order.reports, this).states.filter((each) => each.source === 'pixel');
      if (standing.some((each) => sameWords(each, heard))) return 'counted';
      if (order.reports.filter((each) => each.source === 'pixel').length >= MOST_PIXELS) {
        order.unkept += 1;
        return 'counted';
      }
    }
    if (said.seenLines !== undefined && said.seenLines !== linesOf(order, said.affiliate)) return 'changed meanwhile';
    order.reports.push(heard);
    this.orders.set(`${shop}/${key}`, order);
    this.settle();
    return 'kept';
  }

  undoImport(id: number) {
    this.undoneImports.add(id);
    this.settle();
  }

  /** Writes a line for each affiliate of each order who is owed another sum than the one that is written. */
  settle() {
    for (const order of this.orders.values()) {
      if (order.shop === NO_SHOP) continue;
      const { owed } = this.#stands(order);
      for (const affiliate of new Set([...owed.keys(), ...order.purses.keys()])) {
        const purse = order.purses.get(affiliate) ?? { pending: 0, approved: 0, inPayment: 0, paid: 0, lines: 0 };
        const difference = (owed.get(affiliate) ?? 0) - earned(purse);
        if (difference === 0) continue;
        if (difference < 0) {
          const fromPending = Math.min(purse.pending, -difference);
          purse.pending -= fromPending;
          purse.approved -= -difference - fromPending;
        } else {
          const debt = Math.min(Math.max(0, -purse.approved), difference);
          purse.approved += debt;
          purse.pending += difference - debt;
        }
        purse.lines += 1;
        order.purses.set(affiliate, purse);
      }
    }
  }

  /** A person approves what waits, whole. @returns whether it was moved. */
  approve(shop: number, key: string, affiliate: number, seenLines: number, at: number): boolean {
    const order = this.orders.get(`${shop}/${key}`)!;
    const moved = this.move(shop, key, affiliate, seenLines, 'approved');
    if (moved) order.approvedAt ??= at;
    return moved;
  }

  /** What is due is approved by itself: not where anything is asked, held or declined, nor of who is suspended now. */
  approveDue(now: number) {
    for (const order of this.orders.values()) {
      if (order.shop === NO_SHOP) continue;
      const stands = this.#stands(order);
      if (stands.availableAt === null || stands.availableAt > now || stands.affiliate === null) continue;
      const purse = order.purses.get(stands.affiliate);
      if (!purse || !this.#isActive(stands.affiliate)) continue;
      this.move(order.shop, order.key, stands.affiliate, purse.lines, 'approved');
    }
  }

  /** Moves a commission's money on, or back, whole. @returns whether it was moved. */
  move(shop: number, key: string, affiliate: number, seenLines: number, how: Move): boolean {
    const order = this.orders.get(`${shop}/${key}`)!;
    const purse = order.purses.get(affiliate);
    if (!purse || purse.lines !== seenLines) return false;
    const [from, to] = (
      {
        approved: ['pending', 'approved'],
        'in payment': ['approved', 'inPayment'],
        paid: ['inPayment', 'paid'],
        failed: ['inPayment', 'approved'],
        returned: ['paid', 'approved'],
      } as const
    )[how];
    const minor = purse[from];
    if (minor === 0) return false;
    const { held, declined, questions } = this.#stands(order);
    if (how === 'approved' && (held.has(affiliate) || declined.has(affiliate))) return false;
    // A debt is never stopped: it only lowers what goes out.
    if (
      how === 'in payment' &&
      (held.has(affiliate) || !this.#isActive(affiliate) || (questions.length > 0 && minor > 0))
    )
      return false;
    purse[from] -= minor;
    purse[to] += minor;
    purse.lines += 1;
    return true;
  }

  standing(): Told[] {
    return [...this.orders.values()].map((order) => {
      const { shop, key } = order;
      if (shop === NO_SHOP) return { ...NOWHERE, shop, key, waits: this.#isSeveralShops(order) };
      const stands = this.#stands(order);
      const question = stands.questions.length > 0;
      return {
        shop,
        key,
        state: stands.state,
        coupon: stands.coupon,
        affiliate: stands.affiliate,
        amountMinor: stands.amountMinor,
        refundedMinor: stands.refundedMinor,
        question,
        waits: stands.waits !== null,
        reports: order.reports.length,
        commissions: [...order.purses].map(([affiliate, purse]) => ({
          affiliate,
          earned: earned(purse),
          status: statusOf(stands, affiliate, purse),
          availableAt: affiliate === stands.affiliate ? stands.availableAt : null,
          ...purse,
        })),
      };
    });
  }

  /** Why a person is asked, for whoever reads a failure. */
  why(shop: number, key: string): string {
    const order = this.orders.get(`${shop}/${key}`);
    if (!order || shop === NO_SHOP) return '';
    const { questions, waits } = this.#stands(order);
    return [...questions, waits ?? ''].join('; ');
  }

  #stands(order: Order): Stands {
    return standsOf(order.reports, {
      world: this,
      shop: this.shops.get(order.shop)!,
      approvedAt: order.approvedAt,
      endpointAt: this.#endpointAt(order.shop),
      unkept: order.unkept,
    });
  }

  /** A code that several shops have is somebody's; one that no shop has is nobody's, and is not asked about. */
  #isSeveralShops(order: Order): boolean {
    return order.reports.some((each) => !each.test && !each.doubt && this.shopsOf(each.codes ?? []).length > 1);
  }

  #reports(): Heard[] {
    return [...this.orders.values()].flatMap((order) => order.reports);
  }

  #endpointAt(shop: number): number | null {
    const own = [...this.orders.values()].filter((order) => order.shop === shop).flatMap((order) => order.reports);
    const spoke = own.filter((each) => (each.source === 'server' || each.source === 'webhook') && !each.test);
    return spoke.length > 0 ? Math.min(...spoke.map((each) => each.receivedAt)) : null;
  }

  /** The door's own; that of the campaign it names; the only shop that has or had the code. Else none. */
  #shopOf(said: Said): number {
    if (said.shop !== null) return said.shop;
    if (said.campaign !== undefined) return this.campaigns.get(said.campaign)!.shop;
    const shops = this.shopsOf(said.codes ?? []);
    return shops.length === 1 ? shops[0]! : NO_SHOP;
  }

  /** Without a number the same browser, coupon, campaign and amount within half an hour is the same sale. */
  #sameBrowsers(shop: number, said: Said): Order | undefined {
    if (said.source !== 'pixel') return undefined;
    return [...this.orders.values()].find(
      (order) =>
        order.shop === shop &&
        order.reports.some(
          (each) =>
            each.order === null &&
            each.source === 'pixel' &&
            each.witness === said.witness &&
            each.campaign === said.campaign &&
            sameWords(each, said) &&
            Math.abs(each.receivedAt - said.receivedAt) < HALF_AN_HOUR,
        ),
    );
  }

  #heardIn(order: Order, said: Said): Heard {
    const currency = this.shops.get(order.shop)?.currency;
    const foreign = currency !== undefined && said.currency !== undefined && said.currency !== currency;
    const read = (text: string | undefined) =>
      text === undefined || foreign || currency === undefined ? null : minorOf(text, currency);
    const [amountMinor, refundedMinor] = [read(said.amount), read(said.refunded)];
    const isRead = (text: string | undefined, minor: number | null) => text === undefined || foreign || minor !== null;
    return {
      ...said,
      place: order.reports.length + 1,
      amountMinor,
      refundedMinor,
      unreadable: currency !== undefined && !(isRead(said.amount, amountMinor) && isRead(said.refunded, refundedMinor)),
      foreign: foreign && (said.kind === 'refund' || said.amount !== undefined),
    };
  }

  #isActive(affiliate: number): boolean {
    return during(this.affiliates.get(affiliate)!, Number.MAX_SAFE_INTEGER) === 'active';
  }
}

const NOWHERE: Omit<Told, 'shop' | 'key'> = {
  state: 'which shop',
  coupon: null,
  affiliate: null,
  amountMinor: null,
  refundedMinor: 0,
  question: false,
  waits: true,
  reports: 0,
  commissions: [],
};

const newOrder = (shop: number, key: string): Order => ({
  shop,
  key,
  reports: [],
  purses: new Map(),
  approvedAt: null,
  unkept: 0,
});

const earned = (purse: Purse): number => purse.pending + purse.approved + purse.inPayment + purse.paid;

/** Of one affiliate's commission, or of the whole order. */
const linesOf = (order: Order, affiliate: number | undefined): number =>
  [...order.purses]
    .filter(([each]) => affiliate === undefined || each === affiliate)
    .reduce((sum, [, purse]) => sum + purse.lines, 0);

const sameWords = (one: Said, other: Said): boolean =>
  JSON.stringify([one.codes, one.amount, one.currency]) === JSON.stringify([other.codes, other.amount, other.currency]);

/** Whenever it was sent, and whatever the person had seen. */
function saysTheSame(known: Heard, said: Said): boolean {
  const contents = (each: Said) => [
    each.kind,
    each.order,
    each.codes,
    each.amount,
    each.currency,
    each.cancelled,
    each.refunded,
    each.refundId,
    each.refundIds,
    each.affiliate,
    each.about,
  ];
  return JSON.stringify(contents(known)) === JSON.stringify(contents(said));
}

/** The first that holds, as the view `standing` says it. */
function statusOf(stands: Stands, affiliate: number, purse: Purse): string {
  if (stands.declined.has(affiliate)) return 'declined';
  if (stands.held.has(affiliate)) return 'held';
  if (stands.questions.length > 0) return 'disputed';
  if (purse.pending !== 0) return 'pending';
  if (purse.approved !== 0) return 'approved';
  return purse.inPayment + purse.paid !== 0 ? 'paid' : 'nothing owed';
}
