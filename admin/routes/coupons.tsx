import { Hono } from 'hono';
import * as v from 'valibot';
import { couponKey, expiresAt } from '../../ledger/coupon.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { type Reach, reachOfCoupons, reachOfOwner } from '../../ledger/sales/what-if.ts';
import { listPath } from '../coupon-list.ts';
import { csvFile } from '../csv-out.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { CouponPage } from '../pages/coupon.tsx';
import { CouponsPage, NewCouponPage } from '../pages/coupons.tsx';
import { COUPONS_CSV } from '../pages/exports.ts';
import { type AffiliateOption, affiliateOptions } from '../queries/affiliates.ts';
import { historyOfCoupon } from '../queries/audit-log.ts';
import { eachOf } from '../queries/batches.ts';
import { type CampaignOption, campaignOptions } from '../queries/campaigns.ts';
import { type Coupon, couponById, type Rival, rivalOf } from '../queries/coupon.ts';
import { waitingRequests } from '../queries/coupon-requests.ts';
import { type CouponSort, couponBatches, couponFilterOf, couponPage, todayOf } from '../queries/coupons.ts';
import { idOf, placeOf } from '../queries/keyset.ts';
import { codeOr, expiryRefusal } from '../refusals.ts';
import { pageFor, problem, render } from '../render.tsx';
import { reachText } from '../ui/reach.tsx';
import { dayText } from '../ui/when.tsx';
import { couponBulkRoutes } from './coupon-bulk.tsx';
import { couponRequestsRoutes } from './coupon-requests.tsx';
import { couponSeriesRoutes } from './coupon-series.tsx';

const PATH = '/admin/coupons';

/** Read against what there is to choose from, by `termsOf`, so that all that is wrong is said at once. */
const Typed = v.object({
  code: v.string(),
  campaign: v.string(),
  affiliate: v.string(),
  expiresOn: v.string(),
  keepUntil: v.string(),
  alsoEarlier: v.optional(v.literal('on')),
  /** What the person was told that it does to orders of before. */
  reach: v.optional(v.string()),
  revision: v.string(),
});

