import { Hono } from 'hono';
import * as v from 'valibot';
import { couponKey } from '../../ledger/coupon.ts';
import {
  MOST_CODES,
  mostRandomCodes,
  newSeed,
  numberedCodes,
  randomCodes,
  type SeriesError,
} from '../../ledger/coupon-series.ts';
import { addCouponSeries } from '../../ledger/coupons/many.ts';
import { reachOfCoupons } from '../../ledger/sales/what-if.ts';
import { listOf, listPath } from '../coupon-list.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { couponsText } from '../pages/coupon-bulk.tsx';
import { SeriesPage, SeriesPreviewPage } from '../pages/coupon-series.tsx';
import { affiliateOptions } from '../queries/affiliates.ts';
import { campaignOptions } from '../queries/campaigns.ts';
import { knownCodes } from '../queries/coupon-series.ts';
import { codeOr, expiryRefusal } from '../refusals.ts';
import { pageFor, render } from '../render.tsx';

const PATH = '/admin/coupons/add-many';
const LONGEST_SUFFIX = 20;

const Typed = v.object({
  prefix: v.string(),
  kind: v.string(),
  from: v.string(),
  to: v.string(),
  length: v.string(),
  count: v.string(),
  campaign: v.string(),
  affiliate: v.string(),
  expiresOn: v.string(),
  seed: v.string(),
  known: v.string(),
});

const BEGINNING = {
  prefix: '',
  kind: 'numbered',
  from: '1',
  to: '10',
  length: '8',
  count: '100',
  campaign: '',
  affiliate: '',
  expiresOn: '',
};

/** Actions › Add +: a form, then a preview that writes nothing, then the coupons. */
export const couponSeriesRoutes = new Hono<App>()
  .get(PATH, async (c) => {
    const asked = c.req.query();
    const typed = Object.entries(BEGINNING).map(([name, value]) => [name, asked[name] ?? value]);
    return render(
      c,
      <SeriesPage {...pageFor(c)} form={blankForm(Object.fromEntries(typed))} {...(await choices(c))} />,
    );
  })

  .post(PATH, async (c) => {
    const { form } = await parseForm(c, Typed);
    const values = { ...form.values, known: 'skip', seed: newSeed() };
    const read = await seriesOf(c, values);
    if ('errors' in read) return again(c, form, read.errors);
    return render(c, <SeriesPreviewPage {...pageFor(c)} form={blankForm(values)} {...read} />);
  })

  .post(`${PATH}/confirm`, async (c) => {
    const { form } = await parseForm(c, Typed);
    const read = await seriesOf(c, form.values);
    if ('errors' in read) return again(c, form, read.errors);
    const { codes, campaign, affiliate, known } = read;
    const terms = {
      campaignId: campaign.id,
      affiliateId: affiliate?.id ?? null,
      expiresOn: form.values.expiresOn || null,
    };
    const by = { userId: signedIn(c).id, now: Date.now() };
    const what = form.values.known === 'skip' ? 'skip' : 'refuse';
    const added = await addCouponSeries({ db: c.env.DB, kv: c.env.COUPONS }, codes, terms, what, by);
    if ('error' in added) {
      const said = withErrors(form, { '': refusedText(known.count) });
      return render(c, <SeriesPreviewPage {...pageFor(c)} form={said} {...read} />, 422);
    }
    const skipped = codes.length - added.added;
    const list = listPath(
      listOf({ ...(form.values.prefix && { q: form.values.prefix }), campaign: String(campaign.id) }),
    );
    return done(c, list, `${couponsText(added.added)} added.${skipped > 0 ? ` ${skippedText(skipped)}` : ''}`);
  });

const refusedText = (count: number) =>
  `${count === 1 ? 'One of these codes exists' : `${count.toLocaleString('en')} of these codes exist`} already, so none was added.`;
const skippedText = (count: number) =>
  `${couponsText(count)} ${count === 1 ? 'was there already and was' : 'were there already and were'} left as ${count === 1 ? 'it is' : 'they are'}.`;

async function choices(c: OfficeContext) {
  const [campaigns, affiliates] = await Promise.all([campaignOptions(c.var.db), affiliateOptions(c.var.db)]);
  return { campaigns, affiliates };
}

async function again(c: OfficeContext, form: FormState, errors: Record<string, string>) {
  return render(c, <SeriesPage {...pageFor(c)} form={withErrors(form, errors)} {...(await choices(c))} />, 422);
}

