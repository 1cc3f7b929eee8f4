/** DESIGN §3.2, point 3: disagreement is a question, never a loss. At 10 % unless JOAO5 is spent (€5.00). */
import {
  type Azulejo,
  correct,
  file,
  helena,
  holds,
  MARIA,
  pixel,
  refund,
  stripe,
  takeBack,
  tiago,
  webhook,
  word,
} from './azulejo.ts';

const approved = (house: Azulejo) => {
  house.approvedAt = Date.UTC(2026, 10, 23, 12, 0, 30);
};
const OTHER_COUPON = (codes: string) => `asks: Another coupon is named: ${codes}.`;
const OTHER_AMOUNT = (amount: string) => `asks: Another amount is named: ${amount}.`;

holds('a browser, of a browser’s sale that no person has approved', [
  [
    'names another coupon',
    [pixel('MARIA10', '120'), tiago('JOAO10', '120')],
    `Maria 12.00 of 120.00 by MARIA10 · 2 ${OTHER_COUPON('joao10')}`,
  ],
  [
    'names none of ours: nothing',
    [pixel('MARIA10', '120'), tiago('NOSUCH', '120')],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'names an amount more than 30 % apart',
    [pixel('MARIA10', '100'), tiago('MARIA10', '130.01')],
    `Maria 10.00 of 100.00 by MARIA10 · 2 ${OTHER_AMOUNT('€130.01')}`,
  ],
  [
    'names one 30 % apart: noted',
    [pixel('MARIA10', '100'), tiago('MARIA10', '130')],
    'Maria 10.00 of 100.00 by MARIA10',
  ],
  [
    'once it is approved: noted',
    [pixel('MARIA10', '120'), tiago('JOAO10', '1')],
    'Maria 12.00 of 120.00 by MARIA10',
    approved,
  ],
  [
    'be it the same browser that says otherwise',
    [pixel('MARIA10', '120'), pixel('JOAO10', '999')],
    'Maria 12.00 of 120.00 by MARIA10',
    approved,
  ],
  [
    'before, the same browser only says it anew',
    [pixel('MARIA10', '120'), pixel('JOAO10', '60')],
    'João 6.00 of 60.00 by JOAO10',
  ],
  [
    'who says it first has no advantage when a better one names the other',
    [pixel('MARIA10', '120'), tiago('JOAO10', '120'), webhook('JOAO10', '120')],
    'João 12.00 of 120.00 by JOAO10',
  ],
  [
    'a person’s word ends it',
    [pixel('MARIA10', '120'), tiago('JOAO10', '120'), correct('MARIA10', '120')],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'against a better witness: noted',
    [file('MARIA10', '120'), tiago('JOAO10', '1')],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'more hits than are kept are a question',
    [pixel('MARIA10', '120')],
    'Maria 12.00 of 120.00 by MARIA10 · 1 asks: Browsers have said too many different things of it.',
    (house) => {
      house.unkept = 1;
    },
  ],
  [
    'that a better witness answers',
    [pixel('MARIA10', '120'), file('MARIA10', '120')],
    'Maria 12.00 of 120.00 by MARIA10',
    (house) => {
      house.unkept = 1;
    },
  ],
]);

