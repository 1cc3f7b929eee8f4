import type { FormState } from '../form.ts';
import { Copy } from '../ui/copy.tsx';
import { Form, TextField } from '../ui/field.tsx';
import { Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Qr } from '../ui/qr.tsx';

const PATH = '/account/second-factor';

type Forms = { off: FormState; renew: FormState };

/** The second factor of somebody who has none: their password first. */
export function SecondFactorOffPage({ form, ...frame }: Frame & { form: FormState }) {
  return (
    <Page
      {...frame}
      title="Second factor"
      lead="Besides the password, signing in then takes a code from your phone: a stolen password alone opens nothing."
    >
      <Sheet title="Switch it on">
        <div class="stack">
          <p>You need an authenticator app that shows codes of six digits (TOTP), on a phone or on a computer.</p>
          <Form form={form} action={PATH} submit="Begin" cancelHref="/account">
            <Password form={form} />
          </Form>
        </div>
      </Sheet>
    </Page>
  );
}

/** The QR code to scan, and the code that proves it was. */
export function SecondFactorBegunPage({ uri, form, ...frame }: Frame & { uri: string; form: FormState }) {
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return (
    <Page {...frame} title="Second factor" lead="Two steps, and it is on. Until then nothing changes.">
      <Sheet title="1. Give your app the secret">
        <div class="stack">
          <p>Scan this with your authenticator app, or type the secret into it.</p>
          <Qr text={uri} label="QR code with the secret for your authenticator app" />
          <Copy text={secret} label="Secret" />
        </div>
      </Sheet>
      <Sheet title="2. Type the code it shows">
        <Form form={form} action={`${PATH}/confirm`} submit="Switch it on" cancelHref="/account">
          <TextField
            form={form}
            name="code"
            label="Code"
            hint="Six digits. A new code comes every half minute."
            inputMode="numeric"
            autocomplete="one-time-code"
            spellcheck={false}
            required
          />
        </Form>
      </Sheet>
    </Page>
  );
}

/** The second factor of somebody who has one. `codes` are there once, right after they were made. */
export function SecondFactorOnPage({ codes, forms, ...frame }: Frame & { codes: string[] | null; forms: Forms }) {
  return (
    <Page {...frame} title="Second factor" lead="It is on: signing in takes your password and a code.">
      {codes && (
        <Sheet title="Your backup codes">
          <div class="stack">
            <p>
              Without your phone, each of these lets you in once. Print them, or keep them with your passwords: they are
              shown here this one time only.
            </p>
            <Copy text={codes.join('\n')} label="Backup codes" block />
            <p>
              <a class="button" href="/account">
                I have kept them
              </a>
            </p>
          </div>
        </Sheet>
      )}
      <Sheet title="New backup codes">
        <div class="stack">
          <p>Ten new ones, for when you have used or lost those you had. The old ones stop working.</p>
          <Form form={forms.renew} action={`${PATH}/backup-codes`} submit="Make new backup codes" still>
            <Password form={forms.renew} name="renewPassword" />
          </Form>
        </div>
      </Sheet>
      <Sheet title="Switch it off">
        <div class="stack">
          <p>Signing in then takes the password alone, and the secret in your app is worth nothing.</p>
          <Form form={forms.off} action={`${PATH}/off`} submit="Switch it off" still>
            <Password form={forms.off} name="offPassword" />
          </Form>
        </div>
      </Sheet>
    </Page>
  );
}

const Password = ({ form, name = 'password' }: { form: FormState; name?: string }) => (
  <TextField form={form} name={name} label="Your password" type="password" autocomplete="current-password" required />
);
