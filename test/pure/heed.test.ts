/** Which reports of an order stand, and who has the say about what. */
import { describe, expect, test } from 'vitest';
import { heed, sameHit, wordsOf } from '../../ledger/heed.ts';
import {
  correct,
  file,
  heard,
  helena,
  JOAO,
  MARIA,
  NOON,
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

const none: ReadonlySet<number> = new Set();
/** The reports that count, by their places, and why the others do not. */
function counted(said: Said[], undone = none) {
  const { states, refunds, dropped } = heed(heard(said), undone);
  return { counts: [...states, ...refunds].map(({ place }) => place), dropped: Object.fromEntries(dropped) };
}

describe('what stands', () => {
  test('is what was said, in the order of its arrival, however it is handed over', () => {
    const reports = heard([pixel('MARIA10', '1'), webhook('MARIA10', '1'), correct(null, '2')]);
    expect(heed(reports.toReversed(), none).states.map(({ place }) => place)).toEqual([1, 2, 3]);
  });

  test('is neither a test, nor a bot’s, nor what cannot be read', () => {
    expect(
      counted([
        pixel('MARIA10', '1', { test: true }),
        pixel('MARIA10', '1', { doubt: 'sent by a bot' }),
        pixel('MARIA10', 'one'),
        pixel('MARIA10', '1'),
      ]),
    ).toEqual({
      counts: [4],
      dropped: {
        1: 'It was a test.',
        2: 'It does not look like a customer: sent by a bot.',
        3: 'It says nothing that counts: the amount cannot be read: not a number.',
      },
    });
  });

  test('is not of an undone import, be it a person’s word', () => {
    const said = [file('MARIA10', '1', { importId: 7 }), file('MARIA10', '1', { importId: 8 })];
    expect(counted(said, new Set([7]))).toEqual({ counts: [2], dropped: { 1: 'Its import was undone.' } });
  });

  test('a withdrawal of a withdrawal gives it back, and a third takes it again', () => {
    const said = [helena('MARIA10', '1'), takeBack(1), takeBack(2), takeBack(3)];
    expect([1, 2, 3, 4].map((told) => counted(said.slice(0, told)).counts)).toEqual([[1], [], [1], []]);
  });

  test('two withdrawals of one report: taking one of them back does not bring it again', () => {
    expect(counted([helena('MARIA10', '1'), takeBack(1), takeBack(1), takeBack(3)]).counts).toEqual([]);
  });

  test('of a void order is only what came after the last void, until it is restored', () => {
    const said = [pixel('MARIA10', '1'), word('void'), tiago('MARIA10', '2'), word('void'), correct(null, '3')];
    expect(counted(said).counts).toEqual([5]);
    expect(counted([...said, word('restore')]).counts).toEqual([1, 3, 5]);
    expect(counted([...said, word('restore', { affiliateId: MARIA })]).counts).toEqual([5]);
  });

  test('of a void order refunds are hushed too', () => {
    expect(counted([webhook('MARIA10', '1'), refund('1', 'r-1'), word('void')]).counts).toEqual([]);
  });
});

describe('persons’ words', () => {
  const words = (said: Said[]) => {
    const { declined, held } = heed(heard(said), none);
    return { declined: [...declined.keys()], held: [...held.keys()] };
  };
  const about = (affiliateId: number) => ({ affiliateId });

  test('decline until they restore, each affiliate by themselves', () => {
    const said = [word('decline', about(MARIA)), word('decline', about(JOAO)), word('restore', about(MARIA))];
    expect(words(said)).toEqual({ declined: [JOAO], held: [] });
  });

  test('restoring a void restores no commission', () => {
    expect(words([word('decline', about(MARIA)), word('void'), word('restore')]).declined).toEqual([MARIA]);
  });

  test('hold one or all, and release one or all', () => {
    expect(words([word('hold', about(MARIA)), word('hold')]).held).toEqual([MARIA, null]);
    expect(words([word('hold', about(MARIA)), word('hold'), word('release')]).held).toEqual([]);
    expect(words([word('hold', about(MARIA)), word('hold', about(JOAO)), word('release', about(MARIA))]).held).toEqual([
      JOAO,
    ]);
  });

  test('count although the order is void', () => {
    expect(words([word('decline', about(MARIA)), word('void')]).declined).toEqual([MARIA]);
  });

  test('of an adjustment the newest counts that was neither voided nor taken back', () => {
    const adjusts = (amount: string) => word('adjustment', { amount, affiliateId: MARIA });
    const amount = (...said: Said[]) => heed(heard(said), none).adjustment?.amountMinor ?? null;
    expect(amount(adjusts('1'), adjusts('2'))).toBe(200);
    expect(amount(adjusts('1'), adjusts('2'), takeBack(2))).toBe(100);
    expect(amount(adjusts('1'), word('void'))).toBe(null);
    expect(amount(adjusts('1'), word('void'), adjusts('2'))).toBe(200);
  });
});

describe('who has the say', () => {
  const amounts = (said: Said[]) =>
    wordsOf(heard(said), ({ amountMinor }) => amountMinor ?? undefined).map(({ value, rank }) => [value / 100, rank]);

  test('is the highest, and among equals who spoke first', () => {
    expect(
      amounts([
        pixel(null, '1'),
        helena(null, '2'),
        file(null, '3'),
        server(null, '4'),
        stripe(null, '5'),
        webhook(null, '6'),
        correct(null, '7'),
      ]),
    ).toEqual([
      [7, 4],
      [5, 3],
      [6, 3],
      [4, 2],
      [2, 1],
      [3, 1],
      [1, 0],
    ]);
  });

  test('each by its newest word, by its own clock where it has one', () => {
    expect(
      amounts([
        webhook(null, '1', { saidAt: 3 }),
        webhook(null, '2', { saidAt: 1 }),
        webhook(null, '3', { saidAt: 2 }),
      ]),
    ).toEqual([[1, 3]]);
    expect(amounts([webhook(null, '1', { saidAt: 3 }), webhook(null, '2', { saidAt: 3 })])).toEqual([[2, 3]]);
  });

  test('a witness that has said it keeps its word while it does not speak of it', () => {
    expect(amounts([webhook(null, '1'), webhook('MARIA10', null)])).toEqual([[1, 3]]);
  });

  test('who spoke first of anything keeps the place, though another was first to name an amount', () => {
    expect(amounts([webhook('MARIA10', null), stripe(null, '2'), webhook(null, '1')])).toEqual([
      [1, 3],
      [2, 3],
    ]);
  });

  test('all corrections together are one witness: the newest, whoever made it', () => {
    expect(amounts([correct(null, '1', { userId: 'helena' }), correct(null, '2', { userId: 'rui' })])).toEqual([
      [2, 4],
    ]);
  });

  test('one name at two doors is two witnesses', () => {
    expect(amounts([webhook(null, '1', { witness: 'till' }), server(null, '2')])).toHaveLength(2);
  });
});

describe('two hits', () => {
  const [one] = heard([pixel('MARIA10', '12.50')]);
  const same = (codes: string, amount: string | null, more: Partial<Said> = {}) =>
    sameHit(one!, heard([pixel(codes, amount, more)])[0]!);

  test('say the same if coupons and money are the same, however they are written, whenever and from wherever', () => {
    expect(same('maria10', '12.5', { receivedAt: NOON + 1, witness: 'tiago', orderId: '1002' })).toBe(true);
    expect(same('MARIA10', '12.51')).toBe(false);
    expect(same('MARIA10', null)).toBe(false);
    expect(same('JOAO10', '12.50')).toBe(false);
    expect(same('MARIA10', '12.50', { currency: 'USD' })).toBe(false);
    expect(same('MARIA10', 'twelve')).toBe(false);
  });
});

describe('after a void', () => {
  const since = (...said: Said[]) =>
    heed(heard([pixel('MARIA10', '1'), webhook('MARIA10', '1'), word('void'), ...said]), none).voided?.since.map(
      ({ place }) => place,
    );

  test('a person is asked about whatever comes, but that browser’s same words', () => {
    expect(since()).toEqual([]);
    expect(since(pixel('MARIA10', '1.00'), tiago('MARIA10', '1'), pixel('MARIA10', 'one'))).toEqual([5, 6]);
    expect(since(webhook('MARIA10', '1'))).toEqual([4]);
  });

  test('nobody is once it is corrected or restored', () => {
    expect(since(tiago('MARIA10', '1'), correct('MARIA10', '1'))).toBe(undefined);
    expect(since(tiago('MARIA10', '1'), word('restore'))).toBe(undefined);
  });
});
