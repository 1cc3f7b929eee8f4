import { Hono, type MiddlewareHandler } from 'hono';
import * as v from 'valibot';
import { areCouponsOn, switchCoupons } from '../../ledger/settings.ts';
import { type App, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { parseForm } from '../form.ts';
import { PluginsPage, SwitchedOffPage } from '../pages/plugins.tsx';
import { isOfCoupons } from '../plugins.ts';
import { pageFor, problem, render } from '../render.tsx';

/** Behind the guard: what is switched off is not there. Asked of D1 with each request, so that it holds at once. */
export const switchedOff: MiddlewareHandler<App> = async (c, next) => {
  if (!c.var.user) return next();
  c.set('couponsOn', await areCouponsOn(c.env.DB));
  if (c.var.couponsOn || !isOfCoupons(c.req.path)) return next();
  return render(c, <SwitchedOffPage {...pageFor(c)} />, 404);
};

const Switch = v.object({ switch: v.picklist(['on', 'off']) });

export const pluginsRoutes = new Hono<App>()
  .get('/admin/settings/plugins', (c) => render(c, <PluginsPage {...pageFor(c)} />))

  .post('/admin/settings/plugins/coupons', async (c) => {
    const parsed = await parseForm(c, Switch);
    if (!parsed.ok) return problem(c, 400);
    const on = parsed.values.switch === 'on';
    await switchCoupons(c.env.DB, on, { userId: signedIn(c).id, now: Date.now() });
    return done(c, '/admin/settings/plugins', `Coupons & offline sales are switched ${on ? 'on' : 'off'}.`);
  });
