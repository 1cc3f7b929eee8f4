import { Hono } from 'hono';
import type { App } from '../env.ts';
import { DashboardPage, FirstStepsPage } from '../pages/dashboard.tsx';
import { countRequests } from '../queries/coupon-requests.ts';
import { begun, countApplicants, couponCounts, pendingCommissions, soldIn } from '../queries/dashboard.ts';
import { lastDays, periodOf, shopZones } from '../queries/days.ts';
import { countWaiting } from '../queries/reports.ts';
import { pageFor, render } from '../render.tsx';

export const dashboardRoutes = new Hono<App>().get('/admin', async (c) => {
  const { db } = c.var;
  const steps = await begun(db);
  if (Object.values(steps).includes(false)) return render(c, <FirstStepsPage {...pageFor(c)} begun={steps} />);

  const now = Date.now();
  const period = periodOf(c.req.query('days'));
  const zones = await shopZones(db);
  const both = lastDays(2 * period, zones, now);
  const days = both.slice(period);
  const [{ byDay: sold, affiliates, coupons }, pending, waiting, counts, applicants, requests] = await Promise.all([
    soldIn(db, both, days[0]!, zones),
    pendingCommissions(db),
    countWaiting(db),
    couponCounts(db, zones, now),
    countApplicants(db),
    countRequests(db),
  ]);
  const daysBefore = both.slice(0, period);
  const found = {
    period,
    days,
    daysBefore,
    sold,
    affiliates,
    coupons,
    pending,
    waiting,
    couponCounts: counts,
    applicants,
    requests,
  };
  return render(c, <DashboardPage {...pageFor(c)} {...found} />);
});
