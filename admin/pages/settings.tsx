import { Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';

/** What can be set, by subject. */
export function SettingsPage(frame: Frame) {
  return (
    <Page {...frame} title="Settings">
      <Sheet title="Shops" aside={<a href="/admin/settings/shops">Open shops</a>}>
        <p>Where your customers buy: each shop's name, address, currency and time zone.</p>
      </Sheet>
      <Sheet title="Your account" aside={<a href="/account">Open your account</a>}>
        <p>Your name, your e-mail address and your password.</p>
      </Sheet>
    </Page>
  );
}
