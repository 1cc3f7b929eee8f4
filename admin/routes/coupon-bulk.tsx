import { Hono } from 'hono';
import * as v from 'valibot';
import { type CouponChange, changeCoupons } from '../../ledger/coupons/many.ts';
import { type Reach, reachOfOwner } from '../../ledger/sales/what-if.ts';
import { listPath, listQuery } from '../coupon-list.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { BulkPage, type ChosenCoupons, couponsText, DEEDS, type Deed, DeletePage } from '../pages/coupon-bulk.tsx';
import { type AffiliateOption, affiliateOptions } from '../queries/affiliates.ts';
import { type CampaignOption, campaignOptions } from '../queries/campaigns.ts';
import { type Choice, chosenByShop, chosenIds, firstChosen } from '../queries/coupon-choice.ts';
import { comeWith, couponFilterOf, todayOf } from '../queries/coupons.ts';
import { idOf, PAGE_ROWS } from '../queries/keyset.ts';
import { expiryRefusal } from '../refusals.ts';
import { pageFor, render } from '../render.tsx';
import { reachText } from '../ui/reach.tsx';
import { dayText } from '../ui/when.tsx';

const PATH = '/admin/coupons/:deed{assign|expire|move|delete}';
const NAMED = 20;

const Posted = v.object({
  id: v.array(v.string()),
  all: v.string(),
  list: v.string(),
  mark: v.string(),
  affiliate: v.string(),
  alsoEarlier: v.optional(v.literal('on')),
  reach: v.optional(v.string()),
  expiresOn: v.string(),
  campaign: v.string(),
});

/** The same change for many coupons: a page that asks, with which they are, and then the change itself. */
export const couponBulkRoutes = new Hono<App>()
  .get(PATH, async (c) => {
    const { all = '', list = '' } = c.req.query();
    const asked = await ask(c, { id: c.req.queries('id') ?? [], all, list });
    if (asked.chosen.count === 0) return noneChosen(c, asked.chosen);
    return show(c, asked, blankForm());
  })

  .post(PATH, async (c) => {
    const deed = deedOf(c);
    const { form, ...parsed } = await parseForm(c, Posted);
    const { list = '' } = form.values;
    const asked = await ask(c, parsed.ok ? parsed.values : { id: [], all: '', list });
    const { chosen, choice } = asked;
    const back = listPath(list);
    if (chosen.count === 0) return noneChosen(c, chosen);
    if (chosen.ids === null && form.values.mark !== chosen.mark) {
      const asMany = form.values.mark?.startsWith(`${chosen.count} `);
      const now = asMany ? 'it is other coupons that match' : `${chosen.count.toLocaleString('en')} match`;
      return show(c, asked, withErrors(form, { '': `By now ${now}, so nothing was done yet. Look again.` }));
    }
    const by = { userId: signedIn(c).id, now: Date.now() };
    const read = changeOf(deed, form.values, asked, by.now);
    if ('errors' in read) return show(c, asked, withErrors(form, read.errors));
    const reach = await reachOfChange(c, choice, read.change);
    if (reach && reach.orders > 0 && form.values.reach !== reachText(reach)) return show(c, asked, form, reach);

    const store = { db: c.env.DB, kv: c.env.COUPONS };
    const count = await changeCoupons(store, chosenIds(c.var.db, choice), read.change, chosen.words, by);
    const what = chosen.count === 1 && count === 1 ? chosen.named[0]!.code : couponsText(count);
    const left = chosen.count - count;
    const rest =
      left > 0
        ? ` ${couponsText(left)} ${left === 1 ? 'was' : 'were'} left as ${left === 1 ? 'it is' : 'they are'}.`
        : '';
    return done(c, back, `${what} ${read.said}${rest}`, count > 0 ? 'good' : 'bad');
  });

interface Asked {
  chosen: ChosenCoupons;
  choice: Choice;
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
}

/** Finds out which coupons are meant, and what can be chosen for them. */
async function ask(c: OfficeContext, { id, all, list }: { id: string[]; all: string; list: string }): Promise<Asked> {
  const { db } = c.var;
  const [campaigns, affiliates] = await Promise.all([campaignOptions(db), affiliateOptions(db)]);
  const ids =
    all === ''
      ? id
          .slice(0, PAGE_ROWS)
          .map(idOf)
          .filter((one) => one !== undefined)
      : null;
  const query = listQuery(list);
  const choice: Choice = ids ? { ids } : { filter: couponFilterOf(query), today: todayOf(campaigns, Date.now()) };
  const [byShop, named] = await Promise.all([
    chosenByShop(db, choice),
    firstChosen(db, choice, ids ? PAGE_ROWS : NAMED),
  ]);
  const count = byShop.reduce((sum, shop) => sum + shop.count, 0);
  const mark = `${count} ${byShop.reduce((sum, shop) => sum + shop.mark, 0)}`;
  const words = ids ? 'checked' : filterWords(query, campaigns, affiliates);
  return { choice, campaigns, affiliates, chosen: { ids, count, mark, named, words, byShop, list } };
}

