import { Hono } from 'hono';
import * as v from 'valibot';
import type { Actor } from '../../ledger/audit.ts';
import { minorDigits } from '../../ledger/money.ts';
import { COMMISSION_FILTERS, mayBeApproved, mayBeDeclined, mayBeRestored } from '../../ledger/rules.ts';
import {
  approveCommissions,
  declineCommissions,
  restoreCommissions,
  type Seen,
  type Settled,
} from '../../ledger/sales/settle.ts';
import { csvFile } from '../csv-out.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm } from '../form.ts';
import { CommissionsPage, DeclinePage } from '../pages/commissions.tsx';
import { COMMISSIONS_CSV } from '../pages/exports.ts';
import { affiliateOptions } from '../queries/affiliates.ts';
import { eachOf } from '../queries/batches.ts';
import { campaignOptions } from '../queries/campaigns.ts';
import {
  type CommissionRow,
  commissionBatches,
  commissionPage,
  commissionSums,
  commissionsNamed,
} from '../queries/commissions.ts';
import { idOf, PAGE_ROWS, pairPlaceOf } from '../queries/keyset.ts';
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
      commissionPage(db, filter, pairPlaceOf(asked)),
      commissionSums(db, filter),
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
    return settle(c, chosenOf(chosen), APPROVE, backTo(chosen.back));
  })

  .post('/admin/commissions/restore', async (c) => {
    const parsed = await parseForm(c, Chosen);
    const chosen = parsed.ok ? parsed.values : { id: [], only: '', back: '' };
    return settle(c, chosenOf(chosen), RESTORE, backTo(chosen.back));
  })

  .get('/admin/commissions/decline', async (c) => {
    const chosen = chosenOf({ id: c.req.queries('id') ?? [], only: c.req.query('only') ?? '' });
    return askBeforeDeclining(c, chosen, backTo(c.req.query('back')), blankForm());
  })

  .post('/admin/commissions/decline', async (c) => {
    const parsed = await parseForm(c, Declined);
    if (parsed.ok) {
      const { reason, back } = parsed.values;
      const decline: Deed = {
        word: 'declined',
        may: mayBeDeclined,
        do: (db, seen, by) => declineCommissions(db, seen, reason, by),
      };
      return settle(c, chosenOf(parsed.values), decline, backTo(back));
    }
    const { id = '', only = '', back } = parsed.form.values;
    return askBeforeDeclining(c, chosenOf({ id: id.split(','), only }), backTo(back), parsed.form);
  });

const filterOf = ({ status, currency = '', affiliate, campaign, sale }: Record<string, string>) => ({
  status: COMMISSION_FILTERS.find((one) => one === status),
  currency: minorDigits(currency) === undefined ? undefined : currency,
  affiliateId: idOf(affiliate),
  campaignId: idOf(campaign),
  saleId: idOf(sale),
});

const NONE_CHOSEN = 'Check the commissions first.';

async function askBeforeDeclining(c: OfficeContext, chosen: Seen[], back: string, form: FormState) {
  if (chosen.length === 0) return done(c, back, NONE_CHOSEN, 'bad');
  const lines = (await commissionsNamed(c.var.db, chosen)).filter(mayBeDeclined);
  if (lines.length === 0) return done(c, back, 'There is nothing left of it to decline.', 'bad');
  const status = Object.keys(form.errors).length > 0 ? 422 : 200;
  return render(c, <DeclinePage {...pageFor(c)} form={form} lines={lines} back={back} />, status);
}

interface Deed {
  word: 'approved' | 'declined' | 'restored';
  may: (commission: CommissionRow) => boolean;
  do: (db: D1Database, seen: Seen[], by: Actor) => Promise<Settled>;
}

const APPROVE: Deed = { word: 'approved', may: mayBeApproved, do: approveCommissions };
const RESTORE: Deed = { word: 'restored', may: mayBeRestored, do: restoreCommissions };

/** Each whole, and as the person saw it: what has changed since is left alone and told, and what is so already. */
async function settle(c: OfficeContext, chosen: Seen[], deed: Deed, back: string) {
  if (chosen.length === 0) return done(c, back, NONE_CHOSEN, 'bad');
  const stand = new Map((await commissionsNamed(c.var.db, chosen)).map((row) => [row.id, row]));
  const rowOf = ({ saleId, affiliateId }: Pick<Seen, 'saleId' | 'affiliateId'>) =>
    stand.get(`${saleId}-${affiliateId}`);
  const open = chosen.filter((seen) => {
    const row = rowOf(seen);
    return row === undefined || row.lines !== seen.lines || deed.may(row);
  });
  const { done: count, changed } = await deed.do(c.env.DB, open, { userId: signedIn(c).id, now: Date.now() });
  const left = chosen.length - open.length;
  const said = [
    count > 0 && `${count} ${count === 1 ? 'commission' : 'commissions'} ${deed.word}.`,
    left > 0 &&
      `${left} ${left === 1 ? 'was' : 'were'} left as ${left === 1 ? 'it is' : 'they are'}: ${LEFT[deed.word]}.`,
    changed.length > 0 && changedText(changed.map(rowOf), chosen.length),
  ];
  return done(c, back, said.filter(Boolean).join(' '), count > 0 ? 'good' : 'bad');
}

const LEFT = {
  approved: 'approved already, held, declined, or nothing is owed',
  declined: 'declined already, or nothing is owed',
  restored: 'not declined',
};

/** As many commissions as a sentence names. */
const NAMED = 5;

/** "2 of 5 have changed since you looked; look again: Maria’s for order 1001, João’s for order 1002." */
function changedText(changed: (CommissionRow | undefined)[], of: number): string {
  const names = changed.flatMap((row) => (row ? [`${row.affiliate}’s for order ${row.orderId ?? row.saleId}`] : []));
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const which = names.length > 0 ? `: ${names.slice(0, NAMED).join(', ')}${more}` : '';
  return `${changed.length} of ${of} ${changed.length === 1 ? 'has' : 'have'} changed since you looked; look again${which}.`;
}

/** "12-3-2": the sale, the affiliate, and the number of lines that the person saw. */
function chosenOf({ id, only }: { id: string[]; only: string }): Seen[] {
  const chosen = only === '' ? id : [only];
  return [...new Set(chosen.slice(0, PAGE_ROWS))].flatMap((text) => {
    const [saleId, affiliateId, lines, ...more] = text.split('-').map(idOf);
    return saleId && affiliateId && lines && more.length === 0 ? [{ saleId, affiliateId, lines }] : [];
  });
}

/** The list that was left, with its filters, or the page of a sale; never anywhere else. */
const backTo = (path: string | undefined) =>
  path && /^\/admin\/(commissions(\?[^\\\p{Cc}]*)?|sales\/\d+)$/u.test(path) ? path : LIST;
