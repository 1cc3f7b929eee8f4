/** Orders that do not stand as their reports say: each is decided again from what is stored, and nothing is written. */
import { decide, type Standing } from '../decide.ts';
import { earnedOf } from '../owed.ts';
import { type Verdict, verdictsOf } from '../verdict.ts';
import { readCodes } from './histories.ts';
import { type CommissionRow, type Member, nameOf, type OrderId, type OrderState, readOrders } from './orders.ts';
import { factsFor, readUndone } from './prepare.ts';

export interface Difference {
  /** Which record: "order 1001 of shop 1". */
  where: string;
  /** What is different, in plain words. Amounts are minor units. */
  text: string;
}

/** A sale's row, as far as a decision writes it. */
interface StoredSale extends OrderId {
  state: string;
  couponId: number | null;
  affiliateId: number | null;
  campaignId: number | null;
  code: string | null;
  amountMinor: number | null;
  refundedMinor: number;
  currency: string | null;
  evidence: string;
  soldAt: number;
  day: string;
  dayOnly: number;
  question: string | null;
  questionBy: string | null;
  questions: number;
}

interface StoredVerdict {
  reportId: string;
  outcome: string;
  detail: string | null;
  waits: number;
  answeredBy: string | null;
}

/** @returns the differences of all orders whose sales have ids from one to another, but of those to be decided again. */
export async function ordersThatDiffer(db: D1Database, from: number, until: number): Promise<Difference[]> {
  const { results: sales } = await db
    .prepare('SELECT shop_id AS shopId, order_key AS orderKey FROM sales WHERE id BETWEEN ?1 AND ?2')
    .bind(from, until)
    .all<OrderId>();
  if (sales.length === 0) return [];
  const orders = await readOrders(db, sales);
  // Those that are one are looked at where the eldest is, be it that it is not there.
  const states = sales.flatMap((sale) => {
    const state = orders.get(nameOf(sale))!;
    const eldest = state.orderKey === sale.orderKey || state.members[0]!.sale === null;
    return eldest && isDecided(state) ? [state] : [];
  });
  const heard = states.flatMap((state) => state.heard);
  const codes = await readCodes(
    db,
    heard.flatMap((report) => report.codes ?? []),
  );
  const undone = await readUndone(db, orders);
  const stored = await readStored(db, states);
  const verdicts = await readVerdicts(
    db,
    heard.map(({ id }) => id),
  );
  return states.flatMap((state) => {
    if (state.heard.length === 0) return [];
    const facts = factsFor(state, state.heard, { codes, undone });
    const told = (text: string) => ({ where: orderName(state), text });
    try {
      const standing = decide(state.heard, facts);
      return [
        ...saleDifferences(stored.get(nameOf(state)), standing).map(told),
        ...commissionDifferences(state.members[0]!.commissions, standing).map(told),
        ...verdictDifferences(state, verdicts, verdictsOf(standing, state.heard, facts)).map(told),
        ...state.members.slice(1).flatMap((member) => joinedDifferences(member, stored.get(nameOf(member)))),
      ];
    } catch (error) {
      return [told(`it cannot be decided: ${error}`)];
    }
  });
}

const orderName = ({ shopId, orderKey }: OrderId) => `order ${orderKey} of shop ${shopId}`;

const isDecided = ({ members }: OrderState) => members.every(({ awaited }) => awaited === null);

async function readStored(db: D1Database, states: OrderState[]): Promise<Map<string, StoredSale>> {
  const { results } = await db
    .prepare(
      `SELECT shop_id AS shopId, order_key AS orderKey, state, coupon_id AS couponId, affiliate_id AS affiliateId,
        campaign_id AS campaignId, code, amount_minor AS amountMinor, refunded_minor AS refundedMinor, currency, evidence,
        sold_at AS soldAt, day, day_only AS dayOnly, question, question_by AS questionBy, questions
       FROM json_each(?1) j CROSS JOIN sales s ON s.shop_id = j.value ->> 0 AND s.order_key = j.value ->> 1`,
    )
    .bind(JSON.stringify(states.flatMap(({ members }) => members.map(({ shopId, orderKey }) => [shopId, orderKey]))))
    .all<StoredSale>();
  return new Map(results.map((sale) => [nameOf(sale), sale]));
}

async function readVerdicts(db: D1Database, reportIds: string[]): Promise<Map<string, StoredVerdict>> {
  const { results } = await db
    .prepare(
      `SELECT v.report_id AS reportId, v.outcome, v.detail, v.waits, v.answered_by AS answeredBy
       FROM json_each(?1) j CROSS JOIN verdicts v ON v.report_id = j.value`,
    )
    .bind(JSON.stringify(reportIds))
    .all<StoredVerdict>();
  return new Map(results.map((verdict) => [verdict.reportId, verdict]));
}

