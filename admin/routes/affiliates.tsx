import { Hono } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import * as v from 'valibot';
import { AFFILIATE_STATUSES } from '../../drizzle/schema.ts';
import { changeStatus, createAffiliate, editAffiliate } from '../../ledger/affiliates.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, SEEN, seenIn, shownAgain, withErrors } from '../form.ts';
import { invite } from '../invitations.ts';
import { AffiliateFormPage, AffiliatePage, AffiliatesPage, CHANGES, StatusChangePage } from '../pages/affiliates.tsx';
import { type AffiliateDetail, affiliateById, affiliatePage, couponsOf } from '../queries/affiliates.ts';
import { historyOf } from '../queries/audit-log.ts';
import { commissionSums } from '../queries/commissions.ts';
import { idOf, placeOf } from '../queries/keyset.ts';
import { payoutDetailsOf } from '../queries/payout-details.ts';
import { latestSalesOf } from '../queries/sales.ts';
import { pageFor, problem, render } from '../render.tsx';

const COUPONS_SHOWN = 20;
const SALES_SHOWN = 10;

const Details = v.object({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Give the affiliate a name.'),
    v.maxLength(100, 'Shorten the name to 100 characters.'),
  ),
  email: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Give an e-mail address: they sign in with it.'),
    v.email('This is no e-mail address. It looks like maria@example.com.'),
    v.maxLength(254, 'This e-mail address is too long.'),
  ),
  note: v.pipe(v.string(), v.trim(), v.maxLength(2000, 'Shorten the note to 2,000 characters.')),
  [SEEN]: v.optional(v.string()),
});

const DUPLICATE = { email: 'Somebody has this e-mail address already.' };

export const affiliatesRoutes = new Hono<App>()
  .get('/admin/affiliates', async (c) => {
    const search = c.req.query('q')?.trim().slice(0, 200) ?? '';
    const status = AFFILIATE_STATUSES.find((one) => one === c.req.query('status'));
    const affiliates = await affiliatePage(c.var.db, { search, status }, placeOf(c.req.query()));
    const query = { q: search, status: status ?? '' };
    return render(c, <AffiliatesPage {...pageFor(c)} affiliates={affiliates} query={query} />);
  })

  .get('/admin/affiliates/new', (c) => formPage(c, blankForm(), null))

  .post('/admin/affiliates/new', async (c) => {
    const parsed = await parseForm(c, Details);
    if (!parsed.ok) return formPage(c, parsed.form, null);
    const by = { userId: signedIn(c).id, now: Date.now() };
    const made = await createAffiliate(c.env.DB, parsed.values, by);
    if ('error' in made) return formPage(c, withErrors(parsed.form, DUPLICATE), null);
    await handOutLink(c, made.id);
    return done(c, `/admin/affiliates/${made.id}`, `${parsed.values.name} added. Send them the link below.`);
  })

  .get('/admin/affiliates/:id', async (c) => {
    const affiliate = await affiliateAsked(c);
    if (!affiliate) return problem(c, 404);
    const { db } = c.var;
    const [coupons, sales, sums, invitationLink, history, payout] = await Promise.all([
      couponsOf(db, affiliate.id, COUPONS_SHOWN),
      latestSalesOf(db, affiliate.id, SALES_SHOWN),
      commissionSums(db, { affiliateId: affiliate.id }),
      takeLink(c, affiliate.id),
      historyOf(db, 'affiliates', affiliate.id),
      payoutDetailsOf(db, affiliate.id),
    ]);
    const found = { affiliate, coupons, sales, sums, invitationLink, history, payout };
    return render(c, <AffiliatePage {...pageFor(c)} {...found} />);
  })

  .get('/admin/affiliates/:id/edit', async (c) => {
    const affiliate = await affiliateAsked(c);
    if (!affiliate) return problem(c, 404);
    const { name, email, note, updatedAt } = affiliate;
    return formPage(c, blankForm({ name, email, note, [SEEN]: String(updatedAt) }), affiliate);
  })

  .post('/admin/affiliates/:id/edit', async (c) => {
    const affiliate = await affiliateAsked(c);
    if (!affiliate) return problem(c, 404);
    const parsed = await parseForm(c, Details);
    if (!parsed.ok) return formPage(c, parsed.form, affiliate);
    const by = { userId: signedIn(c).id, now: Date.now() };
    const saved = await editAffiliate(c.env.DB, affiliate.id, parsed.values, by, seenIn(parsed.form));
    if ('id' in saved) return done(c, `/admin/affiliates/${affiliate.id}`, `${parsed.values.name} saved.`);
    if (saved.error === 'duplicate') return formPage(c, withErrors(parsed.form, DUPLICATE), affiliate);
    const stands = saved.error === 'gone' ? undefined : await affiliateAsked(c);
    return stands ? formPage(c, shownAgain(parsed.form, 'affiliate', stands.updatedAt), stands) : problem(c, 404);
  })

  .get('/admin/affiliates/:id/status/:to', async (c) => {
    const affiliate = await affiliateAsked(c);
    const change = changeAsked(c, affiliate);
    if (!affiliate || !change) return problem(c, 404);
    return render(c, <StatusChangePage {...pageFor(c)} affiliate={affiliate} change={change} />);
  })

  .post('/admin/affiliates/:id/status/:to', async (c) => {
    const affiliate = await affiliateAsked(c);
    const change = changeAsked(c, affiliate);
    if (!affiliate || !change) return problem(c, 404);
    const { id, name, status } = affiliate;
    const by = { userId: signedIn(c).id, now: Date.now() };
    const changed = await changeStatus(c.env.DB, id, { from: status, to: change.to }, by);
    if ('error' in changed)
      return done(
        c,
        `/admin/affiliates/${id}`,
        `Somebody changed ${name}’s status meanwhile, so nothing was done.`,
        'bad',
      );
    return done(c, `/admin/affiliates/${id}`, `${name} is ${change.to} now.`);
  })

  .post('/admin/affiliates/:id/invitation', async (c) => {
    const affiliate = await affiliateAsked(c);
    if (!affiliate) return problem(c, 404);
    const path = `/admin/affiliates/${affiliate.id}`;
    if (affiliate.status !== 'active' && affiliate.status !== 'pending')
      return done(c, path, `${affiliate.name} is ${affiliate.status}: activate them first.`, 'bad');
    await handOutLink(c, affiliate.id);
    return done(c, path, 'A new link is below. Links given out before have stopped working.');
  });

