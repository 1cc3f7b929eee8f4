import { Hono } from 'hono';
import * as v from 'valibot';
import { acceptAsAdministrator, administratorInvitedBy } from '../administrators.ts';
import { signIn } from '../auth.ts';
import type { App, OfficeContext } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, NewPassword, PersonName, parseForm } from '../form.ts';
import { acceptInvitation, invitedBy } from '../invitations.ts';
import { AdministratorInvitationPage, InvitationOverPage, InvitationPage } from '../pages/invitation.tsx';
import { hashPassword } from '../password.ts';
import { pageFor, render } from '../render.tsx';

const over = (c: OfficeContext) => render(c, <InvitationOverPage {...pageFor(c)} />, 404);
const statusOf = (form: FormState) => (Object.keys(form.errors).length > 0 ? 422 : 200);

export const invitationRoutes = new Hono<App>()
  .get('/invitation/:token', (c) => page(c, c.req.param('token'), blankForm()))

  .post('/invitation/:token', async (c) => {
    const token = c.req.param('token');
    const { DB } = c.env;
    if (await administratorInvitedBy(DB, token, Date.now())) return acceptAdministrator(c, token);
    const invited = await invitedBy(DB, token, Date.now());
    if (!invited) return over(c);
    const parsed = await parseForm(c, v.object({ password: NewPassword }));
    if (!parsed.ok) return page(c, token, parsed.form);

    const passwordHash = await hashPassword(parsed.values.password);
    if (!(await acceptInvitation(DB, token, invited, passwordHash, Date.now()))) return over(c);
    return enter(c, invited.email, parsed.values.password, invited.name);
  });

async function page(c: OfficeContext, token: string, form: FormState) {
  const shown = { ...pageFor(c), form, token };
  const email = await administratorInvitedBy(c.env.DB, token, Date.now());
  if (email) return render(c, <AdministratorInvitationPage {...shown} email={email} />, statusOf(form));
  const invited = await invitedBy(c.env.DB, token, Date.now());
  return invited ? render(c, <InvitationPage {...shown} invited={invited} />, statusOf(form)) : over(c);
}

async function acceptAdministrator(c: OfficeContext, token: string) {
  const email = await administratorInvitedBy(c.env.DB, token, Date.now());
  const parsed = await parseForm(c, v.object({ name: PersonName, password: NewPassword }));
  if (!parsed.ok) return page(c, token, parsed.form);
  const { name, password } = parsed.values;
  const account = { name, passwordHash: await hashPassword(password) };
  if (!email || !(await acceptAsAdministrator(c.env.DB, token, account, Date.now()))) return over(c);
  return enter(c, email, password, name);
}

async function enter(c: OfficeContext, email: string, password: string, name: string) {
  const outcome = await signIn(c, email, password);
  if (outcome === 'code asked') return c.redirect('/sign-in/code', 303);
  return done(c, '/home', `Welcome, ${name}.`);
}
