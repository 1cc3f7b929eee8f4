/** A report is one message that a sale happened, read once at the door it came through. */
import { couponKey } from './coupon.ts';
import { orderKey } from './order.ts';

/** Which door a report came through. `import` is a row of a file; a person stands behind it as behind `office`. */
export type Source = 'pixel' | 'office' | 'import' | 'server' | 'webhook';

/** Whose word a sale rests on. Sources of the same rank do not overrule each other; a higher one does. */
export type Evidence = 'pixel' | 'office' | 'server' | 'webhook';

/** What a door has read off a message, as it was sent. Times are epoch milliseconds. */
export interface Message {
  /** Where the door knows the report again by itself (`importedReportId`); else it is named now. */
  id?: string;
  source: Source;
  code: string;
  /** As sent, in decimal; null where the message has none. It is read when the currency is known. */
  amount?: string | null;
  currency?: string | null;
  orderId?: string | null;
  /** The campaign's id, as sent. It need not be the coupon's own. */
  campaign?: string | null;
  /** The shop, where the door knows it by itself. */
  shopId?: number | null;
  soldAt?: number;
  receivedAt: number;
  /** Hashes by which the same browser is known again, today's first; for a report without an order id. */
  visitorKeys?: string[];
  /** What the door found wrong, in plain words: such a report is kept for a person. */
  problem?: string | null;
  /** Why the door doubts that a customer sent this ("prefetch", "bot"): such a report earns nothing. */
  doubt?: string | null;
  /** Sent from the office to try a tag: it goes the whole way and earns nothing. */
  test?: boolean;
  userId?: string | null;
  importId?: number | null;
  /** The id of the waiting report that a person settles with this one. */
  settles?: string | null;
}

export interface Report extends Required<Message> {
  /** Sorts by arrival; a report delivered twice has the same one. */
  id: string;
  /** Null where no coupon of ours can have such a code. */
  codeKey: string | null;
  /** Null where the shop sent no order id. */
  orderKey: string | null;
}

/** How much of a text that cannot be read is kept for the person who looks at it. */
const KEPT_CHARACTERS = 200;

/**
 * Makes a report of a message: gives it its id and its keys, and notes what cannot be read.
 * @returns never an error: what is unreadable becomes the report's `problem`.
 */
export function reportOf(message: Message): Report {
  const code = couponKey(message.code);
  const order = orderKey(message.orderId ?? '');
  const problems = [
    message.problem,
    'error' in code && `the coupon code cannot be read: ${code.error}`,
    'error' in order && order.error !== 'empty' && `the order ID cannot be read: ${order.error}`,
  ];
  return {
    id: message.id ?? reportId(message.receivedAt),
    source: message.source,
    code: kept(message.code),
    codeKey: 'value' in code ? code.value : null,
    orderId: 'value' in order || order.error !== 'empty' ? kept(message.orderId ?? '') : null,
    orderKey: 'value' in order ? order.value : null,
    amount: message.amount == null ? null : kept(message.amount),
    currency: message.currency == null ? null : kept(message.currency),
    campaign: message.campaign == null ? null : kept(message.campaign),
    shopId: message.shopId ?? null,
    soldAt: message.soldAt ?? message.receivedAt,
    receivedAt: message.receivedAt,
    visitorKeys: message.visitorKeys ?? [],
    problem: problems.filter(Boolean).join('; ') || null,
    doubt: message.doubt ?? null,
    test: message.test ?? false,
    userId: message.userId ?? null,
    importId: message.importId ?? null,
    settles: message.settles ?? null,
  };
}

export function evidenceOf(source: Source): Evidence {
  return source === 'import' ? 'office' : source;
}

/** Higher overrules lower: a signed webhook, an authenticated server, a person in the office, a pixel anybody can send. */
export function rank(evidence: Evidence): number {
  return ['pixel', 'office', 'server', 'webhook'].indexOf(evidence);
}

// Crockford's base 32, which sorts as it counts and leaves out I, L, O and U (crockford.com/base32.html).
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 26 characters in the manner of a ULID: 10 of time (good until the year 10889), 16 of chance (80 bits). */
function reportId(now: number): string {
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

/** Control characters are shown, not kept: a log that a code could rewrite would be no log. */
function kept(text: string): string {
  return text
    .slice(0, KEPT_CHARACTERS)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\uFFFD')
    .trim();
}
