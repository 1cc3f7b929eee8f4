import { Hono } from 'hono';
import * as v from 'valibot';
import { inviteAdministrator, removeAdministrator, withdrawInvitation } from '../administrators.ts';
import { type Carried, carried, carry, putDown } from '../carried.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, Email, type FormState, parseForm, withErrors } from '../form.ts';
import { AdministratorsPage, InviteAdministratorPage, RemoveAdministratorPage } from '../pages/administrators.tsx';
import { administratorById, administratorList, openInvitations } from '../queries/administrators.ts';
import { pageFor, problem, render } from '../render.tsx';

const PATH = '/admin/settings/administrators';
const LINK: Carried = { name: 'administrator-invitation', path: PATH, seconds: 60 };

const by = (c: OfficeContext) => ({ userId: signedIn(c).id, now: Date.now() });

const invitePage = (c: OfficeContext, form: FormState) =>
  render(c, <InviteAdministratorPage {...pageFor(c)} form={form} />, Object.keys(form.errors).length > 0 ? 422 : 200);

export const administratorsRoutes = new Hono<App>()
  .get(PATH, async (c) => {
    const [administrators, invitations, token] = await Promise.all([
      administratorList(c.var.db),
      openInvitations(c.var.db, Date.now()),
      carried(c, LINK),
    ]);
    if (token) putDown(c, LINK);
    const link = token && `${c.env.OFFICE_URL}/invitation/${token}`;
    return render(c, <AdministratorsPage {...pageFor(c)} {...{ administrators, invitations, link }} />);
  })

  .get(`${PATH}/invite`, (c) => invitePage(c, blankForm()))

  .post(`${PATH}/invite`, async (c) => {
    const parsed = await parseForm(c, v.object({ email: Email }));
    if (!parsed.ok) return invitePage(c, parsed.form);
    const { email } = parsed.values;
    const invited = await inviteAdministrator(c.env.DB, email, by(c));
    if ('error' in invited)
      return invitePage(c, withErrors(parsed.form, { email: 'Somebody here has this e-mail address already.' }));
    await carry(c, LINK, invited.token);
    return done(c, PATH, `${email} is invited. Send them the link below.`);
  })

  .post(`${PATH}/invitations/:hash/withdraw`, async (c) => {
    const withdrawn = await withdrawInvitation(c.env.DB, c.req.param('hash'), by(c));
    return withdrawn
      ? done(c, PATH, 'The invitation is withdrawn: its link does not work any more.')
      : done(c, PATH, 'This invitation was used or had ended already.', 'bad');
  })

  .get(`${PATH}/:id/remove`, async (c) => {
    const administrator = await administratorById(c.var.db, c.req.param('id'));
    if (!administrator) return problem(c, 404);
    return render(c, <RemoveAdministratorPage {...pageFor(c)} administrator={administrator} />);
  })

  .post(`${PATH}/:id/remove`, async (c) => {
    const administrator = await administratorById(c.var.db, c.req.param('id'));
    if (!administrator) return problem(c, 404);
    const { id, name } = administrator;
    const outcome = await removeAdministrator(c.env.DB, id, by(c));
    if (outcome === 'gone') return problem(c, 404);
    if (outcome === 'last') return done(c, PATH, `${name} is the only administrator, and stays.`, 'bad');
    return id === signedIn(c).id
      ? done(c, '/sign-in', 'You are not an administrator here any more.')
      : done(c, PATH, `${name} is removed, and signed out everywhere.`);
  });
