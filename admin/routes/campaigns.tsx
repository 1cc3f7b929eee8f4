import { Hono } from 'hono';
import * as v from 'valibot';
import { REQUEST_MODES } from '../../drizzle/schema.ts';
import { type CampaignTerms, createCampaign, editCampaign } from '../../ledger/campaigns.ts';
import { parseMinor, plainMinor } from '../../ledger/money.ts';
import { parseRate, plainRate } from '../../ledger/rate.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, SEEN, seenIn, shownAgain, withErrors } from '../form.ts';
import { CampaignPage, CampaignsPage, NewCampaignPage, ShopFirstPage } from '../pages/campaigns.tsx';
import { historyOf } from '../queries/audit-log.ts';
import { type CampaignRow, campaignById, campaignFigures, campaignList } from '../queries/campaigns.ts';
import { NOTHING_YET } from '../queries/commissions.ts';
import { idOf } from '../queries/keyset.ts';
import { shopList } from '../queries/shops.ts';
import { pageFor, problem, render } from '../render.tsx';

const NAME_LENGTH_MAX = 100;
const HOLD_DAYS_MAX = 90;
const REQUEST_LIMIT_MAX = 1_000;

/** As the form posts it: the choices, and what was typed, which `termsOf` reads as far as it hangs on a choice made. */
const Terms = v.object({
  name: v.pipe(v.string(), v.trim()),
  status: v.picklist(['active', 'paused'], 'Choose whether it is active.'),
  commissionKind: v.picklist(['percent', 'fixed'], 'Choose what a sale earns.'),
  percent: v.string(),
  amount: v.string(),
  approval: v.picklist(['manual', 'automatic'], 'Choose how commissions are approved.'),
  holdDays: v.pipe(v.string(), v.trim()),
  trustPixel: v.optional(v.literal('on')),
  requestMode: v.picklist(REQUEST_MODES, 'Choose whether affiliates may request coupons.'),
  requestLimit: v.pipe(v.string(), v.trim()),
  [SEEN]: v.optional(v.string()),
});
const NewCampaign = v.object({ shop: v.string(), ...Terms.entries });

const BEGINNING = blankForm({
  status: 'active',
  commissionKind: 'percent',
  approval: 'manual',
  holdDays: '30',
  requestMode: 'at once',
});

const DUPLICATE = { name: 'The shop has a campaign of this name already.' };

export const campaignsRoutes = new Hono<App>()
  .get('/admin/campaigns', async (c) => {
    const shopId = idOf(c.req.query('shop'));
    const [rows, figures, shops] = await Promise.all([
      campaignList(c.var.db, shopId),
      campaignFigures(c.var.db),
      shopList(c.var.db),
    ]);
    const campaigns = rows.map((row) => ({ ...row, ...(figures.get(row.id) ?? NOTHING_YET) }));
    return render(c, <CampaignsPage {...pageFor(c)} campaigns={campaigns} hasShop={shops.length > 0} />);
  })

  .get('/admin/campaigns/new', async (c) => {
    const shops = await shopList(c.var.db);
    if (shops.length === 0) return render(c, <ShopFirstPage {...pageFor(c)} />);
    return render(c, <NewCampaignPage {...pageFor(c)} form={BEGINNING} shops={shops} />);
  })

  .post('/admin/campaigns/new', async (c) => {
    const shops = await shopList(c.var.db);
    const again = (form: FormState) => render(c, <NewCampaignPage {...pageFor(c)} form={form} shops={shops} />, 422);
    const parsed = await parseForm(c, NewCampaign);
    const shop = shops.find(({ id }) => String(id) === parsed.form.values.shop);
    const form = shop ? parsed.form : withErrors(parsed.form, { shop: 'Choose the shop.' });
    if (!parsed.ok) return again(form);

    const terms = termsOf(parsed.values, shop?.currency ?? null);
    if ('errors' in terms) return again(withErrors(form, terms.errors));
    if (!shop) return again(form);
    const by = { userId: signedIn(c).id, now: Date.now() };
    const made = await createCampaign(c.env.DB, shop.id, terms.value, by);
    if ('error' in made) return again(withErrors(form, DUPLICATE));
    return done(c, '/admin/campaigns', `${terms.value.name} added. Next, add its coupons.`);
  })

  .get('/admin/campaigns/:id', async (c) => {
    const campaign = await campaignAsked(c);
    if (!campaign) return problem(c, 404);
    return page(c, campaign, blankForm(typed(campaign)));
  })

  .post('/admin/campaigns/:id', async (c) => {
    const campaign = await campaignAsked(c);
    if (!campaign) return problem(c, 404);
    const parsed = await parseForm(c, Terms);
    if (!parsed.ok) return page(c, campaign, parsed.form);

    const terms = termsOf(parsed.values, campaign.currency);
    if ('errors' in terms) return page(c, campaign, withErrors(parsed.form, terms.errors));
    const by = { userId: signedIn(c).id, now: Date.now() };
    const saved = await editCampaign(c.env.DB, campaign.id, terms.value, by, seenIn(parsed.form));
    if ('id' in saved) return done(c, '/admin/campaigns', `${terms.value.name} saved.`);
    if (saved.error === 'duplicate') return page(c, campaign, withErrors(parsed.form, DUPLICATE));
    const stands = saved.error === 'gone' ? undefined : await campaignAsked(c);
    return stands ? page(c, stands, shownAgain(parsed.form, 'campaign', stands.updatedAt)) : problem(c, 404);
  });

