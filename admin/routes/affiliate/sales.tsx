import { Hono } from 'hono';
import { csvFile } from '../../csv-out.ts';
import { type App, signedInAffiliate } from '../../env.ts';
import { OwnSalesPage } from '../../pages/affiliate/sales.tsx';
import { OWN_SALES_CSV } from '../../pages/exports.ts';
import { campaignsEarned, ownSaleBatches, ownSales } from '../../queries/affiliate/sales.ts';
import { eachOf } from '../../queries/batches.ts';
import { dayIn } from '../../queries/days.ts';
import { idOf, placeOf } from '../../queries/keyset.ts';
import { pageFor, render } from '../../render.tsx';

const STATUSES = ['confirmed', 'unconfirmed'] as const;

const filterOf = ({ campaign, coupon, status, from, until }: Record<string, string>) => ({
  campaignId: idOf(campaign),
  couponId: idOf(coupon),
  status: STATUSES.find((one) => one === status),
  from: dayIn(from),
  until: dayIn(until),
});

export const ownSalesRoutes = new Hono<App>()
  .get('/affiliate/sales', async (c) => {
    const affiliateId = signedInAffiliate(c);
    const asked = c.req.query();
    const filter = filterOf(asked);
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
  })

  .get('/affiliate/sales.csv', (c) => {
    const rows = ownSaleBatches(c.var.db, signedInAffiliate(c), filterOf(c.req.query()));
    return csvFile('sales.csv', OWN_SALES_CSV.head, eachOf(rows, OWN_SALES_CSV.cells));
  });
