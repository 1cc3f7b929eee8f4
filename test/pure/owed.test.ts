/** DESIGN §3.2, point 6, and §3.3: what came back, what is owed, and the line that brings the sums there. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../ledger/decide.ts';
import { plainMinor } from '../../ledger/money.ts';
import { add, earnedOf, lineTo, NOTHING, refundedOf, type Sums } from '../../ledger/owed.ts';
import {
  AUTUMN,
  Azulejo,
  correct,
  heard,
  holds,
  JOAO,
  refund,
  type Said,
  server,
  takeBack,
  webhook,
  word,
} from './azulejo.ts';

const bought = webhook('MARIA10', '120');
const cancelled = webhook(null, null, { cancelled: true });
const total = (refunded: string, more: Said['more'] = {}, saidAt?: number) =>
  webhook(null, null, { refunded, more, ...(saidAt === undefined ? {} : { saidAt }) });

holds('6. Owed', [
  ['ten percent', [bought], 'Maria 12.00 of 120.00 by MARIA10'],
  ['half a cent goes to the affiliate', [webhook('MARIA10', '0.05')], 'Maria 0.01 of 0.05 by MARIA10'],
  ['of what is left after a refund', [bought, refund('20', 'r-1')], 'Maria 10.00 of 120.00 − 20.00 by MARIA10'],
  ['after two', [bought, refund('20', 'r-1'), refund('30', 'r-2')], 'Maria 7.00 of 120.00 − 50.00 by MARIA10'],
  [
    'the same refund twice is one',
    [bought, refund('20', 'r-1'), refund('20', 'r-1')],
    'Maria 10.00 of 120.00 − 20.00 by MARIA10',
  ],
  [
    'and its newest amount counts',
    [bought, refund('20', 'r-1'), refund('25', 'r-1')],
    'Maria 9.50 of 120.00 − 25.00 by MARIA10',
  ],
  [
    'a total and the refunds that it counts',
    [bought, refund('20', 'r-1'), total('20', { refundIds: ['r-1'] })],
    'Maria 10.00 of 120.00 − 20.00 by MARIA10',
  ],
  [
    'a total and one that it does not count',
    [bought, refund('20', 'r-1'), total('20', { refundIds: ['r-1'] }), refund('30', 'r-2')],
    'Maria 7.00 of 120.00 − 50.00 by MARIA10',
  ],
  [
    'a total without ids counts all whose clock is not later',
    [bought, refund('20', 'r-1', { saidAt: 5 }), total('20', {}, 5), refund('30', 'r-2', { saidAt: 6 })],
    'Maria 7.00 of 120.00 − 50.00 by MARIA10',
  ],
  ['a total may fall', [bought, total('50'), total('20')], 'Maria 10.00 of 120.00 − 20.00 by MARIA10'],
  [
    'of two witnesses the one that tells of most',
    [bought, total('50'), server('MARIA10', '120', { refunded: '60' })],
    'Maria 6.00 of 120.00 − 60.00 by MARIA10',
  ],
  ['at most the amount', [bought, refund('999', 'r-1')], 'Maria 0.00 of 120.00 − 120.00 by MARIA10'],
  [
    'in proportion where its own amount is not the one that stands',
    [correct('MARIA10', '60'), webhook('MARIA10', '60'), correct(null, '120'), refund('15', 'r-1')],
    'Maria 9.00 of 120.00 − 30.00 by MARIA10',
  ],
  ['all while its newest state is cancelled', [bought, cancelled], 'Maria 0.00 of 120.00 − 120.00 by MARIA10'],
  [
    'until it is not any more',
    [bought, cancelled, webhook(null, null, { cancelled: false })],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'a person’s figure holds',
    [bought, cancelled, refund('20', 'r-1'), correct(null, null, { refunded: '10' })],
    'Maria 11.00 of 120.00 − 10.00 by MARIA10',
  ],
  [
    'a fixed commission is whole',
    [webhook('JOAO5', '120'), refund('119.99', 'r-1')],
    'João 5.00 of 120.00 − 119.99 by JOAO5',
  ],
  ['until all came back', [webhook('JOAO5', '120'), refund('120', 'r-1')], 'João 0.00 of 120.00 − 120.00 by JOAO5'],
  ['or it is cancelled', [webhook('JOAO5', null), cancelled], 'João 0.00 by JOAO5'],
  ['of an order for nothing it is whole', [webhook('JOAO5', '0')], 'João 5.00 of 0.00 by JOAO5'],
  ['a refund before its sale', [refund('20', 'r-1'), bought], 'Maria 10.00 of 120.00 − 20.00 by MARIA10'],
  ['a refund of nobody’s sale', [refund('20', 'r-1')], 'nothing'],
]);

const adjusts = (amount: string, more: Partial<Said> = {}) =>
  word('adjustment', { amount, affiliateId: JOAO, more: { campaignId: AUTUMN }, ...more });

holds('6. An adjustment', [
  ['owes what it says', [adjusts('5')], 'João 5.00'],
  ['a debt too', [adjusts('-5')], 'João -5.00'],
  ['the newest counts', [adjusts('5'), adjusts('7.50')], 'João 7.50'],
  ['taken back, nothing', [adjusts('5'), takeBack(1)], 'nothing'],
  ['voided, nothing', [adjusts('5'), word('void')], 'void'],
  ['declined, nothing', [adjusts('5'), word('decline', { affiliateId: JOAO })], 'João 0.00'],
]);

const sums = (pendingMinor: number, approvedMinor: number, inPaymentMinor = 0, paidMinor = 0): Sums => ({
  pendingMinor,
  approvedMinor,
  inPaymentMinor,
  paidMinor,
});

describe('the line to what is owed', () => {
  test.each<[string, number, Sums, Sums | null]>([
    ['more is pending', 1_200, NOTHING, sums(1_200, 0)],
    ['no difference, no line', 1_200, sums(200, 1_000), null],
    ['nothing owed and nothing there, no line', 0, NOTHING, null],
    ['less is taken from pending first', 1_000, sums(1_200, 500), sums(-700, 0)],
    ['the rest from approved', 300, sums(200, 1_000), sums(-200, -700)],
    ['which may go below zero', 0, sums(0, 0, 0, 1_200), sums(0, -1_200)],
    ['also while it is on its way', 200, sums(0, 0, 1_200, 0), sums(0, -1_000)],
    ['more fills an approved below zero first', 1_200, sums(0, -1_200, 0, 1_200), sums(0, 1_200)],
    ['and only the rest is pending', 1_500, sums(0, -1_200, 0, 1_200), sums(300, 1_200)],
    ['what is approved stays so when more is owed', 1_500, sums(0, 1_200), sums(300, 0)],
    ['a debt of an adjustment is approved at once', -500, NOTHING, sums(0, -500)],
  ])('%s', (_, owed, before, line) => {
    expect(lineTo(owed, before)).toEqual(line);
  });

  const minor = fc.integer({ min: 0, max: 1_000_000_000_000 });
  const owed = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });
  const anySums = fc.record({
    pendingMinor: minor,
    approvedMinor: owed,
    inPaymentMinor: minor,
    paidMinor: minor,
  });

  test('brings the sums there, touches nothing that has gone out, and leaves no pending below zero', () => {
    fc.assert(
      fc.property(owed, anySums, (owedMinor, before) => {
        const line = lineTo(owedMinor, before);
        const after = line ? add(before, line) : before;
        expect(earnedOf(after)).toBe(owedMinor);
        expect(after.pendingMinor).toBeGreaterThanOrEqual(0);
        expect([after.inPaymentMinor, after.paidMinor]).toEqual([before.inPaymentMinor, before.paidMinor]);
        expect(Object.values(line ?? NOTHING).some((each) => Object.is(each, -0))).toBe(false);
        expect(lineTo(owedMinor, after)).toBeNull();
      }),
    );
  });

  test('never makes pending of money while an approved is below zero', () => {
    fc.assert(
      fc.property(owed, anySums, (owedMinor, before) => {
        const line = lineTo(owedMinor, before);
        if (line && line.pendingMinor > 0) expect(add(before, line).approvedMinor).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a full refund', () => {
  /** An amount cut into parts, none of which is empty. */
  const parts = fc
    .tuple(
      fc.integer({ min: 1, max: 1_000_000_000_000 }),
      fc.array(fc.integer({ min: 1, max: 999_999_999_999 }), { maxLength: 6 }),
    )
    .map(([amount, cuts]) => {
      const ends = [...new Set(cuts.filter((cut) => cut < amount)), amount].sort((a, b) => a - b);
      return { amount, parts: ends.map((end, index) => end - (ends[index - 1] ?? 0)) };
    });
  const euros = (minor: number) => plainMinor(minor, 'EUR');

  test('in any parts takes back exactly all, to the last cent', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 10_000 }), ({ amount, parts }, rate) => {
        const house = new Azulejo();
        house.autumn.spans[0]!.value = rate;
        const said = [
          webhook('MARIA10', euros(amount)),
          ...parts.map((part, index) => refund(euros(part), `r-${index}`)),
        ];
        let has: Sums = NOTHING;
        for (let told = 1; told <= said.length; told++) {
          const { owed } = decide(heard(said.slice(0, told)), house);
          const line = lineTo(owed!.owedMinor, has);
          if (line) has = add(has, line);
        }
        expect(has).toEqual(NOTHING);
      }),
    );
  });

  test('in proportion is the whole where the whole is refunded, and never more than what stands', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000_000_000 });
    fc.assert(
      fc.property(amount, amount, amount, (own, stands, part) => {
        const states = heard([webhook('MARIA10', euros(own)), refund(euros(part), 'r-1')]);
        const told = refundedOf(states.slice(0, 1), states.slice(1), stands).refundedMinor;
        expect(told).toBeLessThanOrEqual(stands);
        if (part >= own) expect(told).toBe(stands);
        // Half a cent away at most, reckoned without a fraction.
        else
          expect(2n * abs(BigInt(told) * BigInt(own) - BigInt(part) * BigInt(stands))).toBeLessThanOrEqual(BigInt(own));
      }),
    );
  });
  const abs = (number: bigint) => (number < 0n ? -number : number);

  test('without an amount that stands is what was told, at most 10^12', () => {
    const told = (...amounts: string[]) =>
      refundedOf(
        heard([webhook('JOAO5', null)]),
        heard(amounts.map((each, index) => refund(each, `r-${index}`))),
        null,
      );
    expect(told('20', '30')).toEqual({ refundedMinor: 5_000, cancelled: false });
    expect(told('10000000000', '10000000000')).toEqual({ refundedMinor: 1_000_000_000_000, cancelled: false });
  });
});
