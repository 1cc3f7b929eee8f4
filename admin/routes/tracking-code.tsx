import { Hono } from 'hono';
import * as v from 'valibot';
import { dayOf } from '../../ledger/coupon.ts';
import type { App, OfficeContext } from '../env.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { ReportTable, type Show, TrackingCodePage } from '../pages/tracking-code.tsx';
import { type CampaignOption, campaignOptions } from '../queries/campaigns.ts';
import { couponHints } from '../queries/offline-sales.ts';
import { latestReports } from '../queries/reports.ts';
import { codeOr } from '../refusals.ts';
import { pageFor, render, renderPart } from '../render.tsx';

const PATH = '/admin/tracking-code';

const TestHit = v.object({ coupon: v.pipe(v.string(), v.trim()), amount: v.pipe(v.string(), v.trim()) });

export const trackingCodeRoutes = new Hono<App>()
  .get(PATH, async (c) => {
    const { coupon = '', amount = '10.00' } = c.req.query();
    return page(c, blankForm({ coupon, amount }));
  })

  .get(`${PATH}/reports`, async (c) => {
    const show = showOf(c);
    return renderPart(c, <ReportTable reports={await latestReports(c.var.db, show)} show={show} />);
  })

  // The browser is led back to a page that carries the tag itself, so that the hit takes a customer's whole way.
  .post(PATH, async (c) => {
    const { form } = await parseForm(c, TestHit);
    const { coupon = '', amount = '' } = form.values;
    const key = codeOr(coupon);
    if ('refusal' in key) return page(c, withErrors(form, { coupon: key.refusal }));
    const query = new URLSearchParams({ test: `test-${crypto.randomUUID().slice(0, 8)}`, coupon, amount });
    const campaign = c.req.query('campaign');
    if (campaign) query.set('campaign', campaign);
    return c.redirect(`${PATH}?${query}`, 303);
  });

const showOf = (c: OfficeContext): Show => (c.req.query('show') === 'waiting' ? 'waiting' : 'all');

async function page(c: OfficeContext, form: FormState) {
  const campaigns = await campaignOptions(c.var.db);
  const campaign = campaigns.find(({ id }) => String(id) === c.req.query('campaign')) ?? campaigns[0];
  const show = showOf(c);
  const today = campaign ? dayOf(Date.now(), campaign.timeZone) : '';
  const [hints, reports] = await Promise.all([couponHints(c.var.db, today), latestReports(c.var.db, show)]);
  return render(
    c,
    <TrackingCodePage
      {...pageFor(c)}
      {...{ campaigns, campaign, form, hints, reports, show }}
      trackerUrl={c.env.TRACKER_URL}
      test={campaign ? testHit(c, campaign) : null}
    />,
    Object.keys(form.errors).length > 0 ? 422 : 200,
  );
}

/** The test that the address asks for. The order is random, and earns nothing however often the page is loaded. */
function testHit(c: OfficeContext, { id, currency }: CampaignOption) {
  const { test: order, coupon = '', amount = '' } = c.req.query();
  if (!order) return null;
  const query = new URLSearchParams({ campaign: String(id), amount, order, currency, cc: coupon, test: '1' });
  return { src: `${c.env.TRACKER_URL}/track.gif?${query}`, order };
}
