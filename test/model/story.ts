/**
 * Random stories of a small house: two shops, four campaigns, three affiliates, a few codes and orders, so that things
 * collide. A story is a list of steps that each make sense wherever they stand: a failing one is shortened by leaving
 * steps out. Whatever a step picks among what is there by then, it picks by a number.
 */
import { Chance } from './chance.ts';
import type { Move } from './model.ts';
import type { Kind, Source } from './said.ts';

/** In the first shop, which counts in euros, and in the second, which counts in yen. */
export type ShopIndex = 0 | 1;

/** SHARED is a code of both shops, FREE nobody's yet, LATER no coupon's until somebody adds it, NOSUCH never. */
export const CODES = ['MARIA10', 'JOAO10', 'JOAO5', 'FREE', 'SHARED', 'TRUST', 'LATER', 'NOSUCH'] as const;
export type Code = (typeof CODES)[number];

/** One message, before it is known what else there is. */
export interface Say {
  source: Source;
  kind: Kind;
  /** Which of several witnesses of this source. */
  who: number;
  shop: ShopIndex;
  /** Null: it has no number. */
  order: number | null;
  codes: Code[] | null;
  amount?: string;
  currency?: string;
  cancelled?: boolean;
  refunded?: string;
  refundId?: number;
  refundIds?: number[];
  sold?: 'at' | 'on';
  soldAgo: number;
  saidAgo?: number;
  /** A tag names the coupon's own campaign, another one of the shop, or none. */
  campaign?: 'first' | 'second' | 'none';
  test?: boolean;
  doubt?: boolean;
}

export type Step =
  /** Only time goes by. */
  | { does: 'wait' }
  | { does: 'say'; say: Say }
  | { does: 'say at once'; lists: Say[][]; twice: boolean; pauses: number }
  | { does: 'say again'; pick: number; otherWords: boolean }
  | { does: 'import'; rows: Say[] }
  | { does: 'undo'; pick: number }
  | { does: 'word on order'; kind: 'void' | 'restore'; pick: number }
  | { does: 'word on commission'; kind: 'decline' | 'restore' | 'hold' | 'release'; pick: number; stale: boolean }
  | { does: 'withdraw'; pick: number }
  | { does: 'adjust'; affiliate: number; shop: ShopIndex; amount: string }
  | { does: 'approve'; pick: number; stale: boolean }
  | { does: 'move'; how: Move; pick: number; stale: boolean }
  | { does: 'rename'; pick: number; to: Code; graceDays: number }
  | { does: 'archive'; pick: number }
  | { does: 'add'; code: Code; shop: ShopIndex; second: boolean; owner: number | null }
  | { does: 'give'; pick: number; owner: number | null; earlier: boolean }
  | { does: 'expire'; pick: number; inDays: number | null }
  | { does: 'terms'; campaign: number; value: number; automatic: boolean; holdDays: number }
  | { does: 'pause'; campaign: number; paused: boolean }
  | { does: 'suspend'; affiliate: number; suspended: boolean };

const HOUR = 3_600_000;
const AMOUNTS = [
  ['100.00', '120.00', '130.00', '99.95', '140.01', '0.05', '0.00'],
  ['10000', '12000', '13000', '9995', '14001', '5', '0'],
] as const;
const REFUNDS = [
  ['20.00', '30.00', '50.00', '99.95', '100.00', '0.05'],
  ['2000', '3000', '5000', '9995', '10000', '5'],
] as const;
const AGO = [0, HOUR, 20 * HOUR, 50 * HOUR, 200 * HOUR];

export function tellStory(seed: number, length = 13): Step[] {
  const chance = new Chance(seed);
  return Array.from({ length: length + chance.below(length + 1) }, () => stepOf(chance));
}

