/** What became of a report, in plain words: one table for every place that tells it. */
import type { Source } from '../ledger/report.ts';
import type { Outcome } from '../ledger/sales/outcome.ts';

/** What became of a report: an outcome, or what has become of it since. */
export type Became = Outcome | 'refunded' | 'overruled' | 'undone' | 'joined';

const WHY: Record<Became, string> = {
  recorded: 'A new sale; its affiliate earns.',
  confirmed: 'The sale was known; now somebody more trustworthy has said the same.',
  corrected: 'The sale was known; somebody more trustworthy has put it right.',
  'already known': 'This order is recorded, and earns once.',
  'unknown coupon': 'No coupon has this code.',
  'free coupon': 'Nobody owned the coupon when it was spent.',
  expired: 'The coupon was no longer valid when it was spent.',
  'campaign paused': 'The coupon’s campaign was paused.',
  'affiliate not active': 'Whoever owned the coupon was not active.',
  suspicious: 'It does not look like a customer’s browser.',
  test: 'A test: it went the whole way and earns nothing.',
  'switched off': 'Coupons are switched off in the settings.',
  unreadable: 'Something in it cannot be read.',
  'no amount': 'The campaign pays a percentage, and no amount was sent.',
  'other currency': 'The campaign is in another currency.',
  disputed: 'It says otherwise than the sale that is recorded.',
  'no coupon': 'The shop says that no coupon of yours was spent on it.',
  'which shop': 'Several shops have this coupon, and nothing says which is meant.',
  'which day': 'It depends on the hour of that day who earns with it.',
  'two affiliates': 'It names coupons of two affiliates.',
  'could not be decided': 'It could not be decided.',
  void: 'Its order is voided.',
  noted: 'It is kept, and names nobody’s coupon.',
  counted: 'It is only counted.',
  'changed meanwhile': 'What it is about has changed meanwhile.',
  'other contents': 'The same was sent before with other contents.',
  'not written': 'The database did not take it.',
  refunded: 'It is counted in what came back of the order.',
  overruled: 'It says otherwise than what stands; the sale’s page tells why it does not count.',
  undone: 'What it says was taken back.',
  joined: 'Its order is the same as another one, and is decided there.',
};

/** Why a report came to what it did; what is known beyond the outcome follows after the reason. */
export function whyText(outcome: Became, detail: string | null): string {
  if (!detail) return WHY[outcome];
  return `${WHY[outcome]} ${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;
}

/** Which door a report came through, as people call it. */
export const SOURCE: Record<Source, string> = {
  pixel: 'Pixel',
  office: 'Office',
  import: 'Import',
  server: 'Server',
  webhook: 'Webhook',
};
