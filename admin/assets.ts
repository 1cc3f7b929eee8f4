import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import islands from '../dist/islands.txt';
import style from '../dist/style.txt';
import type { App } from './env.ts';

// The address is made of the content, so that a browser may keep it for ever and never sees an old one.
const address = (text: string, ending: string) =>
  `/assets/${createHash('sha256').update(text).digest('hex').slice(0, 16)}.${ending}`;

export const ASSETS = { islands: address(islands, 'js'), style: address(style, 'css') };

const FOR_EVER = 'public, max-age=31536000, immutable';

/** The stylesheet and the islands. */
export const assets = new Hono<App>()
  .get(ASSETS.style, (c) =>
    c.body(style, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': FOR_EVER }),
  )
  .get(ASSETS.islands, (c) =>
    c.body(islands, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': FOR_EVER }),
  );
