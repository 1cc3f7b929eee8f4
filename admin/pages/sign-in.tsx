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