const formPage = (c: OfficeContext, form: FormState, affiliate: AffiliateDetail | null) =>
  render(
    c,
    <AffiliateFormPage {...pageFor(c)} form={form} affiliate={affiliate} />,
    Object.keys(form.errors).length > 0 ? 422 : 200,
  );

async function affiliateAsked(c: OfficeContext): Promise<AffiliateDetail | undefined> {
  const id = idOf(c.req.param('id'));
  return id === undefined ? undefined : affiliateById(c.var.db, id);
}

const changeAsked = (c: OfficeContext, affiliate: AffiliateDetail | undefined) =>
  CHANGES.find(({ to, from }) => to === c.req.param('to') && affiliate && from.includes(affiliate.status));

const LINK_COOKIE = 'counterfoil.invitation';

/** Makes an invitation and carries its link to the affiliate's page in a signed cookie of a minute: no record keeps it. */
async function handOutLink(c: OfficeContext, affiliateId: number) {
  const token = await invite(c.env.DB, affiliateId, signedIn(c).id, Date.now());
  await setSignedCookie(c, LINK_COOKIE, token, c.env.AUTH_SECRET, {
    path: `/admin/affiliates/${affiliateId}`,
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.env.OFFICE_URL.startsWith('https:'),
    maxAge: 60,
  });
}

/** The link just made, to be shown this once, or null. */
async function takeLink(c: OfficeContext, affiliateId: number): Promise<string | null> {
  const token = await getSignedCookie(c, c.env.AUTH_SECRET, LINK_COOKIE);
  if (!token) return null;
  deleteCookie(c, LINK_COOKIE, { path: `/admin/affiliates/${affiliateId}` });
  return `${c.env.OFFICE_URL}/invitation/${token}`;
}
