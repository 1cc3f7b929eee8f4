/** What became of each report: why one that earns nobody anything does not, and what one that is beaten is beaten by. */
import { decide, type Standing } from './decide.ts';
import type { Facts } from './facts.ts';
import { lostCode, namedBy } from './meaning.ts';
import { formatMinor } from './money.ts';
import { type Heard, rankOf } from './report.ts';

/** What the office says of a report that waits, or whose order earns nobody anything. */
export interface Verdict {
  outcome: VerdictOutcome;
  /** What the outcome alone does not say, in plain words. */
  detail: string | null;
  /** Whether a person is asked. */
  waits: boolean;
}

export type VerdictOutcome =
  | 'unknown coupon'
  | 'no coupon'
  | 'free coupon'
  | 'expired'
  | 'campaign paused'
  | 'affiliate not active'
  | 'suspicious'
  | 'test'
  | 'unreadable'
  | 'no amount'
  | 'other currency'
  | 'which shop'
  | 'which day'
  | 'two affiliates'
  | 'could not be decided';

/** The verdicts on an order's reports; none where its sale stands, or a person has said that it is none. */
export function verdictsOf(standing: Standing, heard: Heard[], facts: Facts): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const report of heard) {
    const verdict = verdictOn(report, standing, facts);
    if (verdict) verdicts.set(report.id, verdict);
  }
  return verdicts;
}

function verdictOn(report: Heard, standing: Standing, facts: Facts): Verdict | null {
  if (report.kind !== 'sale' && report.kind !== 'correction') return null;
  if (standing.heeded.takenBack.has(report.id)) return null;
  if (report.test) return { outcome: 'test', detail: alone(report, facts), waits: false };
  // What is left of an order that was taken back may still have to be looked at.
  if (standing.state !== 'nothing' && standing.state !== 'undone') return null;
  if (report.doubt) return doubted(report, facts);
  if (report.problem) return { outcome: 'unreadable', detail: report.problem, waits: true };
  if (!standing.heeded.states.includes(report) && facts.shop) return null;
  return plain(report, standing, facts);
}

/** What a person looks at is what a customer may have sent after all: it names an order, and a coupon of ours. */
function doubted(report: Heard, facts: Facts): Verdict {
  const ours = facts.shop !== null && namedBy(report.codes ?? [], report.receivedAt, facts).length > 0;
  return {
    outcome: 'suspicious',
    detail: report.doubt,
    waits: ours && report.orderId !== null,
  };
}

function plain(report: Heard, standing: Standing, facts: Facts): Verdict | null {
  const said = (outcome: VerdictOutcome, detail: string | null = null, waits = false): Verdict => ({
    outcome,
    detail,
    waits,
  });
  if (report.codes === null) return null;
  if (!facts.shop) return facts.severalShops ? said('which shop', null, true) : said('unknown coupon');
  // What a code meant at the end of the day is not all that it may have meant.
  if (standing.obstacle === 'which day' && report.codes.length > 0) return said('which day', null, true);
  const named = namedBy(report.codes, standing.soldAt, facts);
  if (named.length === 0) return notOurs(report, standing, facts);
  const { obstacle, choice, currency } = standing;
  if (choice.named === null && choice.several.length === 0) return said('no coupon');
  switch (obstacle) {
    case 'two affiliates':
      return said(obstacle, null, true);
    case 'no amount':
      if (report.currency !== null && report.currency !== currency)
        return said(
          'other currency',
          `${report.amount ?? ''} ${report.currency}, where ${currency} is due`.trim(),
          true,
        );
      return said('no amount', null, true);
    case 'expired':
    case 'campaign paused':
    case 'free coupon':
    case 'affiliate not active':
      return said(obstacle);
    default:
      return null;
  }
}

/** A shop tells of all its orders: one without a coupon of ours is nothing that went uncredited. */
function notOurs(report: Heard, standing: Standing, facts: Facts): Verdict | null {
  if (report.source === 'webhook' || report.source === 'server' || report.codes!.length === 0) return null;
  const lost = lostCode(report.codes![0]!, standing.soldAt, facts);
  if (lost === 'changed') return { outcome: 'expired', detail: 'the code was changed', waits: false };
  return { outcome: 'unknown coupon', detail: lost === 'deleted' ? 'it was deleted' : null, waits: false };
}

/** What a report would come to if it were the only one, and not doubted. */
function alone(report: Heard, facts: Facts): string {
  const heard = [{ ...report, test: false, doubt: null }];
  const standing = decide(heard, facts);
  if (standing.owed && standing.currency)
    return `would earn ${formatMinor(standing.owed.owedMinor, standing.currency)}`;
  const verdict = verdictsOf(standing, heard, facts).get(report.id);
  return [verdict?.outcome ?? 'earns nobody anything', verdict?.detail].filter(Boolean).join('; ');
}

/** Whether a report counts in what stands, and why or why not, in the words that the office shows. */
export interface Part {
  counts: boolean;
  text: string;
}

/** What each report is to its order. */
export function partsOf(standing: Standing, heard: Heard[], facts: Facts): Map<string, Part> {
  return new Map(heard.map((report) => [report.id, partOf(report, standing, facts)]));
}

function partOf(report: Heard, standing: Standing, facts: Facts): Part {
  const { heeded, choice, amount } = standing;
  const dropped = heeded.dropped.get(report.id);
  if (dropped) return { counts: false, text: dropped };
  if (report.kind === 'refund') return { counts: true, text: 'It is counted in what came back.' };
  if (report.kind !== 'sale' && report.kind !== 'correction') return { counts: true, text: 'A person’s word.' };
  if (heeded.voided) return { counts: false, text: 'The order is voided.' };
  const sets = [choice.word?.report === report && 'the coupon', amount?.report === report && 'the amount'].filter(
    Boolean,
  );
  if (sets.length > 0) return { counts: true, text: `It says ${sets.join(' and ')}.` };
  const verdict = verdictOn(report, standing, facts);
  if (verdict) return { counts: false, text: `It earns nobody anything: ${verdict.outcome}.` };
  const differs = differenceOf(report, standing, facts);
  if (!differs) return { counts: true, text: 'It says the same.' };
  const setter = choice.word ?? amount;
  const why =
    setter && rankOf(setter.report) > rankOf(report)
      ? 'somebody more trustworthy has the say'
      : setter?.report.witness === report.witness
        ? 'the same has said otherwise since'
        : 'who spoke first has the say';
  return { counts: false, text: `It says ${differs}: ${why}.` };
}

/** Where a report says otherwise than what stands; null where it does not. */
export function differenceOf(report: Heard, standing: Standing, facts: Facts): string | null {
  const named = facts.shop && report.codes !== null ? namedBy(report.codes, standing.soldAt, facts) : null;
  const sameCoupon = named === null || named.some(({ coupon }) => coupon.id === standing.couponId);
  const sameAmount = report.amountMinor === null || report.amountMinor === standing.amountMinor;
  const foreign = report.currency !== null && standing.currency !== null && report.currency !== standing.currency;
  const differs = [
    !sameCoupon && `coupon ${report.code || 'none'}`,
    (!sameAmount || foreign) && `amount ${[report.amount, foreign && report.currency].filter(Boolean).join(' ')}`,
  ].filter(Boolean);
  return differs.length > 0 ? differs.join(', ') : null;
}
