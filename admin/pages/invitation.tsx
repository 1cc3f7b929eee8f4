import type { FormState } from '../form.ts';
import type { Invited } from '../invitations.ts';
import { PASSWORD_LENGTH_MIN } from '../password.ts';
import { Form, TextField } from '../ui/field.tsx';
import { type Frame, Slip } from '../ui/layout.tsx';

type InvitationProps = Frame & { form: FormState; token: string; invited: Invited };

export function InvitationPage({ form, token, invited, ...frame }: InvitationProps) {
  const lead = invited.hadAccount
    ? `Set a new password for ${invited.email}. You will be signed out everywhere else.`
    : `Set a password for ${invited.email}, and see your coupons and what they earn.`;
  return (
    <Slip {...frame} title={`Welcome, ${invited.name}`} lead={lead}>
      <Form form={form} action={`/invitation/${token}`} submit="Set the password">
        <TextField
          form={form}
          name="password"
          label="Password"
          hint={`At least ${PASSWORD_LENGTH_MIN} characters.`}
          type="password"
          autocomplete="new-password"
          required
        />
      </Form>
    </Slip>
  );
}

type AdministratorInvitationProps = Frame & { form: FormState; token: string; email: string };

export function AdministratorInvitationPage({ form, token, email, ...frame }: AdministratorInvitationProps) {
  return (
    <Slip
      {...frame}
      title="Welcome"
      lead={`You are invited to be an administrator of this office. You will sign in with ${email}.`}
    >
      <Form form={form} action={`/invitation/${token}`} submit="Create the account">
        <TextField form={form} name="name" label="Your name" autocomplete="name" required />
        <TextField
          form={form}
          name="password"
          label="Password"
          hint={`At least ${PASSWORD_LENGTH_MIN} characters.`}
          type="password"
          autocomplete="new-password"
          required
        />
      </Form>
    </Slip>
  );
}

export function InvitationOverPage(frame: Frame) {
  return (
    <Slip
      {...frame}
      title="This invitation is over"
      lead="It was used already, is too old, or was never given. Please ask the shop for a new one."
    >
      <a class="button button-quiet" href="/sign-in">
        Sign in
      </a>
    </Slip>
  );
}
