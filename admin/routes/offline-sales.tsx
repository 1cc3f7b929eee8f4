import { Hono } from 'hono';
import * as v from 'valibot';
import { dayOf, spanOf } from '../../ledger/clock.ts';
import { formatMinor, plainMinor } from '../../ledger/money.ts';
import { type Report, reportId, reportOf } from '../../ledger/report.ts';
import { foresee, type Outcome, type RecordedReport, recordSales } from '../../ledger/sales/record-sales.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { whyText } from '../outcomes.ts';
import { CouponCheck, OfflineSalesPage, WAITING } from '../pages/offline-sales.tsx';
import { campaignOptions } from '../queries/campaigns.ts';
import { todayOf } from '../queries/coupons.ts';
import {
  couponHints,
  type OfflineSale,
  offlineSaleById,
  offlineSales,
  ownerAt,
  type SpentCoupon,
  saleOfOrder,
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
  /** Asked for where it depends on the hour who earns. */
  time: v.string(),
  shop: v.string(),
  form: v.string(),
  /** The day that the form came with: left alone it means today, by the clock of the coupon's own shop. */
  offered: v.string(),
  settles: v.string(),
});

/** The token of a form, by which it is the same sale however often it is sent. */
const FORM = /^[0-9A-Z]{26}$/;

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
    const found = await spentCoupons(c.var.db, key.value);
    const shops = [...Map.groupBy(found, ({ shopId }) => shopId)].filter(
      ([shopId]) => !values.shop || String(shopId) === values.shop,
    );
    const now = Date.now();
    const foreseen = await Promise.all(shops.map(([, coupons]) => foreseeEarning(c, values, coupons, now)));
    return renderPart(c, <CouponCheck foreseen={foreseen} code={values.coupon ?? ''} />);
  })

  .post(PATH, async (c) => {
    const now = Date.now();
    const { form } = await parseForm(c, Typed);
    const settles = await waitingReport(c, form.values.settles);
    if (form.values.settles && !settles) return done(c, WAITING, 'Somebody has settled this report meanwhile.', 'bad');
    const read = await readSale(c, form.values, settles, now);
    if ('errors' in read) return page(c, withErrors(form, read.errors), settles);

    // What a refused form says is said to the person, and is no report.
    const [foreseen] = await foresee(c.env.DB, [read.report]);
    const known = await saleOfOrder(c.var.db, foreseen!);
    const refused = refusalOf(foreseen!, read, known, now);
    if (refused) return page(c, withErrors(form, refused), settles, 'orderId' in refused ? (known?.id ?? null) : null);
    const [recorded] = await recordSales(c.env.DB, [read.report]);
    const made = recorded!.saleId === null ? undefined : await offlineSaleById(c.var.db, recorded!.saleId);
    if (!made) return page(c, withErrors(form, { '': whyText(recorded!.outcome, recorded!.detail) }), settles);
    return settles ? done(c, WAITING, settledText(made)) : done(c, PATH, earnsText(recorded!, made));
  });

type ReadSale = Exclude<Awaited<ReturnType<typeof readSale>>, { errors: unknown }>;

/** Why what was typed cannot be recorded, by its field; null where it can. Nothing is written yet. */
function refusalOf(
  foreseen: RecordedReport,
  { report, code, coupons, on }: ReadSale,
  known: Awaited<ReturnType<typeof saleOfOrder>>,
  now: number,
): Record<string, string> | null {
  const { outcome, couponId, detail } = foreseen;
  const coupon = coupons.find(({ id }) => id === couponId) ?? coupons[0];
  const at = report.soldAt ?? (coupon && spanOf(on, coupon.timeZone)?.last) ?? now;
  const refusal = couponRefusal(outcome, code, coupon, on, at);
  if (refusal) return { coupon: refusal };
  // The person is still here: better asked now than kept as a report that waits for one.
  if (outcome === 'no amount' && coupon)
    return { amount: `${coupon.campaignName} pays a percentage: type the amount of the order.` };
  if (outcome === 'which day')
    return { time: `On ${dayText(on)} it depends on the hour who earns with ${code}: say when the sale was made.` };
  if (outcome === 'other contents') return { '': 'This form was sent before with other contents, and is recorded so.' };
  // Sent again it is the same form, and says what became of it.
  const again = foreseen.saleId !== null && outcome !== 'already known';
  const hasTheSay = report.kind === 'correction' || again;
  if (!hasTheSay && known && (known.evidence !== 'pixel' || outcome === 'disputed'))
    return { orderId: knownText(known, foreseen) };
  return EARNS.includes(outcome) ? null : { '': whyText(outcome, detail) };
}

