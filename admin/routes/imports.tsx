import { Hono } from 'hono';
import * as v from 'valibot';
import { driveImport, stepImport } from '../../ledger/imports/drive.ts';
import { arrivedPieces, closeUpload, forgetImport, keepPiece, openImport } from '../../ledger/imports/file.ts';
import { type ImportKind, PIECE_BYTES, SHOWN_REFUSALS, startImport, startUndo } from '../../ledger/imports/job.ts';
import { csvFile } from '../csv-out.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm } from '../form.ts';
import { checkUpload, fileReader } from '../import/read.ts';
import { usualDefaults } from '../import/usual.ts';
import { ImportResultPage } from '../pages/import-result.tsx';
import {
  ImportFilePage,
  ImportProgressPage,
  ImportsPage,
  KINDS,
  PATH,
  progressOf,
  UndoPage,
} from '../pages/imports.tsx';
import { campaignOptions } from '../queries/campaigns.ts';
import {
  brokenUpload,
  foreseeUndo,
  type ImportRow,
  importById,
  importPage,
  keptCoupons,
  refusalsOf,
} from '../queries/imports.ts';
import { idOf, placeOf } from '../queries/keyset.ts';
import { pageFor, problem, render } from '../render.tsx';
import { previewOf, readAgain } from './import-preview.tsx';
import { refusedRows } from './refused-rows.ts';

/** What a browser without scripts may send at once: it is in memory as a whole. */
const WHOLE_BYTES = 10_000_000;

/** A file of this many bytes takes as many pieces as a worker can look after at ease. */
const LARGEST_BYTES = 1_000_000_000;

/** How long a request drives an import before it shows how far it is: a small file is done by then. */
const DRIVE_MS = 6_000;

const Opened = v.object({
  kind: v.picklist(['coupons', 'sales']),
  fileName: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LARGEST_BYTES)),
  /** Begins anew, whatever has arrived of a file of that name. */
  anew: v.boolean(),
});
const Seen = v.object({ pass: v.string() });

const storeOf = (c: OfficeContext) => ({ db: c.env.DB, kv: c.env.COUPONS });
const actor = (c: OfficeContext) => ({ userId: signedIn(c).id, now: Date.now() });

export const importsRoutes = new Hono<App>()
  .get(KINDS.coupons.path, (c) => filePage(c, 'coupons', blankForm()))
  .post(KINDS.coupons.path, (c) => wholeFile(c, 'coupons'))
  .get(KINDS.sales.path, (c) => filePage(c, 'sales', blankForm()))
  .post(KINDS.sales.path, (c) => wholeFile(c, 'sales'))

  .get(PATH, async (c) => {
    const page = await importPage(c.var.db, placeOf(c.req.query()));
    return render(c, <ImportsPage {...pageFor(c)} page={page} />);
  })

  // The upload in pieces, driven by the island.
  .post(PATH, async (c) => {
    const asked = v.safeParse(Opened, await c.req.json().catch(() => null));
    if (!asked.success) return c.text('This file cannot be taken.', 400);
    const { kind, fileName, bytes, anew } = asked.output;
    const broken = anew ? undefined : await brokenUpload(c.var.db, { kind, fileName, bytes }, signedIn(c).id);
    const id = broken ?? (await openImport(c.env.DB, { kind, fileName, bytesTotal: bytes }, actor(c)));
    const hashes = broken === undefined ? [] : await arrivedPieces(c.env.DB, id);
    return c.json({ id, arrived: hashes.length, hashes });
  })

  .put(`${PATH}/:id/pieces/:number{[0-9]+}`, async (c) => {
    const id = idOf(c.req.param('id'));
    const length = Number(c.req.header('content-length') ?? PIECE_BYTES);
    if (id === undefined || length > PIECE_BYTES) return c.text('This is no piece of a file.', 400);
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const kept = await keepPiece(c.env.DB, id, Number(c.req.param('number')), bytes);
    return kept ? c.body(null, 204) : c.text('This file is not expected any more.', 409);
  })

  .post(`${PATH}/:id/uploaded`, async (c) => {
    const job = await importAsked(c);
    if (!job || !(await closeUpload(c.env.DB, job.id))) return c.text('Some of the file is missing.', 409);
    await checkUpload(c.env.DB, job.id, await usualDefaults(c.var.db, job.kind), Date.now());
    return c.text(`${PATH}/${job.id}`);
  })

  .get(`${PATH}/:id`, async (c) => {
    const job = await importAsked(c);
    if (!job) return problem(c, 404);
    if (job.status === 'uploading')
      return done(c, KINDS[job.kind].path, `${job.fileName} has not arrived whole. Choose it again to go on.`, 'bad');
    if (job.status === 'previewed') return previewOf(c, job);
    if (job.status !== 'done' && job.status !== 'undone' && job.status !== 'failed')
      return render(c, <ImportProgressPage {...pageFor(c)} job={job} {...progressOf(job)} />);
    const refused = await refusalsOf(c.var.db, job.id, SHOWN_REFUSALS);
    const kept = job.kind === 'coupons' && job.status === 'undone' ? await keptCoupons(c.var.db, job.id) : [];
    return render(c, <ImportResultPage {...pageFor(c)} {...{ job, refused, kept }} />);
  })

  .post(`${PATH}/:id/step`, async (c) => {
    const id = idOf(c.req.param('id')) ?? 0;
    if (!c.req.header('content-type')?.startsWith('application/json')) {
      await driveImport(storeOf(c), id, DRIVE_MS, fileReader);
      return c.redirect(`${PATH}/${id}`, 303);
    }
    const stepped = await stepImport(storeOf(c), id, Date.now(), fileReader);
    const job = await importAsked(c);
    return c.json({
      settled: !job || stepped !== 'more',
      ...(job ? progressOf(job) : { done: 0, total: 1, text: '' }),
    });
  })

  .post(`${PATH}/:id/read`, async (c) => {
    const job = await importAsked(c);
    if (!job) return problem(c, 404);
    return readAgain(c, job, DRIVE_MS);
  })

  .post(`${PATH}/:id/start`, async (c) => {
    const id = idOf(c.req.param('id')) ?? 0;
    const { form } = await parseForm(c, Seen);
    const started = await startImport(c.env.DB, id, Number(form.values.pass), actor(c));
    if (!started) return done(c, `${PATH}/${id}`, 'It was not started: this is how it stands by now.', 'bad');
    await driveImport(storeOf(c), id, DRIVE_MS, fileReader);
    return c.redirect(`${PATH}/${id}`, 303);
  })

  .post(`${PATH}/:id/forget`, async (c) => {
    const job = await importAsked(c);
    if (!job) return problem(c, 404);
    await forgetImport(c.env.DB, job.id);
    return done(c, KINDS[job.kind].path, `${job.fileName} was not imported.`);
  })

  .get(`${PATH}/:id/undo`, async (c) => {
    const job = await importAsked(c);
    if (!job || !canBeUndone(job)) return problem(c, 404);
    const foreseen = job.kind === 'sales' ? await foreseeUndo(c.var.db, job.id) : null;
    return render(c, <UndoPage {...pageFor(c)} job={job} foreseen={foreseen} />);
  })

  .post(`${PATH}/:id/undo`, async (c) => {
    const id = idOf(c.req.param('id')) ?? 0;
    if (await startUndo(c.env.DB, id, actor(c))) await driveImport(storeOf(c), id, DRIVE_MS, fileReader);
    return c.redirect(`${PATH}/${id}`, 303);
  })

  .get(`${PATH}/:id/refused.csv`, async (c) => {
    const job = await importAsked(c);
    if (!job || job.startedAt === null) return problem(c, 404);
    const { head, batches } = refusedRows(c.var.db, job);
    return csvFile(`refused-${job.id}.csv`, head, batches);
  });