/** What a change does to orders of before; null where it does nothing. */
async function reachOfChange(c: OfficeContext, choice: Choice, change: CouponChange): Promise<Reach | null> {
  if (change.what !== 'affiliate' || !change.alsoEarlier || change.affiliateId === null) return null;
  const ids: number[] = [];
  for await (const batch of chosenIds(c.var.db, choice)) ids.push(...batch);
  return reachOfOwner(c.env.DB, ids, change.affiliateId);
}

async function show(c: OfficeContext, { chosen, campaigns, affiliates }: Asked, form: FormState, reach?: Reach) {
  const deed = deedOf(c);
  const status = reach || Object.keys(form.errors).length > 0 ? 422 : 200;
  if (deed === 'delete') {
    const come = chosen.ids && (await comeWith(c.var.db, chosen.ids));
    const sales = come && [...come.values()].reduce((sum, one) => sum + one.sales, 0);
    return render(c, <DeletePage {...pageFor(c)} {...{ chosen, form, sales }} />, status);
  }
  const own = campaigns.filter(({ shopId }) => chosen.byShop.some((shop) => shop.shopId === shopId));
  return render(c, <BulkPage {...pageFor(c)} {...{ deed, chosen, form, affiliates, reach }} campaigns={own} />, status);
}

/** Reads what was typed into a change, with the words that say it is done; or what is wrong. */
function changeOf(
  deed: Deed,
  { affiliate = '', alsoEarlier, expiresOn = '', campaign = '' }: FormState['values'],
  { chosen, campaigns, affiliates }: Asked,
  now: number,
): { change: CouponChange; said: string } | { errors: Record<string, string> } {
  const one = chosen.count === 1;
  if (deed === 'delete')
    return { change: { what: 'deleted' }, said: 'deleted. Tracking has stopped; sales and commissions are kept.' };
  if (deed === 'assign') {
    const owner = affiliates.find(({ id }) => String(id) === affiliate);
    if (!owner && affiliate !== '') return { errors: { affiliate: 'Choose an affiliate, or None.' } };
    const earlier = owner && alsoEarlier === 'on' ? { alsoEarlier: true as const } : {};
    const change: CouponChange = { what: 'affiliate', affiliateId: owner?.id ?? null, ...earlier };
    return { change, said: owner ? `assigned to ${owner.name}.` : `${one ? 'is' : 'are'} free to request.` };
  }
  if (deed === 'expire') {
    const refusals = chosen.byShop.map(({ timeZone, shopName }) => expiryRefusal(expiresOn, timeZone, shopName, now));
    const refusal = refusals.find((each) => each !== null);
    if (refusal) return { errors: { expiresOn: refusal } };
    const change: CouponChange = { what: 'expiry', expiresOn: expiresOn || null };
    return {
      change,
      said: expiresOn
        ? `${one ? 'works' : 'work'} until ${dayText(expiresOn)}.`
        : `never ${one ? 'expires' : 'expire'}.`,
    };
  }
  const under = campaigns.find(({ id }) => String(id) === campaign);
  if (!under || !chosen.byShop.some(({ shopId }) => shopId === under.shopId))
    return { errors: { campaign: 'Choose a campaign.' } };
  return { change: { what: 'campaign', campaignId: under.id }, said: `moved to ${under.name}.` };
}

function noneChosen(c: OfficeContext, { ids, list }: ChosenCoupons) {
  const deed = deedOf(c);
  const first = `Check the coupons to ${deed === 'expire' ? 'change' : deed} first.`;
  return done(c, listPath(list), ids?.length === 0 ? first : 'They were deleted already.', 'bad');
}

function deedOf(c: OfficeContext): Deed {
  const deed = DEEDS.find((one) => one === c.req.param('deed'));
  if (!deed) throw new Error(`${c.req.path} names no deed`);
  return deed;
}

/** A filter as it is said after "All coupons", and kept in the audit log. */
function filterWords(
  query: Record<string, string>,
  campaigns: CampaignOption[],
  affiliates: AffiliateOption[],
): string {
  const { codeKey, campaignId, affiliateId, status } = couponFilterOf(query);
  const campaign = campaigns.find(({ id }) => id === campaignId);
  const owner = affiliates.find(({ id }) => id === affiliateId);
  const words = [
    status && `that are ${status}`,
    codeKey !== null && `that begin with ${query.q?.trim()}`,
    campaignId !== null && `of the campaign ${campaign?.name ?? campaignId}`,
    affiliateId !== null && (affiliateId === 'none' ? 'of no affiliate' : `of ${owner?.name ?? affiliateId}`),
  ];
  return words.filter(Boolean).join(', ') || 'there are';
}
