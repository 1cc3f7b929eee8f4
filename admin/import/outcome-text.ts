import type { RowOutcome } from '../../ledger/import-sales.ts';
import { whyText } from '../outcomes.ts';

/** Why a row of sales came to what it did, in plain words. */
export function outcomeText({ outcome, detail }: RowOutcome): string {
  return outcome === 'other shop' ? 'Only another shop has this coupon.' : whyText(outcome, detail);
}
