import { Hono } from 'hono';
import * as v from 'valibot';
import { dayOf, expiresAt } from '../../ledger/coupon.ts';
import { type Decision, decide } from '../../ledger/decide.ts';
import { factsOf, gather } from '../../ledger/facts.ts';
import { formatMinor, plainMinor } from '../../ledger/money.ts';
import { type RecordedReport, recordSales } from '../../ledger/record-sales.ts';
import { type Report, reportOf } from '../../ledger/report.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { CouponCheck, OfflineSalesPage, WAITING } from '../pages/offline-sales.tsx';
import { campaignOptions } from '../queries/campaigns.ts';
import { todayOf } from '../queries/coupons.ts';
import {
  couponHints,
  offlineSales,
  ownerAt,
  type SpentCoupon,
  saleOfReport,
  spentCoupons,
} from '../queries/offline-sales.ts';
import { type ReportRow, reportById } from '../queries/reports.ts';
import { amountRefusal, codeOr, couponRefusal, orderRefusal, saleDayRefusal } from '../refusals.ts';
import { pageFor, render, renderPart } from '../render.tsx';
import { dayText } from '../ui/when.tsx';

const PATH = '/admin/offline-sales';

/** Read against the coupon and its shop, by `readSale`, so that all that is wrong is said at once. */
const Typed = v.object({
  coupon: v.string(),
  amount: v.string(),
  orderId: v.string(),
  date: v.string(),
  shop: v.string(),
  form: v.string(),
  /** The day that the form came with: left alone it means today, by the clock of the coupon's own shop. */
  offered: v.string(),
  settles: v.string(),
});

/** The same order typed twice within this time by the same person is a double click. */
const DOUBLE_CLICK_MS = 10_000;

export const offlineSalesRoutes = new Hono<App>()
  .get(PATH, async (c) => {
    const settles = await waitingReport(c, c.req.query('settles'));
    if (c.req.query('settles') && !settles) return done(c, WAITING, 'This report is settled already.', 'bad');
    return page(c, blankForm(settles ? typedFrom(settles) : {}), settles);
  })

  .get(`${PATH}/check`, async (c) => {
    const values = c.req.query();
    const key = codeOr(values.coupon ?? '');
    if ('refusal' in key) return renderPart(c, <p>{key.refusal}</p>);
    const now = Date.now();
    const found = (await spentCoupons(c.var.db, key.value, now)).filter(
      ({ shopId }) => !values.shop || String(shopId) === values.shop,
    );
    const foreseen = await Promise.all(found.map((coupon) => foresee(c, values, coupon, now)));
    return renderPart(c, <CouponCheck foreseen={foreseen} code={values.coupon ?? ''} />);
  })

  .post(PATH, async (c) => {
    const now = Date.now();
    const { form } = await parseForm(c, Typed);
    const settles = await waitingReport(c, form.values.settles);
    if (form.values.settles && !settles) return done(c, WAITING, 'Somebody has settled this report meanwhile.', 'bad');
    const read = await readSale(c, form.values, settles, now);
    if ('errors' in read) return page(c, withErrors(form, read.errors), settles);

    const [recorded] = await recordSales(c.env.DB, [read.report]);
    const outcome = recorded!;
    const sale = await saleOfReport(c.var.db, outcome.reportId);
    const refusal = couponRefusal(outcome.outcome, read.code, read.coupon, read.on, read.report.soldAt);
    if (refusal) return page(c, withErrors(form, { coupon: refusal }), settles);
    if (!sale) return page(c, withErrors(form, { '': `This could not be recorded: ${outcome.outcome}.` }), settles);
    if (outcome.outcome === 'disputed' || (outcome.outcome === 'already known' && !isSameClick(c, outcome, sale, now)))
      return page(c, withErrors(form, { orderId: knownText(sale, outcome) }), settles, sale.id);
    return done(c, settles ? WAITING : PATH, earnsText(outcome, sale));
  });

type Sale = NonNullable<Awaited<ReturnType<typeof saleOfReport>>>;

