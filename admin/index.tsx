/** The office: the admin panel and the affiliate panel. */
import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { driveAbandoned } from '../ledger/imports/drive.ts';
import { decideAgain } from '../ledger/sales/decide-again.ts';
import { approveDue } from '../ledger/sales/settle.ts';
import { assets } from './assets.ts';
import { openDb } from './auth.ts';
import type { App } from './env.ts';
import { fromElsewhere, guard } from './guard.ts';
import { fileReader } from './import/read.ts';
import { problem } from './render.tsx';
import { accountRoutes } from './routes/account.tsx';
import { administratorsRoutes } from './routes/administrators.tsx';
import { affiliatePanel } from './routes/affiliate/panel.ts';
import { affiliatesRoutes } from './routes/affiliates.tsx';
import { auditLogRoutes } from './routes/audit-log.tsx';
import { campaignsRoutes } from './routes/campaigns.tsx';
import { commissionsRoutes } from './routes/commissions.tsx';
import { couponsRoutes } from './routes/coupons.tsx';
import { dashboardRoutes } from './routes/dashboard.tsx';
import { importsRoutes } from './routes/imports.tsx';
import { invitationRoutes } from './routes/invitation.tsx';
import { offlineSalesRoutes } from './routes/offline-sales.tsx';
import { patternsRoutes } from './routes/patterns.tsx';
import { payoutDetailsRoutes } from './routes/payout-details.tsx';
import { pluginsRoutes, switchedOff } from './routes/plugins.tsx';
import { salesRoutes } from './routes/sales.tsx';
import { secondFactorRoutes } from './routes/second-factor.tsx';
import { settingsRoutes } from './routes/settings.tsx';
import { setupRoutes } from './routes/setup.tsx';
import { shopsRoutes } from './routes/shops.tsx';
import { signInRoutes } from './routes/sign-in.tsx';
import { signUpRoutes } from './routes/sign-up.tsx';
import { trackingCodeRoutes } from './routes/tracking-code.tsx';

export const app = new Hono<App>()
  .use(async (c, next) => {
    c.set('db', openDb(c.env));
    c.set('user', null);
    c.set('affiliateId', null);
    c.set('flash', null);
    c.set('couponsOn', true);
    await next();
    // Pages are one person's; what may be kept (the assets) says so itself.
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  })
  .use((c, next) =>
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        // The test hit is the shop's own tag: a picture from the tracker.
        imgSrc: ["'self'", 'data:', new URL(c.env.TRACKER_URL).origin],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'same-origin',
      xFrameOptions: 'DENY',
      strictTransportSecurity: c.env.OFFICE_URL.startsWith('https:') ? 'max-age=31536000' : false,
    })(c, next),
  )
  .use(fromElsewhere)
  .use(csrf())
  .use(guard)
  .use(switchedOff)
  .route('/', assets)
  .route('/', signInRoutes)
  .route('/', setupRoutes)
  .route('/', invitationRoutes)
  .route('/', signUpRoutes)
  .route('/', accountRoutes)
  .route('/', secondFactorRoutes)
  .route('/', payoutDetailsRoutes)
  .route('/', dashboardRoutes)
  .route('/', affiliatePanel)
  .route('/', campaignsRoutes)
  .route('/', affiliatesRoutes)
  .route('/', salesRoutes)
  .route('/', commissionsRoutes)
  .route('/', settingsRoutes)
  .route('/', shopsRoutes)
  .route('/', pluginsRoutes)
  .route('/', administratorsRoutes)
  .route('/', auditLogRoutes)
  // Before the coupons: /admin/coupons/import is no coupon.
  .route('/', importsRoutes)
  .route('/', couponsRoutes)
  .route('/', offlineSalesRoutes)
  .route('/', trackingCodeRoutes)
  .route('/', patternsRoutes)
  .notFound((c) => problem(c, 404))
  .onError((error, c) => {
    // The only one thrown is csrf's. Nothing of the page is shown to a form from elsewhere.
    if (error instanceof HTTPException)
      return c.text('This form did not come from a page of this office, so nothing was done.', error.status);
    console.error(c.req.method, c.req.path, error);
    return problem(c, 500);
  });

export default {
  fetch: app.fetch,
  // Every five minutes: commissions whose hold is over are approved, orders that something reaches back to are decided
  // again, and imports that nobody drives any more go on. What fails of it does not keep the rest from being done.
  async scheduled(_controller, env) {
    const now = Date.now();
    const store = { db: env.DB, kv: env.COUPONS };
    const chores: [string, () => Promise<unknown>][] = [
      ['orders were not decided again', () => decideAgain(env.DB, ORDERS_DECIDED_AGAIN, now)],
      ['commissions that are due were not approved', () => approveDue(env.DB, now)],
      ['imports did not go on', () => driveAbandoned(store, now, IMPORTS_DRIVEN_MS, fileReader)],
    ];
    for (const [failed, chore] of chores)
      try {
        await chore();
      } catch (error) {
        console.error(`${failed}:`, error);
      }
  },
} satisfies ExportedHandler<App['Bindings']>;

const ORDERS_DECIDED_AGAIN = 2_000;
const IMPORTS_DRIVEN_MS = 20_000;
