import { Hono } from 'hono';
import * as v from 'valibot';
import { signIn } from '../auth.ts';
import type { App, OfficeContext } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, NewPassword, parseForm } from '../form.ts';
import { acceptInvitation, invitedBy } from '../invitations.ts';
import { InvitationOverPage, InvitationPage } from '../pages/invitation.tsx';
import { hashPassword } from '../password.ts';
import { pageFor, render } from '../render.tsx';

const over = (c: OfficeContext) => render(c, <InvitationOverPage {...pageFor(c)} />, 404);

export const invitationRoutes = new Hono<App>()
  .get('/invitation/:token', async (c) => {
    const token = c.req.param('token');
    const invited = await invitedBy(c.env.DB, token, Date.now());
    if (!invited) return over(c);
    return render(c, <InvitationPage {...pageFor(c)} form={blankForm()} token={token} invited={invited} />);
  })

  .post('/invitation/:token', async (c) => {
    const token = c.req.param('token');
    const invited = await invitedBy(c.env.DB, token, Date.now());
    if (!invited) return over(c);
    const parsed = await parseForm(c, v.object({ password: NewPassword }));
    if (!parsed.ok)
      return render(c, <InvitationPage {...pageFor(c)} form={parsed.form} token={token} invited={invited} />, 422);

    const passwordHash = await hashPassword(parsed.values.password);
    if (!(await acceptInvitation(c.env.DB, token, invited, passwordHash, Date.now()))) return over(c);
    await signIn(c, invited.email, parsed.values.password);
    return done(c, '/home', `Welcome, ${invited.name}.`);
  });
