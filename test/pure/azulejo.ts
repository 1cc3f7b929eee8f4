/**
 * Azulejo, a shop in Lisbon, as facts: Autumn pays 10 %, Launch a fixed €5.00. Maria has MARIA10, João JOAO10 and JOAO5 (of
 * Launch), Inês INES10; FREE1 is nobody's. And what is said of one order of it, and what it comes to.
 */
import { describe, expect, test } from 'vitest';
import { decide, type Standing } from '../../ledger/decide.ts';
import type { AffiliateFacts, CampaignFacts, CouponFacts, Facts, ShopFacts, Span } from '../../ledger/facts.ts';
import { plainMinor } from '../../ledger/money.ts';
import { type Heard, heardIn, type Kind, type Message, reportOf, type Source } from '../../ledger/report.ts';
import { verdictsOf } from '../../ledger/verdict.ts';

/** 23 November 2026, noon in Lisbon. */
export const NOON = Date.UTC(2026, 10, 23, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const [MARIA, JOAO, INES] = [1, 2, 3] as const;
export const [AUTUMN, LAUNCH] = [1, 2] as const;
const NAMES = ['nobody', 'Maria', 'João', 'Inês'];

const ever = { fromAt: 0, untilAt: null };

function coupon(id: number, code: string, campaignId: number, affiliateId: number | null): CouponFacts {
  return {
    id,
    revision: 1,
    archivedAt: null,
    codes: [{ ...ever, code, codeKey: code.toLowerCase() }],
    spans: [{ ...ever, campaignId, affiliateId, expiresOn: null }],
  };
}

function campaign(id: number, kind: 'percent' | 'fixed', value: number): CampaignFacts {
  const terms = { active: true, kind, value, automatic: false, holdDays: 0, trustPixel: false };
  return { id, revision: 1, spans: [{ ...ever, ...terms }] };
}

const affiliate = (id: number): AffiliateFacts => ({ id, revision: 1, spans: [{ ...ever, active: true }] });

export class Azulejo implements Facts {
  shop: ShopFacts = {
    id: 1,
    currency: 'EUR',
    revision: 1,
    endpointAt: null,
    spans: [{ ...ever, timeZone: 'Europe/Lisbon', severalAffiliates: 'a person' }],
  };
  severalShops = false;
  maria10 = coupon(10, 'MARIA10', AUTUMN, MARIA);
  joao10 = coupon(20, 'JOAO10', AUTUMN, JOAO);
  joao5 = coupon(21, 'JOAO5', LAUNCH, JOAO);
  ines10 = coupon(30, 'INES10', AUTUMN, INES);
  free1 = coupon(40, 'FREE1', AUTUMN, null);
  coupons = [this.maria10, this.joao10, this.joao5, this.ines10, this.free1];
  autumn = campaign(AUTUMN, 'percent', 1_000);
  launch = campaign(LAUNCH, 'fixed', 500);
  campaigns = new Map([this.autumn, this.launch].map((each) => [each.id, each]));
  affiliates = new Map([MARIA, JOAO, INES].map((id) => [id as number, affiliate(id)]));
  undone = new Set<number>();
  approvedAt: number | null = null;
  unkept = 0;
}

/** From an instant on something is otherwise. */
export function from<One extends Span>(at: number, spans: One[], change: Partial<One>): void {
  const last = spans.at(-1)!;
  spans.push({ ...last, ...change, fromAt: at });
  last.untilAt = at;
}

export type Said = Partial<Message> & Pick<Message, 'source'>;
type More = Partial<Message>;

const list = (codes: string | null): string[] | null => (codes === null ? null : codes === '' ? [] : codes.split(' '));
const says =
  (source: Source, witness: string) =>
  (codes: string | null, amount: string | null, more: More = {}): Said => ({
    source,
    witness,
    codes: list(codes),
    amount,
    ...more,
  });

/** A customer's browser; `tiago` is another one. Codes with a space between them; '' is "no coupon", null says nothing of coupons. */
export const pixel = says('pixel', 'rita');
export const tiago = says('pixel', 'tiago');
export const helena = says('office', 'person:helena');
export const file = says('import', 'file:1');
export const server = says('server', 'till');
export const webhook = says('webhook', 'shopify');
export const stripe = says('webhook', 'stripe');

/** A person's word. */
export const word = (kind: Kind, more: More = {}): Said => ({
  source: 'office',
  kind,
  codes: null,
  witness: 'person:helena',
  ...more,
});
export const correct = (codes: string | null, amount: string | null, more: More = {}) =>
  word('correction', { codes: list(codes), amount, ...more });
export const takeBack = (about: number, more: More = {}) => word('withdrawal', { about: String(about), ...more });
export const refund = (amount: string, refundId?: string, more: More = {}): Said => ({
  ...webhook(null, null),
  kind: 'refund',
  refunded: amount,
  more: refundId === undefined ? {} : { refundId },
  ...more,
});

/** Reports as they are kept: named by their place, a minute apart from noon on unless they say when. */
export const heard = (said: Said[]): Heard[] =>
  said.map((each, index) => {
    const message = { id: String(index + 1), orderId: '1001', codes: null, receivedAt: NOON + index * MINUTE, ...each };
    return heardIn(reportOf(message), 'EUR', index + 1);
  });

/** What an order comes to, in a line: "Maria 12.00 of 120.00 by MARIA10 · asked: … · 2 waits: no amount". */
export function outcome(said: Said[], facts: Facts = new Azulejo()): string {
  const reports = heard(said);
  const standing = decide(reports, facts);
  const verdicts = [...verdictsOf(standing, reports, facts)].map(
    ([id, { outcome, detail, waits }]) => `${id} ${waits ? 'waits: ' : ''}${outcome}${detail ? ` (${detail})` : ''}`,
  );
  const [question] = standing.questions;
  const asked = question ? [`${question.reportId} asks: ${question.text}`] : [];
  return [stands(standing), ...asked, ...verdicts].join(' · ');
}

function stands({ state, owed, amountMinor, refundedMinor, code }: Standing): string {
  if (!owed) return state;
  const money = (minor: number) => plainMinor(minor, 'EUR');
  const of = amountMinor === null || state === 'adjustment' ? '' : ` of ${money(amountMinor)}`;
  const less = refundedMinor === 0 ? '' : ` − ${money(refundedMinor)}`;
  return `${NAMES[owed.affiliateId]} ${money(owed.owedMinor)}${of}${less}${code === null ? '' : ` by ${code}`}`;
}

/** A name, what is said, what it comes to; and what is otherwise in the house. */
export type Row = [name: string, said: Said[], comesTo: string, otherwise?: (house: Azulejo) => void];

/** Rows of a table, each a promise. */
export function holds(rule: string, rows: Row[]) {
  describe(rule, () => {
    test.each(rows)('%s', (_, said, comesTo, otherwise) => {
      const house = new Azulejo();
      otherwise?.(house);
      expect(outcome(said, house)).toBe(comesTo);
    });
  });
}
