import { Hono } from 'hono';
import * as v from 'valibot';
import type { App, OfficeContext } from '../env.ts';
import { blankForm, Email, type FormState, NewPassword, PersonName, parseForm } from '../form.ts';
import { AppliedPage, SignUpPage } from '../pages/sign-up.tsx';
import { hashPassword } from '../password.ts';
import { idOf } from '../queries/keyset.ts';
import { shopById } from '../queries/shops.ts';
import { pageFor, problem, render } from '../render.tsx';
import { applyTo } from '../sign-up.ts';

const Application = v.object({
  name: PersonName,
  email: Email,
  password: NewPassword,
  about: v.pipe(v.string(), v.trim(), v.maxLength(2000, 'Shorten this to 2,000 characters.')),
  website: v.string(),
});

export const signUpRoutes = new Hono<App>()
  .get('/join/:shop', async (c) => {
    const shop = await openShop(c);
    if (!shop) return problem(c, 404);
    return render(c, <SignUpPage {...pageFor(c)} form={blankForm()} shop={shop} />);
  })

  .post('/join/:shop', async (c) => {
    const shop = await openShop(c);
    if (!shop) return problem(c, 404);
    const { success } = await c.env.SIGN_IN_ATTEMPTS.limit({ key: `join ${c.req.header('cf-connecting-ip') ?? ''}` });
    if (!success) return problem(c, 429);
    const parsed = await parseForm(c, Application);
    if (!parsed.ok) return again(c, parsed.form, shop);
    const { name, email, password, about, website } = parsed.values;
    // A robot is thanked as well, so that it learns nothing.
    if (website === '') {
      const account = { name, email, passwordHash: await hashPassword(password) };
      await applyTo(c.env.DB, shop.id, account, about, Date.now());
    }
    return c.redirect(`/join/${shop.id}/thanks`, 303);
  })

  .get('/join/:shop/thanks', async (c) => {
    const shop = await openShop(c);
    if (!shop) return problem(c, 404);
    return render(c, <AppliedPage {...pageFor(c)} shop={shop} />);
  });

const again = (c: OfficeContext, form: FormState, shop: { id: number; name: string }) =>
  render(c, <SignUpPage {...pageFor(c)} form={form} shop={shop} />, 422);

/** The shop in the address, if its sign-up is open: another shop's name is told to nobody. */
async function openShop(c: OfficeContext) {
  const id = idOf(c.req.param('shop'));
  const shop = id === undefined ? undefined : await shopById(c.var.db, id);
  return shop?.signUpOpen ? shop : undefined;
}