/** Each pair of a name with what is stored and what should be. */
type Pair = [name: string, stored: unknown, decided: unknown];

const differing = (pairs: Pair[], by: string): string[] =>
  pairs
    .filter(([, stored, decided]) => stored !== decided)
    .map(([name, stored, decided]) => `${name} is ${shown(stored)}, and ${by} ${shown(decided)}`);

const shown = (value: unknown) => (value === null || value === undefined ? 'nothing' : String(value));

function saleDifferences(sale: StoredSale | undefined, standing: Standing): string[] {
  if (!sale) return ['orders are joined into it, and its sale is not there'];
  const [question] = standing.questions;
  return differing(
    [
      ['its state', sale.state, standing.state],
      ['its coupon', sale.couponId, standing.couponId],
      ['its affiliate', sale.affiliateId, standing.affiliateId],
      ['its campaign', sale.campaignId, standing.campaignId],
      ['its code', sale.code, standing.code],
      ['its amount', sale.amountMinor, standing.amountMinor],
      ['what is refunded', sale.refundedMinor, standing.refundedMinor],
      ['its currency', sale.currency, standing.currency],
      ['its evidence', sale.evidence, standing.evidence],
      ['its time', sale.soldAt, standing.soldAt],
      ['its day', sale.day, standing.day],
      ['whether only its day is known', sale.dayOnly === 1, standing.dayOnly],
      ['its question', sale.question, question?.text ?? null],
      ['who raised its question', sale.questionBy, question?.reportId ?? null],
      ['the number of its questions', sale.questions, standing.questions.length],
    ],
    'by its reports it would be',
  );
}

/** Every affiliate has what they are owed, and nobody else has anything. */
function commissionDifferences(commissions: CommissionRow[], { owed, heeded }: Standing): string[] {
  const found = commissions.flatMap((each) => {
    const { affiliateId } = each;
    const its = owed?.affiliateId === affiliateId ? owed : null;
    const hold = heeded.held.get(affiliateId) ?? heeded.held.get(null);
    const decline = heeded.declined.get(affiliateId);
    const pairs: Pair[] = [
      ['what they have', earnedOf(each), its?.owedMinor ?? 0],
      ['declined', each.declined, decline ? (decline.reason ?? '') : null],
      ['held', each.held, hold ? (hold.reason ?? '') : null],
      ['when it is approved by itself', each.availableAt, its?.availableAt ?? null],
    ];
    if (its)
      pairs.push(
        ['its campaign', each.campaignId, its.campaignId],
        ['its coupon', each.couponId, its.couponId],
        ['its rate', each.rateBp, its.rateBp],
        ['whether it is confirmed', each.confirmed, its.confirmed],
      );
    return differing(pairs, 'by its reports it would be').map((text) => `of affiliate ${affiliateId}, ${text}`);
  });
  if (owed && owed.owedMinor !== 0 && !commissions.some(({ affiliateId }) => affiliateId === owed.affiliateId))
    found.push(`affiliate ${owed.affiliateId} is owed ${owed.owedMinor}, and has no commission`);
  return found;
}

/** What a person has answered from another order keeps its verdict, be it still one or not. */
function verdictDifferences(
  { heard }: OrderState,
  stored: Map<string, StoredVerdict>,
  decided: Map<string, Verdict>,
): string[] {
  return heard.flatMap(({ id }) => {
    const [there, should] = [stored.get(id), decided.get(id)];
    if (!should)
      return there && there.answeredBy === null
        ? [`report ${id} has the verdict "${there.outcome}", and needs none`]
        : [];
    if (!there) return [`report ${id} has no verdict, and would be "${should.outcome}"`];
    return differing(
      [
        [`the verdict on report ${id}`, there.outcome, should.outcome],
        [`the detail of the verdict on report ${id}`, there.detail, should.detail],
        [`whether report ${id} waits`, there.waits === 1, should.waits],
      ],
      'by its reports it would be',
    );
  });
}

/** An order that is decided under an elder one has nothing of its own. */
function joinedDifferences(member: Member, sale: StoredSale | undefined): Difference[] {
  const pairs: Pair[] = [
    ['its state', sale?.state ?? null, 'joined'],
    ['its amount', sale?.amountMinor ?? null, null],
    ['its question', sale?.question ?? null, null],
    ...member.commissions.flatMap((each): Pair[] => [
      [`what affiliate ${each.affiliateId} has of it`, earnedOf(each), 0],
      [`when that of affiliate ${each.affiliateId} is approved by itself`, each.availableAt, null],
    ]),
  ];
  return differing(pairs, 'being one with an elder order it would be').map((text) => ({
    where: orderName(member),
    text,
  }));
}
