/** The affiliate panel. Each of its routes asks `signedInAffiliate` who it is for, and hands the id to its queries. */
import { Hono } from 'hono';
import type { App } from '../../env.ts';
import { ownCommissionsRoutes } from './commissions.tsx';
import { ownCouponsRoutes } from './coupons.tsx';
import { ownDashboardRoutes } from './dashboard.tsx';
import { ownSalesRoutes } from './sales.tsx';

export const affiliatePanel = new Hono<App>()
  .route('/', ownDashboardRoutes)
  .route('/', ownCouponsRoutes)
  .route('/', ownSalesRoutes)
  .route('/', ownCommissionsRoutes);