export const couponsRoutes = new Hono<App>()
  .route('/', couponSeriesRoutes)
  .route('/', couponBulkRoutes)
  .route('/', couponRequestsRoutes)

  .get(`${PATH}.csv`, async (c) => {
    const today = todayOf(await campaignOptions(c.var.db), Date.now());
    const rows = couponBatches(c.var.db, couponFilterOf(c.req.query()), today);
    return csvFile('coupons.csv', COUPONS_CSV.head, eachOf(rows, COUPONS_CSV.cells));
  })

  .get(PATH, async (c) => {
    const [{ campaigns, affiliates }, requests] = await Promise.all([choices(c), waitingRequests(c.var.db)]);
    const query = c.req.query();
    const sort = sortOf(query.sort);
    const today = todayOf(campaigns, Date.now());
    const page = await couponPage(c.var.db, couponFilterOf(query), sort, placeOf(query), today);
    return render(c, <CouponsPage {...pageFor(c)} {...{ query, sort, page, campaigns, affiliates, requests }} />);
  })

  .get(`${PATH}/new`, async (c) => {
    const { code = '', campaign = '', affiliate = '' } = c.req.query();
    const form = blankForm({ code, campaign, affiliate, expiresOn: '' });
    return render(c, <NewCouponPage {...pageFor(c)} form={form} {...(await choices(c))} />);
  })

  .post(`${PATH}/new`, async (c) => {
    const offered = await choices(c);
    const by = { userId: signedIn(c).id, now: Date.now() };
    const { form } = await parseForm(c, Typed);
    const read = termsOf(form.values, offered, by.now, null);
    const refuse = async (errors: Record<string, string>) => {
      const rival = await rivalTo(c, form.values);
      const said = withErrors(form, { ...duplicateOf(rival), ...errors });
      return render(c, <NewCouponPage {...pageFor(c)} form={said} rival={rival} {...offered} />, 422);
    };
    if ('errors' in read) return refuse(read.errors);
    const { code, codeKey, shopId, terms } = read;
    const reach = await reachOfCoupons(c.env.DB, [{ code, codeKey, shopId, ...terms }]);
    if (reach.orders > 0 && form.values.reach !== reachText(reach))
      return render(c, <NewCouponPage {...pageFor(c)} form={form} reach={reach} {...offered} />, 422);
    const [added] = await addCoupons({ db: c.env.DB, kv: c.env.COUPONS }, [read.code], read.terms, by);
    if (!added || 'error' in added) return refuse({});
    const words = read.affiliate
      ? `${read.affiliate.name} earns with it from now on.`
      : 'It is free for affiliates to request.';
    return done(c, PATH, `${read.code} added. ${words}`);
  })

  .get(`${PATH}/:id`, async (c) => {
    const coupon = await couponAsked(c);
    if (!coupon) return problem(c, 404);
    return couponPageOf(c, coupon, blankForm(typed(coupon)));
  })

  .post(`${PATH}/:id`, async (c) => {
    const coupon = await couponAsked(c);
    if (!coupon) return problem(c, 404);
    if (coupon.status === 'deleted') return done(c, `${PATH}/${coupon.id}`, DELETED_MEANWHILE, 'bad');
    const offered = await choices(c);
    const by = { userId: signedIn(c).id, now: Date.now() };
    const { form } = await parseForm(c, Typed);
    const read = termsOf(form.values, offered, by.now, coupon);
    if ('errors' in read) return couponPageOf(c, coupon, withErrors(form, read.errors));

    const store = { db: c.env.DB, kv: c.env.COUPONS };
    const earlier = form.values.alsoEarlier === 'on' ? { alsoEarlier: true as const } : {};
    const changed = { ...read.terms, code: read.code, ...earlier };
    if ('alsoEarlier' in earlier && read.terms.affiliateId !== null) {
      const reach = await reachOfOwner(c.env.DB, [coupon.id], read.terms.affiliateId);
      if (reach.orders > 0 && form.values.reach !== reachText(reach)) return couponPageOf(c, coupon, form, reach);
    }
    const { revision, keepUntil = '' } = form.values;
    const graceEnd = expiresAt(keepUntil, coupon.timeZone);
    const oldCodeUntil = 'value' in graceEnd ? graceEnd.value : undefined;
    const saved = await editCoupon(store, coupon.id, idOf(revision) ?? 0, changed, by, oldCodeUntil);
    if ('id' in saved) {
      const keeps = oldCodeUntil !== undefined && isAnother(read.code, coupon.code);
      const grace = keeps ? ` ${coupon.code} works until ${dayText(keepUntil)} too.` : '';
      return done(c, listPath(c.req.query('list')), `${read.code} saved.${grace}`);
    }
    if (saved.error === 'gone') return done(c, `${PATH}/${coupon.id}`, DELETED_MEANWHILE, 'bad');
    if (saved.error !== 'changed meanwhile') return couponPageOf(c, coupon, form);
    // Shown against what stands by now, so that saving again is a choice.
    const stands = (await couponAsked(c)) ?? coupon;
    const again = { values: { ...form.values, revision: String(stands.revision) }, errors: {} };
    return couponPageOf(c, stands, withErrors(again, { '': changedMeanwhile(stands) }));
  });

const DELETED_MEANWHILE = 'Somebody deleted this coupon meanwhile, so nothing was saved.';

const changedMeanwhile = ({ code, campaignName, affiliateName, expiresOn }: Coupon) =>
  `Somebody changed this coupon while you had it open. It now is ${code}, of the campaign ${campaignName}, ` +
  `${affiliateName ? `owned by ${affiliateName}` : 'free'}, and ` +
  `${expiresOn ? `expires on ${dayText(expiresOn)}` : 'never expires'}. Save again to have it as it stands below.`;

type Choices = { campaigns: CampaignOption[]; affiliates: AffiliateOption[] };

async function choices(c: OfficeContext): Promise<Choices> {
  const [campaigns, affiliates] = await Promise.all([campaignOptions(c.var.db), affiliateOptions(c.var.db)]);
  return { campaigns, affiliates };
}

async function couponAsked(c: OfficeContext): Promise<Coupon | undefined> {
  const id = idOf(c.req.param('id'));
  return id === undefined ? undefined : couponById(c.var.db, id, Date.now());
}