const EARNS: Outcome[] = ['recorded', 'confirmed', 'corrected', 'already known'];

const earning = ({ affiliateName, earnedMinor, currency }: OfflineSale) =>
  `${affiliateName} earns ${formatMinor(earnedMinor, currency)}`;

const settledText = (sale: OfflineSale) =>
  sale.orderId === null ? `${earning(sale)}.` : `${earning(sale)} with order ${sale.orderId}.`;

function earnsText({ outcome, detail }: RecordedReport, sale: OfflineSale): string {
  const { orderId } = sale;
  if (outcome === 'confirmed') return `Order ${orderId} was known and is confirmed now: ${earning(sale)}.`;
  if (outcome === 'corrected')
    return `Order ${orderId} was known and is corrected${detail ? ` (${detail})` : ''}: ${earning(sale)}.`;
  return settledText(sale);
}

function knownText(sale: OfflineSale, { outcome, detail }: RecordedReport): string {
  const { orderId, code, affiliateName, amountMinor, currency, on } = sale;
  const amount = amountMinor === null ? '' : `${formatMinor(amountMinor, currency)}, `;
  const known = `${amount}${code}, sold on ${dayText(on)}, earned by ${affiliateName}`;
  return outcome === 'disputed'
    ? `Order ${orderId} is known otherwise: ${known}. Nothing was written. ${detail}`
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
  const values = { date: today, offered: today, form: reportId(Date.now()), ...form.values };
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
    // Of several it is for the person to say which.
    coupon: outcome === 'two affiliates' ? '' : code,
    orderId: orderId ?? '',
    // What was sent in other money is for a person to work out: its figure is not offered as if it were the shop's.
    amount:
      outcome === 'other currency'
        ? ''
        : amountMinor !== null && currency
          ? plainMinor(amountMinor, currency)
          : (amount ?? ''),
    date: dayOf(soldAt, timeZone ?? 'UTC'),
    shop: shopId === 0 ? '' : String(shopId),
  };
}

/** Makes a report of what was typed, or says what is wrong with each field. Nothing is written. */
async function readSale(c: OfficeContext, values: FormState['values'], settles: ReportRow | null, now: number) {
  const errors: Record<string, string> = {};
  const { coupon: typedCode = '', shop = '', date = '', time = '', amount = '', orderId = '' } = values;
  const code = typedCode.trim();
  const key = codeOr(code);
  if ('refusal' in key) errors.coupon = key.refusal;
  const found = 'value' in key ? await spentCoupons(c.var.db, key.value) : [];
  const coupons = shop === '' ? found : found.filter(({ shopId }) => String(shopId) === shop);
  const named = [...new Set(found.map(({ shopName }) => shopName))].join(' and of ');
  if (new Set(coupons.map(({ shopId }) => shopId)).size > 1)
    errors.shop = `${code} is a coupon of ${named}. Choose where the sale was made.`;
  if (found.length > 0 && coupons.length === 0) errors.shop = `${code} is a coupon of ${named}, not of this shop.`;

  const coupon = coupons[0];
  const clock = coupon ?? (await campaignOptions(c.var.db))[0] ?? { timeZone: 'UTC', shopName: 'UTC' };
  const untouched = !settles && date.trim() === values.offered;
  const on = untouched ? dayOf(now, clock.timeZone) : date.trim();
  const noDay = saleDayRefusal(on, clock.timeZone, clock.shopName, now);
  if (noDay) errors.date = noDay;
  const at = noDay || time === '' ? null : instantOf(on, time, clock.timeZone);
  if (time !== '' && !noDay && at === null) errors.time = 'There is no such time on that day. Write it as 14:05.';
  if (at !== null && at > now) errors.time = 'This time is still to come.';
  const noAmount = coupon && amountRefusal(amount, coupon.currency);
  if (noAmount) errors.amount = noAmount;
  const noOrder = orderRefusal(orderId) ?? otherOrderRefusal(orderId.trim(), coupon, settles);
  if (noOrder) errors.orderId = noOrder;
  if (Object.keys(errors).length > 0) return { errors };

  return { report: reportIn(c, values, { coupon, on, at, settles, clock }, now), coupons, code, on };
}