async function campaignAsked(c: OfficeContext): Promise<CampaignRow | undefined> {
  const id = idOf(c.req.param('id'));
  return id === undefined ? undefined : campaignById(c.var.db, id);
}

async function page(c: OfficeContext, campaign: CampaignRow, form: FormState) {
  const [all, history] = await Promise.all([campaignFigures(c.var.db), historyOf(c.var.db, 'campaigns', campaign.id)]);
  const figures = all.get(campaign.id) ?? NOTHING_YET;
  const status = Object.keys(form.errors).length > 0 ? 422 : 200;
  return render(c, <CampaignPage {...pageFor(c)} {...{ campaign, figures, form, history }} />, status);
}

/** A campaign's terms as the form's fields show them. */
function typed(campaign: CampaignRow): Record<string, string> {
  const { commissionKind, commissionValue, currency, requestLimit } = campaign;
  return {
    name: campaign.name,
    status: campaign.status,
    commissionKind,
    percent: commissionKind === 'percent' ? plainRate(commissionValue) : '',
    amount: commissionKind === 'fixed' ? plainMinor(commissionValue, currency) : '',
    approval: campaign.approval,
    holdDays: String(campaign.holdDays),
    ...(campaign.trustPixel ? { trustPixel: 'on' } : {}),
    requestMode: campaign.requestMode,
    requestLimit: requestLimit === null ? '' : String(requestLimit),
    [SEEN]: String(campaign.updatedAt),
  };
}

/**
 * Reads the terms, all that is wrong with them at once; what hangs on a choice that was not made is left at its beginning.
 * @param currency null where no shop is chosen, and an amount cannot be read yet.
 */
function termsOf(
  posted: v.InferOutput<typeof Terms>,
  currency: string | null,
): { value: CampaignTerms } | { errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const read = (field: string, result: { value: number } | { error: string }): number => {
    if ('value' in result) return result.value;
    errors[field] = result.error;
    return 0;
  };
  if (posted.name === '') errors.name = 'Give the campaign a name.';
  if (posted.name.length > NAME_LENGTH_MAX) errors.name = `Shorten the name to ${NAME_LENGTH_MAX} characters.`;
  const isAutomatic = posted.approval === 'automatic';
  const isLimited = posted.requestMode !== 'off' && posted.requestLimit !== '';
  const value: CampaignTerms = {
    name: posted.name,
    status: posted.status,
    commissionKind: posted.commissionKind,
    commissionValue:
      posted.commissionKind === 'percent'
        ? read('percent', percentage(posted.percent))
        : read('amount', amount(posted.amount, currency)),
    approval: posted.approval,
    holdDays: isAutomatic ? read('holdDays', wholeNumber(posted.holdDays, 0, HOLD_DAYS_MAX, 'days')) : 0,
    trustPixel: isAutomatic && posted.trustPixel === 'on',
    requestMode: posted.requestMode,
    requestLimit: isLimited
      ? read('requestLimit', wholeNumber(posted.requestLimit, 1, REQUEST_LIMIT_MAX, 'coupons'))
      : null,
  };
  return Object.keys(errors).length > 0 ? { errors } : { value };
}

function percentage(text: string): { value: number } | { error: string } {
  const rate = parseRate(text);
  if ('value' in rate) return rate;
  const SAID = {
    empty: 'Say which percentage of the sale is earned.',
    'not a number': 'This percentage cannot be read. Write digits and one dot, such as 7.5.',
    'too many decimals': 'A percentage has at most two decimals, such as 7.25.',
    'over 100': 'A commission cannot be more than 100 % of the sale.',
  };
  return { error: SAID[rate.error] };
}

function amount(text: string, currency: string | null): { value: number } | { error: string } {
  if (text.trim() === '') return { error: 'Say how much each sale earns.' };
  if (currency === null) return { value: 0 };
  const read = parseMinor(text, currency);
  if ('value' in read) return read;
  if (read.error === 'negative') return { error: 'A commission cannot be negative.' };
  if (read.error === 'too large') return { error: 'This amount is too large.' };
  if (read.error === 'too many decimals') return { error: `This amount has more decimals than ${currency} has.` };
  return { error: `This amount cannot be read. Write it in ${currency}, digits and one dot, such as 5 or 1200.` };
}

function wholeNumber(text: string, min: number, max: number, of: string): { value: number } | { error: string } {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? { value } : { error: `Write a whole number of ${of}, ${min} to ${max}.` };
}
