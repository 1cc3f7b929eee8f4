import { Hono } from 'hono';
import { minorDigits } from '../../../ledger/money.ts';
import { csvFile } from '../../csv-out.ts';
import { type App, signedInAffiliate } from '../../env.ts';
import { OwnCommissionsPage } from '../../pages/affiliate/commissions.tsx';
import { OWN_COMMISSIONS_CSV } from '../../pages/exports.ts';
import { OWN_FILTERS, ownCommissionBatches, ownCommissions, ownSums } from '../../queries/affiliate/commissions.ts';
import { campaignsEarned } from '../../queries/affiliate/sales.ts';
import { eachOf } from '../../queries/batches.ts';
import { dayIn } from '../../queries/days.ts';
import { idOf, placeOf } from '../../queries/keyset.ts';
import { pageFor, render } from '../../render.tsx';

const filterOf = ({ status, campaign, coupon, sale, currency = '', from, until }: Record<string, string>) => ({
  status: OWN_FILTERS.find((one) => one === status),
  campaignId: idOf(campaign),
  couponId: idOf(coupon),
  saleId: idOf(sale),
  currency: minorDigits(currency) === undefined ? undefined : currency,
  from: dayIn(from),
  until: dayIn(until),
});

export const ownCommissionsRoutes = new Hono<App>()
  .get('/affiliate/commissions', async (c) => {
    const affiliateId = signedInAffiliate(c);
    const asked = c.req.query();
    const filter = filterOf(asked);
    const query = {
      status: filter.status ?? '',
      campaign: String(filter.campaignId ?? ''),
      coupon: String(filter.couponId ?? ''),
      sale: String(filter.saleId ?? ''),
      currency: filter.currency ?? '',
      from: filter.from ?? '',
      until: filter.until ?? '',
    };
    const [commissions, sums, campaigns] = await Promise.all([
      ownCommissions(c.var.db, affiliateId, filter, placeOf(asked)),
      ownSums(c.var.db, affiliateId, filter),
      campaignsEarned(c.var.db, affiliateId),
    ]);
    return render(c, <OwnCommissionsPage {...pageFor(c)} {...{ commissions, sums, query, campaigns }} />);
  })

  .get('/affiliate/commissions.csv', (c) => {
    const rows = ownCommissionBatches(c.var.db, signedInAffiliate(c), filterOf(c.req.query()));
    return csvFile('commissions.csv', OWN_COMMISSIONS_CSV.head, eachOf(rows, OWN_COMMISSIONS_CSV.cells));
  });
