/** DESIGN §3.2, point 4: when an order was made, as far as anybody tells. */
import { describe, expect, test } from 'vitest';
import { momentOf } from '../../ledger/moment.ts';
import {
  Azulejo,
  correct,
  DAY,
  file,
  from,
  HOUR,
  heard,
  helena,
  holds,
  JOAO,
  NOON,
  pixel,
  type Said,
  server,
  tiago,
  webhook,
} from './azulejo.ts';

const LISBON_23 = '2026-11-23';
const nine = NOON - 3 * HOUR;

/** Before noon the coupon was Maria's, from noon on it is João's. */
const changedHands = (house: Azulejo) => from(NOON, house.maria10.spans, { affiliateId: JOAO });

holds('4. The moment', [
  [
    'is the one that the highest gives who speaks of it',
    [
      pixel('MARIA10', '120', { receivedAt: NOON + HOUR }),
      webhook(null, null, { soldAt: nine, receivedAt: NOON + HOUR }),
    ],
    'Maria 12.00 of 120.00 by MARIA10',
    changedHands,
  ],
  [
    'where only browsers tell it, the first arrival of whoever named the order',
    [pixel('MARIA10', '120', { receivedAt: nine }), tiago('MARIA10', '120')],
    'Maria 12.00 of 120.00 by MARIA10',
    changedHands,
  ],
  [
    'of a day, the hour is a lower one’s instant within it',
    [
      pixel('MARIA10', '120', { receivedAt: nine }),
      helena('MARIA10', '120', { soldOn: LISBON_23, receivedAt: NOON + DAY }),
    ],
    'Maria 12.00 of 120.00 by MARIA10',
    changedHands,
  ],
  [
    'of several hits the first within that day, however often it is heard',
    [
      pixel('MARIA10', '120', { receivedAt: nine }),
      pixel('MARIA10', '120.5', { receivedAt: NOON + 2 * HOUR }),
      helena('MARIA10', '120', { soldOn: LISBON_23, receivedAt: NOON + DAY }),
    ],
    'Maria 12.00 of 120.00 by MARIA10',
    changedHands,
  ],
  [
    'one on another day is not it',
    [
      pixel('MARIA10', '120', { receivedAt: nine - DAY }),
      helena('MARIA10', '120', { soldOn: LISBON_23, receivedAt: NOON + DAY }),
    ],
    'nothing · 1 waits: which day · 2 waits: which day',
    changedHands,
  ],
  [
    'if a day is all that is known and its ends give another result, a person is asked',
    [helena('MARIA10', '120', { soldOn: LISBON_23, receivedAt: NOON + DAY })],
    'nothing · 1 waits: which day',
    changedHands,
  ],
  [
    'if they give the same, nobody is',
    [helena('MARIA10', '120', { soldOn: '2026-11-22', receivedAt: NOON + DAY })],
    'Maria 12.00 of 120.00 by MARIA10',
    changedHands,
  ],
  [
    'of today ends with the report: nothing has been sold yet that will be',
    [helena('MARIA10', '120', { soldOn: LISBON_23, receivedAt: NOON - 1 })],
    'Maria 12.00 of 120.00 by MARIA10',
    changedHands,
  ],
  [
    'of the future is the arrival',
    [helena('MARIA10', '120', { soldOn: '2026-12-01', receivedAt: NOON - 1 })],
    'Maria 12.00 of 120.00 by MARIA10',
    changedHands,
  ],
  [
    'a person answers which',
    [helena('MARIA10', '120', { soldOn: LISBON_23 }), correct(null, null, { soldAt: NOON, receivedAt: NOON + DAY })],
    'João 12.00 of 120.00 by MARIA10',
    changedHands,
  ],
]);

/** When, by the clock in Lisbon, and whether only the day is known. */
function moment(said: Said[], timeZone = 'Europe/Lisbon') {
  const { shop } = new Azulejo();
  shop.spans[0]!.timeZone = timeZone;
  const { at, earliest, dayOnly } = momentOf(heard(said), shop);
  const iso = (ms: number) => new Date(ms).toISOString();
  return dayOnly ? `${iso(earliest)} to ${iso(at)}` : iso(at);
}

describe('the instant', () => {
  test('is the witness’s newest word, an instant or a day', () => {
    const said = [webhook(null, null, { soldAt: nine }), webhook(null, null, { soldAt: nine + HOUR })];
    expect(moment(said)).toBe('2026-11-23T10:00:00.000Z');
  });

  test('of a browser is its arrival, of somebody who told none it is not', () => {
    const typed = helena('MARIA10', '1', { soldOn: LISBON_23, receivedAt: NOON + DAY });
    expect(moment([file('MARIA10', '1', { receivedAt: nine }), typed])).toBe(
      '2026-11-23T00:00:00.000Z to 2026-11-23T23:59:59.999Z',
    );
    expect(moment([pixel('MARIA10', '1', { receivedAt: nine }), typed])).toBe('2026-11-23T09:00:00.000Z');
  });

  test('of a lower one who knows the hour is taken before a browser’s', () => {
    const said = [
      pixel('MARIA10', '1', { receivedAt: nine }),
      server('MARIA10', '1', { soldAt: nine - HOUR }),
      webhook('MARIA10', '1', { soldOn: LISBON_23, receivedAt: NOON + DAY }),
    ];
    expect(moment(said)).toBe('2026-11-23T08:00:00.000Z');
  });

  test('a message that says it was sold later than it arrived says that it was sold then', () => {
    expect(moment([webhook(null, null, { soldAt: NOON + DAY, receivedAt: NOON })])).toBe('2026-11-23T12:00:00.000Z');
  });
});

describe('a day', () => {
  const of = (soldOn: string, timeZone: string) =>
    moment([helena(null, null, { soldOn, receivedAt: NOON + DAY })], timeZone);

  test('is the shop’s', () => {
    expect(of('2026-11-22', 'America/Sao_Paulo')).toBe('2026-11-22T03:00:00.000Z to 2026-11-23T02:59:59.999Z');
    expect(of('2026-11-22', 'Asia/Tokyo')).toBe('2026-11-21T15:00:00.000Z to 2026-11-22T14:59:59.999Z');
  });

  test('has 25 hours when the clocks go back, and 23 when they go forward', () => {
    expect(of('2026-10-25', 'Europe/Lisbon')).toBe('2026-10-24T23:00:00.000Z to 2026-10-25T23:59:59.999Z');
    expect(of('2026-03-29', 'Europe/Lisbon')).toBe('2026-03-29T00:00:00.000Z to 2026-03-29T22:59:59.999Z');
  });

  test('that is none is the arrival', () => {
    expect(of('2026-02-30', 'Europe/Lisbon')).toBe('2026-11-24T12:00:00.000Z');
  });
});
