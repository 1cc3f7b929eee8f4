import { Hono } from 'hono';
import { minorDigits } from '../../../ledger/money.ts';
import { type App, signedInAffiliate } from '../../env.ts';
import { OwnCommissionsPage } from '../../pages/affiliate/commissions.tsx';
import { ownCommissions } from '../../queries/affiliate/commissions.ts';
import { campaignsEarned } from '../../queries/affiliate/sales.ts';
import { dayIn } from '../../queries/days.ts';
import { idOf, placeOf } from '../../queries/keyset.ts';
import { pageFor, render } from '../../render.tsx';

const STATUSES = ['earned', 'pending', 'approved', 'paid', 'declined'] as const;

export const ownCommissionsRoutes = new Hono<App>().get('/affiliate/commissions', async (c) => {
  const affiliateId = signedInAffiliate(c);
  const asked = c.req.query();
  const filter = {
    status: STATUSES.find((status) => status === asked.status),
    campaignId: idOf(asked.campaign),
    couponId: idOf(asked.coupon),
    saleId: idOf(asked.sale),
    currency: minorDigits(asked.currency ?? '') === undefined ? undefined : asked.currency,
    from: dayIn(asked.from),
    until: dayIn(asked.until),
  };
  const query = {
    status: filter.status ?? '',
    campaign: String(filter.campaignId ?? ''),
    coupon: String(filter.couponId ?? ''),
    sale: String(filter.saleId ?? ''),
    currency: filter.currency ?? '',
    from: filter.from ?? '',
    until: filter.until ?? '',
  };
  const [commissions, campaigns] = await Promise.all([
    ownCommissions(c.var.db, affiliateId, filter, placeOf(asked)),
    campaignsEarned(c.var.db, affiliateId),
  ]);
  return render(c, <OwnCommissionsPage {...pageFor(c)} {...{ commissions, query, campaigns }} />);
});
