/** A report is one message about an order, read once at the door it came through, and never changed. */
import { couponKey } from './coupon.ts';
import { minorDigits, parseMinor } from './money.ts';
import { orderKey } from './order.ts';

/** Which door a report came through. `import` is a row of a file; a person stands behind it as behind `office`. */
export type Source = 'pixel' | 'office' | 'import' | 'server' | 'webhook';

/** Whose word a sale rests on. Sources of the same rank do not overrule each other; a higher one does. */
export type Evidence = 'pixel' | 'office' | 'server' | 'webhook';

/** `sale` and `refund` come from anybody, the others from a person: whatever they answer is one of these. */
export type Kind =
  | 'sale'
  | 'refund'
  | 'correction'
  | 'void'
  | 'decline'
  | 'restore'
  | 'hold'
  | 'release'
  | 'adjustment'
  | 'withdrawal';

/** A further name of an order: ids meet ids, numbers meet numbers. */
export interface OrderName {
  kind: 'number' | 'id';
  name: string;
}

/** What few reports tell. Amounts in minor units of the report's currency. */
export interface More {
  /** The order's further names, by a witness that knows several. */
  names?: OrderName[];
  netMinor?: number;
  taxMinor?: number;
  shippingMinor?: number;
  /** The refunds that a state counts in its total, by their ids. Without it: all whose clock is not later. */
  refundIds?: string[];
  /** Of a refund: its own id. */
  refundId?: string;
  /** A salted hash of the customer's address, whether it was their first order, and the payment's number in a subscription. */
  customer?: string;
  firstOrder?: boolean;
  paymentNumber?: number;
  /** Of an adjustment: whether it is a bonus, and its campaign. */
  bonus?: boolean;
  campaignId?: number;
  /** What the person saw of the commission that their word is about, as a guard. */
  seen?: { lines: number };
  /** An inner note; the reason is for the affiliate too. */
  note?: string;
  /** What was noticed once, as it was written ("the browser spoke of 14 orders that day"). */
  mark?: string;
}

/** What a door has read off a message, as it was sent. Times are epoch milliseconds, amounts in decimal. */
export interface Message {
  /** Where the door knows the report again by itself; else it is named now. */
  id?: string;
  source: Source;
  /** `sale`, the state of an order, unless said otherwise. */
  kind?: Kind;
  /** Who speaks: an endpoint, a key, `file:` and its hash; else it follows from source and person. */
  witness?: string;
  /** Of a browser: the hashes by which it may be known, today's first. */
  browsers?: string[];
  /** The coupons that were spent. Null: the witness does not speak of coupons. Empty: there was none. */
  codes: string[] | null;
  amount?: string | null;
  currency?: string | null;
  orderId?: string | null;
  /** The campaign's id, as sent. It need not be the coupon's own. */
  campaign?: string | null;
  /** The shop, where the door knows it by itself. */
  shopId?: number | null;
  /** The order's key, where the door knows it by itself: a person who answers speaks of an order that is there. */
  order?: string | null;
  soldAt?: number | null;
  /** A day in the shop's zone, where no more is known. */
  soldOn?: string | null;
  /** By the sender's clock. */
  saidAt?: number | null;
  receivedAt: number;
  cancelled?: boolean | null;
  /** The total refunded so far; of a refund: its own amount. */
  refunded?: string | null;
  /** In decimal: what the amount is made of. */
  net?: string | null;
  tax?: string | null;
  shipping?: string | null;
  more?: More;
  /** What the door found wrong, in plain words. */
  problem?: string | null;
  /** Why the door doubts that a customer sent this ("prefetch", "bot"): such a report earns nothing. */
  doubt?: string | null;
  /** Sent from the office to try a tag: it goes the whole way and earns nothing. */
  test?: boolean;
  userId?: string | null;
  importId?: number | null;
  /** Of a person's word: the affiliate whom it is about; null: the whole order. */
  affiliateId?: number | null;
  /** The report that this one takes back, or answers. */
  about?: string | null;
  reason?: string | null;
}

