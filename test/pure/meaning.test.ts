/** DESIGN §3.2, point 5: what a code meant at the moment of the sale, and whom it earned what. */
import { describe, expect, test } from 'vitest';
import { choose, lostCode, namedBy, settersOf } from '../../ledger/meaning.ts';
import {
  Azulejo,
  DAY,
  from,
  HOUR,
  heard,
  helena,
  holds,
  JOAO,
  MARIA,
  MINUTE,
  NOON,
  pixel,
  tiago,
  webhook,
} from './azulejo.ts';

const LISBON_23 = '2026-11-23';
const nine = NOON - 3 * HOUR;
const changedHands = (house: Azulejo) => from(NOON, house.maria10.spans, { affiliateId: JOAO });

const spent = (code: string, at: number) => [helena(code, '120', { soldAt: at, receivedAt: NOON + DAY })];
/** MARIA10 became MARIA20 at noon; João has had MARIA10 since an hour later. */
const reissued = (house: Azulejo) => {
  from(NOON, house.maria10.codes, { code: 'MARIA20', codeKey: 'maria20' });
  house.joao10.codes.push({ code: 'MARIA10', codeKey: 'maria10', fromAt: NOON + HOUR, untilAt: null });
};

holds('5. As of the moment', [
  ['the owner of the day', spent('MARIA10', NOON - 1), 'Maria 12.00 of 120.00 by MARIA10', changedHands],
  ['from the change on the new one', spent('MARIA10', NOON), 'João 12.00 of 120.00 by MARIA10', changedHands],
  ['the code of before a rename', spent('MARIA10', NOON - 1), 'Maria 12.00 of 120.00 by MARIA10', reissued],
  [
    'between two owners a code is nobody’s',
    spent('MARIA10', NOON),
    'nothing · 1 expired (the code was changed)',
    reissued,
  ],
  [
    'from the re-issue on it is the new coupon',
    spent('MARIA10', NOON + HOUR),
    'João 12.00 of 120.00 by MARIA10',
    reissued,
  ],
  ['the new code of the renamed coupon', spent('MARIA20', NOON), 'Maria 12.00 of 120.00 by MARIA20', reissued],
  [
    'a receipt typed in after the re-issue says the same as the browser did before',
    [pixel('MARIA10', '120', { receivedAt: nine }), helena('MARIA10', '120', { receivedAt: NOON + DAY })],
    'Maria 12.00 of 120.00 by MARIA10',
    reissued,
  ],
  [
    'the terms of the day',
    spent('MARIA10', NOON - 1),
    'Maria 12.00 of 120.00 by MARIA10',
    (house) => from(NOON, house.autumn.spans, { value: 2_000 }),
  ],
  [
    'from the change on the new ones',
    spent('MARIA10', NOON),
    'Maria 24.00 of 120.00 by MARIA10',
    (house) => from(NOON, house.autumn.spans, { value: 2_000 }),
  ],
  [
    'a campaign that is paused later',
    spent('MARIA10', NOON - 1),
    'Maria 12.00 of 120.00 by MARIA10',
    (house) => from(NOON, house.autumn.spans, { active: false }),
  ],
  [
    'one that is paused then',
    spent('MARIA10', NOON),
    'nothing · 1 campaign paused',
    (house) => from(NOON, house.autumn.spans, { active: false }),
  ],
  [
    'an affiliate who is suspended later',
    spent('MARIA10', NOON - 1),
    'Maria 12.00 of 120.00 by MARIA10',
    (house) => from(NOON, house.affiliates.get(MARIA)!.spans, { active: false }),
  ],
  [
    'one who is suspended then',
    spent('MARIA10', NOON),
    'nothing · 1 affiliate not active',
    (house) => from(NOON, house.affiliates.get(MARIA)!.spans, { active: false }),
  ],
  ['a coupon that is nobody’s', spent('FREE1', NOON), 'nothing · 1 free coupon'],
  [
    'its first owner from the gift on',
    spent('FREE1', NOON),
    'João 12.00 of 120.00 by FREE1',
    (house) => from(NOON, house.free1.spans, { affiliateId: JOAO }),
  ],
  [
    'a coupon to its last instant in Lisbon',
    spent('MARIA10', Date.UTC(2026, 10, 24) - 1),
    'Maria 12.00 of 120.00 by MARIA10',
    (house) => from(0, house.maria10.spans, { expiresOn: LISBON_23 }),
  ],
  [
    'and not after it',
    spent('MARIA10', Date.UTC(2026, 10, 24)),
    'nothing · 1 expired',
    (house) => from(0, house.maria10.spans, { expiresOn: LISBON_23 }),
  ],
  ['a coupon that was deleted later', spent('MARIA10', NOON - 1), 'Maria 12.00 of 120.00 by MARIA10', deleted],
  ['one that was deleted then', spent('MARIA10', NOON), 'nothing · 1 unknown coupon (it was deleted)', deleted],
]);

function deleted(house: Azulejo) {
  house.maria10.archivedAt = NOON;
  house.maria10.codes[0]!.untilAt = NOON;
}

/** Which coupon a code means at an instant. */
const meant = (house: Azulejo, code: string, at: number) => namedBy([code], at, house).map(({ coupon }) => coupon.id);

