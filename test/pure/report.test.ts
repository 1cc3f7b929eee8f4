/** What is read of a message, what is kept of it, and what is refused (DESIGN §3.1, §3.6). */
import { describe, expect, test } from 'vitest';
import {
  heardIn,
  importedReportId,
  LARGEST_MINOR,
  type Message,
  rankOf,
  reportId,
  reportOf,
  sayTheSame,
} from '../../ledger/report.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const report = (said: Partial<Message> = {}) =>
  reportOf({ source: 'pixel', codes: ['MARIA10'], amount: '120', orderId: '1001', receivedAt: NOON, ...said });
const heard = (said: Partial<Message> = {}, currency: string | null = 'EUR') => heardIn(report(said), currency, 1);

describe('a message is read once', () => {
  test('into a report with its keys, and what it does not say is null', () => {
    expect(report({ id: 'r', codes: [' Maria10 '], orderId: ' A-1 ', campaign: '3' })).toEqual({
      id: 'r',
      source: 'pixel',
      kind: 'sale',
      witness: 'browser',
      browsers: [],
      code: 'Maria10',
      codes: ['maria10'],
      amount: '120',
      currency: null,
      orderId: 'A-1',
      orderKey: 'A-1',
      campaign: '3',
      shopId: null,
      soldAt: null,
      soldOn: null,
      saidAt: null,
      receivedAt: NOON,
      cancelled: null,
      refunded: null,
      parts: { net: null, tax: null, shipping: null },
      more: {},
      problem: null,
      doubt: null,
      test: false,
      userId: null,
      importId: null,
      affiliateId: null,
      about: null,
      reason: null,
    });
  });

  test.each([
    ['codes that it does not speak of', { codes: null }, { code: '', codes: null }],
    ['that there was none', { codes: [] }, { code: '', codes: [] }],
    ['several, each once', { codes: ['A', 'b', 'a '] }, { code: 'A, b, a', codes: ['a', 'b'] }],
    ['a template that nobody filled in', { codes: ['[COUPON]'] }, { code: '[COUPON]', codes: [] }],
    ['no order', { orderId: null }, { orderId: null, orderKey: null }],
    ['an unfilled order', { orderId: '{{ order }}' }, { orderId: null, orderKey: null, problem: null }],
    [
      'an order that the door knows by itself',
      { orderId: null, order: 'none:7' },
      { orderId: null, orderKey: 'none:7' },
    ],
    ['an id beyond 2^53', { orderId: '90071992547409931' }, { orderKey: '90071992547409931' }],
    ['zeros in front, and a number sign', { orderId: '#0012' }, { orderKey: '#0012' }],
  ])('%s', (_, said, read) => {
    expect(report(said)).toMatchObject(read);
  });

  test.each([
    [
      'a code with a control character',
      { codes: ['MA\u0000RIA'] },
      'the coupon code cannot be read: control character',
    ],
    ['a code that is too long', { codes: ['x'.repeat(101)] }, 'the coupon code cannot be read: too long'],
    [
      'two of them, said once',
      { codes: ['x'.repeat(101), 'y'.repeat(101)] },
      'the coupon code cannot be read: too long',
    ],
    ['an order with a bidi mark', { orderId: '10\u202E01' }, 'the order ID cannot be read: control character'],
    ['what the door found', { problem: '"amount" was sent twice' }, '"amount" was sent twice'],
    [
      'all of it',
      { problem: 'first', codes: ['\u0007'], orderId: 'x'.repeat(201) },
      'first; the coupon code cannot be read: control character; the order ID cannot be read: too long',
    ],
  ])('%s is its problem', (_, said, problem) => {
    expect(report(said).problem).toBe(problem);
  });

  test('nothing that it keeps has control characters, half characters, or no end', () => {
    const long = `a\u0000b\u001b${'x'.repeat(1_000)}`;
    const kept = report({ amount: long, campaign: long, currency: long, doubt: long, reason: long, problem: long });
    for (const text of [kept.amount, kept.campaign, kept.currency, kept.doubt]) expect(text).toHaveLength(200);
    for (const text of [kept.reason, kept.problem]) expect(text).toHaveLength(500);
    expect(JSON.stringify(kept)).not.toMatch(/\\u00/);
    // The cut falls between the halves of a character.
    expect(report({ reason: `${'x'.repeat(499)}😀` }).reason).toBe(`${'x'.repeat(499)}\uFFFD`);
  });

  test('what is said to be of the future is of its arrival', () => {
    const later = NOON + 1;
    expect(report({ soldAt: later, saidAt: later })).toMatchObject({ soldAt: NOON, saidAt: NOON });
    expect(report({ soldAt: 0, saidAt: 0 })).toMatchObject({ soldAt: 0, saidAt: 0 });
  });

  test('an instant is worth more than a day', () => {
    expect(report({ soldAt: 1, soldOn: '2026-11-23' })).toMatchObject({ soldAt: 1, soldOn: null });
    expect(report({ soldOn: '2026-11-23' })).toMatchObject({ soldAt: null, soldOn: '2026-11-23' });
  });
});

