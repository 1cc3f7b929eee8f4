/**
 * The few parts that need JavaScript, tied to data attributes. All pages work without this file.
 *
 * - `data-copy="text"` on a hidden button: shows it, and copies on click.
 * - `data-check-all="id"` on a hidden checkbox: shows it; checks all boxes named `id` in its form.
 * - `data-live="/url"`: replaces the element's content with that part every `data-live-every` seconds (5), while seen.
 * - `data-check="/url"` on an input: asks `/url?<name>=<value>` as it is typed, and shows the part answered in
 *   `[data-check-for=<id>]`. Other fields of the form named in `data-check-with="date shop"` are sent along.
 * - `data-import="coupons"` around a form with a file: sends it in pieces of `data-piece-bytes`, and shows how far it is.
 * - `data-import-steps="/url"`: drives an import on, step by step, and shows how far it is.
 * - `data-menu` on a <details>: closes it on Escape and on a click elsewhere.
 */
import { checkAsTyped } from './check.ts';
import { drive, upload } from './import.ts';
import { live } from './live.ts';
import { checkAll, copy, menu } from './small.ts';

const each = <E extends HTMLElement>(selector: string, start: (element: E) => void) => {
  for (const element of document.querySelectorAll<E>(selector)) start(element);
};

each('[data-copy]', copy);
each('[data-check-all]', checkAll);
each('[data-menu]', menu);
each('[data-live]', live);
each('[data-check]', checkAsTyped);
each('[data-import]', upload);
each('[data-import-steps]', drive);