holds('equals above the browser', [
  [
    'name another coupon: the first stands',
    [webhook('MARIA10', '120'), stripe('JOAO10', '120')],
    `Maria 12.00 of 120.00 by MARIA10 · 2 ${OTHER_COUPON('joao10')}`,
  ],
  [
    'name another amount, be it a cent',
    [file('MARIA10', '120'), helena('MARIA10', '120.01')],
    `Maria 12.00 of 120.00 by MARIA10 · 2 ${OTHER_AMOUNT('€120.01')}`,
  ],
  [
    'name no coupon, or one that is not ours',
    [webhook('MARIA10', '120'), stripe('', '120')],
    `Maria 12.00 of 120.00 by MARIA10 · 2 ${OTHER_COUPON('none')}`,
  ],
  [
    'name ours where the first said that there was none',
    [webhook('', '120'), stripe('MARIA10', '120')],
    `nothing · 2 ${OTHER_COUPON('maria10')} · 2 no coupon`,
  ],
  [
    'of an order without a coupon of ours, nobody asks about its amount',
    [webhook('', '120'), stripe('', '90')],
    'nothing',
  ],
  ['say the same', [webhook('MARIA10', '120'), stripe('MARIA10', '120.00')], 'Maria 12.00 of 120.00 by MARIA10'],
  [
    'one a sale, with a count: the coupon first',
    [webhook('MARIA10', '120'), stripe('JOAO10', '90')],
    `Maria 12.00 of 120.00 by MARIA10 · 2 ${OTHER_COUPON('joao10')}`,
  ],
  [
    'are answered by a better one',
    [file('MARIA10', '120'), helena('JOAO10', '90'), webhook('JOAO10', '90')],
    'João 9.00 of 90.00 by JOAO10',
  ],
]);

holds('better than a browser, after a correction', [
  [
    'what nobody had said when the person corrected',
    [pixel('MARIA10', '120'), correct('JOAO10', '60'), webhook('MARIA10', '100')],
    `João 6.00 of 60.00 by JOAO10 · 3 ${OTHER_AMOUNT('€100.00')}`,
  ],
  [
    'what somebody had said is what was corrected',
    [pixel('MARIA10', '120'), correct('JOAO10', '60'), webhook('MARIA10', '120')],
    'João 6.00 of 60.00 by JOAO10',
  ],
  [
    'a browser never',
    [pixel('MARIA10', '120'), correct('JOAO10', '60'), tiago('INES10', '999')],
    'João 6.00 of 60.00 by JOAO10',
  ],
  [
    'of two corrections the newest counts, and answers',
    [pixel('MARIA10', '120'), correct('JOAO10', '60'), webhook('MARIA10', '100'), correct(null, '100')],
    'João 10.00 of 100.00 by JOAO10',
  ],
  [
    'a coupon, where the person had said that there was none',
    [pixel('MARIA10', '120'), correct('', null), webhook('JOAO10', '120')],
    `nothing · 3 ${OTHER_COUPON('joao10')} · 1 no coupon · 3 no coupon`,
  ],
]);

const decline = word('decline', { affiliateId: MARIA, reason: 'own purchase' });
const AFTER_DECLINE = 'asks: It was declined, and a better witness has confirmed it since.';

holds('after a decline', [
  [
    'somebody better than all heard says that it was so: declined still',
    [pixel('MARIA10', '120'), decline, webhook('MARIA10', '120')],
    `Maria 0.00 of 120.00 by MARIA10 · 3 ${AFTER_DECLINE}`,
  ],
  ['nobody better', [file('MARIA10', '120'), decline, helena('MARIA10', '120')], 'Maria 0.00 of 120.00 by MARIA10'],
  [
    'they say that it was another’s',
    [pixel('MARIA10', '120'), decline, webhook('JOAO10', '120')],
    'João 12.00 of 120.00 by JOAO10',
  ],
  [
    'the person restores it',
    [pixel('MARIA10', '120'), decline, webhook('MARIA10', '120'), word('restore', { affiliateId: MARIA })],
    'Maria 12.00 of 120.00 by MARIA10',
  ],
  [
    'or declines it again',
    [pixel('MARIA10', '120'), decline, webhook('MARIA10', '120'), decline],
    'Maria 0.00 of 120.00 by MARIA10',
  ],
  [
    'or says whose it was',
    [pixel('MARIA10', '120'), decline, webhook('MARIA10', '120'), correct('JOAO10', null)],
    'João 12.00 of 120.00 by JOAO10',
  ],
]);

const HEARD_AGAIN = 'asks: The order was voided, and was heard of again.';

