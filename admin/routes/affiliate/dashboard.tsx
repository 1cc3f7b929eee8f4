import { Hono } from 'hono';
import { type App, signedInAffiliate } from '../../env.ts';
import { OwnDashboardPage } from '../../pages/affiliate/dashboard.tsx';
import { ownBalances } from '../../queries/affiliate/commissions.ts';
import { earnedByDay } from '../../queries/affiliate/dashboard.ts';
import { latestOwnSales } from '../../queries/affiliate/sales.ts';
import { lastDays, periodOf, shopZones } from '../../queries/days.ts';
import { pageFor, render } from '../../render.tsx';

const LATEST = 8;

export const ownDashboardRoutes = new Hono<App>().get('/affiliate', async (c) => {
  const affiliateId = signedInAffiliate(c);
  const { db } = c.var;
  const period = periodOf(c.req.query('days'));
  const zones = await shopZones(db);
  const days = lastDays(period, zones, Date.now());
  const [earned, sums, latest] = await Promise.all([
    earnedByDay(db, affiliateId, { from: days[0]!, until: days.at(-1)! }),
    ownBalances(db, affiliateId),
    latestOwnSales(db, affiliateId, LATEST),
  ]);
  return render(c, <OwnDashboardPage {...pageFor(c)} {...{ period, days, earned, sums, latest }} />);
});
