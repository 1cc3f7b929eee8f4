import type { ComponentChildren } from 'preact';
import type { Flash, User } from '../env.ts';
import { isOfCoupons } from '../plugins.ts';
import { Icon, type IconName, Logo, TAB_ICON } from './icon.tsx';

/** What `pageFor(c)` gives each page; a page hands it on: `<Page {...frame} title="Coupons">`. */
export interface Frame {
  user: User | null;
  path: string;
  flash: Flash | null;
  /** Switched off, coupons and offline sales have no place in the navigation. */
  couponsOn: boolean;
  assets: { style: string; islands: string };
}

type Place = {
  label: string;
  href: string;
  icon: IconName;
  /** A page elsewhere that belongs to it. */
  also?: string;
};
type Part = { heading?: string; places: Place[] };

const PANELS: Record<User['role'], Part[]> = {
  administrator: [
    { places: [{ label: 'Dashboard', href: '/admin', icon: 'dashboard' }] },
    {
      heading: 'Tools',
      places: [
        { label: 'Coupons', href: '/admin/coupons', icon: 'coupon' },
        { label: 'Offline sales', href: '/admin/offline-sales', icon: 'till' },
        { label: 'Tracking code', href: '/admin/tracking-code', icon: 'code' },
      ],
    },
    {
      heading: 'Programme',
      places: [
        { label: 'Campaigns', href: '/admin/campaigns', icon: 'campaign' },
        { label: 'Affiliates', href: '/admin/affiliates', icon: 'people' },
        { label: 'Sales', href: '/admin/sales', icon: 'sale' },
        { label: 'Commissions', href: '/admin/commissions', icon: 'coins' },
      ],
    },
    { places: [{ label: 'Settings', href: '/admin/settings', icon: 'settings', also: '/admin/audit-log' }] },
  ],
  affiliate: [
    { places: [{ label: 'Dashboard', href: '/affiliate', icon: 'dashboard' }] },
    { heading: 'Tools', places: [{ label: 'Coupons', href: '/affiliate/coupons', icon: 'coupon' }] },
    {
      heading: 'Earnings',
      places: [
        { label: 'Sales', href: '/affiliate/sales', icon: 'sale' },
        { label: 'Commissions', href: '/affiliate/commissions', icon: 'coins' },
      ],
    },
    { places: [{ label: 'Account', href: '/account', icon: 'account', also: '/affiliate/payout-details' }] },
  ],
};

function Document({
  title,
  assets,
  children,
}: {
  title: string;
  assets: Frame['assets'];
  children: ComponentChildren;
}) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Counterfoil`}</title>
        <link rel="icon" href={TAB_ICON} />
        <link rel="stylesheet" href={assets.style} />
        <script type="module" src={assets.islands} />
      </head>
      {children}
    </html>
  );
}

type PageProps = Frame & {
  title: string;
  /** One sentence under the title, where the page needs one. */
  lead?: ComponentChildren;
  /** The one primary action of the page, at the right of its title. */
  action?: ComponentChildren;
  children?: ComponentChildren;
};

/** A page of either panel: the navigation as the stub, the page as the ticket. */
export function Page({ title, lead, action, user, path, flash, couponsOn, assets, children }: PageProps) {
  if (!user) throw new Error(`<Page title="${title}"> is for somebody signed in; strangers get a <Slip>`);
  return (
    <Document title={title} assets={assets}>
      <body class="frame">
        <a class="skip" href="#main">
          Skip to the page
        </a>
        <header class="stub">
          <div class="stub-head">
            <a class="brand" href="/home">
              <Logo />
              Counterfoil
            </a>
            <button type="button" class="menu-button" popovertarget="menu">
              <Icon name="menu" />
              Menu
            </button>
          </div>
          {/* A popover where the page is narrow, and plainly there where it is wide: no script either way. */}
          <div id="menu" class="menu" popover="auto">
            <Navigation role={user.role} path={path} couponsOn={couponsOn} />
            <div class="who">
              <a href="/account" class="who-name" aria-current={path === '/account' ? 'page' : undefined}>
                {user.name}
                <span>{user.role === 'administrator' ? 'Administrator' : 'Affiliate'}</span>
              </a>
              <form method="post" action="/sign-out">
                <button type="submit" class="quiet-button">
                  <Icon name="door" />
                  Sign out
                </button>
              </form>
            </div>
          </div>
        </header>
        <main id="main" class="page" tabIndex={-1}>
          <FlashNote flash={flash} />
          <div class="page-head">
            <div>
              <h1>{title}</h1>
              {lead && <p class="lead">{lead}</p>}
            </div>
            {action && <div class="page-action">{action}</div>}
          </div>
          {children}
        </main>
      </body>
    </Document>
  );
}

function Navigation({ role, path, couponsOn }: { role: User['role']; path: string; couponsOn: boolean }) {
  const home = role === 'administrator' ? '/admin' : '/affiliate';
  const isHere = (href: string) => path === href || (href !== home && path.startsWith(`${href}/`));
  const parts = PANELS[role].map((part) => ({
    ...part,
    places: part.places.filter((place) => couponsOn || !isOfCoupons(place.href)),
  }));
  return (
    <nav aria-label="Main">
      {parts
        .filter(({ places }) => places.length > 0)
        .map(({ heading, places }) => (
          <div class="nav-part" key={places[0]?.href}>
            {heading && <p class="nav-heading">{heading}</p>}
            <ul>
              {places.map(({ label, href, icon, also }) => (
                <li key={href}>
                  <a href={href} aria-current={isHere(href) || path === also ? 'page' : undefined}>
                    <Icon name={icon} />
                    {label}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
    </nav>
  );
}

/** What the action before this page came to. */
function FlashNote({ flash }: { flash: Flash | null }) {
  if (!flash) return null;
  return (
    <p class={`note note-${flash.tone}`} role={flash.tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={flash.tone === 'good' ? 'check' : 'cross'} />
      {flash.text}
    </p>
  );
}

/** The page of a stranger: one ticket on the counter. For signing in, the setup, an invitation, and problems. */
export function Slip({
  title,
  lead,
  flash,
  assets,
  children,
}: Pick<Frame, 'flash' | 'assets'> & Pick<PageProps, 'title' | 'lead' | 'children'>) {
  return (
    <Document title={title} assets={assets}>
      <body class="counter">
        <main class="slip">
          <div class="slip-stub">
            <a class="brand" href="/">
              <Logo />
              Counterfoil
            </a>
            <p>Who spent a coupon, and who earned what.</p>
          </div>
          <div class="slip-body">
            <FlashNote flash={flash} />
            <h1>{title}</h1>
            {lead && <p class="lead">{lead}</p>}
            {children}
          </div>
        </main>
      </body>
    </Document>
  );
}
