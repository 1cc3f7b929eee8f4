import type { FormState } from '../form.ts';
import { PASSWORD_LENGTH_MIN } from '../password.ts';
import { Form, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';

export function AccountPage({ form, ...frame }: Frame & { form: FormState }) {
  return (
    <Page {...frame} title="Account">
      <Sheet title="You">
        <Facts
          facts={[
            ['Name', frame.user?.name],
            ['E-mail address', frame.user?.email],
          ]}
        />
      </Sheet>
      <Sheet title="Change the password">
        <Form form={form} action="/account" submit="Change the password">
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
