import type { PayoutDetails } from '../../ledger/payout-details.ts';
import type { FormState } from '../form.ts';
import { PASSWORD_LENGTH_MIN } from '../password.ts';
import { Form, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Status } from '../ui/status.tsx';
import { minimumText, payoutText } from './payout-details.tsx';

type AccountProps = Frame & {
  /** Of the password. */
  form: FormState;
  /** An affiliate's; null: none yet. */
  payout: PayoutDetails | null;
};

/** What is a person's own. */
export function AccountPage({ form, payout, ...frame }: AccountProps) {
  const { user } = frame;
  return (
    <Page {...frame} title="Account">
      <Sheet title="You" aside={<a href="/account/profile">Change name or e-mail address</a>}>
        <Facts
          facts={[
            ['Name', user?.name],
            ['E-mail address', user?.email],
          ]}
        />
      </Sheet>
      {user?.role === 'affiliate' && (
        <Sheet
          title="Payout details"
          aside={<a href="/affiliate/payout-details">{payout ? 'Change payout details' : 'Add payout details'}</a>}
        >
          {payout ? (
            <Facts
              facts={[
                ['Paid', payoutText(payout)],
                ['Smallest payout', minimumText(payout)],
              ]}
            />
          ) : (
            <p>Say where your money goes: to a bank account, to PayPal, or another way.</p>
          )}
        </Sheet>
      )}
      <Sheet
        title="Second factor"
        aside={<a href="/account/second-factor">{user?.secondFactor ? 'Open second factor' : 'Switch it on'}</a>}
      >
        <Status word={user?.secondFactor ? 'on' : 'off'} look={user?.secondFactor ? 'good' : 'plain'} />
        <p>
          {user?.secondFactor
            ? 'Signing in takes your password and a code from your authenticator app.'
            : 'With a code from your phone besides the password, a stolen password alone opens nothing.'}
        </p>
      </Sheet>
      <Sheet title="Change the password">
        <Form form={form} action="/account" submit="Change the password" still>
          <TextField
            form={form}
            name="currentPassword"
            label="Current password"
            type="password"
            autocomplete="current-password"
            required
          />
          <TextField
            form={form}
            name="newPassword"
            label="New password"
            hint={`At least ${PASSWORD_LENGTH_MIN} characters. Your other sessions will be signed out.`}
            type="password"
            autocomplete="new-password"
            required
          />
        </Form>
      </Sheet>
    </Page>
  );
}

/** A person's own name and e-mail address. */
export function ProfilePage({ form, ...frame }: Frame & { form: FormState }) {
  return (
    <Page {...frame} title="Name and e-mail address">
      <Sheet>
        <Form form={form} action="/account/profile" submit="Save" cancelHref="/account">
          <TextField form={form} name="name" label="Name" autocomplete="name" required />
          <TextField
            form={form}
            name="email"
            label="E-mail address"
            hint="You sign in with it."
            type="email"
            autocomplete="username"
            required
          />
          <TextField
            form={form}
            name="password"
            label="Your password"
            hint="Asked again before you sign in with another address."
            type="password"
            autocomplete="current-password"
            required
          />
        </Form>
      </Sheet>
    </Page>
  );
}
