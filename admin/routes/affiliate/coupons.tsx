import { Hono } from 'hono';
import * as v from 'valibot';
import { askForCoupon, requestCoupon } from '../../../ledger/coupons/requests.ts';
import { type App, signedInAffiliate } from '../../env.ts';
import { done } from '../../flash.ts';
import { parseForm } from '../../form.ts';
import { NoCampaignPage, OwnCouponsPage } from '../../pages/affiliate/coupons.tsx';
import { ownCampaigns, ownCoupons, ownRequests } from '../../queries/affiliate/coupons.ts';
import { idOf, placeOf } from '../../queries/keyset.ts';
import { pageFor, render } from '../../render.tsx';

const PATH = '/affiliate/coupons';

export const ownCouponsRoutes = new Hono<App>()
  .get(PATH, async (c) => {
    const affiliateId = signedInAffiliate(c);
    const now = Date.now();
    const [campaigns, requests] = await Promise.all([
      ownCampaigns(c.var.db, affiliateId, now),
      ownRequests(c.var.db, affiliateId),
    ]);
    const asked = idOf(c.req.query('campaign'));
    const campaign = campaigns.find(({ id }) => id === asked) ?? campaigns[0];
    if (!campaign) return render(c, <NoCampaignPage {...pageFor(c)} requests={requests} />);
    const coupons = await ownCoupons(c.var.db, affiliateId, campaign, placeOf(c.req.query()), now);
    return render(c, <OwnCouponsPage {...pageFor(c)} {...{ campaigns, campaign, coupons, requests }} />);
  })

  .post(`${PATH}/request`, async (c) => {
    const affiliateId = signedInAffiliate(c);
    const now = Date.now();
    const { form } = await parseForm(c, v.object({ campaign: v.string() }));
    const campaignId = idOf(form.values.campaign);
    if (campaignId === undefined) return done(c, PATH, 'Choose a campaign first.', 'bad');

    const back = `${PATH}?campaign=${campaignId}`;
    const coupon = await requestCoupon({ db: c.env.DB, kv: c.env.COUPONS }, campaignId, affiliateId, now);
    if (coupon) return done(c, back, `You have a new coupon: ${coupon.code}.`);
    if (await askForCoupon(c.env.DB, campaignId, affiliateId, now)) return done(c, back, WAITS);
    const campaign = (await ownCampaigns(c.var.db, affiliateId, now)).find(({ id }) => id === campaignId);
    if (campaign?.waiting) return done(c, back, WAITS);
    if (campaign?.limitReached)
      return done(c, back, `You have as many coupons of ${campaign.name} as each affiliate may have.`, 'bad');
    return done(c, back, 'No free coupon is left in this campaign. Look in again later.', 'bad');
  });

const WAITS = 'Your request waits for an answer. You find it here.';