function stepOf(chance: Chance): Step {
  const pick = chance.below(1_000);
  const shop = shopOf(chance);
  return chance.weighted<() => Step>([
    [30, () => ({ does: 'say', say: sayOf(chance) })],
    [
      9,
      () => ({
        does: 'say at once',
        lists: Array.from({ length: 2 + chance.below(2) }, () =>
          Array.from({ length: 1 + chance.below(3) }, () => numbered(chance, sayOf(chance))),
        ),
        twice: chance.oneIn(3),
        pauses: chance.below(1_000_000),
      }),
    ],
    [6, () => ({ does: 'say again', pick, otherWords: chance.oneIn(4) })],
    [6, () => ({ does: 'import', rows: Array.from({ length: 1 + chance.below(4) }, () => rowOf(chance, shop)) })],
    [4, () => ({ does: 'undo', pick })],
    [5, () => ({ does: 'word on order', kind: chance.oneIn(2) ? 'void' : 'restore', pick })],
    [
      11,
      () => ({
        does: 'word on commission',
        kind: chance.of(['decline', 'decline', 'restore', 'hold', 'release'] as const),
        pick,
        stale: chance.oneIn(8),
      }),
    ],
    [4, () => ({ does: 'withdraw', pick })],
    [2, () => ({ does: 'adjust', affiliate: chance.below(3), shop, amount: chance.of(['-5', '7', '1000']) })],
    [7, () => ({ does: 'approve', pick, stale: chance.oneIn(8) })],
    [
      9,
      () => ({
        does: 'move',
        how: chance.of(['in payment', 'in payment', 'paid', 'paid', 'failed', 'returned'] as const),
        pick,
        stale: chance.oneIn(10),
      }),
    ],
    [4, () => ({ does: 'rename', pick, to: codeOf(chance), graceDays: chance.of([0, 0, 1, 5]) })],
    [2, () => ({ does: 'archive', pick })],
    [
      4,
      () => ({
        does: 'add',
        code: chance.oneIn(2) ? 'LATER' : codeOf(chance),
        shop,
        second: chance.oneIn(3),
        owner: chance.oneIn(4) ? null : chance.below(3),
      }),
    ],
    [4, () => ({ does: 'give', pick, owner: chance.oneIn(4) ? null : chance.below(3), earlier: chance.oneIn(2) })],
    [2, () => ({ does: 'expire', pick, inDays: chance.oneIn(3) ? null : chance.below(4) - 2 })],
    [
      3,
      () => ({
        does: 'terms',
        campaign: chance.below(4),
        value: chance.of([500, 1_000, 1_250, 333]),
        automatic: chance.oneIn(2),
        holdDays: chance.below(4),
      }),
    ],
    [3, () => ({ does: 'pause', campaign: chance.below(4), paused: chance.oneIn(2) })],
    [3, () => ({ does: 'suspend', affiliate: chance.below(3), suspended: chance.oneIn(2) })],
  ])();
}

/** What is said at once has a number: whether one without is doubted depends on who was there first. */
const numbered = (chance: Chance, say: Say): Say => ({ ...say, order: say.order ?? orderOf(chance) });

const shopOf = (chance: Chance): ShopIndex => (chance.oneIn(3) ? 1 : 0);
const orderOf = (chance: Chance) => chance.below(4);
const codeOf = (chance: Chance): Code =>
  chance.weighted<Code>([
    [4, 'MARIA10'],
    [4, 'JOAO10'],
    [2, 'JOAO5'],
    [2, 'FREE'],
    [3, 'SHARED'],
    [2, 'TRUST'],
    [2, 'LATER'],
    [1, 'NOSUCH'],
  ]);

function sayOf(chance: Chance): Say {
  const shop = shopOf(chance);
  return chance.weighted<() => Say>([
    [10, () => pixelOf(chance, shop)],
    [9, () => stateOf(chance, shop)],
    [4, () => officeOf(chance, shop)],
    [4, () => refundOf(chance, shop)],
    [4, () => correctionOf(chance, shop)],
  ])();
}

function pixelOf(chance: Chance, shop: ShopIndex): Say {
  return {
    source: 'pixel',
    kind: 'sale',
    who: chance.below(3),
    shop,
    order: chance.oneIn(8) ? null : orderOf(chance),
    codes: chance.oneIn(15) ? [] : chance.some(CODES, chance.oneIn(6) ? 2 : 1).map(() => codeOf(chance)),
    ...(chance.oneIn(8) ? {} : { amount: chance.oneIn(15) ? 'ten' : chance.of(AMOUNTS[shop]) }),
    ...currencyOf(chance, shop),
    soldAgo: 0,
    campaign: chance.weighted([
      [6, 'first'],
      [3, 'second'],
      [1, 'none'],
    ]),
    ...(chance.oneIn(15) ? { test: true } : {}),
    ...(chance.oneIn(12) ? { doubt: true } : {}),
  };
}

