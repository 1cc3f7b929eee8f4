import { Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';

/** What can be set, by subject. */
export function SettingsPage(frame: Frame) {
  return (
    <Page {...frame} title="Settings">
      <Sheet title="Shops" aside={<a href="/admin/settings/shops">Open shops</a>}>
        <p>Where your customers buy: each shop's name, address, currency and time zone.</p>
      </Sheet>
      <Sheet title="Administrators" aside={<a href="/admin/settings/administrators">Open administrators</a>}>
        <p>Who runs this office with you. Invite somebody by a link, or remove them.</p>
      </Sheet>
      <Sheet title="Plugins" aside={<a href="/admin/settings/plugins">Open plugins</a>}>
        <p>Coupons &amp; offline sales, to be switched off and on.</p>
      </Sheet>
      <Sheet title="Audit log" aside={<a href="/admin/audit-log">Open the audit log</a>}>
        <p>Who changed what, when, and from what to what.</p>
      </Sheet>
      <Sheet title="Your account" aside={<a href="/account">Open your account</a>}>
        <p>Your name, your e-mail address, your password and your second factor.</p>
      </Sheet>
    </Page>
  );
}