holds('after a void', [
  ['nothing is owed', [pixel('MARIA10', '120'), word('void')], 'void'],
  ['the same browser says the same words', [pixel('MARIA10', '120'), word('void'), pixel('MARIA10', '120.00')], 'void'],
  [
    'the same browser says others',
    [pixel('MARIA10', '120'), word('void'), pixel('MARIA10', '60')],
    `void · 3 ${HEARD_AGAIN}`,
  ],
  [
    'another browser says the same words',
    [pixel('MARIA10', '120'), word('void'), tiago('MARIA10', '120')],
    `void · 3 ${HEARD_AGAIN}`,
  ],
  [
    'a webhook that had said it before says it again',
    [webhook('MARIA10', '120'), word('void'), webhook('MARIA10', '120')],
    `void · 3 ${HEARD_AGAIN}`,
  ],
  ['a refund of it comes', [webhook('MARIA10', '120'), word('void'), refund('20')], `void · 3 ${HEARD_AGAIN}`],
  [
    'a bot does not ask, nor does a test',
    [
      pixel('MARIA10', '120'),
      word('void'),
      tiago('MARIA10', '120', { doubt: 'a bot' }),
      tiago('MARIA10', '1', { test: true }),
    ],
    'void · 4 test (would earn €0.10)',
  ],
  [
    'a person restores it: all that was heard counts',
    [pixel('MARIA10', '120'), word('void'), webhook('MARIA10', '100'), word('restore')],
    'Maria 10.00 of 100.00 by MARIA10',
  ],
  [
    'a person corrects it: what was said since counts, what was said before does not',
    [pixel('MARIA10', '120'), word('void'), correct('JOAO10', '50')],
    'João 5.00 of 50.00 by JOAO10',
  ],
  ['the void is taken back', [pixel('MARIA10', '120'), word('void'), takeBack(2)], 'Maria 12.00 of 120.00 by MARIA10'],
]);

holds('what cannot be read, or is not in euros', [
  [
    'of a better witness of a sale: asked',
    [pixel('MARIA10', '120'), webhook('MARIA10', 'twelve')],
    'Maria 12.00 of 120.00 by MARIA10 · 2 asks: Something in a better report cannot be read: the amount cannot be read: not a number.',
  ],
  [
    'until that one says it',
    [pixel('MARIA10', '120'), webhook('MARIA10', 'twelve'), webhook('MARIA10', '100')],
    'Maria 10.00 of 100.00 by MARIA10',
  ],
  [
    'or a person does',
    [pixel('MARIA10', '120'), webhook('MARIA10', 'twelve'), correct(null, '100')],
    'Maria 10.00 of 100.00 by MARIA10',
  ],
  ['of a browser: nothing', [pixel('MARIA10', '120'), tiago('MARIA10', 'twelve')], 'Maria 12.00 of 120.00 by MARIA10'],
  [
    'alone it waits',
    [pixel('MARIA10', 'twelve')],
    'nothing · 1 waits: unreadable (the amount cannot be read: not a number)',
  ],
  ['and is gone when it is taken back', [helena('MARIA10', 'twelve'), takeBack(1)], 'undone'],
  [
    'above 10^12 it waits',
    [webhook('MARIA10', '10000000000.01')],
    'nothing · 1 waits: unreadable (the amount cannot be read: too large)',
  ],
  ['at 10^12 it earns', [webhook('MARIA10', '10000000000.00')], 'Maria 1000000000.00 of 10000000000.00 by MARIA10'],
  [
    'a refund in another currency is not counted, and is asked about',
    [webhook('MARIA10', '120'), refund('20', 'r-1', { currency: 'USD' })],
    'Maria 12.00 of 120.00 by MARIA10 · 2 asks: Something came back in another currency, USD: how much is it?',
  ],
  [
    'until a person says how much it is',
    [webhook('MARIA10', '120'), refund('20', 'r-1', { currency: 'USD' }), correct(null, null, { refunded: '18' })],
    'Maria 10.20 of 120.00 − 18.00 by MARIA10',
  ],
]);
