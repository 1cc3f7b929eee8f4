import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { ASSETS } from './assets.ts';
import type { OfficeContext } from './env.ts';
import { forgetFlash } from './flash.ts';
import { PROBLEMS, ProblemPage, type ProblemStatus } from './pages/problem.tsx';
import type { Frame } from './ui/layout.tsx';

/** What the frame around a page needs to know: `<Page {...frame} title="Coupons">`. Says what is to be said, once. */
export function pageFor(c: OfficeContext): Frame {
  const flash = c.var.flash ?? null;
  if (flash) forgetFlash(c);
  return { user: c.var.user ?? null, path: c.req.path, flash, couponsOn: c.var.couponsOn ?? true, assets: ASSETS };
}

/** A whole page. 422 for a form that comes back. */
export function render(c: OfficeContext, page: VNode, status: 200 | 422 | ProblemStatus = 200) {
  return c.html(`<!doctype html>${renderToString(page)}`, status);
}

/** A part of a page, for the islands that fetch one (`data-live`, `data-check`). */
export function renderPart(c: OfficeContext, part: VNode) {
  return c.html(renderToString(part));
}

/** A page that says in plain words why there is no other. */
export function problem(c: OfficeContext, status: ProblemStatus) {
  return render(c, <ProblemPage {...pageFor(c)} {...PROBLEMS[status]} />, status);
}
