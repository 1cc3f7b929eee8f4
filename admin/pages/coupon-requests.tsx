import type { FormState } from '../form.ts';
import type { CouponRequest } from '../queries/coupon-requests.ts';
import { Form, TextareaField, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Titled } from '../ui/titled.tsx';
import { When } from '../ui/when.tsx';

const PATH = '/admin/coupons/requests';

const COLUMNS: Column<CouponRequest>[] = [
  {
    head: 'Affiliate',
    lead: true,
    cell: ({ affiliateId, affiliate }) => <a href={`/admin/affiliates/${affiliateId}`}>{affiliate}</a>,
  },
  {
    head: 'Campaign',
    cell: ({ campaignId, campaign }) => <a href={`/admin/campaigns/${campaignId}`}>{campaign}</a>,
  },
  { head: 'Requested', cell: ({ askedAt, timeZone }) => <When at={askedAt} timeZone={timeZone} /> },
  {
    head: 'Has already',
    numeric: true,
    cell: ({ affiliateId, campaignId, coupons }) => (
      <a href={`/admin/coupons?campaign=${campaignId}&affiliate=${affiliateId}`}>{coupons.toLocaleString('en')}</a>
    ),
  },
  {
    head: 'Tools',
    tools: true,
    cell: ({ id, affiliate }) => (
      <form class="row-answers" method="post" action={`${PATH}/${id}/grant`}>
        <button type="submit" class="button button-quiet button-small" aria-label={`Grant ${affiliate} a coupon`}>
          Grant
        </button>
        <a
          class="button button-quiet button-small"
          href={`${PATH}/${id}`}
          aria-label={`Choose or refuse: ${affiliate}`}
        >
          Choose or refuse
        </a>
      </form>
    ),
  },
];

/** What affiliates wait for, above the coupons; nothing where nobody waits. */
export function WaitingRequests({ requests: { rows, count } }: { requests: { rows: CouponRequest[]; count: number } }) {
  if (count === 0) return null;
  const title =
    count === 1 ? 'One request waits for your answer' : `${count.toLocaleString('en')} requests wait for your answer`;
  return (
    <Titled title={title} aside={count > rows.length && <span class="quiet">{`The oldest ${rows.length} first`}</span>}>
      <Table caption="Requests that wait" columns={COLUMNS} rows={rows} rowId={(request) => request.id} empty={null} />
    </Titled>
  );
}

type RequestProps = Frame & { request: CouponRequest; free: string[]; grant: FormState; refusal: FormState };

/** One request, to be granted with a coupon of one's choice, or refused with a note. */
export function RequestPage({ request, free, grant, refusal, ...frame }: RequestProps) {
  const { id, affiliateId, affiliate, campaignId, campaign, shop, askedAt, timeZone, coupons } = request;
  return (
    <Page {...frame} title={`${affiliate} requests a coupon`}>
      <Sheet>
        <Facts
          facts={[
            [
              'Affiliate',
              <a key="affiliate" href={`/admin/affiliates/${affiliateId}`}>
                {affiliate}
              </a>,
            ],
            [
              'Campaign',
              <a key="campaign" href={`/admin/campaigns/${campaignId}`}>
                {campaign} ({shop})
              </a>,
            ],
            ['Requested', <When key="at" at={askedAt} timeZone={timeZone} />],
            ['Has already', coupons.toLocaleString('en')],
          ]}
        />
      </Sheet>
      <Sheet title="Grant">
        {free.length === 0 ? (
          <p>
            No coupon of {campaign} is free. <a href={`/admin/coupons/new?campaign=${campaignId}`}>Add one</a> first,
            with no affiliate.
          </p>
        ) : (
          <Form form={grant} action={`${PATH}/${id}/grant`} submit="Grant" cancelHref="/admin/coupons">
            <TextField
              form={grant}
              name="code"
              label="Coupon"
              hint={`A free one of ${campaign}, such as ${free[0]}. Empty: the oldest free one.`}
              suggestions={free}
              autocomplete="off"
              spellcheck={false}
            />
          </Form>
        )}
      </Sheet>
      <Sheet title="Refuse">
        <Form form={refusal} action={`${PATH}/${id}/refuse`} submit="Refuse" cancelHref="/admin/coupons">
          <TextareaField form={refusal} name="note" label="Note" hint={`${affiliate} reads it.`} rows={3} />
        </Form>
      </Sheet>
    </Page>
  );
}
