import { Hono } from 'hono';
import * as v from 'valibot';
import { editProfile } from '../../ledger/profile.ts';
import { changePassword, isOwnPassword } from '../auth.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, Email, type FormState, NewPassword, PersonName, parseForm, withErrors } from '../form.ts';
import { AccountPage, ProfilePage } from '../pages/account.tsx';
import { payoutDetailsOf } from '../queries/payout-details.ts';
import { pageFor, problem, render } from '../render.tsx';

const PasswordChange = v.object({
  currentPassword: v.pipe(v.string(), v.nonEmpty('Type the password you have now.')),
  newPassword: NewPassword,
});

const Profile = v.object({
  name: PersonName,
  email: Email,
  password: v.pipe(v.string(), v.nonEmpty('Type your password, so that we know it is you.')),
});

const statusOf = (form: FormState) => (Object.keys(form.errors).length > 0 ? 422 : 200);

async function accountPage(c: OfficeContext, form: FormState) {
  const { affiliateId } = c.var;
  const payout = affiliateId === null ? null : await payoutDetailsOf(c.var.db, affiliateId);
  return render(c, <AccountPage {...pageFor(c)} form={form} payout={payout} />, statusOf(form));
}

const profilePage = (c: OfficeContext, form: FormState) =>
  render(c, <ProfilePage {...pageFor(c)} form={form} />, statusOf(form));

export const accountRoutes = new Hono<App>()
  .get('/account', (c) => accountPage(c, blankForm()))

  .post('/account', async (c) => {
    const parsed = await parseForm(c, PasswordChange);
    if (!parsed.ok) return accountPage(c, parsed.form);
    const outcome = await changePassword(c, parsed.values.currentPassword, parsed.values.newPassword);
    if (outcome === 'too many attempts') return problem(c, 429);
    if (outcome === 'wrong')
      return accountPage(c, withErrors(parsed.form, { currentPassword: 'This is not your current password.' }));
    return done(c, '/account', 'Your password is changed, and your other sessions are signed out.');
  })

  .get('/account/profile', (c) => {
    const { name, email } = signedIn(c);
    return profilePage(c, blankForm({ name, email }));
  })

  .post('/account/profile', async (c) => {
    const parsed = await parseForm(c, Profile);
    if (!parsed.ok) return profilePage(c, parsed.form);
    const { name, email, password } = parsed.values;
    const known = await isOwnPassword(c, password);
    if (known === 'too many attempts') return problem(c, 429);
    if (known === 'wrong') return profilePage(c, withErrors(parsed.form, { password: 'This is not your password.' }));
    const { id } = signedIn(c);
    const outcome = await editProfile(c.env.DB, id, { name, email }, { userId: id, now: Date.now() });
    if (outcome === 'duplicate')
      return profilePage(c, withErrors(parsed.form, { email: 'This e-mail address cannot be yours: choose another.' }));
    return done(c, '/account', 'Saved. From now on you sign in with this e-mail address.');
  });
