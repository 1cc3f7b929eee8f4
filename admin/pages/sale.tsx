/** One sale: what stands of its order and why, what moved its money, and each report with what became of it. */
import { formatMinor } from '../../ledger/money.ts';
import { plainRate } from '../../ledger/rate.ts';
import type { Heard } from '../../ledger/report.ts';
import type { Explained } from '../../ledger/sales/explain.ts';
import type { History } from '../queries/audit-log.ts';
import type { CommissionRow, Line } from '../queries/commissions.ts';
import type { ReportNames, SaleDetail } from '../queries/sales.ts';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { RecordHistory } from '../ui/record-history.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { Titled } from '../ui/titled.tsx';
import { Day, When } from '../ui/when.tsx';
import { COMMISSION_COLUMNS, CommissionTools } from './commissions.tsx';
import { Amount, MoneyOrDash, SaleAffiliate, SaleTicket, Standing, WHO_SAID } from './sales.tsx';

type SalePageProps = Frame & {
  sale: SaleDetail;
  explained: Explained | null;
  names: ReportNames;
  commissions: CommissionRow[];
  lines: Line[];
  history: History;
};

export function SalePage({ sale, explained, names, commissions, lines, history, ...frame }: SalePageProps) {
  const reports = explained?.heard ?? [];
  const others = reports.filter(({ id }) => sale.state === 'standing' && explained?.of.get(id)?.counts === false);
  return (
    <Page {...frame} title={sale.orderId ? `Order ${sale.orderId}` : `Sale ${sale.id}, without an order ID`}>
      <Notes sale={sale} />
      <Sheet title="The sale">
        <Facts
          facts={[
            ['Sold', sale.dayOnly ? <Day on={sale.day} /> : <When at={sale.soldAt} timeZone={sale.timeZone} />],
            ['Shop', <a href={`/admin/settings/shops/${sale.shopId}`}>{sale.shop}</a>],
            ['Coupon', <SaleTicket sale={sale} />],
            ['Affiliate', <SaleAffiliate sale={sale} />],
            [
              'Campaign',
              sale.campaignId === null ? (
                <span class="quiet">–</span>
              ) : (
                <a href={`/admin/campaigns/${sale.campaignId}`}>{sale.campaign}</a>
              ),
            ],
            ['Amount', <Amount sale={sale} />],
            ['Commission', <MoneyOrDash minor={sale.commissionMinor} currency={sale.currency} />],
            ['Status', <Standing sale={sale} />],
          ]}
        />
      </Sheet>
      {sale.state === 'standing' && (
        <Sheet title="Why it was credited so">
          <ol class="reasons">
            {reasons(sale, reports, commissions).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ol>
        </Sheet>
      )}
      <Titled title="Commissions">
        <form method="post">
          <input type="hidden" name="back" value={`/admin/sales/${sale.id}`} />
          <Table
            caption="Commissions"
            columns={[
              ...COMMISSION_COLUMNS.filter(({ head }) => head !== 'Order' && head !== 'Sold on'),
              CommissionTools,
            ]}
            rows={commissions}
            rowId={(row) => row.id}
            empty={<p>This order has earned nobody anything.</p>}
          />
        </form>
      </Titled>
      <Titled title="What moved the money">
        <Table
          caption="What moved the money"
          columns={lineColumns(sale, commissions.length > 1)}
          rows={lines}
          rowId={(line) => `${line.affiliateId}-${line.n}`}
          empty={<p>No money has moved.</p>}
        />
      </Titled>
      <Titled title="Reports">
        {others.length > 0 && (
          <p class="note note-wait">
            {others.length === 1
              ? 'One report does not count in what stands here; look whether it should.'
              : `${others.length} reports do not count in what stands here; look whether they should.`}
          </p>
        )}
        <Table
          caption="Reports"
          columns={reportColumns(sale, explained, names)}
          rows={reports}
          rowId={(row) => row.id}
          empty={<p>No report of this sale is left.</p>}
        />
        <Counted sale={sale} />
      </Titled>
      <RecordHistory history={history} timeZone={sale.timeZone} />
    </Page>
  );
}

/** What has to be known before anything else is read. */
function Notes({ sale }: { sale: SaleDetail }) {
  const { state, question, questionBy, questions, into, joined } = sale;
  return (
    <>
      {state === 'void' && (
        <p class="note note-bad">This order is voided: nobody is owed anything for it, and it counts nowhere.</p>
      )}
      {state === 'undone' && (
        <p class="note note-bad">What was said of this order was taken back: it counts nowhere.</p>
      )}
      {state === 'nothing' && (
        <p class="note note-wait">Nobody’s coupon stands for this order, so nobody earns with it.</p>
      )}
      {question !== null && (
        <p class="note note-wait">
          {question}{' '}
          {questions > 1 &&
            `There ${questions === 2 ? 'is one more question' : `are ${questions - 1} more questions`} about it. `}
          Until a person has answered, it is not approved by itself.{' '}
          <a href={`/admin/offline-sales?settles=${questionBy}`}>Settle</a>
        </p>
      )}
      {into && (
        <p class="note note-wait">
          A witness has named it as the same order as{' '}
          <a href={`/admin/sales/${into.id}`}>{into.orderId ?? `sale ${into.id}`}</a>: it is decided there.
        </p>
      )}
      {joined.length > 0 && (
        <p class="note">
          One with it are{' '}
          {joined.map(({ id, name }, index) => (
            <>
              {index > 0 && ', '}
              <a href={`/admin/sales/${id}`}>{name}</a>
            </>
          ))}
          , which a witness has named as the same order.
        </p>
      )}
    </>
  );
}

/** Hits that are not listed one by one. */
function Counted({ sale: { reloads, unkept } }: { sale: SaleDetail }) {
  if (reloads === 0 && unkept === 0) return null;
  const times = (count: number) => (count === 1 ? 'once' : `${count.toLocaleString('en')} times`);
  return (
    <p class="quiet">
      {reloads > 0 && `The page was loaded again ${times(reloads)}, with the same words. `}
      {unkept > 0 && `Browsers have said other things of it ${times(unkept)} more than are kept.`}
    </p>
  );
}

const SOURCES = {
  pixel: 'Pixel',
  office: 'Typed in the office',
  import: 'Imported from a file',
  server: "The shop's server",
  webhook: 'Signed webhook',
};

/** What a person's word is called; news of an order has the name of its door. */
const WORDS: Partial<Record<Heard['kind'], string>> = {
  refund: 'Refund',
  correction: 'Correction',
  void: 'Void',
  decline: 'Decline',
  restore: 'Restore',
  hold: 'Hold',
  release: 'Release',
  adjustment: 'Adjustment',
  withdrawal: 'Taken back',
};

function reportColumns(sale: SaleDetail, explained: Explained | null, names: ReportNames): Column<Heard>[] {
  return [
    { head: 'Arrived', lead: true, cell: (row) => <When at={row.receivedAt} timeZone={sale.timeZone} /> },
    { head: 'From', cell: (row) => fromText(row, names) },
    { head: 'Coupon', cell: (row) => (row.code === '' ? <span class="quiet">–</span> : <Ticket code={row.code} />) },
    { head: 'Amount', numeric: true, cell: (row) => amountText(row, sale) },
    {
      head: 'Counts',
      cell: (row) => {
        const counts = explained?.of.get(row.id)?.counts ?? false;
        return <Status word={counts ? 'counts' : 'noted'} look={counts ? 'good' : 'plain'} />;
      },
    },
    { head: 'What became of it', cell: (row) => whyText(row, sale, explained, names) },
  ];
}

/** As it was sent; of a refund what came back. */
function amountText({ amount, currency, refundedMinor, cancelled }: Heard, sale: SaleDetail): string {
  const came =
    refundedMinor === null || sale.currency === null ? null : `${formatMinor(refundedMinor, sale.currency)} back`;
  const sent = amount && [amount, currency].filter(Boolean).join(' ');
  return [sent, came, cancelled && 'cancelled'].filter(Boolean).join(', ') || '–';
}

function fromText({ source, kind, userId, more }: Heard, { people }: ReportNames): string {
  const person = userId === null ? undefined : people.get(userId);
  const word = more.refundId ? `Refund ${more.refundId}` : WORDS[kind];
  const what = word && source !== 'office' ? `${word}, ${SOURCES[source].toLowerCase()}` : (word ?? SOURCES[source]);
  return person ? `${what}, by ${person}` : what;
}

function whyText(
  row: Heard,
  sale: SaleDetail,
  explained: Explained | null,
  { campaigns, affiliates }: ReportNames,
): string {
  const other = row.campaign !== null && row.campaign !== '' && row.campaign !== String(sale.campaignId);
  const whom = row.affiliateId === null ? null : affiliates.get(row.affiliateId);
  return [
    explained?.of.get(row.id)?.text,
    whom && `About ${whom}.`,
    row.reason && `“${row.reason}”`,
    other && `It named the campaign ${campaigns.get(row.campaign!) ?? row.campaign}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

const SUMS = [
  ['pendingMinor', 'pending'],
  ['approvedMinor', 'approved'],
  ['inPaymentMinor', 'in payment'],
  ['paidMinor', 'paid'],
] as const;

function lineColumns(sale: SaleDetail, several: boolean): Column<Line>[] {
  return [
    { head: 'When', lead: true, cell: (line) => <When at={line.at} timeZone={sale.timeZone} /> },
    ...(several ? [{ head: 'Affiliate', cell: (line: Line) => line.affiliate }] : []),
    { head: 'Moved', cell: (line) => movedText(line) },
    { head: 'Because', cell: (line) => becauseText(line) },
  ];
}

/** "+€12.00 pending", "−€12.00 pending, +€12.00 approved". */
function movedText(line: Line): string {
  return SUMS.flatMap(([sum, word]) => {
    const minor = line[sum];
    if (minor === 0) return [];
    const amount = formatMinor(Math.abs(minor), line.currency);
    return [`${minor > 0 ? '+' : '−'}${amount} ${word}`];
  }).join(', ');
}

const DOORS: Record<string, string> = {
  pixel: 'the pixel',
  office: 'a person in the office',
  server: "the shop's server",
  webhook: 'the shop’s webhook',
};

/** "sale, by the pixel", "refund R-1", "approved by Helena". */
function becauseText({ kind, cause, person, source, refundId, file, rule, reason }: Line): string {
  const who =
    cause === 'hold'
      ? 'by itself, its hold was over'
      : cause === 'payout'
        ? 'by a payout'
        : file !== null
          ? `by the file ${file}`
          : person !== null
            ? `by ${person}`
            : source !== null
              ? `by ${DOORS[source]}`
              : '';
  const what = refundId ? `${kind} ${refundId}` : kind;
  return [`${what}${who && `, ${who}`}`, rule && `at ${rule}`, reason && `“${reason}”`].filter(Boolean).join('; ');
}

/** Why the affiliate is credited with this amount, in plain words, in the order a person would ask. */
function reasons(sale: SaleDetail, reports: Heard[], commissions: CommissionRow[]): string[] {
  const own = commissions.find(({ affiliateId }) => affiliateId === sale.affiliateId);
  return [
    `The customer spent the coupon ${sale.code}${sale.orderId ? ` on order ${sale.orderId}` : ''}.`,
    ownership(sale),
    own && earning(sale, own),
    reports.some(({ kind }) => kind === 'correction') &&
      'A person has corrected it: the reports below say from what to what.',
    evidence(sale, own),
    own?.status === 'declined' &&
      `The commission is declined${own.declined ? `: ${own.declined}` : ''}. It is not owed.`,
    own?.status === 'held' &&
      `The commission is held${own.held ? `: ${own.held}` : ''}. It goes nowhere until it is released.`,
  ].filter((reason) => typeof reason === 'string');
}

function ownership({ affiliate, code, ownedFrom, ownedUntil, timeZone }: SaleDetail): string {
  const day = (at: number) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone }).format(at);
  if (ownedFrom === null) return `${affiliate} is credited with it.`;
  const since = ownedFrom === 0 ? 'from its first day' : `from ${day(ownedFrom)}`;
  const span = ownedUntil === null ? `${since} until today` : `${since} until ${day(ownedUntil)}`;
  return `When the sale was made, ${code} was ${affiliate}'s: theirs ${span}.`;
}

function earning(sale: SaleDetail, { rateBp, earnedMinor, currency, campaign }: CommissionRow): string {
  const earned = formatMinor(earnedMinor, currency);
  if (rateBp === null) return `The campaign ${campaign} paid a fixed ${earned} for each sale then.`;
  if (sale.amountMinor === null)
    return `The campaign ${campaign} paid ${plainRate(rateBp)} % of the sale then: that is ${earned}.`;
  const amount = formatMinor(sale.amountMinor - sale.refundedMinor, currency);
  const left = sale.refundedMinor > 0 ? ' that were not refunded' : '';
  return `The campaign ${campaign} paid ${plainRate(rateBp)} % of the sale then: of ${amount}${left}, that is ${earned}.`;
}

function evidence(sale: SaleDetail, own: CommissionRow | undefined): string {
  if (sale.evidence !== 'pixel') return `It is confirmed: ${WHO_SAID[sale.evidence]}.`;
  const waits = own?.status === 'pending' && own.availableAt === null;
  return `It is unconfirmed: only the pixel says so, and anybody can send what a pixel sends.${
    waits ? ' So its commission waits until a person approves it.' : ''
  }`;
}