describe('a code over time', () => {
  test('is of the coupon that had it then, to the millisecond', () => {
    const house = new Azulejo();
    reissued(house);
    expect([NOON - 1, NOON, NOON + HOUR - 1, NOON + HOUR].map((at) => meant(house, 'maria10', at))).toEqual([
      [10],
      [],
      [],
      [20],
    ]);
    expect([NOON - 1, NOON].map((at) => meant(house, 'maria20', at))).toEqual([[], [10]]);
  });

  test('works on for its time of grace, beside the new one', () => {
    const house = new Azulejo();
    from(NOON, house.maria10.codes, { code: 'MARIA20', codeKey: 'maria20' });
    house.maria10.codes[0]!.untilAt = NOON + DAY;
    expect([NOON, NOON + DAY - 1, NOON + DAY].map((at) => meant(house, 'maria10', at))).toEqual([[10], [10], []]);
    expect(meant(house, 'maria20', NOON)).toEqual([10]);
  });

  test('of an empty span is nobody’s: a coupon that was taken back with its import never had it', () => {
    const house = new Azulejo();
    house.maria10.codes[0]!.untilAt = 0;
    expect(meant(house, 'maria10', NOON)).toEqual([]);
    expect(lostCode('maria10', NOON, house)).toBe(null);
  });

  test('tells what became of it', () => {
    const house = new Azulejo();
    reissued(house);
    expect(lostCode('maria10', NOON, house)).toBe('changed');
    expect(lostCode('maria10', NOON - 1, house)).toBe(null);
    house.maria10.archivedAt = NOON;
    expect(lostCode('maria10', NOON, house)).toBe('deleted');
    expect(lostCode('nosuch', NOON, house)).toBe(null);
  });
});

describe('a list of codes', () => {
  const codes = (...keys: string[]) => namedBy(keys, NOON, new Azulejo()).map(({ code }) => code);

  test('names the coupons of ours among them, each once, in their order', () => {
    expect(codes('nosuch', 'joao10', 'maria10', 'joao10')).toEqual(['JOAO10', 'MARIA10']);
    expect(codes()).toEqual([]);
  });

  test('names a coupon once though it has two codes', () => {
    const house = new Azulejo();
    house.maria10.codes.push({ code: 'MARIA20', codeKey: 'maria20', fromAt: 0, untilAt: null });
    expect(namedBy(['maria20', 'maria10'], NOON, house).map(({ code }) => code)).toEqual(['MARIA20']);
  });

  const chosen = (said: Parameters<typeof heard>[0], several: 'first' | 'last' | 'a person', house = new Azulejo()) => {
    house.shop.spans[0]!.severalAffiliates = several;
    const { named, several: open } = choose(heard(said), NOON, house);
    return named?.code ?? open.map(({ code }) => code);
  };

  test('of two affiliates is the first’s, the last’s or open, as the shop has chosen', () => {
    const both = [webhook('JOAO10 MARIA10 INES10', '120')];
    expect(chosen(both, 'first')).toBe('JOAO10');
    expect(chosen(both, 'last')).toBe('INES10');
    expect(chosen(both, 'a person')).toEqual(['JOAO10', 'MARIA10', 'INES10']);
  });

  test('is settled by the highest of those below who names one of them alone, not by an equal', () => {
    const both = webhook('MARIA10 JOAO10', '120');
    expect(chosen([both, pixel('INES10', '120'), tiago('JOAO10', '120')], 'a person')).toBe('JOAO10');
    expect(chosen([both, pixel('MARIA10', '120'), helena('JOAO10', '120')], 'a person')).toBe('JOAO10');
    expect(chosen([both, webhook('JOAO10', '120', { witness: 'stripe' })], 'a person')).toEqual(['MARIA10', 'JOAO10']);
  });

  test('is judged by the rule of the day', () => {
    const house = new Azulejo();
    from(NOON + 1, house.shop.spans, { severalAffiliates: 'last' });
    expect(chosen([webhook('MARIA10 JOAO10', '120')], 'first', house)).toBe('MARIA10');
  });

  test('leaves out who cannot earn: then it is not of two affiliates', () => {
    const house = new Azulejo();
    from(0, house.joao10.spans, { expiresOn: '2026-11-22' });
    expect(chosen([webhook('JOAO10 MARIA10', '120')], 'a person', house)).toBe('MARIA10');
  });
});

describe('who may set something', () => {
  const amounts = (said: Parameters<typeof heard>[0], house = new Azulejo()) =>
    settersOf(heard(said), ({ amountMinor }) => amountMinor, NOON, house).map(({ value }) => value);

  test('is no browser that names no coupon of ours', () => {
    expect(amounts([pixel('NOSUCH', '1'), tiago('MARIA10', '2')])).toEqual([200]);
    expect(amounts([pixel('NOSUCH', '1')])).toEqual([]);
  });

  test('is a browser with a coupon of ours, though it is nobody’s', () => {
    expect(amounts([pixel('FREE1', '1')])).toEqual([100]);
  });

  test('is no browser that speaks after a person has approved, unless it is the first to speak', () => {
    const house = new Azulejo();
    house.approvedAt = NOON;
    expect(amounts([pixel('MARIA10', '1'), tiago('MARIA10', '2'), pixel('MARIA10', '3')], house)).toEqual([100]);
    expect(amounts([pixel('MARIA10', '1', { receivedAt: NOON + MINUTE })], house)).toEqual([100]);
    expect(amounts([pixel('MARIA10', '1'), webhook('MARIA10', '2')], house)).toEqual([200, 100]);
  });
});