const canBeUndone = ({ status, startedAt }: ImportRow) =>
  status === 'done' || (status === 'failed' && startedAt !== null);

async function importAsked(c: OfficeContext): Promise<ImportRow | undefined> {
  const id = idOf(c.req.param('id'));
  return id === undefined ? undefined : importById(c.var.db, id);
}

async function filePage(c: OfficeContext, kind: ImportKind, form: FormState) {
  const hasCampaign = (await campaignOptions(c.var.db)).length > 0;
  const page = { kind, form, pieceBytes: PIECE_BYTES, wholeBytes: WHOLE_BYTES, hasCampaign };
  return render(c, <ImportFilePage {...pageFor(c)} {...page} />, Object.keys(form.errors).length > 0 ? 422 : 200);
}

/** A file as a browser without scripts sends it. */
async function wholeFile(c: OfficeContext, kind: ImportKind) {
  const refuse = (file: string) => filePage(c, kind, { values: {}, errors: { file } });
  const tooLarge = `This file is larger than ${WHOLE_BYTES / 1e6} MB. Switch scripts on, or send it in parts.`;
  // What stands around the file in the request is short.
  if (Number(c.req.header('content-length')) > WHOLE_BYTES + 10_000) return refuse(tooLarge);
  const file = (await c.req.formData().catch(() => null))?.get('file');
  if (!file || typeof file === 'string' || file.size === 0) return refuse('Choose a file that is not empty.');
  if (file.size > WHOLE_BYTES) return refuse(tooLarge);

  const bytes = new Uint8Array(await file.arrayBuffer());
  const id = await openImport(
    c.env.DB,
    { kind, fileName: file.name || 'file.csv', bytesTotal: bytes.length },
    actor(c),
  );
  for (let number = 0; number * PIECE_BYTES < bytes.length; number++)
    await keepPiece(c.env.DB, id, number, bytes.slice(number * PIECE_BYTES, (number + 1) * PIECE_BYTES));
  await closeUpload(c.env.DB, id);
  await checkUpload(c.env.DB, id, await usualDefaults(c.var.db, kind), Date.now());
  await driveImport(storeOf(c), id, DRIVE_MS, fileReader);
  return c.redirect(`${PATH}/${id}`, 303);
}
