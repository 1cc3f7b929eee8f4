import type { Reach } from '../../ledger/sales/what-if.ts';
import { listPath } from '../coupon-list.ts';
import type { FormState } from '../form.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import { Confirm } from '../ui/confirm.tsx';
import { CheckboxField, Form, SelectField, TextField } from '../ui/field.tsx';
import { Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ReachNote } from '../ui/reach.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { affiliateChoices, campaignChoices } from './coupons.tsx';

const PATH = '/admin/coupons';

export const DEEDS = ['assign', 'expire', 'move', 'delete'] as const;
export type Deed = (typeof DEEDS)[number];

/** What somebody has chosen on the list, as the pages that ask before changing it show it. */
export interface ChosenCoupons {
  /** The checked ones; null: all that the filter matches. */
  ids: number[] | null;
  count: number;
  /** The first of them. */
  named: { id: number; code: string }[];
  /** How they were chosen, in words: "that begin with JO, of Autumn". */
  words: string;
  /** Which they are, and in which state: another mark where any of them is another one by now. */
  mark: string;
  byShop: { shopId: number; shopName: string; timeZone: string; count: number }[];
  /** The list they were chosen on. */
  list: string;
}

export const couponsText = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'coupon' : 'coupons'}`;

/** What is posted along: which coupons, as they were when this was asked, and the list to go back to. */
function carried({ ids, mark, list }: ChosenCoupons): [string, string | number][] {
  const which: [string, string | number][] = ids === null ? [['all', 'on']] : ids.map((id) => ['id', id]);
  return [...which, ['mark', mark], ['list', list]];
}

function Named({ chosen }: { chosen: ChosenCoupons }) {
  const more = chosen.count - chosen.named.length;
  return (
    <>
      {chosen.ids === null && <p>{`All coupons ${chosen.words}:`}</p>}
      <p class="row">
        {chosen.named.map(({ id, code }) => (
          <Ticket key={id} code={code} />
        ))}
        {more > 0 && <span>{`and ${more.toLocaleString('en')} more`}</span>}
      </p>
    </>
  );
}

type BulkProps = Frame & { chosen: ChosenCoupons; form: FormState };

/** Asks to whom, until when or where, says how many, and does nothing yet. */
export function BulkPage({
  deed,
  chosen,
  form,
  campaigns,
  affiliates,
  reach,
  ...frame
}: BulkProps & {
  deed: Exclude<Deed, 'delete'>;
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
  reach?: Reach | undefined;
}) {
  const what = chosen.count === 1 ? chosen.named[0]!.code : couponsText(chosen.count);
  const verb = { assign: `Assign ${what}`, expire: `Set the expiration of ${what}`, move: `Move ${what}` }[deed];
  return (
    <Page {...frame} title={verb}>
      <Sheet>
        <Named chosen={chosen} />
      </Sheet>
      <Form form={form} action={`${PATH}/${deed}`} submit={verb} cancelHref={listPath(chosen.list)}>
        {carried(chosen).map(([name, value]) => (
          <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
        ))}
        <ReachNote reach={reach} />
        {deed === 'assign' && (
          <>
            <SelectField
              form={form}
              name="affiliate"
              label="Affiliate"
              none="None"
              hint="Earns with them from now on; sales made so far stay with who owned them then. None: free, for affiliates to request."
              options={affiliateChoices(affiliates)}
            />
            <CheckboxField
              form={form}
              name="alsoEarlier"
              label="Earlier sales too"
              hint="Orders that named a coupon while it was nobody’s are decided again, and earn this affiliate as well."
            />
          </>
        )}
        {deed === 'expire' && (
          <TextField
            form={form}
            name="expiresOn"
            label="Expiration date"
            type="date"
            hint="The last day they work, by the shop’s clock. Empty: they never expire."
          />
        )}
        {deed === 'move' && (
          <SelectField
            form={form}
            name="campaign"
            label="Campaign"
            hint={
              chosen.byShop.length > 1
                ? 'A coupon stays in its shop: those of other shops than the campaign’s are left as they are.'
                : 'Its terms hold for the sales to come.'
            }
            options={campaignChoices(campaigns)}
            none="Choose a campaign"
          />
        )}
      </Form>
    </Page>
  );
}

/** Asks before coupons are deleted. */
export function DeletePage({ chosen, sales, form, ...frame }: BulkProps & { sales: number | null }) {
  const one = chosen.count === 1;
  const [they, them] = one ? ['It stops', 'it'] : ['They stop', 'them'];
  const verb = one ? `Delete ${chosen.named[0]!.code}` : `Delete ${couponsText(chosen.count)}`;
  return (
    <Page {...frame} title={`${verb}?`}>
      {form.errors[''] && (
        <p class="note note-wait" role="alert">
          {form.errors['']}
        </p>
      )}
      <Confirm action={`${PATH}/delete`} verb={verb} cancelHref={listPath(chosen.list)} hidden={carried(chosen)}>
        <Named chosen={chosen} />
        <p>
          {they} tracking at once: nobody earns any more when {one ? 'it is' : 'they are'} spent. {kept(sales, them)}
        </p>
      </Confirm>
    </Page>
  );
}

function kept(sales: number | null, them: string): string {
  if (sales === null) return `Sales made with ${them} and their commissions stay.`;
  if (sales === 0) return `No sale was made with ${them}.`;
  return `The ${sales.toLocaleString('en')} ${sales === 1 ? 'sale' : 'sales'} made with ${them} and their commissions stay.`;
}
