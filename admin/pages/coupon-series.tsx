import { MOST_CODES } from '../../ledger/coupon-series.ts';
import type { Reach } from '../../ledger/sales/what-if.ts';
import type { FormState } from '../form.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { KnownCodes } from '../queries/coupon-series.ts';
import { ChoiceField } from '../ui/choice.tsx';
import { Form, SelectField, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ReachesBack } from '../ui/reach.tsx';
import { withQuery } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { Day } from '../ui/when.tsx';
import { couponsText } from './coupon-bulk.tsx';
import { affiliateChoices, CampaignFirst, campaignChoices } from './coupons.tsx';

const LIST = '/admin/coupons';
const PATH = '/admin/coupons/add-many';

type SeriesProps = Frame & { form: FormState; campaigns: CampaignOption[]; affiliates: AffiliateOption[] };

/** The first step: what the codes look like, and whose they are. It leads to the preview. */
export function SeriesPage({ form, campaigns, affiliates, ...frame }: SeriesProps) {
  return (
    <Page
      {...frame}
      title="Add many coupons"
      lead={`Up to ${MOST_CODES.toLocaleString('en')} at once. You see them before anything is written.`}
    >
      {campaigns.length === 0 ? (
        <div class="empty">
          <CampaignFirst />
        </div>
      ) : (
        <Form form={form} action={PATH} submit="Preview" cancelHref={LIST}>
          <TextField
            form={form}
            name="prefix"
            label="Prefix"
            hint="What all codes begin with, such as test-coupon. It may be empty."
            autocomplete="off"
            spellcheck={false}
            maxLength={200}
          />
          <ChoiceField form={form} name="kind" label="What follows it" choices={suffixes(form)} />
          <SelectField
            form={form}
            name="campaign"
            label="Campaign"
            options={campaignChoices(campaigns)}
            {...(campaigns.length > 1 && !form.values.campaign ? { none: 'Choose a campaign' } : {})}
          />
          <SelectField
            form={form}
            name="affiliate"
            label="Affiliate"
            none="None"
            hint="None: free, for affiliates to request."
            options={affiliateChoices(affiliates)}
          />
          <TextField
            form={form}
            name="expiresOn"
            label="Expiration date"
            type="date"
            hint="The last day they work, by the shop’s clock. Empty: they never expire."
          />
        </Form>
      )}
    </Page>
  );
}

const suffixes = (form: FormState) => [
  {
    value: 'numbered',
    label: 'Numbers',
    hint: 'test-coupon from 1 to 10 gives test-coupon1 to test-coupon10. Zeros in front are kept: 001 to 100.',
    more: (
      <>
        <TextField form={form} name="from" label="From" inputMode="numeric" autocomplete="off" />
        <TextField form={form} name="to" label="To" inputMode="numeric" autocomplete="off" />
      </>
    ),
  },
  {
    value: 'random',
    label: 'Random letters and digits',
    hint: 'Hard to guess, and hard to misread: without 0 and O, 1, I and L.',
    more: (
      <>
        <TextField form={form} name="length" label="Length" after="characters" inputMode="numeric" autocomplete="off" />
        <TextField form={form} name="count" label="How many" after="coupons" inputMode="numeric" autocomplete="off" />
      </>
    ),
  },
];

type PreviewProps = Frame & {
  form: FormState;
  codes: string[];
  known: KnownCodes;
  campaign: CampaignOption;
  affiliate: AffiliateOption | null;
  /** What comes of orders that have named some of the codes already. */
  reach: Reach;
};

/** The second step: what would be added. Nothing is written before it is confirmed here. */
export function SeriesPreviewPage({ form, codes, known, campaign, affiliate, reach, ...frame }: PreviewProps) {
  const { known: _, ...typed } = form.values;
  const fresh = codes.length - known.count;
  const change = withQuery(PATH, typed, { seed: undefined });
  return (
    <Page {...frame} title={`Add ${couponsText(codes.length)}?`} lead="Nothing is written yet.">
      <Sheet>
        <Facts
          facts={[
            ['First', <Ticket key="first" code={codes[0]!} />],
            ['Last', <Ticket key="last" code={codes.at(-1)!} />],
            ['Coupons', codes.length.toLocaleString('en')],
            ['Campaign', `${campaign.name} (${campaign.shopName})`],
            ['Affiliate', affiliate?.name ?? 'None'],
            ['Expires', typed.expiresOn ? <Day key="day" on={typed.expiresOn} /> : 'Never'],
          ]}
        />
      </Sheet>
      <ReachesBack reach={reach} />
      {known.count > 0 && <Known known={known} shopName={campaign.shopName} />}
      {fresh === 0 ? (
        <p class="row">
          There is nothing to add.
          <a class="button" href={change}>
            Change
          </a>
        </p>
      ) : (
        <Form form={form} action={`${PATH}/confirm`} submit={`Add ${couponsText(fresh)}`} cancelHref={change}>
          {Object.entries(typed).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {known.count === 0 ? (
            <input type="hidden" name="known" value="refuse" />
          ) : (
            <ChoiceField
              form={form}
              name="known"
              label="Codes that exist already"
              choices={[
                {
                  value: 'skip',
                  label: 'Skip those',
                  hint: `They stay as they are; the other ${fresh.toLocaleString('en')} are added.`,
                },
                { value: 'refuse', label: 'Refuse the whole', hint: 'If even one of them exists, none is added.' },
              ]}
            />
          )}
        </Form>
      )}
    </Page>
  );
}

function Known({ known, shopName }: { known: KnownCodes; shopName: string }) {
  const more = known.count - known.first.length;
  return (
    <Sheet
      title={
        known.count === 1
          ? `One of these codes exists in ${shopName} already`
          : `${known.count.toLocaleString('en')} of these codes exist in ${shopName} already`
      }
    >
      <p class="row">
        {known.first.map((code) => (
          <Ticket key={code} code={code} />
        ))}
        {more > 0 && <span>{`and ${more.toLocaleString('en')} more`}</span>}
      </p>
    </Sheet>
  );
}
