import * as v from 'valibot';
import { driveImport } from '../../ledger/imports/drive.ts';
import { readJob, SHOWN_REFUSALS } from '../../ledger/imports/job.ts';
import { COLUMNS, type Column } from '../csv/columns.ts';
import type { Format, Said } from '../csv/format.ts';
import type { OfficeContext } from '../env.ts';
import { done } from '../flash.ts';
import { type FormState, parseForm } from '../form.ts';
import { checkAnew, fileReader, foreseeRows, reachOfFile, settingsOf } from '../import/read.ts';
import { missing } from '../import/ready.ts';
import type { Defaults } from '../import/rows.ts';
import { ImportPreviewPage } from '../pages/import-preview.tsx';
import { PATH } from '../pages/imports.tsx';
import { affiliateOptions } from '../queries/affiliates.ts';
import { campaignOptions } from '../queries/campaigns.ts';
import { firstPiece, type ImportRow, refusalsOf, sameFile } from '../queries/imports.ts';
import { idOf } from '../queries/keyset.ts';
import { shopList } from '../queries/shops.ts';
import { expiryRefusal } from '../refusals.ts';
import { pageFor, render } from '../render.tsx';

/** Rows that are shown one by one. */
const SHOWN_ROWS = 50;

const FIELDS = [
  'encoding',
  'delimiter',
  'header',
  'dates',
  'decimal',
  'thousands',
  'campaign',
  'affiliate',
  'expiresOn',
  'shop',
];
const Typed = v.object(
  Object.fromEntries(
    [...FIELDS, ...Object.values(COLUMNS).flatMap((columns) => columns.map((column) => `column-${column}`))].map(
      (name) => [name, v.string()],
    ),
  ),
);

/** The preview of a file that was checked, or that cannot be before something is chosen; 422 where its form comes back. */
export async function previewOf(c: OfficeContext, job: ImportRow, refused?: FormState) {
  const { format, defaults } = settingsOf(job);
  const [campaigns, affiliates, shops, same, shown] = await Promise.all([
    campaignOptions(c.var.db),
    affiliateOptions(c.var.db),
    shopList(c.var.db),
    sameFile(c.var.db, job.id),
    refusalsOf(c.var.db, job.id, SHOWN_REFUSALS),
  ]);
  const errors = missing(job.kind, format, defaults);
  const form = refused ?? { values: valuesOf(format, defaults), errors };
  const top = await topOf(c, job);
  const readable = Object.keys(errors).length === 0;
  const rows = top ? await foreseeRows(c.env.DB, top, SHOWN_ROWS, Date.now(), readable) : [];
  const reach = top && readable ? await reachOfFile(c.env.DB, top) : { orders: 0, sums: [] };
  return render(
    c,
    <ImportPreviewPage
      {...pageFor(c)}
      {...{ job, format, form, rows, campaigns, affiliates, shops, reach }}
      refused={shown}
      sameFile={same}
    />,
    refused ? 422 : 200,
  );
}

/** The import as it stands before its first piece. */
async function topOf(c: OfficeContext, { id }: ImportRow) {
  const [job, piece] = await Promise.all([readJob(c.env.DB, id), firstPiece(c.env.DB, id)]);
  return job && piece ? { ...job, piece, piecesDone: 0, linesDone: 0, tail: new Uint8Array() } : null;
}

function valuesOf(format: Format, defaults: Defaults): Record<string, string> {
  const { encoding, delimiter, header, dates, decimal, thousands, columns } = format;
  const { campaignId, affiliateId, expiresOn, shopId } = defaults;
  return {
    encoding,
    delimiter,
    header: header ? 'on' : '',
    dates: dates ?? '',
    decimal: decimal ?? '',
    thousands: thousands ? 'on' : '',
    campaign: String(campaignId ?? ''),
    affiliate: String(affiliateId ?? ''),
    expiresOn: expiresOn ?? '',
    shop: String(shopId ?? ''),
    ...Object.fromEntries(Object.entries(columns).map(([column, index]) => [`column-${column}`, String(index)])),
  };
}

/** Checks a file anew, as the form says that it is read. */
export async function readAgain(c: OfficeContext, row: ImportRow, driveMs: number) {
  const { form } = await parseForm(c, Typed);
  const now = Date.now();
  const [job, piece] = await Promise.all([readJob(c.env.DB, row.id), firstPiece(c.env.DB, row.id)]);
  const { format, defaults: before } = settingsOf(row);
  const campaigns = await campaignOptions(c.var.db);
  const campaign = campaigns.find(({ id }) => id === idOf(form.values.campaign));
  const over = expiryRefusal(
    form.values.expiresOn ?? '',
    campaign?.timeZone ?? 'UTC',
    campaign?.shopName ?? 'UTC',
    now,
  );
  if (over) return previewOf(c, row, { values: form.values, errors: { expiresOn: over } });
  const defaults: Defaults = {
    // Of a single shop there is no choice to make, and so no field.
    shopId: idOf(form.values.shop) ?? (form.values.shop === undefined ? before.shopId : null),
    campaignId: campaign?.id ?? null,
    affiliateId: idOf(form.values.affiliate) ?? null,
    expiresOn: form.values.expiresOn || null,
  };
  const said = saidBy(form.values, row, format);
  const begun = job && piece && (await checkAnew(c.env.DB, job, piece, said, defaults, now));
  if (!begun) return done(c, `${PATH}/${row.id}`, 'Somebody was quicker: this is how it stands by now.', 'bad');
  await driveImport({ db: c.env.DB, kv: c.env.COUPONS }, row.id, driveMs, fileReader);
  return c.redirect(`${PATH}/${row.id}`, 303);
}

/** What was chosen. What follows from it is found out anew, unless it was chosen as well. */
function saidBy(values: Record<string, string>, { kind }: ImportRow, format: Format): Said {
  const said: Said = {};
  if (values.encoding === 'utf-8' || values.encoding === 'windows-1252') said.encoding = values.encoding;
  if (values.delimiter === ',' || values.delimiter === ';' || values.delimiter === '\t')
    said.delimiter = values.delimiter;
  said.header = values.header === 'on';
  if (said.delimiter !== format.delimiter || said.header !== format.header) return said;

  const columns = COLUMNS[kind].flatMap((column): [Column, number][] => {
    const index = values[`column-${column}`];
    return index && /^\d{1,4}$/.test(index) ? [[column, Number(index)]] : [];
  });
  said.columns = Object.fromEntries(columns);
  const same = (column: Column) => said.columns?.[column] === format.columns[column];
  const { dates, decimal } = values;
  if (
    (dates === 'ymd' || dates === 'dmy' || dates === 'mdy') &&
    (dates !== format.dates || (same('date') && same('expires')))
  )
    said.dates = dates;
  const thousands = values.thousands === 'on';
  if (same('amount') || decimal !== (format.decimal ?? '') || thousands !== format.thousands) {
    if (decimal === '.' || decimal === ',') said.decimal = decimal;
    said.thousands = thousands;
  }
  return said;
}
