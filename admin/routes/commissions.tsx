import { Hono } from 'hono';
import * as v from 'valibot';
import { COMMISSION_STATUSES } from '../../drizzle/schema.ts';
import { settleCommissions } from '../../ledger/commissions.ts';
import { minorDigits } from '../../ledger/money.ts';
import { csvFile } from '../csv-out.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm } from '../form.ts';
import { CommissionsPage, DeclinePage, mayBecome } from '../pages/commissions.tsx';
import { COMMISSIONS_CSV } from '../pages/exports.ts';
import { affiliateOptions } from '../queries/affiliates.ts';
import { eachOf } from '../queries/batches.ts';
import { campaignOptions } from '../queries/campaigns.ts';
import { commissionBatches, commissionPage, commissionSums, commissionsById } from '../queries/commissions.ts';
import { idOf, PAGE_ROWS, placeOf } from '../queries/keyset.ts';
import { saleById } from '../queries/sales.ts';
import { pageFor, render } from '../render.tsx';

const LIST = '/admin/commissions';

/** Which lines: those checked, or the `only` one whose own button was pressed; and the list they were chosen from. */
const Chosen = v.object({ id: v.array(v.string()), only: v.string(), back: v.string() });
const Declined = v.object({
  ...Chosen.entries,
  reason: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Say why: the affiliate will read it.'),
    v.maxLength(500, 'Shorten the reason to 500 characters.'),
    // The word by which the ledger knows a line that a correction has replaced.
    v.notValue('corrected', 'Say more than that: what was wrong?'),
  ),
});

export const commissionsRoutes = new Hono<App>()
  .get('/admin/commissions', async (c) => {
    const asked = c.req.query();
    const filter = filterOf(asked);
    const query = {
      status: filter.status ?? '',
      currency: filter.currency ?? '',
      affiliate: String(filter.affiliateId ?? ''),
      campaign: String(filter.campaignId ?? ''),
      sale: String(filter.saleId ?? ''),
    };
    const { db } = c.var;
    const [commissions, sums, campaigns, affiliates, sale] = await Promise.all([
      commissionPage(db, filter, placeOf(asked)),
      commissionSums(db, { ...filter, status: undefined, currency: undefined }),
      campaignOptions(db),
      affiliateOptions(db),
      filter.saleId === undefined ? undefined : saleById(db, filter.saleId),
    ]);
    const order = sale ? (sale.orderId ?? String(sale.id)) : null;
    return render(
      c,
      <CommissionsPage {...pageFor(c)} {...{ commissions, sums, query, campaigns, affiliates, order }} />,
    );
  })

  .get(`${LIST}.csv`, (c) => {
    const rows = commissionBatches(c.var.db, filterOf(c.req.query()));
    return csvFile('commissions.csv', COMMISSIONS_CSV.head, eachOf(rows, COMMISSIONS_CSV.cells));
  })

  .post('/admin/commissions/approve', async (c) => {
    const parsed = await parseForm(c, Chosen);
    const chosen = parsed.ok ? parsed.values : { id: [], only: '', back: '' };
    return settle(c, chosenIds(chosen), 'approved', null, backTo(chosen.back));
  })

  .get('/admin/commissions/decline', async (c) => {
    const ids = chosenIds({ id: c.req.queries('id') ?? [], only: c.req.query('only') ?? '' });
    return askBeforeDeclining(c, ids, backTo(c.req.query('back')), blankForm());
  })

  .post('/admin/commissions/decline', async (c) => {
    const parsed = await parseForm(c, Declined);
    if (parsed.ok) {
      const { reason, back } = parsed.values;
      return settle(c, chosenIds(parsed.values), 'declined', reason, backTo(back));
    }
    const { id = '', only = '', back } = parsed.form.values;
    return askBeforeDeclining(c, chosenIds({ id: id.split(','), only }), backTo(back), parsed.form);
  });

const filterOf = ({ status, currency = '', affiliate, campaign, sale }: Record<string, string>) => ({
  status: COMMISSION_STATUSES.find((one) => one === status),
  currency: minorDigits(currency) === undefined ? undefined : currency,
  affiliateId: idOf(affiliate),
  campaignId: idOf(campaign),
  saleId: idOf(sale),
});

const NONE_CHOSEN = 'Check the commissions first.';

async function askBeforeDeclining(c: OfficeContext, ids: number[], back: string, form: FormState) {
  if (ids.length === 0) return done(c, back, NONE_CHOSEN, 'bad');
  const lines = (await commissionsById(c.var.db, ids)).filter((line) => mayBecome(line, 'declined'));
  if (lines.length === 0) return done(c, back, leftAlone(ids.length, 'declined'), 'bad');
  const status = Object.keys(form.errors).length > 0 ? 422 : 200;
  return render(c, <DeclinePage {...pageFor(c)} form={form} lines={lines} back={back} />, status);
}

async function settle(
  c: OfficeContext,
  ids: number[],
  status: 'approved' | 'declined',
  reason: string | null,
  back: string,
) {
  if (ids.length === 0) return done(c, back, NONE_CHOSEN, 'bad');
  const by = { userId: signedIn(c).id, now: Date.now() };
  const settled = await settleCommissions(c.env.DB, ids, status, reason, by);
  const left = ids.length - settled;
  if (settled === 0) return done(c, back, leftAlone(left, status), 'bad');
  const said = `${settled} ${settled === 1 ? 'commission' : 'commissions'} ${status}.`;
  return done(c, back, left === 0 ? said : `${said} ${leftAlone(left, status)}`);
}

const leftAlone = (count: number, status: string) =>
  `${count} ${count === 1 ? 'was' : 'were'} left as ${count === 1 ? 'it is' : 'they are'}: ${status} already, paid, or replaced by a correction.`;

function chosenIds({ id, only }: { id: string[]; only: string }): number[] {
  const chosen = only === '' ? id : [only];
  return [...new Set(chosen.slice(0, PAGE_ROWS).map((text) => idOf(text)))].filter((one) => one !== undefined);
}

/** The list that was left, with its filters; never anywhere else. */
const backTo = (path: string | undefined) =>
  path && (path === LIST || path.startsWith(`${LIST}?`)) && !/[\\\p{Cc}]/u.test(path) ? path : LIST;
