/**
 * DESIGN §3.2, rule by rule: what is said of an order, and what it comes to. At 10 % unless JOAO5 is spent (€5.00). Point 3 is
 * in questions.test.ts, 4 in moment.test.ts, 5 in meaning.test.ts and 6 in owed.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { decide } from '../../ledger/decide.ts';
import {
  Azulejo,
  correct,
  DAY,
  file,
  from,
  heard,
  helena,
  holds,
  JOAO,
  LAUNCH,
  MARIA,
  NOON,
  outcome,
  pixel,
  refund,
  type Said,
  server,
  stripe,
  takeBack,
  tiago,
  webhook,
  word,
} from './azulejo.ts';

const undone = (house: Azulejo) => house.undone.add(7);

holds('1. Standing', [
  ['one report stands', [pixel('MARIA10', '120')], 'Maria 12.00 of 120.00 by MARIA10'],
  ['what an undone import brought never was', [file('MARIA10', '120', { importId: 7 })], 'undone', undone],
  [
    'of an undone import’s order, what others say stands',
    [file('MARIA10', '1200', { importId: 7 }), pixel('MARIA10', '120')],
    'Maria 12.00 of 120.00 by MARIA10',
    undone,
  ],
  [
    'the same file sent again under another import stands',
    [file('MARIA10', '120', { importId: 7 }), file('MARIA10', '120', { importId: 8 })],
    'Maria 12.00 of 120.00 by MARIA10',
    undone,
  ],
  ['what a person withdrew never was', [helena('MARIA10', '120'), takeBack(1)], 'undone'],
  [
    'a withdrawal that is withdrawn itself takes nothing back',
    [helena('MARIA10', '120'), takeBack(1), takeBack(2)],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'a withdrawn correction leaves what it corrected',
    [pixel('MARIA10', '120'), correct('JOAO10', '60'), takeBack(2)],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'of one witness the newest word counts',
    [webhook('MARIA10', '120'), webhook('MARIA10', '80')],
    'Maria 8.00 of 80.00 by MARIA10',
  ],
  [
    'newest by its own clock: an old state that arrives late changes nothing',
    [webhook('MARIA10', '80', { saidAt: 2_000 }), webhook('MARIA10', '120', { saidAt: 1_000 })],
    'Maria 8.00 of 80.00 by MARIA10',
  ],
  [
    'a newest state that does not speak of coupons leaves the coupon as that witness said it',
    [webhook('MARIA10', '120'), webhook(null, '80')],
    'Maria 8.00 of 80.00 by MARIA10',
  ],
  [
    'among equals the first keeps its place when it says something newer',
    [webhook('MARIA10', '120'), stripe(null, '110'), webhook('MARIA10', '100')],
    'Maria 10.00 of 100.00 by MARIA10 · 2 asks: Another amount is named: €110.00.',
  ],
]);

holds('2. Authority, field by field', [
  [
    'file over pixel, server over file, webhook over server, a correction over all',
    [
      pixel('MARIA10', '90'),
      file('MARIA10', '80'),
      server('MARIA10', '70'),
      webhook('MARIA10', '60'),
      correct(null, '50'),
    ],
    'Maria 5.00 of 50.00 by MARIA10',
  ],
  ['webhook over server', [server('MARIA10', '70'), webhook('MARIA10', '60')], 'Maria 6.00 of 60.00 by MARIA10'],
  ['server over file', [server('MARIA10', '70'), file('JOAO10', '80')], 'Maria 7.00 of 70.00 by MARIA10'],
  [
    'a person in the office over a pixel',
    [pixel('MARIA10', '90'), helena('JOAO10', '80')],
    'João 8.00 of 80.00 by JOAO10',
  ],
  [
    'the coupon by who speaks of it, the amount by who speaks of that',
    [pixel('MARIA10', '90'), webhook(null, '100')],
    'Maria 10.00 of 100.00 by MARIA10',
  ],
  [
    'who does not speak of coupons contradicts nobody',
    [webhook(null, '120'), pixel('MARIA10', '120')],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    '“no coupon” from a higher one contradicts a lower one that names ours',
    [pixel('MARIA10', '120'), webhook('', '120')],
    'nothing · 1 no coupon',
  ],
  [
    'so does a coupon that is not ours',
    [pixel('MARIA10', '120'), webhook('SUMMERSALE', '120')],
    'nothing · 1 no coupon',
  ],
  [
    'a shop’s order without a coupon of ours is nothing that went uncredited',
    [webhook('SUMMERSALE', '120'), server('', '120')],
    'nothing',
  ],
  [
    'a browser’s hit that names no coupon of ours sets nothing, not even the amount',
    [pixel('NOSUCH', '500'), tiago('MARIA10', '120')],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'nor does it take away what the same browser has said',
    [pixel('MARIA10', '120'), pixel('NOSUCH', '500')],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  ['alone it is an unknown coupon', [pixel('NOSUCH', '120')], 'nothing · 1 unknown coupon'],
  [
    'another currency than the shop’s does not speak of the amount, and is asked about',
    [pixel('MARIA10', '120'), webhook('MARIA10', '90', { currency: 'USD' })],
    'Maria 12.00 of 120.00 by MARIA10 · 2 asks: It was paid in another currency: 90 USD.',
  ],
  [
    'from somebody lower than who set the amount it is not',
    [webhook('MARIA10', '120'), pixel('MARIA10', '90', { currency: 'USD' })],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'until that witness says it in the shop’s',
    [webhook('MARIA10', '90', { currency: 'USD' }), webhook('MARIA10', '80', { currency: 'eur' })],
    'Maria 8.00 of 80.00 by MARIA10',
  ],
  [
    'where nobody names an amount it waits',
    [pixel('MARIA10', '90', { currency: 'USD' })],
    'nothing · 1 waits: other currency (90 USD, where EUR is due)',
  ],
  ['a percentage without an amount waits', [pixel('MARIA10', null)], 'nothing · 1 waits: no amount'],
  ['a fixed commission needs none', [pixel('JOAO5', null)], 'João 5.00 by JOAO5'],
]);

const rule = (several: 'first' | 'last') => (house: Azulejo) => {
  house.shop.spans[0]!.severalAffiliates = several;
};
const WHOSE = '1 asks: It names coupons of two affiliates, MARIA10 and JOAO10: whose is it?';

holds('2. A list with coupons of two affiliates', [
  ['waits for a person', [webhook('MARIA10 JOAO10', '120')], `nothing · ${WHOSE} · 1 waits: two affiliates`],
  ['or the first has it', [webhook('MARIA10 JOAO10', '120')], 'Maria 12.00 of 120.00 by MARIA10', rule('first')],
  ['or the last', [webhook('MARIA10 JOAO10', '120')], 'João 12.00 of 120.00 by JOAO10', rule('last')],
  [
    'or the one that the next lower witness names alone',
    [webhook('MARIA10 JOAO10', '120'), pixel('JOAO10', '120')],
    'João 12.00 of 120.00 by JOAO10',
  ],
  [
    'not one that names both as well',
    [webhook('MARIA10 JOAO10', '120'), pixel('MARIA10 JOAO10', '120')],
    `nothing · ${WHOSE} · 1 waits: two affiliates · 2 waits: two affiliates`,
  ],
  ['a person answers', [webhook('MARIA10 JOAO10', '120'), correct('JOAO10', null)], 'João 12.00 of 120.00 by JOAO10'],
  ['two coupons of one affiliate: the first', [webhook('JOAO5 JOAO10', '120')], 'João 5.00 of 120.00 by JOAO5'],
  [
    'of one that can earn and one that cannot, the one that can',
    [webhook('FREE1 MARIA10', '120')],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  ['of ours and another’s, ours', [webhook('SUMMERSALE MARIA10', '120')], 'Maria 12.00 of 120.00 by MARIA10'],
]);

const bought = webhook('MARIA10', '120');
const declined = word('decline', { affiliateId: MARIA });
const restored = word('restore', { affiliateId: MARIA });

holds('7. A person’s word', [
  ['declined: owed nothing', [bought, declined], 'Maria 0.00 of 120.00 by MARIA10'],
  ['through corrections', [bought, declined, correct(null, '60')], 'Maria 0.00 of 60.00 by MARIA10'],
  ['no other affiliate is touched', [bought, declined, correct('JOAO10', null)], 'João 12.00 of 120.00 by JOAO10'],
  [
    'nor the one who was declined when another’s coupon stood',
    [bought, word('decline', { affiliateId: JOAO })],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'through undo and import; as if the first file had never come, the second is asked about',
    [file('MARIA10', '120', { importId: 7 }), declined, file('MARIA10', '120', { importId: 8 })],
    'Maria 0.00 of 120.00 by MARIA10 · 3 asks: It was declined, and a better witness has confirmed it since.',
    undone,
  ],
  ['until restored', [bought, declined, restored], 'Maria 12.00 of 120.00 by MARIA10'],
  ['or the decline is taken back', [bought, declined, takeBack(2)], 'Maria 12.00 of 120.00 by MARIA10'],
  ['held: owed', [bought, word('hold', { affiliateId: MARIA })], 'Maria 12.00 of 120.00 by MARIA10'],
  [
    'a bot’s hit earns nothing and waits for a look',
    [pixel('MARIA10', '120', { doubt: 'a bot' })],
    'nothing · 1 waits: suspicious (a bot)',
  ],
  [
    'without a number it does not wait',
    [pixel('MARIA10', '120', { doubt: 'a bot', orderId: null })],
    'nothing · 1 suspicious (a bot)',
  ],
  [
    'nor where the customer’s own came',
    [pixel('MARIA10', '120', { doubt: 'a bot' }), tiago('MARIA10', '60')],
    'Maria 6.00 of 60.00 by MARIA10',
  ],
  [
    'a test goes the whole way and earns nothing',
    [pixel('MARIA10', '120', { test: true })],
    'nothing · 1 test (would earn €12.00)',
  ],
  [
    'a test with another’s sale',
    [bought, pixel('JOAO10', '10', { test: true })],
    'Maria 12.00 of 120.00 by MARIA10 · 2 test (would earn €1.00)',
  ],
]);

describe('8. Confirmed', () => {
  /** Who confirmed it, and from when it is approved by itself. */
  const confirmed = (said: Said[], otherwise: (house: Azulejo) => void = () => {}) => {
    const house = new Azulejo();
    Object.assign(house.autumn.spans[0]!, { automatic: true, holdDays: 30 });
    Object.assign(house.launch.spans[0]!, { automatic: true, holdDays: 30 });
    otherwise(house);
    const { owed } = decide(heard(said), house);
    return [owed!.confirmed, owed!.availableAt === null ? null : (owed!.availableAt - NOON) / DAY];
  };

  test.each<[string, Said[], [boolean, number | null], ((house: Azulejo) => void)?]>([
    ['not by a browser', [pixel('MARIA10', '120')], [false, null]],
    ['by a person', [helena('MARIA10', '120')], [true, 30]],
    ['by a server', [server('MARIA10', '120')], [true, 30]],
    ['not where it speaks only of the amount', [pixel('MARIA10', '120'), webhook(null, '120')], [false, null]],
    ['nor only of the coupon', [pixel('MARIA10', '120'), webhook('MARIA10', null)], [false, null]],
    ['but for a fixed commission', [pixel('JOAO5', null), webhook('JOAO5', null, { receivedAt: NOON })], [true, 30]],
    [
      'by one for the coupon and one for the amount, from the later on',
      [webhook('MARIA10', null, { receivedAt: NOON }), server(null, '120', { receivedAt: NOON + DAY })],
      [true, 31],
    ],
    [
      'the hold runs from the later of sale and confirmation',
      [pixel('MARIA10', '120', { receivedAt: NOON }), helena('MARIA10', '120', { receivedAt: NOON + 5 * DAY })],
      [true, 35],
    ],
    [
      'of a sale of long ago from when it was told',
      [helena('MARIA10', '120', { soldAt: NOON - 90 * DAY, receivedAt: NOON })],
      [true, 30],
    ],
    [
      'a file’s waits a day at least',
      [file('MARIA10', '120', { soldAt: NOON - 9 * DAY, receivedAt: NOON })],
      [true, 1],
      (house) => Object.assign(house.autumn.spans[0]!, { holdDays: 0 }),
    ],
    [
      'a campaign that trusts the pixel needs no other',
      [pixel('MARIA10', '120')],
      [false, 30],
      (house) => Object.assign(house.autumn.spans[0]!, { trustPixel: true }),
    ],
    [
      'one that is approved by hand waits for the hand',
      [webhook('MARIA10', '120')],
      [true, null],
      (house) => Object.assign(house.autumn.spans[0]!, { automatic: false }),
    ],
    ['a question keeps it', [webhook('MARIA10', '120'), stripe('MARIA10', '90')], [true, null]],
    ['a hold keeps it', [webhook('MARIA10', '120'), word('hold', { affiliateId: MARIA })], [true, null]],
    ['a hold on the whole order too', [webhook('MARIA10', '120'), word('hold')], [true, null]],
    [
      'until it is released',
      [webhook('MARIA10', '120', { receivedAt: NOON }), word('hold'), word('release')],
      [true, 30],
    ],
    ['another’s hold does not', [webhook('MARIA10', '120'), word('hold', { affiliateId: JOAO })], [true, 30]],
    ['a decline keeps it', [webhook('MARIA10', '120'), declined], [true, null]],
    [
      'what is declined and restored goes on',
      [webhook('MARIA10', '120', { receivedAt: NOON }), declined, restored],
      [true, 30],
    ],
  ])('%s', (_, said, comesTo, otherwise) => {
    expect(confirmed(said, otherwise)).toEqual(comesTo);
  });
});

