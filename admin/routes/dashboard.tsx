import { Hono } from 'hono';
import type { App } from '../env.ts';
import { DashboardPage, FirstStepsPage } from '../pages/dashboard.tsx';
import { commissionSums, countPending } from '../queries/commissions.ts';
import { countRequests } from '../queries/coupon-requests.ts';
import { begun, countApplicants, couponCounts, soldByDay, tops } from '../queries/dashboard.ts';
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
  const [sold, best, sums, pendingCount, waiting, counts, applicants, requests] = await Promise.all([
    soldByDay(db, { from: both[0]!, until: days.at(-1)! }),
    tops(db, { from: days[0]!, until: days.at(-1)! }),
    commissionSums(db, {}),
    countPending(db, {}),
    countWaiting(db),
    couponCounts(db, zones, now),
    countApplicants(db),
    countRequests(db),
  ]);
  const pending = sums.flatMap(({ currency, pendingMinor }) =>
    pendingMinor === 0n ? [] : [{ currency, amountMinor: pendingMinor }],
  );
  const daysBefore = both.slice(0, period);
  const found = {
    period,
    days,
    daysBefore,
    sold,
    tops: best,
    pending,
    pendingCount,
    waiting,
    couponCounts: counts,
    applicants,
    requests,
  };
  return render(c, <DashboardPage {...pageFor(c)} {...found} />);
});
