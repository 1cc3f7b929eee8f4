import type { FormState } from '../form.ts';
import { PASSWORD_LENGTH_MIN } from '../password.ts';
import { Form, TextareaField, TextField } from '../ui/field.tsx';
import { type Frame, Slip } from '../ui/layout.tsx';

type SignUpProps = Frame & { form: FormState; shop: { id: number; name: string } };

/** The form of a stranger who wants to earn with a shop's coupons. */
export function SignUpPage({ form, shop, ...frame }: SignUpProps) {
  return (
    <Slip
      {...frame}
      title={`Become an affiliate of ${shop.name}`}
      lead="Give coupons away, and earn when they are spent. The shop reads your application first."
    >
      <Form form={form} action={`/join/${shop.id}`} submit="Apply">
        <TextField form={form} name="name" label="Your name" autocomplete="name" required />
        <TextField form={form} name="email" label="E-mail address" type="email" autocomplete="username" required />
        <TextField
          form={form}
          name="password"
          label="Password"
          hint={`At least ${PASSWORD_LENGTH_MIN} characters. You sign in with it once you are accepted.`}
          type="password"
          autocomplete="new-password"
          required
        />
        <TextareaField
          form={form}
          name="about"
          label="About you"
          hint="Where would you share coupons? You may leave it empty."
          rows={3}
        />
        <div class="unseen" aria-hidden="true">
          {/* A box that people never see, and robots fill in. */}
          <label>
            Web site
            <input name="website" tabIndex={-1} autocomplete="off" />
          </label>
        </div>
      </Form>
      <p>
        <a href="/sign-in">You have an account: sign in</a>
      </p>
    </Slip>
  );
}

/** The same for everybody, whatever became of the application. */
export function AppliedPage({ shop, ...frame }: Frame & { shop: { name: string } }) {
  return (
    <Slip
      {...frame}
      title="Thank you"
      lead={`${shop.name} reads your application now. Once they have said yes, you sign in with your e-mail address and your password.`}
    >
      <a class="button button-quiet" href="/sign-in">
        Sign in
      </a>
    </Slip>
  );
}
