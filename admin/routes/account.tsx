import { Hono } from 'hono';
import * as v from 'valibot';
import { changePassword } from '../auth.ts';
import type { App } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, NewPassword, parseForm, withErrors } from '../form.ts';
import { AccountPage } from '../pages/account.tsx';
import { pageFor, problem, render } from '../render.tsx';

const PasswordChange = v.object({
  currentPassword: v.pipe(v.string(), v.nonEmpty('Type the password you have now.')),
  newPassword: NewPassword,
});

export const accountRoutes = new Hono<App>()
  .get('/account', (c) => render(c, <AccountPage {...pageFor(c)} form={blankForm()} />))

  .post('/account', async (c) => {
    const parsed = await parseForm(c, PasswordChange);
    if (!parsed.ok) return render(c, <AccountPage {...pageFor(c)} form={parsed.form} />, 422);
    const outcome = await changePassword(c, parsed.values.currentPassword, parsed.values.newPassword);
    if (outcome === 'too many attempts') return problem(c, 429);
    if (outcome === 'wrong') {
      const form = withErrors(parsed.form, { currentPassword: 'This is not your current password.' });
      return render(c, <AccountPage {...pageFor(c)} form={form} />, 422);
    }
    return done(c, '/account', 'Your password is changed, and your other sessions are signed out.');
  });
