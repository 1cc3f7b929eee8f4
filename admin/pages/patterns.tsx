import type { AuditLine } from '../audit-words.ts';
import { blankForm, withErrors } from '../form.ts';
import { Actions, Choices, FilterSearch, FilterSelect, Filters, RowTool, Selection, TableEnd } from '../ui/actions.tsx';
import { Chart } from '../ui/chart.tsx';
import { ChoiceField } from '../ui/choice.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Copy, CopyButton } from '../ui/copy.tsx';
import { Deeds } from '../ui/deeds.tsx';
import { ExportLink } from '../ui/export-link.tsx';
import { CheckboxField, Form, SelectField, TextareaField, TextField } from '../ui/field.tsx';
import { Facts, Figure, Figures, Sheet } from '../ui/figure.tsx';
import { FileField } from '../ui/file-field.tsx';
import { FilterDay } from '../ui/filter-day.tsx';
import { Icon } from '../ui/icon.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Money } from '../ui/money.tsx';
import { Progress } from '../ui/progress.tsx';
import { Qr } from '../ui/qr.tsx';
import { Beside, Ranks } from '../ui/ranks.tsx';
import { RecordHistory } from '../ui/record-history.tsx';
import { Status } from '../ui/status.tsx';
import { Steps } from '../ui/steps.tsx';
import { Sums } from '../ui/sums.tsx';
import { type Column, Pager, Table } from '../ui/table.tsx';
import { Ticket, type TicketState } from '../ui/ticket.tsx';
import { TicketCard, TicketCards } from '../ui/ticket-card.tsx';
import { Titled } from '../ui/titled.tsx';
import { Day } from '../ui/when.tsx';

type Sample = {
  id: number;
  code: string;
  state: TicketState;
  owner: string;
  until: string;
  word: string;
  earned: number;
};

const SAMPLES: Sample[] = [
  {
    id: 1,
    code: 'MARIA10',
    state: 'live',
    owner: 'Maria Santos',
    until: '2026-12-31',
    word: 'active',
    earned: 128_450,
  },
  { id: 2, code: 'Sommer-2026', state: 'free', owner: 'None', until: '2026-09-30', word: 'free', earned: 0 },
  { id: 3, code: 'JOÃO5', state: 'over', owner: 'João Ferreira', until: '2026-01-31', word: 'expired', earned: 3_905 },
];

const COLUMNS: Column<Sample>[] = [
  {
    head: 'Coupon',
    lead: true,
    sort: 'code',
    cell: (row) => <Ticket code={row.code} state={row.state} href="#tickets" label={`Edit ${row.code}`} />,
  },
  { head: 'Affiliate', cell: (row) => (row.owner === 'None' ? <span class="quiet">None</span> : row.owner) },
  { head: 'Expires', sort: 'expires', cell: (row) => <Day on={row.until} /> },
  { head: 'Status', cell: (row) => <Status word={row.word} /> },
  { head: 'Earned', numeric: true, cell: (row) => <Money amountMinor={row.earned} currency="EUR" /> },
  {
    head: 'Tools',
    tools: true,
    cell: (row) => (
      <>
        <RowTool icon="pencil" label={`Edit ${row.code}`} href="#table" />
        <RowTool icon="trash" label={`Delete ${row.code}`} href="#confirm" danger />
      </>
    ),
  },
];

const CHANGED: AuditLine = {
  id: 1,
  at: Date.UTC(2026, 2, 4, 14, 5),
  who: 'Olivia',
  action: 'changed',
  subject: 'coupons',
  subjectId: '1',
  record: 'MARIA10',
  saleId: null,
  before: JSON.stringify({ code: 'MARIA5', expiresOn: null }),
  after: JSON.stringify({ code: 'MARIA10', expiresOn: '2026-12-31' }),
  commissionKind: null,
  currency: null,
};

const DAYS = Array.from({ length: 30 }, (_, index) => ({
  on: new Date(Date.UTC(2026, 2, 1 + index)).toISOString().slice(0, 10),
  value: Math.round(1800 + 1500 * Math.sin(index / 3.1) + ((index * 7919) % 900)),
}));

