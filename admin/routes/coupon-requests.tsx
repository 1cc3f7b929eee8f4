import { Hono } from 'hono';
import * as v from 'valibot';
import { couponKey } from '../../ledger/coupon.ts';
import { type GrantRefusal, grantRequest, refuseRequest } from '../../ledger/coupons/requests.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, parseForm, withErrors } from '../form.ts';
import { RequestPage } from '../pages/coupon-requests.tsx';
import { type CouponRequest, freeCouponNamed, freeCoupons, requestById } from '../queries/coupon-requests.ts';
import { idOf } from '../queries/keyset.ts';
import { pageFor, problem, render } from '../render.tsx';

const PATH = '/admin/coupons/requests/:id';
const LIST = '/admin/coupons';

const Granted = v.object({ code: v.pipe(v.string(), v.trim()) });
const Refused = v.object({
  note: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Say why: the affiliate will read it.'),
    v.maxLength(500, 'Shorten the note to 500 characters.'),
  ),
});

export const couponRequestsRoutes = new Hono<App>()
  .get(PATH, async (c) => {
    const request = await requestAsked(c);
    if (!request) return problem(c, 404);
    if (request.status !== 'waiting') return done(c, LIST, ANSWERED, 'bad');
    return show(c, request, {});
  })

  .post(`${PATH}/grant`, async (c) => {
    const request = await requestAsked(c);
    if (!request) return problem(c, 404);
    const by = { userId: signedIn(c).id, now: Date.now() };
    const { form } = await parseForm(c, Granted);
    const code = form.values.code?.trim() ?? '';
    const key = couponKey(code);
    const couponId = 'value' in key ? await freeCouponNamed(c.var.db, request, key.value, by.now) : undefined;
    if (code !== '' && couponId === undefined && request.status === 'waiting')
      return show(c, request, {
        grant: withErrors(form, { code: `${code} is no free coupon of ${request.campaign} that works today.` }),
      });
    const granted = await grantRequest({ db: c.env.DB, kv: c.env.COUPONS }, request.id, couponId ?? null, by);
    if ('error' in granted) return done(c, LIST, refusedText(granted.error, request), 'bad');
    return done(c, LIST, `${request.affiliate} has ${granted.code} now, and earns with it from now on.`);
  })

  .post(`${PATH}/refuse`, async (c) => {
    const request = await requestAsked(c);
    if (!request) return problem(c, 404);
    const parsed = await parseForm(c, Refused);
    if (!parsed.ok) return show(c, request, { refusal: parsed.form });
    const by = { userId: signedIn(c).id, now: Date.now() };
    const refused = await refuseRequest(c.env.DB, request.id, parsed.values.note, by);
    if (!refused) return done(c, LIST, ANSWERED, 'bad');
    return done(c, LIST, `Refused. ${request.affiliate} reads your note on their Coupons page.`);
  });

const ANSWERED = 'Somebody has answered this request already.';

function refusedText(error: GrantRefusal, { affiliate, campaign }: CouponRequest): string {
  if (error === 'answered') return ANSWERED;
  if (error === 'affiliate not active') return `${affiliate} is not active, so they get no coupon.`;
  return `No coupon of ${campaign} is free. Add one with no affiliate, then grant the request.`;
}

async function requestAsked(c: OfficeContext): Promise<CouponRequest | undefined> {
  const id = idOf(c.req.param('id'));
  return id === undefined ? undefined : requestById(c.var.db, id);
}

type Forms = { grant?: ReturnType<typeof blankForm>; refusal?: ReturnType<typeof blankForm> };

async function show(c: OfficeContext, request: CouponRequest, { grant, refusal }: Forms) {
  const free = await freeCoupons(c.var.db, request, Date.now());
  const forms = { grant: grant ?? blankForm(), refusal: refusal ?? blankForm() };
  return render(c, <RequestPage {...pageFor(c)} {...{ request, free, ...forms }} />, grant || refusal ? 422 : 200);
}