/** Without an order ID only the same form is the same sale; with one, who pressed twice sees what the first press did. */
function isSameClick(c: OfficeContext, { detail }: RecordedReport, sale: Sale, now: number): boolean {
  if (sale.orderId === null) return true;
  const before = now - (sale.decidedAt ?? 0);
  return detail === null && sale.decidedBy === signedIn(c).id && before < DOUBLE_CLICK_MS;
}

function earnsText({ outcome, detail }: RecordedReport, sale: Sale): string {
  const earns = `${sale.affiliateName} earns ${formatMinor(sale.earnedMinor, sale.currency)}`;
  if (outcome === 'confirmed') return `Order ${sale.orderId} was known and is confirmed now: ${earns}.`;
  if (outcome === 'corrected') return `Order ${sale.orderId} was known and is corrected (${detail}): ${earns}.`;
  return sale.orderId === null ? `${earns}.` : `${earns} with order ${sale.orderId}.`;
}

function knownText(sale: Sale, { outcome, detail }: RecordedReport): string {
  const { orderId, code, affiliateName, amountMinor, currency, soldAt, timeZone } = sale;
  const amount = amountMinor === null ? '' : `${formatMinor(amountMinor, currency)}, `;
  const known = `${amount}${code}, sold on ${dayText(dayOf(soldAt, timeZone))}, earned by ${affiliateName}`;
  return outcome === 'disputed'
    ? `Order ${orderId} is known otherwise: ${known}. What you typed is kept for a decision (${detail}).`
    : `Order ${orderId} is recorded already: ${known}.`;
}

/** The form, with everything around it; 422 where it comes back. */
async function page(c: OfficeContext, form: FormState, settles: ReportRow | null, knownSaleId: number | null = null) {
  const campaigns = await campaignOptions(c.var.db);
  const days = [...todayOf(campaigns, Date.now()).values()].sort();
  const shops = [
    ...new Map(campaigns.map(({ shopId: id, shopName: name, currency }) => [id, { id, name, currency }])).values(),
  ];
  const [hints, sales] = await Promise.all([couponHints(c.var.db, days[0] ?? ''), offlineSales(c.var.db)]);
  const today = campaigns[0] ? dayOf(Date.now(), campaigns[0].timeZone) : '';
  // A form made anew is another sale; the one that comes back is still the same.
  const values = { date: today, offered: today, form: crypto.randomUUID(), ...form.values };
  return render(
    c,
    <OfflineSalesPage
      {...pageFor(c)}
      {...{ shops, hints, sales, settles, knownSaleId }}
      form={{ ...form, values }}
      today={days.at(-1) ?? ''}
    />,
    Object.keys(form.errors).length > 0 ? 422 : 200,
  );
}

async function waitingReport(c: OfficeContext, id: string | undefined): Promise<ReportRow | null> {
  const report = id ? await reportById(c.var.db, id) : undefined;
  return report?.waits ? report : null;
}

/** A waiting report as the form's fields show it. */
function typedFrom(report: ReportRow): Record<string, string> {
  const { code, orderId, amount, amountMinor, currency, soldAt, timeZone, shopId, outcome } = report;
  return {
    coupon: code,
    orderId: orderId ?? '',
    // What was sent in other money is for a person to work out: its figure is not offered as if it were the shop's.
    amount:
      outcome === 'other currency'
        ? ''
        : amountMinor !== null && currency
          ? plainMinor(amountMinor, currency)
          : (amount ?? ''),
    date: dayOf(soldAt, timeZone ?? 'UTC'),
    shop: shopId === null ? '' : String(shopId),
  };
}