/** Reads what was typed into the codes that would be added, with those the shop has already; or what is wrong. */
async function seriesOf(c: OfficeContext, values: FormState['values']) {
  const { campaigns, affiliates } = await choices(c);
  const made = await codesOf(values);
  const errors: Record<string, string> = 'errors' in made ? { ...made.errors } : {};
  const campaign = campaigns.find(({ id }) => String(id) === values.campaign);
  if (!campaign) errors.campaign = 'Choose a campaign.';
  const affiliate = affiliates.find(({ id }) => String(id) === values.affiliate) ?? null;
  if (!affiliate && values.affiliate) errors.affiliate = 'Choose an affiliate, or None.';
  const now = Date.now();
  const over = campaign && expiryRefusal(values.expiresOn ?? '', campaign.timeZone, campaign.shopName, now);
  if (over) errors.expiresOn = over;
  if ('errors' in made || !campaign || Object.keys(errors).length > 0) return { errors };
  const known = await knownCodes(c.var.db, campaign.shopId, made.keys, now);
  const terms = { campaignId: campaign.id, affiliateId: affiliate?.id ?? null, expiresOn: values.expiresOn || null };
  const coupons = made.codes.map((code, index) => ({
    code,
    codeKey: made.keys[index]!,
    shopId: campaign.shopId,
    ...terms,
  }));
  return { codes: made.codes, known, campaign, affiliate, reach: await reachOfCoupons(c.env.DB, coupons) };
}

async function codesOf(
  values: FormState['values'],
): Promise<{ codes: string[]; keys: string[] } | { errors: Record<string, string> }> {
  const { kind, from = '', to = '', length = '', count = '', seed = '' } = values;
  const prefix = (values.prefix ?? '').trimStart().normalize('NFC');
  if (kind === 'random') {
    const read = randomOf(length, count);
    if ('errors' in read) return read;
    const drawn = /^[0-9a-f]{32}$/.test(seed) ? seed : newSeed();
    return checked(await randomCodes(prefix, read.value.length, read.value.count, drawn));
  }
  if (kind !== 'numbered') return { errors: { kind: 'Choose what follows the prefix.' } };
  const made = numberedCodes(prefix, from, to);
  if ('value' in made) return checked(made.value);
  if (made.error !== 'not a number') return { errors: { to: NUMBERED[made.error] } };
  const isNumber = (text: string) => 'value' in numberedCodes('', text, text);
  return { errors: { [isNumber(from) ? 'to' : 'from']: NUMBERED[made.error] } };
}

const MOST = MOST_CODES.toLocaleString('en');
const NUMBERED: Record<SeriesError, string> = {
  'not a number': 'Write a whole number, digits only, such as 1 or 001.',
  'wrong order': 'This is less than what it begins from.',
  'too many': `These are more than ${MOST} coupons. Add them in several goes.`,
};

function randomOf(
  lengthText: string,
  countText: string,
): { value: { length: number; count: number } } | { errors: Record<string, string> } {
  const length = wholeOf(lengthText);
  const count = wholeOf(countText);
  const errors: Record<string, string> = {};
  if (!(length >= 1 && length <= LONGEST_SUFFIX)) errors.length = `Write a whole number, 1 to ${LONGEST_SUFFIX}.`;
  if (!(count >= 1 && count <= MOST_CODES)) errors.count = `Write a whole number, 1 to ${MOST}.`;
  if (Object.keys(errors).length === 0 && count > mostRandomCodes(length))
    errors.length = `With ${length} ${length === 1 ? 'character' : 'characters'} there are ${couponsText(mostRandomCodes(length))} at most that are hard to guess. Write a greater length.`;
  return Object.keys(errors).length > 0 ? { errors } : { value: { length, count } };
}

const wholeOf = (text: string) => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN);

/** The codes with their keys, or why they cannot be codes: all differ in their end only, and the last one is the longest. */
function checked(codes: string[]): { codes: string[]; keys: string[] } | { errors: Record<string, string> } {
  const longest = codeOr(codes.at(-1)!);
  if ('refusal' in longest) return { errors: { prefix: longest.refusal } };
  const keys = codes.flatMap((code) => {
    const key = couponKey(code);
    return 'value' in key ? [key.value] : [];
  });
  return keys.length === codes.length
    ? { codes, keys }
    : { errors: { prefix: 'Choose another prefix: some of these cannot be codes.' } };
}
