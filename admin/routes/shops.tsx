import { Hono } from 'hono';
import * as v from 'valibot';
import { SEVERAL_AFFILIATES } from '../../drizzle/schema.ts';
import { createShop, editShop } from '../../ledger/campaigns.ts';
import { isTimeZone } from '../../ledger/coupon.ts';
import { minorDigits } from '../../ledger/money.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, SEEN, seenIn, shownAgain, withErrors } from '../form.ts';
import { ShopPage, ShopsPage } from '../pages/shops.tsx';
import { idOf } from '../queries/keyset.ts';
import { type ShopRow, shopById, shopList } from '../queries/shops.ts';
import { pageFor, problem, render } from '../render.tsx';

/** UTC is no place, and so not in the list; it is a time zone all the same. */
const TIME_ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC'];

const Shop = v.object({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Give the shop a name.'),
    v.maxLength(100, 'Shorten the name to 100 characters.'),
  ),
  address: v.pipe(v.string(), v.trim(), v.maxLength(200, 'Shorten the address to 200 characters.')),
  currency: v.pipe(
    v.string(),
    v.nonEmpty('Choose the currency.'),
    v.check((currency) => minorDigits(currency) !== undefined, 'This is no currency we know. Choose one of the list.'),
  ),
  signUpOpen: v.pipe(
    v.optional(v.literal('on')),
    v.transform((on) => on === 'on'),
  ),
  severalAffiliates: v.optional(v.picklist(SEVERAL_AFFILIATES, 'Choose one of the list.'), 'a person'),
  timeZone: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Choose the time zone.'),
    v.check(isTimeZone, 'This is no time zone we know. Choose one of the list, such as Europe/Lisbon.'),
    v.transform((typed) => TIME_ZONES.find((zone) => zone.toLowerCase() === typed.toLowerCase()) ?? typed),
  ),
  [SEEN]: v.optional(v.string()),
});

const REFUSALS = {
  duplicate: { name: 'You have a shop of this name already.' },
  currency: {
    currency: 'A shop with sales or fixed commissions keeps its currency. For another currency, add another shop.',
  },
  'changed meanwhile': {
    '': 'Somebody else has changed this shop meanwhile. Look at it again, and save what you want changed.',
  },
} as const;

const page = (c: OfficeContext, form: FormState, shop: ShopRow | null) =>
  render(
    c,
    <ShopPage {...pageFor(c)} form={form} shop={shop} timeZones={TIME_ZONES} officeUrl={c.env.OFFICE_URL} />,
    Object.keys(form.errors).length > 0 ? 422 : 200,
  );

export const shopsRoutes = new Hono<App>()
  .get('/admin/settings/shops', async (c) => render(c, <ShopsPage {...pageFor(c)} shops={await shopList(c.var.db)} />))

  .get('/admin/settings/shops/new', (c) => page(c, blankForm(), null))

  .post('/admin/settings/shops/new', async (c) => {
    const parsed = await parseForm(c, Shop);
    if (!parsed.ok) return page(c, parsed.form, null);
    const by = { userId: signedIn(c).id, now: Date.now() };
    const made = await createShop(c.env.DB, parsed.values, by);
    if ('error' in made) return page(c, withErrors(parsed.form, REFUSALS[made.error]), null);
    return done(c, '/admin/settings/shops', `${parsed.values.name} added. Next, add a campaign for it.`);
  })

  .get('/admin/settings/shops/:id', async (c) => {
    const shop = await shopAsked(c);
    if (!shop) return problem(c, 404);
    const { name, address, currency, timeZone, severalAffiliates, signUpOpen, updatedAt } = shop;
    const told = { name, address, currency, timeZone, severalAffiliates };
    const values = { ...told, signUpOpen: signUpOpen ? 'on' : '', [SEEN]: String(updatedAt) };
    return page(c, blankForm(values), shop);
  })

  .post('/admin/settings/shops/:id', async (c) => {
    const shop = await shopAsked(c);
    if (!shop) return problem(c, 404);
    const parsed = await parseForm(c, Shop);
    if (!parsed.ok) return page(c, parsed.form, shop);
    const by = { userId: signedIn(c).id, now: Date.now() };
    const saved = await editShop(c.env.DB, shop.id, parsed.values, by, seenIn(parsed.form));
    if ('id' in saved) return done(c, '/admin/settings/shops', `${parsed.values.name} saved.`);
    if (saved.error === 'duplicate' || saved.error === 'currency')
      return page(c, withErrors(parsed.form, REFUSALS[saved.error]), shop);
    const stands = saved.error === 'gone' ? undefined : await shopAsked(c);
    return stands ? page(c, shownAgain(parsed.form, 'shop', stands.updatedAt), stands) : problem(c, 404);
  });

async function shopAsked(c: OfficeContext): Promise<ShopRow | undefined> {
  const id = idOf(c.req.param('id'));
  return id === undefined ? undefined : shopById(c.var.db, id);
}