/** Makes a report of what was typed, or says what is wrong with each field. Nothing is written. */
async function readSale(c: OfficeContext, values: FormState['values'], settles: ReportRow | null, now: number) {
  const errors: Record<string, string> = {};
  const { coupon: typedCode = '', shop = '', date = '', amount = '', orderId = '' } = values;
  const code = typedCode.trim();
  const key = codeOr(code);
  if ('refusal' in key) errors.coupon = key.refusal;
  const found = 'value' in key ? await spentCoupons(c.var.db, key.value, now) : [];
  const spent = shop === '' ? found : found.filter(({ shopId }) => String(shopId) === shop);
  const named = found.map(({ shopName }) => shopName).join(' and of ');
  if (spent.length > 1) errors.shop = `${code} is a coupon of ${named}. Choose where the sale was made.`;
  if (found.length > 0 && spent.length === 0) errors.shop = `${code} is a coupon of ${named}, not of this shop.`;

  const coupon = spent[0];
  const clock = coupon ?? (await campaignOptions(c.var.db))[0] ?? { timeZone: 'UTC', shopName: 'UTC' };
  const untouched = !settles && date.trim() === values.offered;
  const on = untouched ? dayOf(now, clock.timeZone) : date.trim();
  const noDay = saleDayRefusal(on, clock.timeZone, clock.shopName, now);
  if (noDay) errors.date = noDay;
  const noAmount = coupon && amountRefusal(amount, coupon.currency);
  if (noAmount) errors.amount = noAmount;
  const noOrder = orderRefusal(orderId);
  if (noOrder) errors.orderId = noOrder;
  if (Object.keys(errors).length > 0) return { errors };

  const same = settles && on === dayOf(settles.soldAt, clock.timeZone);
  const soldAt = same ? settles.soldAt : lastInstantOf(on, clock.timeZone, now);
  const report = reportIn(values, coupon, soldAt, now, {
    userId: signedIn(c).id,
    settles: settles?.id ?? null,
    visitorKeys: [settles ? `settles:${settles.id}` : `form:${values.form ?? ''}`],
  });
  const { outcome } = await decisionOn(c, report);
  // The person is still here: better asked now than kept as a report that waits for one.
  if (outcome === 'no amount' && coupon)
    return { errors: { amount: `${coupon.campaignName} pays a percentage: type the amount of the order.` } };
  return { report, coupon, code, on };
}

/** The owner of the day earns: whoever had the coupon when it ended, or has it now where it is today. */
function lastInstantOf(day: string, timeZone: string, now: number): number {
  const end = expiresAt(day, timeZone);
  return 'value' in end ? Math.min(now, end.value - 1) : now;
}

function reportIn(
  values: FormState['values'],
  coupon: SpentCoupon | undefined,
  soldAt: number,
  receivedAt: number,
  more: { userId?: string; settles?: string | null; visitorKeys?: string[] } = {},
): Report {
  const { coupon: code = '', amount = '', orderId = '' } = values;
  return reportOf({
    source: 'office',
    code,
    amount: amount.trim() || null,
    orderId: orderId.trim() || null,
    shopId: coupon?.shopId ?? null,
    soldAt,
    receivedAt,
    ...more,
  });
}

/** What would become of a report if it were recorded now. */
async function decisionOn(c: OfficeContext, report: Report): Promise<Decision> {
  return decide(report, factsOf(report, await gather(c.env.DB, [report])));
}

/** What a coupon would earn with what is typed so far. */
async function foresee(c: OfficeContext, values: Record<string, string>, coupon: SpentCoupon, now: number) {
  const { date = '' } = values;
  const isDay = saleDayRefusal(date, coupon.timeZone, coupon.shopName, now) === null;
  const on = isDay ? date : dayOf(now, coupon.timeZone);
  const soldAt = lastInstantOf(on, coupon.timeZone, now);
  const readable = amountRefusal(values.amount ?? '', coupon.currency) === null;
  const typed = readable ? values : { ...values, amount: '' };
  const { outcome, write } = await decisionOn(c, reportIn(typed, coupon, soldAt, now));
  return {
    coupon,
    owner: ownerAt(coupon, soldAt)?.name ?? null,
    earnsMinor: write?.commission?.amountMinor ?? null,
    refusal: couponRefusal(outcome, values.coupon ?? '', coupon, on, soldAt),
  };
}
