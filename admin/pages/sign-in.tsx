import type { FormState } from '../form.ts';
import { Form, TextField } from '../ui/field.tsx';
import { type Frame, Slip } from '../ui/layout.tsx';

export function SignInPage({ form, next, ...frame }: Frame & { form: FormState; next: string | undefined }) {
  return (
    <Slip {...frame} title="Sign in">
      <Form form={form} action={next ? `/sign-in?next=${encodeURIComponent(next)}` : '/sign-in'} submit="Sign in">
        <TextField form={form} name="email" label="E-mail address" type="email" autocomplete="username" required />
        <TextField
          form={form}
          name="password"
          label="Password"
          type="password"
          autocomplete="current-password"
          required
        />
      </Form>
    </Slip>
  );
}

/** The second step, for those who have a second factor. */
export function CodePage({ form, next, ...frame }: Frame & { form: FormState; next: string | undefined }) {
  const action = next ? `/sign-in/code?next=${encodeURIComponent(next)}` : '/sign-in/code';
  return (
    <Slip {...frame} title="Your code" lead="Your password is right. Now the code of your second factor.">
      <Form form={form} action={action} submit="Sign in">
        <TextField
          form={form}
          name="code"
          label="Code"
          hint="The six digits that your authenticator app shows, or one of your backup codes."
          autocomplete="one-time-code"
          spellcheck={false}
          required
          autofocus
        />
      </Form>
      <p>
        <a href="/sign-in">Begin again</a>
      </p>
    </Slip>
  );
}