/** A coupon's page: 422 where its form comes back. Only campaigns of its own shop are offered. */
async function couponPageOf(c: OfficeContext, coupon: Coupon, form: FormState, reach?: Reach) {
  const { campaigns, affiliates } = await choices(c);
  const history = await historyOfCoupon(c.var.db, coupon.id);
  const rival = await rivalTo(c, { ...form.values, campaign: String(coupon.campaignId) }, coupon.id);
  const said = rival ? withErrors(form, duplicateOf(rival)) : form;
  const status = reach || Object.keys(said.errors).length > 0 ? 422 : 200;
  const own = campaigns.filter(({ shopId }) => shopId === coupon.shopId);
  return render(
    c,
    <CouponPage
      {...pageFor(c)}
      {...{ coupon, affiliates, rival, history, reach }}
      form={said}
      campaigns={own}
      list={c.req.query('list') ?? ''}
    />,
    status,
  );
}

/** A coupon as the form's fields show it. */
const typed = ({ code, campaignId, affiliateId, expiresOn, revision }: Coupon) => ({
  code,
  campaign: String(campaignId),
  affiliate: affiliateId === null ? '' : String(affiliateId),
  expiresOn: expiresOn ?? '',
  revision: String(revision),
});

/** Reads what was typed against what can be chosen. `before` is the coupon that is edited: its day may be over. */
function termsOf(
  { code: typedCode = '', campaign = '', affiliate = '', expiresOn = '', keepUntil = '' }: FormState['values'],
  { campaigns, affiliates }: Choices,
  now: number,
  before: Coupon | null,
) {
  const errors: Record<string, string> = {};
  const code = typedCode.trim();
  const key = codeOr(code);
  if ('refusal' in key) errors.code = key.refusal;
  const under = campaigns.find(({ id }) => String(id) === campaign);
  if (!under) errors.campaign = 'Choose a campaign.';
  else if (before && under.shopId !== before.shopId)
    errors.campaign = `${under.name} is a campaign of ${under.shopName}. A coupon stays in its shop: choose one of ${before.shopName}.`;
  const owner = affiliates.find(({ id }) => String(id) === affiliate) ?? null;
  if (!owner && affiliate !== '') errors.affiliate = 'Choose an affiliate, or None.';
  const stays = before !== null && expiresOn === (before.expiresOn ?? '');
  const over = under && !stays && expiryRefusal(expiresOn, under.timeZone, under.shopName, now);
  if (over) errors.expiresOn = over;
  const grace = before && expiryRefusal(keepUntil, before.timeZone, before.shopName, now);
  if (grace) errors.keepUntil = grace;
  if (!under || !('value' in key) || Object.keys(errors).length > 0) return { errors };
  const terms = { campaignId: under.id, affiliateId: owner?.id ?? null, expiresOn: expiresOn || null };
  return { code, codeKey: key.value, shopId: under.shopId, terms, affiliate: owner };
}

/** The other coupon of the shop that has the code typed. */
async function rivalTo(c: OfficeContext, { code = '', campaign }: FormState['values'], self?: number) {
  const key = couponKey(code);
  const campaignId = idOf(campaign);
  if ('error' in key || campaignId === undefined) return undefined;
  const rival = await rivalOf(c.var.db, campaignId, key.value, Date.now());
  return rival?.id === self ? undefined : rival;
}

function duplicateOf(rival: Rival | undefined): Record<string, string> {
  if (!rival) return {};
  const { code, oldUntil } = rival;
  if (oldUntil === null) return { code: `${code} is a coupon of this shop already.` };
  return { code: `Until ${dayText(oldUntil)} this still is an old code of ${code}.` };
}

/** Whether a code was changed in more than its letters' case. */
function isAnother(code: string, before: string): boolean {
  const [key, old] = [couponKey(code), couponKey(before)];
  return 'value' in key && 'value' in old && key.value !== old.value;
}

function sortOf(name: string | undefined): CouponSort {
  const by = name?.replace('-', '');
  if (by !== 'added' && by !== 'code' && by !== 'expires') return { by: 'added', direction: 'desc' };
  return { by, direction: name?.startsWith('-') ? 'desc' : 'asc' };
}
