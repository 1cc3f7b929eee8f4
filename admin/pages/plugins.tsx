import { Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Status } from '../ui/status.tsx';

const COUPONS = 'Coupons & offline sales';

/** What can be switched on and off. `frame.couponsOn` says how it stands. */
export function PluginsPage(frame: Frame) {
  const { couponsOn } = frame;
  return (
    <Page {...frame} title="Plugins" lead="What this office does beyond affiliates, sales and commissions.">
      <Sheet title={COUPONS} aside={<Status word={couponsOn ? 'on' : 'off'} look={couponsOn ? 'good' : 'plain'} />}>
        <div class="stack">
          <p>
            Affiliates earn when a coupon of theirs is spent: on line, where the tracking code reports it, or in a
            store, where a person types it in.
          </p>
          <p>
            {couponsOn
              ? 'Switched off, the tracker records no sale and still answers each page with its picture, and the pages of coupons, offline sales and the tracking code are gone. What is recorded stays, and so do coupons.'
              : 'The tracker records no sale now, and the pages of coupons, offline sales and the tracking code are gone. What is recorded is still here, and so are all coupons: switch it on, and everything is back.'}
          </p>
          <p class="quiet">
            It takes effect at once: the tracker and this office ask with each sale and each click, and everywhere
            within a minute. A page that is already open shows it with the next click.
          </p>
          <form method="post" action="/admin/settings/plugins/coupons">
            <input type="hidden" name="switch" value={couponsOn ? 'off' : 'on'} />
            <button type="submit" class={couponsOn ? 'button button-quiet' : 'button'}>
              {couponsOn ? `Switch off ${COUPONS}` : `Switch on ${COUPONS}`}
            </button>
          </form>
        </div>
      </Sheet>
    </Page>
  );
}

/** In place of each page of the plugin while it is off. */
export function SwitchedOffPage(frame: Frame) {
  const isAdministrator = frame.user?.role === 'administrator';
  return (
    <Page {...frame} title={`${COUPONS} are switched off`}>
      <div class="empty">
        <h2>This page comes back when they are switched on</h2>
        <p>Until then no sale is recorded. What was recorded before is still among the sales and commissions.</p>
        {isAdministrator ? (
          <a class="button" href="/admin/settings/plugins">
            Open Settings › Plugins
          </a>
        ) : (
          <a class="button" href="/affiliate/commissions">
            See your commissions
          </a>
        )}
      </div>
    </Page>
  );
}
