import type { FormState } from '../form.ts';
import { PASSWORD_LENGTH_MIN } from '../password.ts';
import { Form, TextField } from '../ui/field.tsx';
import { type Frame, Slip } from '../ui/layout.tsx';

export function SetupPage({ form, ...frame }: Frame & { form: FormState }) {
  return (
    <Slip {...frame} title="Welcome" lead="This office is new. Make its first administrator, and begin.">
      <Form form={form} action="/setup" submit="Create the administrator">
        <TextField
          form={form}
          name="token"
          label="Setup token"
          hint="Printed where Counterfoil was started, or the secret SETUP_TOKEN of the deployment."
          autocomplete="off"
          spellcheck={false}
          required
        />
        <TextField form={form} name="name" label="Your name" autocomplete="name" required />
        <TextField form={form} name="email" label="E-mail address" type="email" autocomplete="username" required />
        <TextField
          form={form}
          name="password"
          label="Password"
          hint={`At least ${PASSWORD_LENGTH_MIN} characters. A few words that belong to no sentence are good.`}
          type="password"
          autocomplete="new-password"
          required
        />
      </Form>
    </Slip>
  );
}
