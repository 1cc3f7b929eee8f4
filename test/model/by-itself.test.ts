/** The model, before it judges anybody: the stories of which we know by hand what they come to. */
import { expect, test } from 'vitest';
import { dayOf, portion, spanOfDay } from './arithmetic.ts';
import { Model } from './model.ts';
import type { Said } from './said.ts';
import type { Terms } from './world.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const DAY = 86_400_000;
const TEN_PERCENT: Terms = {
  status: 'active',
  kind: 'percent',
  value: 1_000,
  automatic: false,
  holdDays: 0,
  trustPixel: false,
};
const [AZULEJO, AUTUMN, MARIA, JOAO, MARIA10, JOAO10] = [1, 1, 1, 2, 1, 2];

/** Azulejo in Lisbon pays 10 %; MARIA10 is Maria's and JOAO10 João's. */
function azulejo(): Model {
  const model = new Model();
  model.addShop({ id: AZULEJO, currency: 'EUR', timeZone: 'Europe/Lisbon', severalAffiliates: 'a person' });
  model.addCampaign(AUTUMN, AZULEJO, TEN_PERCENT);
  model.addAffiliate(MARIA);
  model.addAffiliate(JOAO);
  model.addCoupon(MARIA10, AZULEJO, 'maria10', { campaign: AUTUMN, affiliate: MARIA, expiresOn: null });
  model.addCoupon(JOAO10, AZULEJO, 'joao10', { campaign: AUTUMN, affiliate: JOAO, expiresOn: null });
  return model;
}

let told = 0;
function say(said: Partial<Said>): Said {
  const source = said.source ?? 'pixel';
  return {
    id: `r${told++}`,
    source,
    kind: 'sale',
    witness: said.kind === 'correction' ? 'corrections' : source,
    shop: AZULEJO,
    order: '1001',
    codes: said.kind === undefined || said.kind === 'sale' ? ['maria10'] : null,
    receivedAt: NOON + told,
    ...said,
  };
}

/** "Maria 700 pending" … of the only order. */
function standing(model: Model): string {
  const [order, ...others] = model.standing();
  expect(others).toEqual([]);
  const commissions = order!.commissions
    .toSorted((a, b) => a.affiliate - b.affiliate)
    .map(({ affiliate, earned, status }) => `${affiliate === MARIA ? 'Maria' : 'João'} ${earned} ${status}`);
  return [...commissions, ...(order!.question ? ['?'] : [])].join(', ');
}

function hear(model: Model, ...all: Partial<Said>[]): Said[] {
  const said = all.map(say);
  for (const each of said) model.hear(each);
  return said;
}

test('half a minor unit goes away from zero', () => {
  expect([portion(5, 1_000, 10_000), portion(-5, 1_000, 10_000), portion(4, 1_000, 10_000)]).toEqual([1, -1, 0]);
  expect(portion(1_000_000_000_000, 9_999, 10_000)).toBe(999_900_000_000);
});

test('a day has 25 hours where the clocks go back, and none is missed', () => {
  const { first, last } = spanOfDay('2026-10-25', 'Europe/Lisbon');
  expect(last + 1 - first).toBe(25 * 3_600_000);
  expect([dayOf(first - 1, 'Europe/Lisbon'), dayOf(first, 'Europe/Lisbon')]).toEqual(['2026-10-24', '2026-10-25']);
  expect(spanOfDay('2026-11-25', 'Asia/Tokyo').first).toBe(Date.UTC(2026, 10, 24, 15));
});

test('an imported order that a customer’s pixel tells too stands on the pixel’s word when the import is undone', () => {
  const model = azulejo();
  hear(model, { source: 'import', importId: 1, amount: '120.00' }, { amount: '120.00' });
  expect(standing(model)).toBe('Maria 1200 pending');
  model.undoImport(1);
  expect(standing(model)).toBe('Maria 1200 pending');
});

test('two files that tell the same stand one by one', () => {
  const model = azulejo();
  hear(model, { source: 'import', importId: 1, witness: 'file:1', amount: '120.00' });
  hear(model, { source: 'import', importId: 2, witness: 'file:2', amount: '120.00' });
  model.undoImport(1);
  expect(standing(model)).toBe('Maria 1200 pending');
  model.undoImport(2);
  expect(standing(model)).toBe('Maria 0 nothing owed');
  expect(model.standing()[0]!.state).toBe('undone');
});

