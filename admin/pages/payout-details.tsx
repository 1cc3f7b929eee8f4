import { formatMinor } from '../../ledger/money.ts';
import type { PayoutDetails } from '../../ledger/payout-details.ts';
import type { FormState } from '../form.ts';
import { ChoiceField } from '../ui/choice.tsx';
import { Form, SelectField, TextField } from '../ui/field.tsx';
import { Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';

const METHODS: Record<PayoutDetails['method'], string> = {
  'bank transfer': 'Bank transfer',
  PayPal: 'PayPal',
  other: 'Another way',
};

/** "Bank transfer to PT50 0002 0123 1234 5678 9015 4" */
export function payoutText({ method, account }: PayoutDetails): string {
  const shown = method === 'bank transfer' ? account.replace(/(.{4})(?=.)/g, '$1 ') : account;
  return method === 'other' ? shown : `${METHODS[method]} to ${shown}`;
}

/** "from €25.00 on", or "any amount". */
export const minimumText = ({ minimumMinor, minimumCurrency }: PayoutDetails): string =>
  minimumCurrency === null ? 'any amount' : `from ${formatMinor(minimumMinor, minimumCurrency)} on`;

type PayoutDetailsProps = Frame & { form: FormState; currencies: string[] };

/** Where an affiliate wants their money. */
export function PayoutDetailsPage({ form, currencies, ...frame }: PayoutDetailsProps) {
  const only = currencies.length === 1 ? currencies[0] : undefined;
  return (
    <Page
      {...frame}
      title="Payout details"
      lead="Where your money goes. Administrators read it to pay you; only you change it."
    >
      <Sheet>
        <Form form={form} action="/affiliate/payout-details" submit="Save" cancelHref="/account">
          <ChoiceField
            form={form}
            name="method"
            label="How"
            choices={[
              {
                value: 'bank transfer',
                label: METHODS['bank transfer'],
                more: <TextField form={form} name="iban" label="IBAN" autocomplete="off" spellcheck={false} />,
              },
              {
                value: 'PayPal',
                label: METHODS.PayPal,
                more: <TextField form={form} name="paypal" label="PayPal address" type="email" autocomplete="off" />,
              },
              {
                value: 'other',
                label: METHODS.other,
                hint: 'As you have agreed with the shop.',
                more: <TextField form={form} name="other" label="Details" autocomplete="off" />,
              },
            ]}
          />
          <TextField
            form={form}
            name="minimum"
            label="Smallest payout"
            hint="Less than this is kept until there is more. Leave it empty for any amount."
            inputMode="decimal"
            autocomplete="off"
            {...(only ? { before: only } : {})}
          />
          {only ? (
            <input type="hidden" name="currency" value={only} />
          ) : (
            <SelectField
              form={form}
              name="currency"
              label="Currency of the smallest payout"
              hint="What you earn in other currencies is paid in any amount."
              options={currencies.map((currency) => ({ value: currency, label: currency }))}
            />
          )}
          <TextField
            form={form}
            name="password"
            label="Your password"
            hint="Asked again, so that nobody at your open browser sends your money elsewhere."
            type="password"
            autocomplete="current-password"
            required
          />
        </Form>
      </Sheet>
    </Page>
  );
}
