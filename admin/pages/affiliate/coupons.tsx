import { formatMinor } from '../../../ledger/money.ts';
import { plainRate } from '../../../ledger/rate.ts';
import type { OwnCampaign, OwnCoupon, OwnRequest } from '../../queries/affiliate/coupons.ts';
import type { Slice } from '../../queries/keyset.ts';
import { Filters } from '../../ui/actions.tsx';
import { Icon } from '../../ui/icon.tsx';
import { type Frame, Page } from '../../ui/layout.tsx';
import { ListPager } from '../../ui/list-pager.tsx';
import { Money } from '../../ui/money.tsx';
import { Status } from '../../ui/status.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Ticket } from '../../ui/ticket.tsx';
import { TicketCard, TicketCards } from '../../ui/ticket-card.tsx';
import { Titled } from '../../ui/titled.tsx';
import { dayText, When } from '../../ui/when.tsx';

const PATH = '/affiliate/coupons';

type OwnCouponsPageProps = Frame & {
  campaigns: OwnCampaign[];
  campaign: OwnCampaign;
  coupons: Slice<OwnCoupon>;
  requests: OwnRequest[];
};

/** An affiliate's coupons of one campaign, to give away; expired ones are not shown, since nobody should get one. */
export function OwnCouponsPage({ campaigns, campaign, coupons, requests, ...frame }: OwnCouponsPageProps) {
  const query = { campaign: String(campaign.id) };
  return (
    <Page
      {...frame}
      title="Coupons"
      lead="Give these codes away. Whoever buys with one of them makes you earn."
      action={campaign.canRequest && <RequestCoupon campaign={campaign} />}
    >
      <Filters action={PATH}>
        <label class="filter filter-search">
          <span>Campaign</span>
          <select name="campaign">
            {campaigns.map(({ id, name, shop }) => (
              <option key={id} value={id} selected={id === campaign.id}>
                {`${name} (${shop})`}
              </option>
            ))}
          </select>
        </label>
      </Filters>
      <p class="terms">{termsText(campaign)}</p>
      {campaign.waiting && (
        <p class="note note-wait">Your request for a coupon of {campaign.name} waits for an answer.</p>
      )}
      {coupons.rows.length === 0 ? (
        <NoCoupon campaign={campaign} />
      ) : (
        <TicketCards label={`Your coupons of ${campaign.name}`}>
          {coupons.rows.map((coupon) => (
            <TicketCard
              key={coupon.id}
              code={coupon.code}
              until={
                coupon.expiresOn === null
                  ? 'Never expires'
                  : `Works until ${dayText(coupon.expiresOn, { dateStyle: 'long' })}`
              }
            >
              <a href={`/affiliate/sales?coupon=${coupon.id}`}>
                {coupon.sales.toLocaleString('en')} {coupon.sales === 1 ? 'sale' : 'sales'}
              </a>
              <a href={`/affiliate/commissions?status=earned&coupon=${coupon.id}`}>
                <Money amountMinor={coupon.earnedMinor} currency={campaign.currency} /> earned
              </a>
            </TicketCard>
          ))}
        </TicketCards>
      )}
      <ListPager
        path={PATH}
        query={query}
        page={{ ...coupons, count: campaign.coupons }}
        noun={['coupon', 'coupons']}
      />
      <Requests requests={requests} />
    </Page>
  );
}

function RequestCoupon({ campaign }: { campaign: OwnCampaign }) {
  return (
    <form method="post" action={`${PATH}/request`}>
      <input type="hidden" name="campaign" value={campaign.id} />
      <button type="submit" class="button">
        <Icon name="plus" />
        Request coupon
      </button>
    </form>
  );
}

const REQUEST_COLUMNS: Column<OwnRequest>[] = [
  { head: 'Campaign', lead: true, cell: ({ campaign }) => campaign },
  { head: 'Requested', cell: ({ askedAt, timeZone }) => <When at={askedAt} timeZone={timeZone} /> },
  { head: 'Answer', cell: ({ status }) => <Status word={status} /> },
  { head: 'Coupon', cell: ({ code }) => code && <Ticket code={code} /> },
  { head: 'Note', cell: ({ note }) => note && <span class="quiet">{note}</span> },
];

/** What was asked for, and the answers; nothing where nothing ever was. */
function Requests({ requests }: { requests: OwnRequest[] }) {
  if (requests.length === 0) return null;
  return (
    <Titled title="Your requests">
      <Table
        caption="Your requests"
        columns={REQUEST_COLUMNS}
        rows={requests}
        rowId={(request) => request.id}
        empty={null}
      />
    </Titled>
  );
}

/** What a sale earns, and how many coupons one may have where that is limited. */
function termsText({ name, shop, commissionKind, commissionValue, currency, ...limits }: OwnCampaign): string {
  const pays =
    commissionKind === 'percent'
      ? `${plainRate(commissionValue)} % of each sale`
      : `${formatMinor(commissionValue, currency)} for each sale`;
  const { limitReached, requestLimit } = limits;
  const limit =
    !limitReached || requestLimit === null
      ? ''
      : requestLimit === 1
        ? ' You have the one coupon that each affiliate may have.'
        : ` You have the ${requestLimit} coupons that each affiliate may have.`;
  return `${name} of ${shop} pays you ${pays}.${limit}`;
}

function NoCoupon({ campaign }: { campaign: OwnCampaign }) {
  return (
    <div class="empty">
      <h2>{`No coupon of ${campaign.name} works for you today`}</h2>
      <p>
        {campaign.waiting
          ? `${campaign.shop} reads your request, and the answer stands here.`
          : campaign.canRequest
            ? `Request one: it is yours ${campaign.requestMode === 'at once' ? 'at once' : `as soon as ${campaign.shop} approves`}, and each sale made with it from then on makes you earn.`
            : `Those you had have expired, and none is free at the moment. Ask ${campaign.shop} for a new one.`}
      </p>
    </div>
  );
}

/** For an affiliate that no active campaign has anything for. */
export function NoCampaignPage({ requests, ...frame }: Frame & { requests: OwnRequest[] }) {
  return (
    <Page {...frame} title="Coupons">
      <div class="empty">
        <h2>No coupon yet</h2>
        <p>
          A coupon is a code that you give away; each sale made with it makes you earn. The shop has none for you at the
          moment. Ask for one, or look in again later.
        </p>
      </div>
      <Requests requests={requests} />
    </Page>
  );
}
