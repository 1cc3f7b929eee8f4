/** When an order was made, what its codes meant then, who sets each field of it, and who contradicts them. */
import { dayOf, spanOfDay } from './arithmetic.ts';
import { type Heard, newestOf, rankOf } from './said.ts';
import { during, last, type Shop, type Terms, type World } from './world.ts';

/** What a code comes to at an instant. */
export interface Reading {
  coupon: number;
  affiliate: number | null;
  campaign: number;
  terms: Terms;
  /** Why nobody earns by it, if so. */
  refusal: 'expired' | 'paused' | 'free' | 'not active' | null;
}

/** Everything about an order but its reports. */
export interface Facts {
  world: World;
  shop: Shop;
  /** When a person first approved anything of it. */
  approvedAt: number | null;
  /** When a server or a webhook first spoke of an order of this shop. */
  endpointAt: number | null;
  /** Pixel reports that were one too many to be kept. */
  unkept: number;
}

/** One instant, or the first and last of a day where no more is known. */
export function momentsOf(states: Heard[], shop: Shop): { earliest: number; latest: number } {
  const [setter] = words(states, (each) => each.soldAt !== undefined || each.soldOn !== undefined);
  const one = (at: number) => ({ earliest: at, latest: at });
  if (!setter) return one(Math.min(...states.map((each) => each.receivedAt)));
  if (setter.soldAt !== undefined) return one(setter.soldAt);
  const day = setter.soldOn!;
  const lower = states.filter((each) => rankOf(each) < rankOf(setter));
  const within = (at: number | undefined) => at !== undefined && dayOf(at, shop.timeZone) === day;
  const hour = words(lower, (each) => each.source !== 'pixel' && (each.soldAt ?? each.soldOn) !== undefined).find(
    (each) => within(each.soldAt),
  );
  if (hour) return one(hour.soldAt!);
  const arrivals = lower.filter((each) => each.source === 'pixel' && within(each.receivedAt));
  if (arrivals.length > 0) return one(Math.min(...arrivals.map((each) => each.receivedAt)));
  const { first, last: end } = spanOfDay(day, shop.timeZone);
  return { earliest: first, latest: Math.max(first, Math.min(end, setter.receivedAt)) };
}

/** Each witness's newest word about a field, the highest rank first; of equals whoever was the first to be committed. */
export function words(states: Heard[], speaks: (state: Heard) => boolean): Heard[] {
  const firstPlace = (word: Heard) =>
    Math.min(...states.filter((each) => each.witness === word.witness).map((each) => each.place));
  return [...new Set(states.map((each) => each.witness))]
    .map((witness) => newestOf(states.filter((each) => each.witness === witness && speaks(each))))
    .filter((word) => word !== undefined)
    .sort((a, b) => rankOf(b) - rankOf(a) || firstPlace(a) - firstPlace(b));
}

/** An order as of one instant: who sets its coupon and its amount, and who contradicts them. */
export class Order {
  states: Heard[];
  facts: Facts;
  at: number;
  /** Each witness's newest list of codes, and newest amount; the first sets the field. */
  lists: Heard[];
  amounts: Heard[];
  chosen: Reading | 'two affiliates' | null;

  constructor(states: Heard[], facts: Facts, at: number) {
    this.states = states;
    this.facts = facts;
    this.at = at;
    // A browser's hit that names no coupon of ours sets nothing.
    const heeded = (each: Heard) => each.source !== 'pixel' || this.read(each).length > 0;
    this.lists = this.#field((each) => each.codes !== null && heeded(each));
    this.amounts = this.#field((each) => each.amountMinor !== null && heeded(each));
    this.chosen = this.#choose();
  }

  get amount(): Heard | undefined {
    return this.amounts[0];
  }

  get coupon(): number | null {
    return this.chosen === 'two affiliates' ? null : (this.chosen?.coupon ?? null);
  }

