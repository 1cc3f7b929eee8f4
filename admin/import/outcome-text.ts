import { isAsked, type RowOutcome } from '../../ledger/imports/sales.ts';
import { whyText } from '../outcomes.ts';

/** Why a row of sales came to what it did, in plain words. */
export function outcomeText(row: RowOutcome): string {
  const { outcome, detail } = row;
  if (outcome === 'other shop') return 'Only another shop has this coupon.';
  if (outcome === 'another row')
    return `${detail === null ? 'A row above' : `Line ${detail}`} has this order too, with another coupon or amount. Keep the one that is right, or the sum of them.`;
  return isAsked(row) ? `${whyText(outcome, detail)} It waits in the office for an answer.` : whyText(outcome, detail);
}