/** A report on its way to its order: which shop's it is, and what an amount means there, is found when it is written. */
export interface Report {
  id: string;
  source: Source;
  kind: Kind;
  witness: string;
  browsers: string[];
  /** As they were sent. */
  code: string;
  codes: string[] | null;
  amount: string | null;
  currency: string | null;
  orderId: string | null;
  /** Null where the shop sent no order id. */
  orderKey: string | null;
  campaign: string | null;
  shopId: number | null;
  soldAt: number | null;
  soldOn: string | null;
  saidAt: number | null;
  receivedAt: number;
  cancelled: boolean | null;
  refunded: string | null;
  parts: { net: string | null; tax: string | null; shipping: string | null };
  more: More;
  problem: string | null;
  doubt: string | null;
  test: boolean;
  userId: string | null;
  importId: number | null;
  affiliateId: number | null;
  about: string | null;
  reason: string | null;
}

/** A report as it is kept, in its order. */
export interface Heard extends Omit<Report, 'browsers' | 'orderKey' | 'shopId' | 'refunded' | 'parts'> {
  /** The how-manyth of its order, from 1. */
  place: number;
  /** Of the shop's currency; null where none was told or it cannot be read. */
  amountMinor: number | null;
  refundedMinor: number | null;
}

/** How much of a text that cannot be read is kept for the person who looks at it. */
const KEPT_CHARACTERS = 200;

/** A larger amount waits for a person: sums of it stay exact. */
export const LARGEST_MINOR = 1_000_000_000_000;

/**
 * Makes a report of a message: gives it its id and its keys, and notes what cannot be read.
 * @returns never an error: what is unreadable becomes the report's `problem`.
 */
export function reportOf(message: Message): Report {
  const read = (message.codes ?? []).map((code) => ({ code, key: couponKey(code) }));
  const order = orderKey(message.orderId ?? '');
  const unreadable = read.flatMap(({ key }) =>
    'error' in key && key.error !== 'empty' ? [`the coupon code cannot be read: ${key.error}`] : [],
  );
  const problems = [
    message.problem,
    ...new Set(unreadable),
    'error' in order && order.error !== 'empty' && `the order ID cannot be read: ${order.error}`,
  ];
  const keys = read.flatMap(({ key }) => ('value' in key ? [key.value] : []));
  const kind = message.kind ?? 'sale';
  // One of the future is its arrival: nothing has been sold yet that will be.
  const soldAt = message.soldAt == null ? null : Math.min(message.soldAt, message.receivedAt);
  return {
    id: message.id ?? reportId(message.receivedAt),
    source: message.source,
    kind,
    witness: kind === 'correction' ? CORRECTIONS : (message.witness ?? witnessOf(message)),
    browsers: message.browsers ?? [],
    code: kept((message.codes ?? []).join(', ')) ?? '',
    codes: message.codes === null ? null : [...new Set(keys)],
    amount: kept(message.amount),
    currency: kept(message.currency),
    orderId: 'value' in order || order.error !== 'empty' ? kept(message.orderId) : null,
    orderKey: message.order ?? ('value' in order ? order.value : null),
    campaign: kept(message.campaign),
    shopId: message.shopId ?? null,
    soldAt,
    soldOn: soldAt === null ? (message.soldOn ?? null) : null,
    saidAt: message.saidAt == null ? null : Math.min(message.saidAt, message.receivedAt),
    receivedAt: message.receivedAt,
    cancelled: message.cancelled ?? null,
    refunded: kept(message.refunded),
    parts: { net: kept(message.net), tax: kept(message.tax), shipping: kept(message.shipping) },
    more: message.more ?? {},
    problem: kept(problems.filter(Boolean).join('; '), 500) || null,
    doubt: kept(message.doubt),
    test: message.test ?? false,
    userId: message.userId ?? null,
    importId: message.importId ?? null,
    affiliateId: message.affiliateId ?? null,
    about: message.about ?? null,
    reason: kept(message.reason, 500),
  };
}

/** All corrections of people together are one witness: of two who correct, the newest word counts. */
export const CORRECTIONS = 'corrections';

function witnessOf({ source, browsers, userId, importId }: Message): string {
  if (source === 'pixel') return browsers?.[0] ?? 'browser';
  if (source === 'office') return `person:${userId ?? ''}`;
  return source === 'import' ? `import:${importId ?? ''}` : source;
}