test('a wrong file that corrected a pixel is undone, and the right one may come', () => {
  const model = azulejo();
  hear(model, { amount: '120.00' }, { source: 'import', importId: 1, amount: '1200.00' });
  expect(standing(model)).toBe('Maria 12000 pending');
  model.undoImport(1);
  expect(standing(model)).toBe('Maria 1200 pending');
  hear(model, { source: 'import', importId: 2, witness: 'file:2', amount: '130.00' });
  expect(standing(model)).toBe('Maria 1300 pending');
});

test('a forged pixel that a wrong file confirmed is unconfirmed again when the file is undone', () => {
  const model = azulejo();
  model.changeTerms(AUTUMN, { automatic: true }, NOON - DAY);
  hear(model, { amount: '120.00' }, { source: 'import', importId: 1, amount: '120.00' });
  expect(model.standing()[0]!.commissions[0]!.availableAt).toBeGreaterThan(NOON + DAY);
  model.undoImport(1);
  model.approveDue(NOON + 30 * DAY);
  expect(standing(model)).toBe('Maria 1200 pending');
});

test('declined stays declined through undo and another import', () => {
  const model = azulejo();
  hear(
    model,
    { source: 'import', importId: 1, amount: '120.00' },
    { kind: 'decline', source: 'office', affiliate: MARIA },
  );
  model.undoImport(1);
  hear(model, { source: 'import', importId: 2, witness: 'file:2', amount: '120.00' });
  // Nothing that was heard before the refusal stands any more, so the new file is asked about; it pays nothing.
  expect(standing(model)).toBe('Maria 0 declined, ?');
});

test('a refusal is one affiliate’s: João earns what was Maria’s by mistake', () => {
  const model = azulejo();
  hear(
    model,
    { amount: '120.00' },
    { kind: 'decline', source: 'office', affiliate: MARIA },
    { source: 'office', codes: ['joao10'], amount: '120.00' },
  );
  expect(standing(model)).toBe('Maria 0 declined, João 1200 pending');
});

test('declined, then corrected: nothing is left to approve beside it', () => {
  const model = azulejo();
  hear(
    model,
    { amount: '120.00' },
    { kind: 'decline', source: 'office', affiliate: MARIA },
    { kind: 'correction', source: 'office', amount: '60.00' },
    { kind: 'restore', source: 'office', affiliate: MARIA },
  );
  expect(standing(model)).toBe('Maria 600 pending');
});

test('a code that was re-issued is whoever’s it was on the day', () => {
  const model = azulejo();
  model.rename(MARIA10, 'maria20', NOON, NOON);
  model.addCoupon(3, AZULEJO, 'maria10', { campaign: AUTUMN, affiliate: JOAO, expiresOn: null });
  hear(model, { source: 'office', amount: '50.00', soldAt: NOON - DAY, receivedAt: NOON + DAY });
  expect(standing(model)).toBe('Maria 500 pending');
  hear(model, { source: 'office', amount: '50.00', soldAt: NOON, receivedAt: NOON + DAY, order: '1002' });
  expect(model.standing()[1]!.affiliate).toBe(JOAO);
});

test('a code changed back and on again without grace does not work on', () => {
  const model = azulejo();
  model.rename(MARIA10, 'y', NOON, NOON + 30 * DAY);
  model.rename(MARIA10, 'maria10', NOON + 1_000, NOON + 1_000);
  model.rename(MARIA10, 'w', NOON + 2_000, NOON + 2_000);
  expect(model.couponOf(AZULEJO, 'maria10', NOON + 2_000)).toBeUndefined();
  expect(model.couponOf(AZULEJO, 'maria10', NOON + 1_500)?.id).toBe(MARIA10);
});

test('any parts of a full refund are exactly all of it', () => {
  const model = azulejo();
  hear(model, { source: 'webhook', amount: '0.99' });
  for (const part of ['0.33', '0.33', '0.33']) hear(model, { source: 'webhook', kind: 'refund', refunded: part });
  expect(standing(model)).toBe('Maria 0 nothing owed');
});

test('approved, then less is owed: from pending first, then from approved, which may go below zero', () => {
  const model = azulejo();
  hear(model, { source: 'webhook', amount: '100.00' });
  model.approve(AZULEJO, '1001', MARIA, 1, NOON);
  model.move(AZULEJO, '1001', MARIA, 2, 'in payment');
  model.move(AZULEJO, '1001', MARIA, 3, 'paid');
  hear(model, { source: 'webhook', cancelled: true });
  expect(model.standing()[0]!.commissions[0]).toMatchObject({ earned: 0, pending: 0, approved: -1_000, paid: 1_000 });
  hear(model, { source: 'webhook', cancelled: false });
  expect(model.standing()[0]!.commissions[0]).toMatchObject({ earned: 1_000, pending: 0, approved: 0, paid: 1_000 });
});