/** What a shop's own system says of the state of an order. */
function stateOf(chance: Chance, shop: ShopIndex): Say {
  return {
    source: chance.of(['server', 'webhook', 'webhook'] as const),
    kind: 'sale',
    who: chance.below(2),
    shop,
    order: chance.oneIn(20) ? null : orderOf(chance),
    codes: chance.weighted<() => Code[] | null>([
      [3, () => null],
      [1, () => []],
      [6, () => [codeOf(chance)]],
      [2, () => [codeOf(chance), codeOf(chance)]],
    ])(),
    ...(chance.oneIn(4) ? {} : { amount: chance.oneIn(20) ? '1.234,50' : chance.of(AMOUNTS[shop]) }),
    ...currencyOf(chance, shop),
    ...(chance.oneIn(4) ? { cancelled: chance.oneIn(2) } : {}),
    ...(chance.oneIn(4) ? { refunded: chance.of(REFUNDS[shop]) } : {}),
    ...(chance.oneIn(4) ? { refundIds: chance.some([1, 2, 3], 2) } : {}),
    ...(chance.oneIn(2) ? { sold: 'at' as const } : {}),
    soldAgo: chance.of(AGO),
    ...(chance.oneIn(2) ? { saidAgo: chance.of(AGO) } : {}),
  };
}

function officeOf(chance: Chance, shop: ShopIndex): Say {
  return {
    ...rowOf(chance, shop),
    source: 'office',
    who: chance.below(2),
    order: chance.oneIn(10) ? null : orderOf(chance),
  };
}

/** A row of a file, which a person's form resembles. */
function rowOf(chance: Chance, shop: ShopIndex): Say {
  return {
    source: 'import',
    kind: 'sale',
    who: 0,
    shop,
    order: orderOf(chance),
    codes: [codeOf(chance)],
    amount: chance.of(AMOUNTS[shop]),
    ...(chance.oneIn(2) ? { sold: chance.oneIn(4) ? ('at' as const) : ('on' as const) } : {}),
    soldAgo: chance.of(AGO),
    ...(chance.oneIn(8) ? { refunded: chance.of(REFUNDS[shop]) } : {}),
  };
}

function refundOf(chance: Chance, shop: ShopIndex): Say {
  return {
    source: chance.of(['server', 'webhook', 'webhook'] as const),
    kind: 'refund',
    who: chance.below(2),
    shop,
    order: orderOf(chance),
    codes: null,
    refunded: chance.of(REFUNDS[shop]),
    ...currencyOf(chance, shop),
    ...(chance.oneIn(5) ? {} : { refundId: 1 + chance.below(3) }),
    soldAgo: 0,
    ...(chance.oneIn(2) ? { saidAgo: chance.of(AGO) } : {}),
  };
}

function correctionOf(chance: Chance, shop: ShopIndex): Say {
  return {
    source: 'office',
    kind: 'correction',
    who: chance.below(2),
    shop,
    order: orderOf(chance),
    codes: chance.oneIn(2) ? null : chance.oneIn(6) ? [] : [codeOf(chance)],
    ...(chance.oneIn(2) ? { amount: chance.of(AMOUNTS[shop]) } : {}),
    ...(chance.oneIn(4) ? { refunded: chance.of(REFUNDS[shop]) } : {}),
    ...(chance.oneIn(4) ? { sold: chance.of(['at', 'on'] as const) } : {}),
    soldAgo: chance.of(AGO),
  };
}

/** Now and then another currency than the shop's. */
const currencyOf = (chance: Chance, shop: ShopIndex) =>
  chance.oneIn(15) ? { currency: 'USD' } : chance.oneIn(2) ? { currency: shop === 0 ? 'EUR' : 'JPY' } : {};