describe('whatever arrives first', () => {
  /** All orders of arrival; an element is told twice where it is a report of a witness better than a browser. */
  function* permutations<One>(things: One[]): Generator<One[]> {
    if (things.length === 0) yield [];
    for (const [index, thing] of things.entries())
      for (const rest of permutations(things.toSpliced(index, 1))) yield [thing, ...rest];
  }

  test('pixel, webhook, two refunds and a person’s correction come to the same in all 120 orders', () => {
    const all = [
      pixel('MARIA10', '100', { receivedAt: NOON }),
      webhook('MARIA10', '120', { receivedAt: NOON, saidAt: NOON }),
      refund('20', 'r-1', { receivedAt: NOON, saidAt: NOON + 1 }),
      refund('30', 'r-2', { receivedAt: NOON, saidAt: NOON + 2 }),
      correct('JOAO10', null, { receivedAt: NOON }),
    ];
    const outcomes = [...permutations(all)].flatMap((said) => [outcome(said), outcome([...said, ...said])]);
    expect(outcomes).toHaveLength(240);
    expect(new Set(outcomes.map((each) => each.split(' · ')[0]))).toEqual(
      new Set(['João 7.00 of 120.00 − 50.00 by JOAO10']),
    );
  });

  test('later changes of owner, terms and states move nothing that was sold before', () => {
    const said = [pixel('MARIA10', '120'), webhook('MARIA10', '100', { soldAt: NOON }), refund('20', 'r-1')];
    const house = new Azulejo();
    const before = outcome(said, house);
    changeEverything(house);
    expect(outcome(said, house)).toBe(before);
    expect(before).toBe('Maria 8.00 of 100.00 − 20.00 by MARIA10');
  });
});

function changeEverything(house: Azulejo) {
  const later = NOON + 1;
  from(later, house.maria10.spans, { affiliateId: JOAO, expiresOn: '2020-01-01', campaignId: LAUNCH });
  from(later, house.maria10.codes, { code: 'OTHER', codeKey: 'other' });
  from(later, house.autumn.spans, { active: false, value: 0, kind: 'fixed' });
  from(later, house.affiliates.get(MARIA)!.spans, { active: false });
  from(later, house.shop.spans, { timeZone: 'Pacific/Apia', severalAffiliates: 'last' });
  house.maria10.archivedAt = later;
}