  /** What browsers say after a person has approved what browsers had said is noted, and sets nothing. */
  #field(speaks: (state: Heard) => boolean): Heard[] {
    const { approvedAt } = this.facts;
    const late = (each: Heard) => each.source === 'pixel' && approvedAt !== null && each.receivedAt > approvedAt;
    const timely = words(this.states, (each) => speaks(each) && !late(each));
    return timely.length > 0 ? timely : words(this.states, speaks);
  }

  read(report: Heard): Reading[] {
    return (report.codes ?? []).flatMap((code) => this.#readCode(code) ?? []);
  }

  #readCode(code: string): Reading | null {
    const { world, shop } = this.facts;
    const coupon = world.couponOf(shop.id, code, this.at);
    if (!coupon) return null;
    const { campaign, affiliate, expiresOn } = during(coupon.was, this.at);
    const terms = during(world.campaigns.get(campaign)!.was, this.at);
    const expired = expiresOn !== null && dayOf(this.at, shop.timeZone) > expiresOn;
    const paused = terms.status === 'paused';
    const away = affiliate !== null && during(world.affiliates.get(affiliate)!, this.at) !== 'active';
    const refusal = expired ? 'expired' : affiliate === null ? 'free' : paused ? 'paused' : away ? 'not active' : null;
    return { coupon: coupon.id, affiliate, campaign, terms, refusal };
  }

  /** Of several coupons those that can earn come first; of two affiliates' the shop's rule decides. */
  #choose(): Reading | 'two affiliates' | null {
    const [setter] = this.lists;
    if (!setter) return null;
    const readings = this.read(setter);
    const earning = readings.filter((reading) => !reading.refusal);
    if (earning.length === 0) return readings[0] ?? null;
    const affiliates = new Set(earning.map((reading) => reading.affiliate));
    const { severalAffiliates } = this.facts.shop;
    if (affiliates.size === 1 || severalAffiliates === 'first') return earning[0]!;
    if (severalAffiliates === 'last') return last(earning);
    for (const lower of this.lists.filter((list) => rankOf(list) < rankOf(setter))) {
      const named = this.read(lower);
      const own = earning.find((reading) => reading.coupon === named[0]?.coupon);
      if (own && named.every((reading) => reading.coupon === own.coupon)) return own;
    }
    return 'two affiliates';
  }

  /** Whatever must be the same at both ends of a day. */
  result(): string {
    if (this.chosen === 'two affiliates' || !this.chosen) return String(this.chosen);
    const { coupon, affiliate, campaign, terms, refusal } = this.chosen;
    // Where it earns nobody anything for the same reason, whose it would have been makes no difference.
    return JSON.stringify(refusal ? [coupon, refusal] : [coupon, affiliate, campaign, terms]);
  }

  questions(): string[] {
    const coupon = this.#contradictions(this.lists, 'coupon', (list) => this.#couponOf(list) !== this.coupon);
    // Where nobody's coupon is named no amount matters.
    const amount =
      this.chosen === null ? [] : this.#contradictions(this.amounts, 'amount', (each) => this.#isOther(each));
    return [...coupon, ...amount, ...this.#unheardOf()];
  }

  /** Browsers round, and forget shipping: theirs is another amount where it is more than 30 % apart. */
  #isOther(word: Heard): boolean {
    const [said, stands] = [word.amountMinor!, this.amount!.amountMinor!];
    return rankOf(word) === 0 ? Math.abs(said - stands) * 10 > stands * 3 : said !== stands;
  }

  /** Another currency, by a witness that would have the say. */
  foreign(): string[] {
    return words(this.states, (each) => each.foreign || each.amountMinor !== null)
      .filter((each) => each.foreign && rankOf(each) >= (this.amount ? rankOf(this.amount) : 0))
      .map((each) => `${each.id} names another currency`);
  }

  #couponOf(list: Heard): number | null {
    const readings = this.read(list);
    const own = readings.find((reading) => reading.coupon === this.coupon);
    return (own ?? readings[0])?.coupon ?? null;
  }

  /** Browsers of a browser's sale that no person has approved, and equals above them. */
  #contradictions(field: Heard[], what: string, differs: (word: Heard) => boolean): string[] {
    const [setter, ...others] = field;
    if (!setter || setter.kind === 'correction') return [];
    if (setter.source === 'pixel' && this.facts.approvedAt !== null) return [];
    return others
      .filter((other) => rankOf(other) === rankOf(setter) && differs(other))
      .map((other) => `${other.id} names another ${what} than ${setter.id}`);
  }

  /** Whether browsers alone say whose it is, and no person has approved it. */
  get isBrowsers(): boolean {
    return this.lists[0]?.source === 'pixel' && this.facts.approvedAt === null;
  }

  /** A browser's sale without a number, where the shop's own system tells its orders. */
  withoutNumber(): string[] {
    const { endpointAt } = this.facts;
    const doubted = this.states.some(
      (each) => each.order === null && endpointAt !== null && each.receivedAt >= endpointAt,
    );
    return this.isBrowsers && doubted ? ['a sale without a number'] : [];
  }

  /** After a correction: what a better witness than a pixel says, and nobody had said when the person corrected. */
  #unheardOf(): string[] {
    const about = (
      field: Heard[],
      speaks: (each: Heard) => boolean,
      value: (each: Heard) => number | null,
      what: string,
    ) => {
      const [setter, ...others] = field;
      if (setter?.kind !== 'correction') return [];
      const before = this.states.filter((each) => each.place < setter.place && speaks(each));
      return others
        .filter((other) => rankOf(other) > 0 && other.place > setter.place && value(other) !== value(setter))
        .filter((other) => !before.some((each) => value(each) === value(other)))
        .map((other) => `${other.id} says another ${what} after it was corrected`);
    };
    return [
      ...about(
        this.lists,
        ({ codes }) => codes !== null,
        (list) => this.#couponOf(list),
        'coupon',
      ),
      ...(this.chosen === null
        ? []
        : about(
            this.amounts,
            ({ amountMinor }) => amountMinor !== null,
            (each) => each.amountMinor,
            'amount',
          )),
    ];
  }

  /** A witness better than a pixel has named the coupon and, for a percentage, the amount: the arrival of the second. */
  confirmedAt(): { at: number; byImport: boolean } | null {
    const better = this.states.filter((each) => rankOf(each) > 0);
    const first = (speaks: (each: Heard) => boolean) => better.find(speaks);
    const coupon = first((each) => this.read(each).some((reading) => reading.coupon === this.coupon));
    const terms = (this.chosen as Reading).terms;
    const amount = terms.kind === 'fixed' ? coupon : first((each) => each.amountMinor !== null);
    if (!coupon || !amount) return null;
    const by = coupon.receivedAt > amount.receivedAt ? coupon : amount;
    return { at: by.receivedAt, byImport: by.source === 'import' };
  }
}