const FORM = withErrors(blankForm({ code: 'MARIA10', rate: '12.5', trust: 'on', approval: 'automatic' }), {
  code: 'MARIA10 is already a coupon of this shop.',
});

const euros = (amountMinor: number | bigint) => `€${(Number(amountMinor) / 100).toFixed(2)}`;
const options = [
  { value: 1, label: 'Spring, 10 %' },
  { value: 2, label: 'Store, €5 each' },
];

/** Each part once, with sample data: to see a change of the stylesheet everywhere at a glance. */
export function PatternsPage(frame: Frame) {
  return (
    <Page
      {...frame}
      flash={{ tone: 'good', text: 'Coupon MARIA10 added. Maria Santos earns with it from now on.' }}
      title="Patterns"
      lead="Each part of the office, once."
      action={
        <a class="button" href="#form">
          <Icon name="plus" />
          Add a coupon
        </a>
      }
    >
      <Figures>
        <Figure label="Sales" value="1,204" note="in the last 30 days" href="#table" />
        <Figure
          label="Earned"
          value={<Money amountMinor={1_284_450} currency="EUR" />}
          note="by 6 affiliates"
          href="#table"
        />
        <Figure label="Waiting for you" value="17" note="commissions to approve" href="#table" />
      </Figures>

      <Sheet
        title="Charts"
        aside={
          <Choices
            label="Period"
            choices={[
              { label: '30 days', href: '#charts', current: true },
              { label: '90 days', href: '#table', current: false },
            ]}
          />
        }
      >
        <Chart title="Commissions per day, EUR" days={DAYS} format={euros} formatTick={(value) => `€${value / 100}`} />
        <Chart
          title="Sales per day"
          kind="area"
          days={DAYS.map(({ on, value }) => ({ on, value: Math.round(value / 100) }))}
          format={(value) => `${value} sales`}
          formatTick={String}
        />
      </Sheet>

      <Sheet title="Tickets and states">
        <p class="row" id="tickets">
          <Ticket code="MARIA10" href="#tickets" label="Edit MARIA10" />
          <Ticket code="Sommer-2026" state="free" />
          <Ticket code="JOÃO5" state="over" />
          <CopyButton text="MARIA10" label="MARIA10" />
          <ExportLink path="/admin/coupons" query={{ status: 'active' }} />
        </p>
        <p class="row">
          <Status word="approved" />
          <Status word="pending" />
          <Status word="declined" />
          <Status word="expired" />
        </p>
      </Sheet>

      <Filters action="/patterns">
        <FilterSearch value="" />
        <FilterSelect name="campaign" label="Campaign" value="" none="All campaigns" options={options} />
        <FilterDay name="from" label="From" value="" />
      </Filters>
      <Selection>
        <Table
          caption="Coupons"
          columns={COLUMNS}
          rows={SAMPLES}
          rowId={(row) => row.id}
          sort={{ by: 'code', direction: 'asc', href: () => '#table' }}
          select={(row) => `Select ${row.code}`}
          empty=""
        />
        <TableEnd>
          <Actions
            actions={[
              { label: 'Add', href: '#form' },
              { label: 'Delete', send: '/patterns', method: 'get', danger: true },
            ]}
          />
          <Pager count={1204} noun={['coupon', 'coupons']} shown={3} nextHref="#table" />
        </TableEnd>
      </Selection>
      <Table
        caption="Nothing yet"
        columns={COLUMNS}
        rows={[]}
        rowId={(row) => row.id}
        empty={
          <>
            <h2>No offline sales yet</h2>
            <p>A customer paid in the store with a coupon? Add the sale here, and whoever owns the coupon earns.</p>
          </>
        }
      />

      <Sheet title="A form that came back">
        <Form form={FORM} action="/patterns" submit="Save" cancelHref="#form" still>
          <TextField form={FORM} name="code" label="Coupon" hint="As your customers type it." required />
          <SelectField form={FORM} name="campaign" label="Campaign" options={options} />
          <TextField form={FORM} name="rate" label="Commission" after="%" inputMode="decimal" />
          <TextField
            form={FORM}
            name="expires"
            label="Expires on"
            type="date"
            hint="The last day it works. Empty: never."
          />
          <TextareaField form={FORM} name="note" label="Note" />
          <ChoiceField
            form={FORM}
            name="approval"
            label="Approval"
            choices={[
              { value: 'manual', label: 'By hand', hint: 'Each commission waits until you approve it.' },
              {
                value: 'automatic',
                label: 'By itself',
                more: <TextField form={FORM} name="holdDays" label="Hold" after="days" inputMode="numeric" />,
              },
            ]}
          />
          <CheckboxField
            form={FORM}
            name="trust"
            label="Trust the pixel"
            hint="Approve what only a browser reported."
          />
        </Form>
      </Sheet>

      <Sheet title="To take away">
        <Copy text="MARIA10" label="Coupon" />
        <Copy
          block
          label="Tracking code"
          text={
            '<img src="https://track.example/track.gif?campaign=1&amount=[AMOUNT]&order=[ORDER]&cc=[COUPON]" width="1" height="1" alt="">'
          }
        />
      </Sheet>

      <Sheet title="Facts">
        <Facts
          facts={[
            ['Order', '1001'],
            ['Coupon', <Ticket key="coupon" code="MARIA10" />],
            ['Sold on', <Day key="day" on="2026-03-04" />],
            ['Amount', <Money key="money" amountMinor={-1250} currency="EUR" />],
          ]}
        />
      </Sheet>

      <Sheet title="What can be done">
        <Deeds
          deeds={[
            { verb: 'Suspend', means: 'Suspended, they earn nothing.', action: '/patterns', method: 'get' },
            { verb: 'Activate', means: 'Activated, they earn again.', action: '/patterns', method: 'get' },
          ]}
        />
      </Sheet>

      <Titled title="Sums of two currencies" aside={<a href="#table">Show all</a>}>
        <p>
          <Sums
            sums={[
              { currency: 'EUR', amountMinor: 1250 },
              { currency: 'JPY', amountMinor: 900 },
            ]}
          />
        </p>
      </Titled>

      <Beside>
        <Sheet title="The first few">
          <Ranks
            ranks={[
              { id: 1, name: 'Maria', note: '12 sales', value: <Money amountMinor={14400} currency="EUR" /> },
              {
                id: 2,
                name: <Ticket code="JOÃO5" />,
                note: '1 sale',
                value: <Money amountMinor={500} currency="EUR" />,
              },
            ]}
          />
        </Sheet>
        <TicketCards label="Coupons to give away">
          <TicketCard code="MARIA10" until="Works until 24 December 2026">
            <a href="#table">12 sales</a>
          </TicketCard>
        </TicketCards>
      </Beside>

      <Steps
        steps={[
          { title: 'Add your shop', why: 'It says what an amount is.', href: '/patterns', done: true },
          { title: 'Add a campaign', why: 'It says what a sale earns.', href: '/patterns', done: false },
          { title: 'Add a coupon', why: 'A code that works in your shop.', href: '/patterns', done: false },
        ]}
      />

      <Sheet title="A file, and how far it is">
        <div class="stack">
          <FileField form={FORM} name="file" label="CSV file" accept=".csv" hint="Up to 10 MB." />
          <Progress label="Importing" done={420} total={1000}>
            420 of 1,000 lines done
          </Progress>
        </div>
      </Sheet>

      <Sheet title="For a phone to read">
        <Qr
          text="otpauth://totp/Counterfoil:maria@example.com?secret=JBSWY3DPEHPK3PXP"
          label="QR code, as an example"
        />
      </Sheet>

      <RecordHistory
        history={{ lines: [CHANGED], names: { affiliates: new Map(), campaigns: new Map(), shops: new Map() } }}
      />

      <Sheet title="Asking first">
        <Confirm action="/patterns" verb="Delete 2 coupons" cancelHref="#confirm">
          <p>
            <Ticket code="MARIA10" /> and <Ticket code="JOÃO5" /> stop tracking at once. Their sales and commissions
            stay.
          </p>
        </Confirm>
      </Sheet>
    </Page>
  );
}