describe('the witness', () => {
  test.each<[string, Partial<Message>, string]>([
    ['of a pixel is the browser, by the first of its hashes', { browsers: ['today', 'yesterday'] }, 'today'],
    ['of the office is the person', { source: 'office', userId: 'helena' }, 'person:helena'],
    ['of a file is what its door says', { source: 'import', importId: 7, witness: 'file:abc' }, 'file:abc'],
    ['or the import', { source: 'import', importId: 7 }, 'import:7'],
    ['of an endpoint is what its door says', { source: 'webhook', witness: 'shopify:1' }, 'shopify:1'],
    ['or all of its kind', { source: 'webhook' }, 'webhook'],
    [
      'of a correction is everybody who corrects',
      { source: 'office', kind: 'correction', userId: 'rui' },
      'corrections',
    ],
  ])('%s', (_, said, witness) => {
    expect(report(said).witness).toBe(witness);
  });

  test('has a rank: correction, webhook, server, office and file, pixel', () => {
    const ranks = (['pixel', 'import', 'office', 'server', 'webhook'] as const).map((source) =>
      rankOf({ source, kind: 'sale' }),
    );
    expect(ranks).toEqual([0, 1, 1, 2, 3]);
    expect(rankOf({ source: 'office', kind: 'correction' })).toBe(4);
  });
});

describe('in a shop’s currency', () => {
  test.each<[string, Partial<Message>, string | null, object]>([
    ['an amount', { amount: '12.5' }, 'EUR', { amountMinor: 1_250, problem: null }],
    ['of yen', { amount: '1250' }, 'JPY', { amountMinor: 1_250 }],
    ['none', { amount: null }, 'EUR', { amountMinor: null, problem: null }],
    ['an empty one', { amount: ' ' }, 'EUR', { amountMinor: null, problem: null }],
    ['the shop’s own currency, small', { currency: 'eur' }, 'EUR', { amountMinor: 12_000, currency: 'EUR' }],
    [
      'another one, whose amount is none here',
      { currency: 'usd' },
      'EUR',
      { amountMinor: null, currency: 'USD', problem: null },
    ],
    [
      'one that is none',
      { currency: 'XXQ' },
      'EUR',
      { amountMinor: null, problem: 'the currency cannot be read: XXQ' },
    ],
    ['no shop: nothing is read, nothing is wrong', { amount: 'x' }, null, { amountMinor: null, problem: null }],
    ['a comma', { amount: '10,50' }, 'EUR', { problem: 'the amount cannot be read: not a number' }],
    ['a third decimal', { amount: '10.505' }, 'EUR', { problem: 'the amount cannot be read: too many decimals' }],
    ['a negative amount', { amount: '-1' }, 'EUR', { problem: 'the amount cannot be read: negative' }],
    ['the largest', { amount: '10000000000.00' }, 'EUR', { amountMinor: LARGEST_MINOR, problem: null }],
    [
      'a cent more',
      { amount: '10000000000.01' },
      'EUR',
      { amountMinor: null, problem: 'the amount cannot be read: too large' },
    ],
    ['a refund', { kind: 'refund', amount: null, refunded: '20' }, 'EUR', { refundedMinor: 2_000 }],
    [
      'a refund that is none',
      { kind: 'refund', amount: null, refunded: '-20' },
      'EUR',
      { problem: 'the refund cannot be read: negative' },
    ],
    ['a debt', { kind: 'adjustment', amount: '-5' }, 'EUR', { amountMinor: -500, problem: null }],
    [
      'its parts',
      { net: '100', tax: '20', shipping: '' },
      'EUR',
      { more: { netMinor: 10_000, taxMinor: 2_000 }, problem: null },
    ],
    ['a part that is none', { tax: 'x' }, 'EUR', { problem: 'the tax cannot be read: not a number' }],
  ])('%s', (_, said, currency, read) => {
    expect(heard(said, currency)).toMatchObject(read);
  });
});

describe('two reports say the same', () => {
  test('whenever, and by whomever they were sent', () => {
    const later = {
      receivedAt: NOON + 1,
      saidAt: NOON,
      soldAt: NOON,
      witness: 'tiago',
      browsers: ['tiago'],
      userId: 'rui',
    };
    expect(sayTheSame(heard(), heard({ ...later, amount: '120.00', codes: ['maria10'] }))).toBe(true);
  });

  test('whatever the person had seen', () => {
    const declines = (lines: number) => heard({ kind: 'decline', affiliateId: 1, more: { seen: { lines } } });
    expect(sayTheSame(declines(1), declines(2))).toBe(true);
  });

  test.each<Partial<Message>>([
    { kind: 'refund' },
    { codes: ['JOAO10'] },
    { codes: ['MARIA10', 'JOAO10'] },
    { codes: null },
    { amount: '120.01' },
    { amount: null },
    { currency: 'USD' },
    { orderId: '1002' },
    { campaign: '3' },
    { cancelled: true },
    { refunded: '1' },
    { soldOn: '2026-11-22' },
    { affiliateId: 1 },
    { about: 'x' },
    { reason: 'x' },
    { doubt: 'a bot' },
    { test: true },
    { more: { names: [{ kind: 'id', name: '7' }] } },
    { more: { refundIds: ['r-1'] } },
    { tax: '20' },
  ])('not with %j', (said) => {
    expect(sayTheSame(heard(), heard(said))).toBe(false);
  });
});

describe('ids', () => {
  test('are 26 characters that sort by time, and no two alike', () => {
    const ids = Array.from({ length: 1_000 }, () => reportId(NOON));
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(reportId(NOON) < reportId(NOON + 1)).toBe(true);
  });

  test('of a line of a file are always the same, of the same length, and sort by line', () => {
    const id = (line: number, importId = 7) => importedReportId(NOON, importId, line);
    expect(id(9)).toBe(id(9));
    expect(id(9)).toHaveLength(26);
    expect(id(9) < id(10)).toBe(true);
    expect(id(9)).not.toBe(id(9, 8));
    expect(new Set(Array.from({ length: 2_000 }, (_, line) => id(line))).size).toBe(2_000);
  });

  test('are the sender’s own where the door knows them', () => {
    expect(report({ id: 'evt_1' }).id).toBe('evt_1');
  });
});