/** The report as it is kept in a shop of this currency (null: in none). What cannot be read there becomes its problem. */
export function heardIn(report: Report, currency: string | null, place: number): Heard {
  const { browsers: _, orderKey: __, shopId: ___, refunded, parts, ...rest } = report;
  const said = report.currency?.toUpperCase() || null;
  const problems = [report.problem];
  if (said !== null && minorDigits(said) === undefined)
    problems.push(`the currency cannot be read: ${report.currency}`);
  const foreign = currency !== null && said !== null && said !== currency;
  const read = (text: string | null, what: string): number | null => {
    if (text === null || currency === null || foreign) return null;
    const signed = report.kind === 'adjustment' && text.startsWith('-') ? -1 : 1;
    const amount = parseMinor(signed < 0 ? text.slice(1) : text, currency);
    if ('value' in amount && amount.value <= LARGEST_MINOR) return signed * amount.value;
    if ('value' in amount || amount.error !== 'empty')
      problems.push(`${what} cannot be read: ${'error' in amount ? amount.error : 'too large'}`);
    return null;
  };
  const amountMinor = read(report.amount, 'the amount');
  const refundedMinor = read(refunded, 'the refund');
  const told = {
    netMinor: read(parts.net, 'the net amount'),
    taxMinor: read(parts.tax, 'the tax'),
    shippingMinor: read(parts.shipping, 'the shipping'),
  };
  const parted = Object.fromEntries(Object.entries(told).filter(([, minor]) => minor !== null));
  return {
    ...rest,
    place,
    currency: said,
    amountMinor,
    refundedMinor,
    more: { ...report.more, ...parted },
    problem: problems.filter(Boolean).join('; ') || null,
  };
}

/** Whether two reports say the same, whenever and by whomever they were sent. */
export function sayTheSame(one: Heard, other: Heard): boolean {
  return JSON.stringify(contentsOf(one)) === JSON.stringify(contentsOf(other));
}

function contentsOf(heard: Heard) {
  const { more, ...said } = heard;
  const { seen: _, mark: __, ...told } = more;
  return [
    said.kind,
    said.codes,
    said.amountMinor ?? said.amount,
    said.currency,
    said.orderId,
    said.campaign,
    said.cancelled,
    said.refundedMinor,
    said.soldOn,
    said.affiliateId,
    said.about,
    said.reason,
    said.problem,
    said.doubt,
    said.test,
    told,
  ];
}

export function evidenceOf(source: Source): Evidence {
  return source === 'import' ? 'office' : source;
}

/** Higher overrules lower: a signed webhook, an authenticated server, a person in the office, a pixel anybody can send. */
export function rank(evidence: Evidence): number {
  return ['pixel', 'office', 'server', 'webhook'].indexOf(evidence);
}

/** A person who corrects has the last word. */
export const rankOf = (heard: Pick<Heard, 'source' | 'kind'>): number =>
  heard.kind === 'correction' ? 4 : rank(evidenceOf(heard.source));

// Crockford's base 32, which sorts as it counts and leaves out I, L, O and U (crockford.com/base32.html).
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 26 characters in the manner of a ULID: 10 of time (good until the year 10889), 16 of chance (80 bits). */
export function reportId(now: number): string {
  const chance = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => DIGITS[byte % 32]);
  return inDigits(now, 10) + chance.join('');
}

/**
 * The id of the report that a line of an imported file makes: always the same one, so that the line may be read again
 * after a crash. Sorts by line. `startedAt` is in epoch milliseconds.
 */
export function importedReportId(startedAt: number, importId: number, line: number): string {
  return inDigits(startedAt, 10) + inDigits(importId, 8) + inDigits(line, 8);
}

function inDigits(count: number, length: number): string {
  let digits = '';
  for (let rest = count; digits.length < length; rest = Math.floor(rest / 32)) digits = DIGITS[rest % 32] + digits;
  return digits;
}

function kept(text: string, most?: number): string;
function kept(text: string | null | undefined, most?: number): string | null;
/** Control characters are shown, not kept: a log that a code could rewrite would be no log. */
function kept(text: string | null | undefined, most = KEPT_CHARACTERS): string | null {
  if (text == null) return null;
  return text
    .slice(0, most)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\uFFFD')
    .trim();
}