/** A report that waits is answered on its own order, where it is the shop's; of nobody's it becomes a sale of this one. */
const ownOf = (settles: ReportRow | null, coupon: SpentCoupon | undefined): ReportRow | null =>
  settles !== null && settles.shopId === coupon?.shopId ? settles : null;

function otherOrderRefusal(typed: string, coupon: SpentCoupon | undefined, settles: ReportRow | null): string | null {
  const order = ownOf(settles, coupon)?.orderId ?? null;
  if (order === null || typed === '' || typed === order) return null;
  return `The report is of order ${order}, and stays so. Add another order as a sale of its own.`;
}

/** An instant by the clock of the shop, from a time such as "14:05"; null where the clock never shows it that day. */
function instantOf(day: string, time: string, timeZone: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  const span = spanOf(day, timeZone);
  if (hours === undefined || span === null) return null;
  const shown = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone });
  // Where clocks change, a day has an hour more or less.
  const about = span.first + (Number(hours) * 60 + Number(minutes)) * 60_000;
  const near = [about, about + 3_600_000, about - 3_600_000];
  return near.find((at) => shown.format(at) === time && dayOf(at, timeZone) === day) ?? null;
}

interface Moment {
  coupon: SpentCoupon | undefined;
  on: string;
  /** The instant, where the person has said it. */
  at: number | null;
  settles: ReportRow | null;
  clock: { timeZone: string };
}

/** The report that a form makes. What settles one that waits corrects its own order; else it is a sale that answers it. */
function reportIn(c: OfficeContext, values: FormState['values'], moment: Moment, now: number): Report {
  const { coupon: code = '', amount = '', orderId = '', form = '' } = values;
  const { coupon, settles } = moment;
  const typed = orderId.trim();
  const own = ownOf(settles, coupon);
  return reportOf({
    ...(FORM.test(form) ? { id: form } : {}),
    source: 'office',
    kind: own ? 'correction' : 'sale',
    codes: [code],
    amount: amount.trim() || null,
    orderId: typed || own?.orderId || null,
    shopId: coupon?.shopId ?? null,
    ...(own ? { order: own.orderKey } : {}),
    ...soldIn(moment, now),
    receivedAt: now,
    userId: signedIn(c).id,
    about: settles?.id ?? null,
    more: own?.orderId === null && typed !== '' ? { names: [{ kind: 'number', name: typed }] } : {},
  });
}

/** Today is now; of another day no more is known, unless it is the report's own, which may tell the instant. */
function soldIn({ on, at, settles, clock }: Moment, now: number): { soldAt: number } | { soldOn: string } {
  if (at !== null) return { soldAt: at };
  if (settles !== null && on === dayOf(settles.soldAt, clock.timeZone))
    return settles.dayOnly ? { soldOn: on } : { soldAt: settles.soldAt };
  return on === dayOf(now, clock.timeZone) ? { soldAt: now } : { soldOn: on };
}

/** What a shop's coupon would earn with what is typed so far. @param coupons of one shop, the last that had the code first. */
async function foreseeEarning(c: OfficeContext, values: Record<string, string>, coupons: SpentCoupon[], now: number) {
  const { date = '', coupon: code = '' } = values;
  const [last] = coupons as [SpentCoupon];
  const isDay = saleDayRefusal(date, last.timeZone, last.shopName, now) === null;
  const on = isDay ? date : dayOf(now, last.timeZone);
  const readable = amountRefusal(values.amount ?? '', last.currency) === null;
  // Of an order that is known the same coupon would earn nothing new.
  const typed = { ...values, form: '', orderId: '', ...(readable ? {} : { amount: '' }) };
  const report = reportIn(c, typed, { coupon: last, on, at: null, settles: null, clock: last }, now);
  const [{ outcome, couponId, commissionMinor }] = (await foresee(c.env.DB, [report])) as [RecordedReport];
  const coupon = coupons.find(({ id }) => id === couponId) ?? last;
  const at = report.soldAt ?? spanOf(on, coupon.timeZone)?.last ?? now;
  return {
    coupon,
    owner: ownerAt(coupon, at)?.name ?? null,
    earnsMinor: commissionMinor,
    refusal: couponRefusal(outcome, code, coupon, on, at),
  };
}
