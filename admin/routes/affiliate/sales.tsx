import { Hono } from 'hono';
import { type App, signedInAffiliate } from '../../env.ts';
import { OwnSalesPage } from '../../pages/affiliate/sales.tsx';
import { campaignsEarned, ownSales } from '../../queries/affiliate/sales.ts';
import { dayIn } from '../../queries/days.ts';
import { idOf, placeOf } from '../../queries/keyset.ts';
import { pageFor, render } from '../../render.tsx';

const STATUSES = ['confirmed', 'unconfirmed'] as const;

export const ownSalesRoutes = new Hono<App>().get('/affiliate/sales', async (c) => {
  const affiliateId = signedInAffiliate(c);
  const asked = c.req.query();
  const filter = {
    campaignId: idOf(asked.campaign),
    couponId: idOf(asked.coupon),
    status: STATUSES.find((status) => status === asked.status),
    from: dayIn(asked.from),
    until: dayIn(asked.until),
  };
  const query = {
    campaign: String(filter.campaignId ?? ''),
    coupon: String(filter.couponId ?? ''),
    status: filter.status ?? '',
    from: filter.from ?? '',
    until: filter.until ?? '',
  };
  const [sales, campaigns] = await Promise.all([
    ownSales(c.var.db, affiliateId, filter, placeOf(asked)),
    campaignsEarned(c.var.db, affiliateId),
  ]);
  return render(c, <OwnSalesPage {...pageFor(c)} {...{ sales, query, campaigns }} />);
});
